"""Past forecasts where what came is known, and growth of compute counted by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.capability.index_fit import IndexFit
from models.capability.item_response import ResponseCurves
from models.core.errors import ModelInputError
from models.race.backtest import POOL, Backtest, score_past_forecasts
from models.race.gap_history import PastIndex
from models.race.gap_pool import MEMBERS
from models.race.past_days import (
    HORIZONS_MONTHS,
    PastDay,
    PastTables,
    know_days,
    list_origins,
    measure_days,
    measure_gap,
    measure_trailing_growth,
)
from models.race.race_parameters import JointParameters
from tests.models.simulated import race_tables

ORIGINS = tuple(pd.to_datetime(["2024-08-31", "2024-11-30"]))
NO_CHIPS = pd.DataFrame({"quarter_end": pd.to_datetime([]), "h100e_p50": []})


def vintages(index: pd.DataFrame, days: tuple[pd.Timestamp, ...]) -> pd.DataFrame:
    """Return a file for each day, of the models out by then."""
    files = [index[index["date"] <= day].assign(vintage=day) for day in days]
    return pd.concat(files, ignore_index=True).rename(
        columns={"date": "release_date", "eci": "score"}
    )


@pytest.fixture(scope="module")
def tables() -> PastTables:
    index, models, chips = race_tables()
    return PastTables(index, models, chips, NO_CHIPS, "2023-01-01")


def remember(index: pd.DataFrame, days: tuple[pd.Timestamp, ...]) -> PastIndex:
    """Return a past that has a file of each day."""
    empty = np.zeros(0)
    fit = IndexFit((), (), empty, empty, empty, ResponseCurves(empty, empty, empty, 0.0, 0))
    about = index.set_index("model")[["country", "organization", "training_compute_flop"]]
    return PastIndex(vintages(index, days), pd.DataFrame(), fit, about, 28.0)


def measure(tables: PastTables, origins: tuple[pd.Timestamp, ...]) -> tuple[PastDay, ...]:
    """Measure days of which a file is kept, on which nobody knew of a later change."""
    past = remember(race_tables()[0], origins)
    return measure_days(know_days(past, origins, revision=2.0), tables)


def score(tables: PastTables, origins: tuple[pd.Timestamp, ...]) -> Backtest:
    days = measure(tables, origins)
    return score_past_forecasts(days, parameters=JointParameters(), seed=1)


def test_every_member_and_the_pool_are_scored_at_every_horizon(tables: PastTables) -> None:
    found = score(tables, ORIGINS)
    assert found.failed == ()
    scores = found.scores
    assert set(scores["member"]) == {*MEMBERS, POOL}
    # Eighteen months after the second day nothing is known yet.
    assert len(scores) == (3 + 2) * (len(MEMBERS) + 1)
    assert set(scores["source"]) == {"vintage"}
    assert scores["pit"].between(0, 1).all()
    # Parallel lines: the gap keeps its level of 6 points or so, and what says so is near.
    assert scores["outcome"].between(3, 9).all()
    near = scores[scores["member"].isin(["past_mean", "ar1", "no_change"])]
    assert near["crps"].max() < 4


def test_the_pool_s_density_is_the_mean_of_its_members(tables: PastTables) -> None:
    found = score(tables, ORIGINS[:1])
    for months in HORIZONS_MONTHS:
        rows = found.scores[found.scores["horizon_months"] == months].set_index("member")
        density = np.exp(-rows["log_score"])
        assert density[POOL] == pytest.approx(density.drop(POOL).mean())
        assert rows.loc[POOL, "mean"] == pytest.approx(rows["mean"].drop(POOL).mean())
        # A mixture scores no worse than its members do on average (CRPS is convex).
        assert rows.loc[POOL, "crps"] <= rows["crps"].drop(POOL).mean() + 1e-9


def test_what_comes_after_the_origin_changes_no_forecast(tables: PastTables) -> None:
    later = tables.index["date"] > ORIGINS[0]
    raised = 50 * later * (tables.index["country"] == "USA")
    moved = tables.index.assign(eci=tables.index["eci"] + raised)
    columns = ["horizon_months", "member", "mean"]
    first, second = (
        score(replace(tables, index=index, models=models), ORIGINS[:1]).scores[columns]
        for index, models in (
            (tables.index, tables.models),
            (moved, tables.models[tables.models["date"] <= ORIGINS[0]]),
        )
    )
    pd.testing.assert_frame_equal(first, second)


def test_judgements_of_compute_change_no_past_forecast(tables: PastTables) -> None:
    days = measure(tables, ORIGINS[:1])
    other = JointParameters(
        euv_volume_year=2030.0, import_regime="open", memory_growth=4.0, us_compute_growth=2.0,
        china_domestic_growth=3.0, unseen_h100e_thousand=500.0, delivery_share_china=0.6,
        delivery_share_us=0.2, power_share_usa=0.4, sales_closing_oom_per_year=0.5,
    )  # fmt: skip
    first, second = (
        score_past_forecasts(days, parameters=given, seed=1).scores
        for given in (JointParameters(), other)
    )
    pd.testing.assert_frame_equal(first, second)


def test_a_member_that_fails_is_named_and_the_pool_goes_on(tables: PastTables) -> None:
    without = replace(tables, models=tables.models[tables.models["country"] == "USA"])
    found = score(without, ORIGINS[:1])
    assert {failure.member for failure in found.failed} == {"joint"}
    assert "2024-08-31" in found.failed[0].reason
    assert set(found.scores["member"]) == {*MEMBERS, POOL} - {"joint"}


def test_origins_are_ends_of_months_with_an_outcome(tables: PastTables) -> None:
    origins = list_origins("2025-01-31", tables.index)  # models until 1 March 2026
    assert [f"{day:%Y-%m-%d}" for day in (origins[0], origins[-1])] == ["2025-01-31", "2025-08-31"]
    late = (pd.Timestamp("2026-01-31"),)
    with pytest.raises(ModelInputError, match="needs an origin"):
        score(tables, late)


def test_the_gap_of_a_day_is_that_of_models_out() -> None:
    index, _, _ = race_tables(behind=6.0)
    assert measure_gap(index, "2025-06-30") == pytest.approx(6.0, abs=4.0)


def test_growth_counts_chips_made_in_china() -> None:
    _, _, chips = race_tables()
    usa, china = measure_trailing_growth(chips, NO_CHIPS, "2025-12-31")
    assert usa == pytest.approx(np.log10(1.206**4), abs=0.01)
    assert china == pytest.approx(np.log10(1.1**4), abs=0.001)
    owned = 100e3 * 1.1**15
    made = pd.DataFrame(
        {"quarter_end": pd.to_datetime(["2024-12-31", "2025-12-31"]), "h100e_p50": [0.0, owned]}
    )
    _, more = measure_trailing_growth(chips, made, "2026-02-28")
    assert more == pytest.approx(np.log10(2 * 1.1**4), abs=0.001)
    with pytest.raises(ModelInputError, match="a year before"):
        measure_trailing_growth(chips, NO_CHIPS, "2022-06-30")
