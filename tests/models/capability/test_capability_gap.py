import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.capability.capability_gap import estimate_capability_lag, track_capability_lag
from models.capability.frontier_gap import estimate_frontier_gap, fit_frontier_trend
from models.core.errors import ModelInputError
from tests.models.capability.examples import BOTH, USA
from tests.models.simulated import staircase, trail

MONTH = 365.25 / 12


def months(later: str, earlier: str) -> float:
    return (pd.Timestamp(later) - pd.Timestamp(earlier)).days / MONTH


def test_lag_series_by_hand() -> None:
    series = track_capability_lag(BOTH)
    assert series["status"].tolist() == ["lag_at_least", "lag", "lag"]
    assert series["leader_model"].tolist() == ["USA-0", "USA-1", "USA-2"]
    expected = [
        months("2023-03-01", "2023-01-01"),
        months("2024-01-01", "2023-07-01"),
        months("2025-02-01", "2024-01-01"),
    ]
    np.testing.assert_allclose(series["lag_months"], expected)


def test_a_follower_that_leads_has_a_negative_lag() -> None:
    ahead = trail("CHN", ["2024-06-01", "2025-03-01"], [125, 140])
    series = track_capability_lag(pd.concat([USA, ahead]), end="2025-09-01")
    assert series["status"].tolist() == ["lead", "lead_at_least"]
    expected = [months("2024-06-01", "2025-01-01"), months("2025-03-01", "2025-09-01")]
    np.testing.assert_allclose(series["lag_months"], expected)
    assert series["leader_model"].isna().tolist() == [False, True]


def test_lag_at_a_date_by_hand(rng: np.random.Generator) -> None:
    lag = estimate_capability_lag(BOTH, date="2025-03-01", rng=rng, replications=100)
    assert lag.status == "lag"
    assert lag.lag.value == pytest.approx(months("2025-03-01", "2024-01-01"))
    assert (lag.follower_model, lag.leader_model) == ("CHN-3", "USA-2")
    # Without the laboratory of USA-3 both countries are level at 120;
    # without that of CHN-3, the best is 105, reached in July 2023.
    assert lag.without_one_developer.low == 0.0
    assert lag.without_one_developer.high == pytest.approx(months("2025-03-01", "2023-07-01"))


def test_later_models_do_not_change_an_earlier_lag(rng: np.random.Generator) -> None:
    early = estimate_capability_lag(BOTH, date="2024-06-01", rng=rng, replications=50)
    assert early.lag.value == pytest.approx(months("2024-06-01", "2023-07-01"))
    assert (early.n_leader, early.n_follower) == (3, 2)


def test_a_follower_below_the_first_leader_is_censored(rng: np.random.Generator) -> None:
    lag = estimate_capability_lag(
        BOTH[~BOTH["model"].isin(["CHN-1", "CHN-3"])].replace({"eci": {104.0: 95.0}}),
        date="2024-12-01",
        rng=rng,
        replications=50,
    )
    assert lag.status == "lag_at_least"
    assert lag.lag.value == pytest.approx(months("2024-12-01", "2023-01-01"))
    assert lag.lag.high == lag.lag.value  # the table begins there


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_swapping_countries_flips_the_sign(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = staircase(rng, lag_months=float(rng.uniform(-12, 12)), n=8)
    arguments = {"date": "2026-01-01", "replications": 20}
    one = estimate_capability_lag(table, rng=rng, **arguments)
    two = estimate_capability_lag(table, rng=rng, leader="CHN", follower="USA", **arguments)
    assert two.lag.value == pytest.approx(-one.lag.value)
    assert one.status.replace("lag", "lead") == two.status.replace("lag", "lead")
    gaps = [
        estimate_frontier_gap(
            table, date="2026-01-01", rng=rng, leader=a, follower=b, replications=20
        ).value
        for a, b in (("USA", "CHN"), ("CHN", "USA"))
    ]
    assert gaps[0] == pytest.approx(-gaps[1])


@given(stretch=st.floats(0.1, 10), shift=st.floats(-50, 50))
def test_lags_depend_on_the_order_of_scores_alone(stretch: float, shift: float) -> None:
    moved = BOTH.assign(eci=BOTH["eci"] * stretch + shift)
    pd.testing.assert_series_equal(
        track_capability_lag(moved)["lag_months"], track_capability_lag(BOTH)["lag_months"]
    )


def test_level_countries_have_no_lag(rng: np.random.Generator) -> None:
    mirror = USA.assign(country="CHN")
    level = estimate_capability_lag(
        pd.concat([USA, mirror]), date="2025-06-01", rng=rng, replications=20
    )
    assert (level.lag.value, level.status) == (0.0, "lag")


def test_same_seed_same_result() -> None:
    first, second = (
        estimate_capability_lag(
            BOTH, date="2025-03-01", rng=np.random.default_rng(1), replications=50
        )
        for _ in range(2)
    )
    assert first == second


def test_joint_rows_are_left_aside() -> None:
    joint = trail("USA", ["2023-02-01"], [500]).assign(country=None)
    pd.testing.assert_frame_equal(
        track_capability_lag(pd.concat([BOTH, joint])), track_capability_lag(BOTH)
    )


def test_bad_tables_are_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="rows of CHN, got 0"):
        track_capability_lag(USA)
    with pytest.raises(ModelInputError, match="complete"):
        track_capability_lag(BOTH.assign(eci=np.nan))
    with pytest.raises(ModelInputError, match="complete"):
        track_capability_lag(BOTH.assign(date=pd.NaT))
    with pytest.raises(ModelInputError, match="rows of USA"):
        estimate_capability_lag(BOTH, date="2022-01-01", rng=rng)
    with pytest.raises(ModelInputError, match="3 frontier models"):
        fit_frontier_trend(BOTH, since="2025-01-15", date="2025-06-01", rng=rng)
    with pytest.raises(ModelInputError, match="level"):
        estimate_capability_lag(BOTH, date="2025-03-01", rng=rng, level=0)
