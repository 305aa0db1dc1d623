import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.capability.benchmark_panel import (
    build_benchmark_panel,
    compute_logit_above_chance,
    estimate_benchmark_progress,
    estimate_exposure_advantage,
)
from models.core.errors import ModelInputError


def simulated_panel(
    rng: np.random.Generator,
    *,
    rate: float = 1.2,
    models: int = 60,
    benchmarks: int = 8,
    sd: float = 0.3,
    advantage: float = 0.0,
) -> pd.DataFrame:
    """Scores whose logits follow log compute plus `rate` years, and a country's gain if exposed."""
    t = rng.uniform(0, 3, models)
    logs = 23 + 0.4 * t + rng.normal(0, 1, models)
    developer = rng.integers(15, size=models)
    chinese = developer % 3 == 0
    index = 100 + 10 * (logs - 24 + rate * t) + rng.normal(0, 1, models)
    sides = []
    for b in range(benchmarks):
        slope, level = rng.uniform(0.5, 1.5), rng.normal(0, 1)
        gain = advantage / 10 * (b % 2) * chinese
        logit = level + slope * ((index - 110) / 10 + gain) + rng.normal(0, sd, models)
        sides.append(
            pd.DataFrame(
                {
                    "model": [f"m{i}" for i in range(models)],
                    "organization": [f"lab-{d}" for d in developer],
                    "country": np.where(chinese, "CHN", "USA"),
                    "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(t * 365.25, unit="D"),
                    "training_compute_flop": 10**logs,
                    "eci": index,
                    "benchmark": f"b{b}",
                    "exposed": b % 2 == 1,
                    "logit": logit,
                }
            )
        )
    return pd.concat(sides, ignore_index=True)


def test_the_panel_keeps_the_best_score_of_a_model() -> None:
    runs = pd.DataFrame(
        {
            "model": ["a", "a", None, "unknown"],
            "benchmark": ["quiz", "quiz", "quiz", "quiz"],
            "score": [0.4, 0.625, 0.9, 0.5],
        }
    )
    scores = pd.DataFrame({"model": ["a"], "benchmark": ["other"], "score": [0.5]})
    models = pd.DataFrame({"model": ["a"], "country": ["CHN"]})
    benchmarks = pd.DataFrame({"benchmark": ["quiz"], "chance": [0.25]})
    panel = build_benchmark_panel(runs, scores, models, benchmarks)
    assert panel[["model", "benchmark", "country"]].to_numpy().tolist() == [["a", "quiz", "CHN"]]
    assert panel["logit"].tolist() == pytest.approx([0.0])  # half of what guessing leaves


def test_scores_near_guessing_or_perfection_have_no_logit() -> None:
    logits = compute_logit_above_chance(pd.Series([0.2, 0.25, 0.26, 0.625, 0.99, np.nan]), 0.25)
    assert logits.isna().tolist() == [True, True, True, False, True, True]


def test_progress_recovers_the_truth() -> None:
    hits = []
    rng = np.random.default_rng(5)
    for _ in range(40):
        fit = estimate_benchmark_progress(simulated_panel(rng), rng=rng, replications=200)
        hits.append(
            fit.orders_of_magnitude_per_year.low <= 1.2 <= fit.orders_of_magnitude_per_year.high
        )
    assert 30 <= sum(hits) <= 40


@pytest.mark.slow
def test_progress_intervals_cover_at_their_level() -> None:
    rng = np.random.default_rng(6)
    fits = (
        estimate_benchmark_progress(simulated_panel(rng, models=120), rng=rng, replications=200)
        for _ in range(200)
    )
    rates = [fit.orders_of_magnitude_per_year for fit in fits]
    assert 0.85 <= np.mean([r.low <= 1.2 <= r.high for r in rates]) <= 0.95


def test_noiseless_scores_give_the_rate_back(rng: np.random.Generator) -> None:
    panel = simulated_panel(rng, rate=0.8, sd=0)
    years = (panel["date"] - pd.Timestamp("2023-01-01")).dt.days / 365.25
    line = np.log10(panel["training_compute_flop"]) + 0.8 * years
    fit = estimate_benchmark_progress(panel.assign(logit=line), rng=rng, replications=20)
    assert fit.orders_of_magnitude_per_year.value == pytest.approx(0.8, abs=5e-3)
    assert fit.without_one_benchmark.to_numpy() == pytest.approx(0.8, abs=5e-3)
    assert fit.without_one_developer.to_numpy() == pytest.approx(0.8, abs=5e-3)
    assert (fit.n_benchmarks, fit.n_models) == (8, 60)


def test_left_out_rates_are_those_of_the_rest(rng: np.random.Generator) -> None:
    panel = simulated_panel(rng)
    fit = estimate_benchmark_progress(panel, rng=rng, replications=20)
    # Standardised on all rows: the rest must keep the scale, so that it is refitted on it.
    grouped = panel.groupby("benchmark")["logit"]
    scaled = panel.assign(
        logit=(panel["logit"] - grouped.transform("mean")) / grouped.transform("std")
    )
    rest = scaled[scaled["benchmark"] != "b3"]
    alone = estimate_benchmark_progress(rest, rng=rng, replications=20)
    value = alone.orders_of_magnitude_per_year.value
    assert fit.without_one_benchmark["b3"] == pytest.approx(value, rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(scale=st.floats(1e-3, 1e3), stretch=st.floats(0.1, 10), shift=st.floats(-5, 5))
def test_units_and_difficulty_do_not_matter(scale: float, stretch: float, shift: float) -> None:
    panel = simulated_panel(np.random.default_rng(4))
    moved = panel.assign(
        training_compute_flop=panel["training_compute_flop"] * scale,
        logit=panel["logit"] * stretch + shift,
    )
    one, two = (
        estimate_benchmark_progress(p, rng=np.random.default_rng(1), replications=20)
        for p in (panel, moved)
    )
    assert two.orders_of_magnitude_per_year.value == pytest.approx(
        one.orders_of_magnitude_per_year.value, rel=1e-6
    )


@pytest.mark.parametrize("advantage", [0.0, 4.0])
def test_an_advantage_on_exposed_benchmarks_comes_back(advantage: float) -> None:
    hits = 0
    rng = np.random.default_rng(9)
    for _ in range(40):
        fit = estimate_exposure_advantage(
            simulated_panel(rng, advantage=advantage), exposed="exposed"
        )
        hits += fit.advantage.low <= advantage <= fit.advantage.high
        assert (fit.test.p_value, fit.test.n) == (fit.p_value, fit.n_clusters)
    assert 31 <= hits <= 40  # 40 simulations: two standard errors are 3.8


def test_bad_panels_are_refused(rng: np.random.Generator) -> None:
    panel = simulated_panel(rng)
    with pytest.raises(ModelInputError, match="8 models"):
        estimate_benchmark_progress(panel[panel["model"].isin(["m1", "m2"])], rng=rng)
    with pytest.raises(ModelInputError, match="developers to resample"):
        estimate_benchmark_progress(panel.assign(organization="one"), rng=rng)
    with pytest.raises(ModelInputError, match="positive"):
        estimate_benchmark_progress(panel.assign(training_compute_flop=-1.0), rng=rng)
    with pytest.raises(ModelInputError, match="replications"):
        estimate_benchmark_progress(panel, rng=rng, replications=3)
    with pytest.raises(ModelInputError, match="exposed and on other"):
        estimate_exposure_advantage(panel.assign(exposed=True), exposed="exposed")
    with pytest.raises(ModelInputError, match="exposed and on other"):
        estimate_exposure_advantage(panel, exposed="exposed", country="FRA")
    with pytest.raises(ModelInputError, match="complete"):
        estimate_exposure_advantage(panel.assign(eci=np.nan), exposed="exposed")
