"""Published results come back; what does not carries a reason that says what differs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.replication import (
    acceptance_index,
    acceptance_methods,
    acceptance_tables,
    epoch_selection,
)
from models.replication import acceptance_scaling_law as scaling
from models.replication import acceptance_trends as trends
from models.replication.acceptance import (
    AcceptanceCheck,
    Quantity,
    check_within,
    order_farthest_first,
    to_frame,
)

TABLES = Path(__file__).parents[3] / "data" / "tables"
MUST_BE_MET = {
    "chinchilla-huber", "chinchilla-published", "chinchilla-se", "chinchilla-hoffmann",
    "longley", "engel", "stackloss", "grunfeld", "ishigami", "parity", "catch-up",
    "euv-lognormal", "top500", "electricity", "capability-index-fit",
}  # fmt: skip
CANNOT_BE_MET = {
    "cottier-cost", "china-top10", "capability-progress", "nvidia-china",
    "capability-index-fit-october",
}  # fmt: skip


def table(name: str, *dates: str) -> pd.DataFrame:
    return pd.read_csv(TABLES / f"{name}.csv", parse_dates=list(dates))


def index_tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the results that the index is fitted on, and its published scores."""
    days = ("vintage", "release_date")
    return table("index_scores", *days), table("index_vintages", *days)


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    return table("scaling_law_runs")


@pytest.fixture(scope="module")
def language_models() -> pd.DataFrame:
    return table("language_models_2025_04", "date")


@pytest.fixture(scope="module")
def checks(runs: pd.DataFrame, language_models: pd.DataFrame) -> Mapping[str, AcceptanceCheck]:
    """Return every check, by id, as the chapter computes them."""
    rng = np.random.default_rng(20260110)
    models = pd.concat(
        [table("ai_models", "date"), language_models, table("large_models", "date")],
        ignore_index=True,
    )
    costs = trends.fit_cost_selections(
        table("training_costs", "date"), models, top=10, first="2016-01-01", last="2023-12-31"
    )
    since, until = "2018-01-01", "2025-01-09"
    candidates = epoch_selection.select_candidates(language_models, table("ai_models", "date"))
    sides = trends.fit_country_trends(candidates, top=10, since=since, until=until, rng=rng)
    slopes = trends.fit_china_slopes(
        language_models, tops=(5, 10), since=since, untils={"January 2025": until}
    )
    index = table("capability_index", "date")
    found = (
        scaling.check_huber(runs, delta=1e-3, drop_highest=5),
        scaling.check_least_absolute(runs, drop_highest=5),
        scaling.check_standard_errors(
            runs, delta=1e-3, drop_highest=5, replications=4000, rng=np.random.default_rng(1)
        ),
        scaling.check_likelihood_ratio(runs, drop_highest=5),
        trends.check_costs(costs),
        trends.check_china(sides, slopes),
        trends.check_progress(trends.fit_progress_selections(index, until="2025-11-28")),
        *acceptance_methods.check_methods(seed=20260110, sobol_base=4096),
        acceptance_tables.check_top500(table("supercomputers")),
        acceptance_index.check_index_fit(*index_tables()),
        acceptance_index.check_later_index_fit(*index_tables()),
        acceptance_tables.check_electricity(table("electricity")),
        acceptance_tables.check_nvidia(
            table("chips_owned", "quarter_end"), table("chips_sold", "quarter_end")
        ),
    )
    return {check.id: check for check in found}


def test_every_published_result_is_tried(checks: Mapping[str, AcceptanceCheck]) -> None:
    assert set(checks) == MUST_BE_MET | CANNOT_BE_MET


@pytest.mark.parametrize("id", sorted(MUST_BE_MET))
def test_a_result_that_the_data_allow_is_met(
    checks: Mapping[str, AcceptanceCheck], id: str
) -> None:
    assert checks[id].met, [q for q in checks[id].quantities if not q.met]


@pytest.mark.parametrize("id", sorted(CANNOT_BE_MET))
def test_a_result_that_is_not_met_says_by_which_number(
    checks: Mapping[str, AcceptanceCheck], id: str
) -> None:
    check = checks[id]
    assert not check.met
    assert sum(any(c.isdigit() for c in word) for word in check.reason.split()) >= 3


def test_the_part_of_a_missed_result_that_must_come_back_does(
    checks: Mapping[str, AcceptanceCheck],
) -> None:
    china = {q.name: q for q in checks["china-top10"].quantities}
    assert china["china_simple"].met
    assert china["others_n"].met
    assert abs(china["break"].ours - china["break"].published) < 0.25
    progress = {q.name: q for q in checks["capability-progress"].quantities}
    assert progress["joint"].met
    stock = {q.name: q for q in checks["nvidia-china"].quantities}
    assert stock["chn_stock"].met
    # The published share divides H100 equivalents by chips.
    assert "3.83%" in checks["nvidia-china"].reason


def test_all_published_scores_of_the_index_come_back(
    checks: Mapping[str, AcceptanceCheck],
) -> None:
    august = {q.name: q for q in checks["capability-index-fit"].quantities}
    assert august["scores_within_rounding"].ours == 222
    october = {q.name: q for q in checks["capability-index-fit-october"].quantities}
    assert october["models"].ours == 270
    assert october["largest_difference_from_130"].met
    assert october["scores_within_a_hundredth"].ours > 0.9 * 223


def test_another_order_of_rows_or_another_model_would_miss() -> None:
    results, published = index_tables()
    shuffled = results.assign(row=np.random.default_rng(1).permutation(len(results)))
    away = acceptance_index.measure_distances(shuffled, published, acceptance_index.AUGUST)
    assert (away["distance"] > 0.005).sum() > 20
    renamed = published.replace({"model": {"GPT-5": "GPT-Five"}})
    with pytest.raises(ModelInputError, match="GPT-5, GPT-Five"):
        acceptance_index.check_index_fit(results, renamed)


def test_another_choice_of_runs_would_miss(runs: pd.DataFrame) -> None:
    assert not scaling.check_huber(runs, delta=1e-3, drop_highest=0).met
    assert not scaling.check_huber(runs, delta=1e-2, drop_highest=5).met
    assert not scaling.check_likelihood_ratio(runs, drop_highest=0).met


def test_one_slope_and_its_lag_by_hand() -> None:
    # China follows at 4 times a year, two years behind, without noise or kink.
    days = pd.date_range("2018-01-01", "2024-12-01", freq="MS")
    years = (days - days[0]) / pd.Timedelta(days=365.25)
    ripple = 1e-6 * np.tile([1, -1, -1, 1], len(days) // 4 + 1)[: len(days)]
    sides = [
        pd.DataFrame(
            {
                "model": [f"{code}{i}" for i in range(len(days))],
                "countries": code,
                "language_model": True,
                "date": days,
                "training_compute_flop": 10 ** (22 + np.log10(4) * (years - lag) + ripple),
            }
        )
        for code, lag in (("USA", 0.0), ("CHN;USA", 2.0))
    ]
    found = trends.fit_country_trends(
        pd.concat(sides, ignore_index=True),
        top=3,
        since="2018-01-01",
        until="2024-12-31",
        rng=np.random.default_rng(1),
        replications=20,
    )
    assert found.china.annual_growth.value == pytest.approx(4, rel=1e-3)
    assert found.lag.value == pytest.approx(2, abs=0.01)


def test_two_stages_give_compute_what_both_share() -> None:
    # With date and compute independent, one regression and two stages agree.
    rng = np.random.default_rng(3)
    n = 4000
    years, logs = rng.uniform(0, 3, n), rng.normal(24, 1, n)
    frame = pd.DataFrame(
        {
            "country": "USA",
            "organization": rng.integers(9, size=n).astype(str),
            "date": pd.Timestamp("2022-01-01") + pd.to_timedelta(years * 365.25, unit="D"),
            "eci": 10 * logs + 12 * years + rng.normal(0, 0.1, n),
            "training_compute_flop": 10**logs,
            "compute_confidence": "Confident",
        }
    )
    found = trends.fit_progress_selections(frame, until="2026-01-01").set_index(
        ["selection", "method"]
    )["oom_per_year"]
    assert found[("all models", "joint")] == pytest.approx(1.2, abs=0.01)
    assert found[("all models", "two-stage")] == pytest.approx(1.2, abs=0.05)


def check(quantities: list[Quantity], reason: str = "") -> AcceptanceCheck:
    return AcceptanceCheck("a", "A result", tuple(quantities), "source", "code", reason)


def test_the_edge_of_a_tolerance_counts_as_met() -> None:
    assert check_within("n", 0.3, 0.1 + 0.2, 1e-12).met
    assert check_within("slope", 0.1, 0.4, 0.3).met
    assert not check_within("slope", 0.1, 0.41, 0.3).met


def test_a_miss_without_a_reason_is_refused() -> None:
    with pytest.raises(ModelInputError, match="needs a reason: slope not met"):
        check([check_within("slope", 1, 2, 0.5)])
    assert not check([check_within("slope", 1, 2, 0.5)], "Another vintage: 2, not 1.").met


@pytest.mark.parametrize(
    ("numbers", "message"),
    [((np.nan, 1, 1), "finite"), ((1, np.inf, 1), "finite"), ((1, 1, 0), "positive tolerance")],
)
def test_numbers_that_cannot_be_compared_are_refused(
    numbers: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(ModelInputError, match=message):
        check_within("slope", *numbers)


def test_names_must_differ_and_there_must_be_one() -> None:
    with pytest.raises(ModelInputError, match="different names"):
        check([])
    with pytest.raises(ModelInputError, match="different names"):
        check([check_within("n", 1, 1, 1), check_within("n", 2, 2, 1)])


def test_the_farthest_number_stands_for_its_result() -> None:
    first = check([check_within("near", 1, 1.1, 1), check_within("far", 0, 0.5, 1)])
    frame = to_frame([first])
    assert frame["ratio"].isna().tolist() == [False, True]
    assert order_farthest_first(frame)["quantity"].tolist() == ["far"]
    assert first.farthest.name == "far"


def test_stocks_of_another_day_are_refused() -> None:
    owned, sold = (
        table(name, "quarter_end").query("quarter_end < '2025-12-31'")
        for name in ("chips_owned", "chips_sold")
    )
    with pytest.raises(ModelInputError, match="one row of Nvidia"):
        acceptance_tables.check_nvidia(owned, sold)
