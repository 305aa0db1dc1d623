"""Pooled trends of many countries, against least squares, statsmodels and simulated panels."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.mixed_linear_model import MixedLM

from models.core.errors import ModelInputError
from models.society.country_panel import PanelTrends, fit_panel_trends


def simulated(
    rng: np.random.Generator,
    *,
    countries: int = 19,
    years: int = 17,
    slope_sd: float = 0.4,
    memory: float = 0.4,
    missing: float = 0.25,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Panel of shares in percent with year effects, and the countries' true trends."""
    times = np.arange(years) - (years - 1) / 2
    year_effects = rng.normal(0, 2, years)
    common = float(times @ year_effects / (times @ times))
    deviations = rng.normal(0, slope_sd, countries)
    shocks = np.zeros((countries, years))
    shocks[:, 0] = rng.normal(0, 5, countries)
    for t in range(1, years):
        fresh = rng.normal(0, 5 * (1 - memory**2) ** 0.5, countries)
        shocks[:, t] = memory * shocks[:, t - 1] + fresh
    levels = rng.normal(20, 8, (countries, 1))
    values = levels + year_effects + deviations[:, None] * times + shocks
    rows = pd.DataFrame(
        {
            "country": np.repeat([f"C{i:02d}" for i in range(countries)], years),
            "year": np.tile(2000 + np.arange(years), countries),
            "percent": values.ravel(),
        }
    )
    kept = rng.random(len(rows)) >= missing
    return rows[kept], common + deviations


def covered(rng: np.random.Generator, replications: int) -> float:
    hits = []
    for _ in range(replications):
        rows, truth = simulated(rng)
        fit = fit_panel_trends(rows, value="percent", level=0.9)
        hits += [e.low <= t <= e.high for e, t in zip(fit.own.values(), truth, strict=True)]
    return float(np.mean(hits))


@pytest.fixture(scope="module")
def balanced() -> pd.DataFrame:
    return simulated(np.random.default_rng(1), missing=0.0)[0]


@pytest.fixture(scope="module")
def balanced_fit(balanced: pd.DataFrame) -> PanelTrends:
    return fit_panel_trends(balanced, value="percent", autocorrelation=0.0)


def test_without_pooling_a_balanced_panel_gives_least_squares(
    balanced: pd.DataFrame, balanced_fit: PanelTrends
) -> None:
    for country, own in balanced.groupby("country"):
        slope = np.polynomial.Polynomial.fit(own["year"], own["percent"], 1).convert().coef[1]
        assert balanced_fit.separate[str(country)].value == pytest.approx(slope, abs=1e-4)


def test_a_deviation_is_shrunk_by_the_weight_of_its_own_data(balanced_fit: PanelTrends) -> None:
    separate = {name: estimate.value for name, estimate in balanced_fit.separate.items()}
    common = np.mean(list(separate.values()))
    for name, relative in balanced_fit.relative.items():
        shrunk = balanced_fit.weight[name] * (separate[name] - common)
        assert relative.value == pytest.approx(shrunk, abs=1e-4)
        assert 0 < balanced_fit.weight[name] < 1


def test_variances_are_those_of_statsmodels_where_data_are_many() -> None:
    rows, _ = simulated(np.random.default_rng(2), countries=90, years=12, memory=0.0)
    ours = fit_panel_trends(rows, value="percent", autocorrelation=0.0)
    theirs = MixedLM.from_formula(
        "percent ~ 0 + C(year)",
        groups="country",
        re_formula="1",
        vc_formula={"slope": "0 + time"},
        data=rows.assign(time=rows["year"] - rows["year"].mean()),
    ).fit(reml=True)
    assert ours.residual_sd == pytest.approx(theirs.scale**0.5, rel=0.01)
    assert ours.slope_sd.value == pytest.approx(float(theirs.vcomp[0]) ** 0.5, rel=0.1)


def test_memory_of_the_shocks_is_recovered() -> None:
    rows, _ = simulated(np.random.default_rng(3), countries=60, memory=0.6)
    assert fit_panel_trends(rows, value="percent").autocorrelation == pytest.approx(0.6, abs=0.1)


def test_pooled_trends_are_nearer_to_the_truth_than_separate_ones() -> None:
    rng = np.random.default_rng(4)
    pooled, separate = [], []
    for _ in range(10):
        rows, truth = simulated(rng)
        fit = fit_panel_trends(rows, value="percent")
        for name, true in zip(fit.own, truth, strict=True):
            pooled.append((fit.own[name].value - true) ** 2)
            separate.append((fit.separate[name].value - true) ** 2)
    assert np.mean(pooled) < np.mean(separate)


def test_intervals_cover_in_a_few_panels() -> None:
    # Countries of a panel share its common trend: 25 panels tell 0.9 from 0.8, not from 0.88.
    assert 0.8 <= covered(np.random.default_rng(5), 25) <= 0.97


@pytest.mark.slow
def test_intervals_cover_over_200_panels() -> None:
    assert 0.85 <= covered(np.random.default_rng(6), 200) <= 0.95


def test_a_difference_is_between_the_trends_and_turns_with_its_sign(
    balanced_fit: PanelTrends,
) -> None:
    difference = balanced_fit.difference("C01", ["C02"])
    own = balanced_fit.own
    assert difference.value == pytest.approx(own["C01"].value - own["C02"].value)
    turned = balanced_fit.difference("C02", ["C01"])
    assert (turned.low, turned.high) == pytest.approx((-difference.high, -difference.low))
    mean = (own["C02"].value + own["C03"].value) / 2
    group = balanced_fit.difference("C01", ["C02", "C03"])
    assert group.value == pytest.approx(own["C01"].value - mean)


def test_the_order_of_the_rows_does_not_matter(balanced: pd.DataFrame) -> None:
    rows = balanced.sample(frac=1, random_state=0)
    first = fit_panel_trends(balanced, value="percent").own["C00"]
    assert fit_panel_trends(rows, value="percent").own["C00"] == first


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: d.drop(columns="percent"), "needs columns"),
        (lambda d: d.assign(percent=1.0), "vary"),
        (lambda d: pd.concat([d, d.iloc[:1]]), "some twice"),
        (lambda d: d[d["country"] < "C03"], "needs 5 countries"),
        (lambda d: d.assign(percent=d["percent"].mask(d["year"] == 2003)), "percent"),
    ],
)
def test_bad_panels_are_refused(
    balanced: pd.DataFrame, spoil: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    with pytest.raises(ModelInputError, match=message):
        fit_panel_trends(spoil(balanced), value="percent")


def test_bad_options_are_refused(balanced: pd.DataFrame, balanced_fit: PanelTrends) -> None:
    with pytest.raises(ModelInputError, match="autocorrelation"):
        fit_panel_trends(balanced, value="percent", autocorrelation=1.0)
    with pytest.raises(ModelInputError, match="absent"):
        balanced_fit.difference("C01", ["XXX"])
    with pytest.raises(ModelInputError, match="needs others"):
        balanced_fit.difference("C01", [])
