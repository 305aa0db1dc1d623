import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize

from models.capability.average_lag import (
    estimate_average_lag,
    resample_lags_by_benchmark,
    tabulate_lags,
)
from models.capability.capability_gap import track_capability_lag
from models.capability.record_lags import Lags, average_lags
from models.core.errors import ModelInputError
from tests.models.simulated import staircase, trail

MONTH = 365.25 / 12
USA = trail(
    "USA",
    ["2023-01-01", "2023-07-01", "2024-01-01", "2025-01-01"],
    [100, 110, 120, 130],
)
CHN = trail("CHN", ["2023-03-01", "2024-01-01", "2024-10-01", "2025-02-01"], [90, 105, 104, 120])
BOTH = pd.concat([USA, CHN], ignore_index=True)


def months(later: str, earlier: str) -> float:
    return (pd.Timestamp(later) - pd.Timestamp(earlier)).days / MONTH


def test_average_by_hand(rng: np.random.Generator) -> None:
    average = estimate_average_lag(BOTH, since="2023-06-01", rng=rng, replications=50)
    lags = [months("2024-01-01", "2023-07-01"), months("2025-02-01", "2024-01-01")]
    assert average.mean.value == pytest.approx(np.mean(lags))
    assert (average.shortest, average.longest) == pytest.approx(tuple(lags))
    assert (average.n_records, average.n_censored) == (2, 0)
    assert average.without_one_developer.low <= average.mean.value


def test_a_second_model_of_the_leader_is_waited_for(rng: np.random.Generator) -> None:
    second = estimate_average_lag(
        BOTH, since="2023-06-01", rng=rng, models_needed=2, censoring="at_bound", replications=50
    )
    # 105 points had two US models in January 2024, 120 points in January 2025.
    assert (second.shortest, second.longest) == pytest.approx(
        (0.0, months("2025-02-01", "2025-01-01"))
    )


def test_bounds_are_counted_taken_or_left_out(rng: np.random.Generator) -> None:
    exact = [months("2024-01-01", "2023-07-01"), months("2025-02-01", "2024-01-01")]
    bound = months("2023-03-01", "2023-01-01")
    fits = {
        how: estimate_average_lag(BOTH, since="2023-01-01", rng=rng, censoring=how, replications=50)
        for how in ("at_bound", "dropped", "normal")
    }
    assert all(fit.n_censored == 1 for fit in fits.values())
    assert fits["at_bound"].mean.value == pytest.approx(np.mean([bound, *exact]))
    assert fits["dropped"].mean.value == pytest.approx(np.mean(exact))
    assert fits["normal"].mean.value > fits["at_bound"].mean.value


def test_censored_mean_is_the_maximum_of_the_likelihood(rng: np.random.Generator) -> None:
    months = rng.normal(7, 4, (1, 30))
    longer, shorter = months > 9, months < 3
    seen = np.clip(months, 3, 9)
    lags = Lags(seen, np.ones_like(longer), longer, shorter)
    exact = ~longer & ~shorter

    def negative(theta: np.ndarray) -> float:
        mean, sd = theta[0], np.exp(theta[1])
        parts = np.where(exact, stats.norm.logpdf(seen, mean, sd), 0)
        parts += np.where(longer, stats.norm.logsf(seen, mean, sd), 0)
        return -(parts + np.where(shorter, stats.norm.logcdf(seen, mean, sd), 0)).sum()

    best = minimize(negative, [5, 1], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10})
    assert average_lags(lags, "normal")[0] == pytest.approx(best.x[0], abs=1e-4)


def test_the_normal_model_repairs_what_bounds_do_to_the_mean() -> None:
    rng = np.random.default_rng(17)
    months = rng.normal(7, 3, (400, 20))
    longer = months > 8
    lags = Lags(np.minimum(months, 8), np.ones_like(longer), longer, np.zeros_like(longer))
    assert np.nanmean(average_lags(lags, "normal")) == pytest.approx(7, abs=0.15)
    assert np.mean(average_lags(lags, "at_bound")) < 6.6
    assert np.nanmean(average_lags(lags, "dropped")) < 6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), lag=st.floats(-6, 12))
def test_it_is_the_mean_of_the_series(seed: int, lag: float) -> None:
    rng = np.random.default_rng(seed)
    frame = staircase(rng, lag_months=lag, n=25)
    series = track_capability_lag(frame)
    average = estimate_average_lag(
        frame, since="2022-01-01", rng=rng, censoring="at_bound", replications=20
    )
    assert average.mean.value == pytest.approx(series["lag_months"].mean())
    assert average.n_records == len(series)
    assert average.n_censored == series["status"].str.endswith("at_least").sum()


def test_without_one_developer_by_hand(rng: np.random.Generator) -> None:
    frame = staircase(rng, lag_months=7)
    fit = estimate_average_lag(
        frame, since="2024-01-01", rng=rng, censoring="at_bound", replications=20
    )
    means = {}
    for name in frame["organization"].unique():
        rest = frame[frame["organization"] != name]
        series = track_capability_lag(rest, end=frame["date"].max())
        means[name] = series.loc[series["date"] >= "2024-01-01", "lag_months"].mean()
    assert fit.without_one_developer.low == pytest.approx(min(*means.values(), fit.mean.value))
    assert fit.without_one_developer.high == pytest.approx(max(*means.values(), fit.mean.value))
    moved = {name: abs(value - fit.mean.value) for name, value in means.items()}
    assert moved[fit.most_influential_developer] == pytest.approx(max(moved.values()))


def test_a_known_lag_comes_back() -> None:
    rng = np.random.default_rng(8)
    means = [
        estimate_average_lag(
            staircase(rng, lag_months=7, n=120), since="2024-01-01", rng=rng, replications=20
        ).mean.value
        for _ in range(30)
    ]
    # A finite leader's frontier lies a little below its line, so that lags come out short.
    assert 5.8 < np.mean(means) < 7.0


def test_same_seed_same_result() -> None:
    one, two = (
        estimate_average_lag(
            BOTH, since="2023-01-01", rng=np.random.default_rng(1), replications=50
        )
        for _ in range(2)
    )
    assert one == two


def test_bad_input_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="record of CHN since"):
        estimate_average_lag(BOTH, since="2026-01-01", rng=rng)
    with pytest.raises(ModelInputError, match="rows of CHN, got 0"):
        estimate_average_lag(USA, since="2023-01-01", rng=rng)
    with pytest.raises(ModelInputError, match="complete"):
        estimate_average_lag(BOTH.assign(eci=np.nan), since="2023-01-01", rng=rng)
    with pytest.raises(ModelInputError, match="2 records of CHN with a seen lag"):
        estimate_average_lag(BOTH, since="2025-01-01", rng=rng)
    with pytest.raises(ModelInputError, match="models_needed"):
        estimate_average_lag(BOTH, since="2023-01-01", rng=rng, models_needed=0)
    with pytest.raises(ModelInputError, match="replications"):
        estimate_average_lag(BOTH, since="2023-01-01", rng=rng, replications=5)


def test_benchmarks_with_too_few_records_are_left_out(rng: np.random.Generator) -> None:
    long = staircase(rng, lag_months=9, n=60).rename(columns={"eci": "score"})
    short = staircase(rng, lag_months=3, n=60).rename(columns={"eci": "score"})
    few = long.groupby("country").head(2)
    panel = pd.concat(
        [
            long.assign(benchmark="long"),
            short.assign(benchmark="short"),
            few.assign(benchmark="few"),
        ]
    )
    drawn = resample_lags_by_benchmark(panel, since="2024-01-01", rng=rng, replications=20)
    table = tabulate_lags(drawn, level=0.9)
    assert table["benchmark"].tolist() == ["short", "long"]
    alone = estimate_average_lag(long, since="2024-01-01", rng=rng, score="score", replications=20)
    assert table["lag"].iloc[1] == pytest.approx(alone.mean.value)
    with pytest.raises(ModelInputError, match="2 records"):
        resample_lags_by_benchmark(few.assign(benchmark="few"), since="2024-01-01", rng=rng)
