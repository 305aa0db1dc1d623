"""Forecasts agree with the race that they come from, and are settled by what a table holds."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.core.scoring_rules import compute_crps_sample
from models.core.timescale import to_decimal_year
from models.race import dated_forecasts, race_calibration
from models.race.dated_forecasts import DatedForecast, settle
from models.race.race_parameters import JointCalibration, JointParameters
from models.race.race_simulation import simulate_leads
from tests.models.simulated import race_tables

GAP = "capability_gap"


@pytest.fixture(scope="module")
def calibration() -> JointCalibration:
    index, models, chips = race_tables()
    return race_calibration.calibrate(
        index,
        models,
        chips,
        since="2023-01-01",
        sales={},
        lead_margin=1.0,
        level=0.9,
        rng=np.random.default_rng(1),
    )


@pytest.fixture(scope="module")
def forecasts(calibration: JointCalibration) -> list[DatedForecast]:
    return dated_forecasts.make_dated_forecasts(pooled(calibration), calibration.as_of)


def pooled(calibration: JointCalibration) -> dated_forecasts.PathsByMeasure:
    """Return two members by capability, of which the second is level, and one by runs."""
    both = [JointParameters(leading_definition=name) for name in ("capability", "largest_run")]
    index, runs = simulate_leads(both, calibration, seed=1, n_draws=40)
    return {"capability": [index, replace(index, lead=index.lead[:20] + 5)], "largest_run": [runs]}


def index() -> pd.DataFrame:
    """Return six models: China leads from May to August 2027 only."""
    days = ["2026-01-01", "2026-02-01", "2027-05-01", "2027-08-01", "2026-01-01", "2027-12-31"]
    return pd.DataFrame(
        {
            "country": ["USA", "CHN", "CHN", "USA", None, None],
            "date": pd.to_datetime(days),
            "eci": [150.0, 142.0, 152.0, 160.0, 200.0, 100.0],
        }
    )


def event(relation: str, threshold: float, probability: float, measure: str = GAP) -> dict:  # type: ignore[type-arg]
    return {
        "measure": measure,
        "relation": relation,
        "threshold": threshold,
        "probability": probability,
        "since": "2026-04-08",
        "due": "2026-12-31",
        "quantiles": (),
    }


def test_at_least_ten_are_due_within_a_year_and_all_after_the_data_end(
    forecasts: list[DatedForecast], calibration: JointCalibration
) -> None:
    assert sum(f.due <= "2027-12-31" for f in forecasts) >= 10
    assert all(f.due > calibration.as_of and f.since == calibration.as_of for f in forecasts)
    assert len({f.question for f in forecasts}) == len(forecasts)


def test_a_forecast_is_either_a_chance_or_a_distribution(forecasts: list[DatedForecast]) -> None:
    for f in forecasts:
        if f.relation == "distribution":
            assert f.probability is None
            assert len(f.quantiles) == dated_forecasts.N_QUANTILES
            assert list(f.quantiles) == sorted(f.quantiles)
        else:
            assert f.probability is not None
            assert 0 <= f.probability <= 1
            assert f.quantiles == ()


def test_chances_agree_with_the_distribution_of_the_same_day(
    forecasts: list[DatedForecast],
) -> None:
    for due in dated_forecasts.DUE:
        of_day = [f for f in forecasts if f.due == due and f.measure == GAP]
        (whole,) = (f for f in of_day if f.relation == "distribution")
        for f in of_day:
            if f.relation == "below":
                share = np.mean(np.array(whole.quantiles) < f.threshold)
                assert f.probability == pytest.approx(share, abs=1 / dated_forecasts.N_QUANTILES)


def test_a_chance_is_the_mean_of_the_members_chances(calibration: JointCalibration) -> None:
    paths = pooled(calibration)
    alone = [
        dated_forecasts.make_dated_forecasts({**paths, "capability": [member]}, calibration.as_of)
        for member in paths["capability"]
    ]
    both = dated_forecasts.make_dated_forecasts(paths, calibration.as_of)
    chances = [(*each,) for each in zip(*alone, both, strict=True) if each[-1].probability]
    for first, second, pool in chances:
        mean = np.mean([first.probability, second.probability])
        assert pool.probability == pytest.approx(mean, abs=1e-4)
    assert len(chances) > 10


def test_having_led_is_likelier_the_later_the_day(forecasts: list[DatedForecast]) -> None:
    ever = [f.probability for f in forecasts if f.measure == "lowest_capability_gap"]
    assert ever == sorted(ever)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("relation", "threshold", "happened", "score"),
    [
        ("below", 8.0, False, 0.09),
        ("at least", 8.0, True, 0.49),
        ("below", 8.1, True, 0.49),
        ("below", 0.0, False, 0.09),
    ],
)
def test_an_event_is_settled_by_the_gap_of_the_day(
    relation: str, threshold: float, happened: object, score: float
) -> None:
    found = settle(event(relation, threshold, 0.3), index(), reached="2027-06-01")
    assert found is not None
    assert (found.outcome, found.happened, found.rule) == (8.0, happened, "Brier")
    assert found.score == pytest.approx(score)


def test_a_distribution_is_settled_by_crps() -> None:
    quantiles = tuple(np.linspace(0, 10, 20))
    forecast = {**event("distribution", 0.0, 0.0), "quantiles": quantiles}
    found = settle(forecast, index(), reached="2027-06-01")
    assert found is not None
    assert (found.happened, found.rule) == (None, "CRPS")
    assert found.score == pytest.approx(compute_crps_sample(quantiles, 8.0))


def test_a_lead_that_was_lost_again_counts_as_having_led() -> None:
    forecast = event("below", 0.0, 0.2, "lowest_capability_gap") | {"due": "2027-12-31"}
    found = settle(forecast, index(), reached="2028-06-01")
    assert found is not None
    assert (found.outcome, found.happened) == (-2.0, True)
    assert found.score == pytest.approx(0.64)


@pytest.mark.parametrize("as_of", ["2026-02-10", "2026-03-05", "2026-03-31", "2026-05-20"])
@pytest.mark.parametrize("due", ["2028-12-31", "2030-12-31"])
def test_a_path_and_the_table_are_read_at_the_ends_of_the_same_quarters(
    calibration: JointCalibration, as_of: str, due: str
) -> None:
    """Paths in which only one quarter's lead is not 0 say which quarters the measure sees."""
    dated = replace(calibration, as_of=as_of)
    (paths,) = simulate_leads([JointParameters()], dated, seed=1, n_draws=20, paths_per_draw=20)
    measure = dated_forecasts.MEASURES["lowest_capability_gap"]
    seen = []
    for step, time in enumerate(paths.times):
        lead = np.zeros_like(paths.lead)
        lead[:, :, step] = 1.0
        if measure.of_paths(replace(paths, lead=lead), to_decimal_year(due)).min() < 0:
            seen.append(round(4 * time))
    ends = dated_forecasts.list_quarter_ends(as_of, due)
    assert seen == [round(4 * to_decimal_year(end)) for end in ends]


def test_a_quarter_that_no_path_can_see_does_not_settle_having_led() -> None:
    table = index()
    table.loc[2, "date"] = pd.Timestamp("2026-03-20")
    table.loc[3, "date"] = pd.Timestamp("2026-04-20")
    forecast = event("below", 0.0, 0.2, "lowest_capability_gap")
    forecast |= {"since": "2026-03-05", "due": "2026-12-31"}
    found = settle(forecast, table, reached="2028-06-01")
    assert found is not None
    assert (found.outcome, found.happened) == (8.0, False)


def test_a_table_that_is_dated_anew_but_not_kept_up_settles_nothing() -> None:
    table, forecast = index(), event("below", 5.0, 0.3)
    stale = table[table["date"] <= "2026-12-30"]
    assert settle(forecast, stale, reached="2031-06-01") is None
    assert settle(forecast, table, reached="2031-06-01") is not None


def test_the_largest_run_is_that_of_known_language_models() -> None:
    models = pd.DataFrame(
        {
            "country": ["USA", "CHN", "USA"],
            "date": pd.to_datetime(["2026-01-01"] * 3),
            "language_model": [True, True, False],
            "training_compute_flop": [1e26, 1e25, 1e28],
        }
    )
    assert dated_forecasts.measure_largest_run_gap(models, "2026-12-31") == pytest.approx(1.0)


@pytest.mark.parametrize("reached", ["2026-12-31", "2027-02-28"])
def test_nothing_is_settled_before_late_scores_are_in(reached: str) -> None:
    assert settle(event("below", 5.0, 0.3), index(), reached=reached) is None
    assert settle(event("below", 5.0, 0.3), index(), reached="2027-03-01") is not None


def test_the_same_draws_give_the_same_forecasts(
    forecasts: list[DatedForecast], calibration: JointCalibration
) -> None:
    again = dated_forecasts.make_dated_forecasts(pooled(calibration), calibration.as_of)
    assert [asdict(f) for f in again] == [asdict(f) for f in forecasts]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"measure": "luck"}, "needs one of"),
        ({"relation": "above"}, "needs an event"),
        ({"due": "2025-12-31"}, "both countries"),
        (
            {"measure": "lowest_capability_gap", "since": "2026-12-01", "due": "2026-12-02"},
            "quarter",
        ),
    ],
)
def test_what_can_not_be_settled_is_refused(change: dict[str, str], message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        settle(event("below", 5.0, 0.3) | change, index(), reached="2030-01-01")
