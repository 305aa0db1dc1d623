from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck import compute_lag
from chapters.hardware_bottleneck.compute_lag import Lag
from models.capability.lag_measures import measure_lag

from .simulated import estimate, markers

MODELS = pd.DataFrame(
    [
        ("US 1", "USA", "2021-01-01", 1e22),
        ("US 2", "USA", "2023-01-10", 1e25),
        ("early", "CHN", "2019-06-01", 1e19),
        ("CN 1", "CHN", "2022-01-01", 1e22),
        ("small", "CHN", "2023-06-01", 1e20),
        ("CN 2", "CHN", "2024-01-10", 1e24),
        ("CN 3", "CHN", "2025-06-01", 1e27),
    ],
    columns=["model", "country", "date", "training_compute_flop"],
).assign(date=lambda table: pd.to_datetime(table["date"]), language_model=True)


def index_of_known_progress(factor: float) -> pd.DataFrame:
    """An index on which a year is worth a factor of compute, exactly."""
    rng = np.random.default_rng(3)
    days = pd.date_range("2024-01-01", periods=40, freq="15D")
    years = 2000 + (days - pd.Timestamp("2000-01-01")).days.to_numpy() / 365.25
    orders = rng.uniform(23, 26, 40) - np.arange(40) % 2  # China has a tenth of the compute
    return pd.DataFrame({
        "model": [f"m{i}" for i in range(40)], "organization": [f"o{i % 7}" for i in range(40)],
        "country": np.where(np.arange(40) % 2, "CHN", "USA"), "date": days,
        "eci": 10 * orders + 10 * np.log10(factor) * (years - 2024),
        "training_compute_flop": 10**orders,
    })  # fmt: skip


INDEX = index_of_known_progress(3.0)


@pytest.fixture(scope="module")
def lag() -> Lag:
    return compute_lag.estimate_lag(
        MODELS, INDEX, gap=estimate(16.0, 15.9, 16.1), diffusion_months=6.0, level=0.9,
        frontier_growth=estimate(4.0, 3.99, 4.01), rng=np.random.default_rng(0),
        lag_rng=np.random.default_rng(0),
    )  # fmt: skip


def test_a_gap_of_two_years_of_growth_is_worth_two_years(lag: Lag) -> None:
    assert lag.implied.value == pytest.approx(24)
    at_once = 12 * np.log(16) / np.log(4 * 3)
    shared = 12 * (np.log(16) + 0.5 * np.log(3)) / np.log(4 * 3)
    assert lag.at_once.with_shared_progress.value == pytest.approx(at_once, rel=0.01)
    assert lag.shared.with_shared_progress.value == pytest.approx(shared, rel=0.01)
    whole = 24 - lag.capability.value
    assert lag.share_explained == pytest.approx((24 - shared) / whole, rel=0.02)


def test_lag_and_progress_are_those_of_the_capability_index(lag: Lag) -> None:
    assert lag.algorithms.value == pytest.approx(3.0, rel=0.01)
    now = measure_lag(
        INDEX.rename(columns={"eci": "score"}), measure="since_reached",
        date=INDEX["date"].max(), since="2024-01-01",
    )  # fmt: skip
    assert lag.capability.value == pytest.approx(now)


def test_records_are_matched_with_the_first_run_as_large(lag: Lag) -> None:
    assert list(lag.records["model"]) == ["CN 1", "CN 2", "CN 3"]
    assert (lag.n_records, lag.record.model, lag.record.leader_model) == (2, "CN 2", "US 2")
    assert lag.record.lag_months == pytest.approx(12, abs=0.05)
    assert lag.record.pending_months == pytest.approx(24, abs=0.05)
    assert lag.record.running_lag_months == pytest.approx(36, abs=0.05)
    assert (lag.shortest_months, lag.longest_months) == pytest.approx((12, 12), abs=0.1)


@pytest.mark.parametrize(("day", "had_stood"), [("2026-01-09", True), ("2026-01-10", False)])
def test_a_record_of_the_day_has_not_stood(lag: Lag, day: str, *, had_stood: bool) -> None:
    assert replace(lag.record, date=pd.Timestamp(day)).had_stood is had_stood


@pytest.mark.parametrize(
    ("low", "high", "word"), [(30, 40, "fits"), (10, 20, "longer"), (40, 50, "shorter")]
)
def test_the_running_lag_fits_the_worth_of_the_gap_or_not(
    lag: Lag, low: float, high: float, word: str
) -> None:
    assert replace(lag, implied=estimate((low + high) / 2, low, high)).running_lag == word


@pytest.mark.parametrize(
    ("implied", "shorter", "overlaps"),
    [
        ((20.0, 15.0, 25.0), True, False),
        ((20.0, 14.0, 25.0), True, True),
        ((3.0, 2.0, 3.5), False, False),
    ],
)
def test_the_lag_in_capability_overlaps_or_not(
    lag: Lag, implied: tuple[float, float, float], *, shorter: bool, overlaps: bool
) -> None:
    found = replace(lag, implied=estimate(*implied), capability=estimate(7, 4, 14))
    assert (found.capability_is_shorter, found.capability_overlaps) == (shorter, overlaps)


@pytest.mark.parametrize(("low", "nothing"), [(0.9, True), (1.1, False)])
def test_nothing_may_remain_where_the_factor_may_be_one(
    lag: Lag, low: float, *, nothing: bool
) -> None:
    shared = replace(lag.shared, unexplained_factor=estimate(2.0, low, 3.0))
    assert replace(lag, shared=shared).nothing_may_remain is nothing


def test_drawings_show_each_record_and_each_step(lag: Lag) -> None:
    drawn = compute_lag.draw_lags(lag)
    assert len(drawn.data) == 3
    assert markers(drawn.figure.axes[0]) == 2
    drawn = compute_lag.draw_steps(lag)
    assert len(drawn.data) == markers(drawn.figure.axes[0]) == 5
    assert drawn.data["months"].iloc[0] == lag.implied.value
