"""Benchmark scores of many models as one panel: progress, and optimisation for benchmarks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core import units
from models.core.bootstrap import estimate_by_percentiles, expand_level
from models.core.errors import ModelInputError
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import require_replications, require_table
from models.core.regression import FloatArray, fit_linear
from models.core.timescale import to_decimal_years

if TYPE_CHECKING:
    from models.core.estimates import Estimate

IntArray = npt.NDArray[np.intp]
# Shares of questions solved above guessing, outside which a logit says little.
_FLOOR, _CEILING = 0.02, 0.98
MINIMUM_MODELS = 8
_GRID = 90  # steps of a search over angles
_NO_SPREAD = 1e-9
_COMPUTE = "training_compute_flop"
_RUN_COLUMNS = ("model", "benchmark", "score")


@dataclass(frozen=True)
class BenchmarkProgress:
    """How fast a fixed benchmark score gets cheaper in training compute.

    Effective compute is gained at equal physical compute, at a rate common to all benchmarks,
    with an interval from a bootstrap over developers.

    Attributes
    ----------
    orders_of_magnitude_per_year : Estimate
        Effective compute gained in a year, orders of magnitude.
    without_one_benchmark, without_one_developer : Series
        The same without each of them, by name.
    n_models, n_benchmarks, n_developers : int
        What the panel holds; the estimate's n counts its rows.
    """

    orders_of_magnitude_per_year: Estimate
    without_one_benchmark: pd.Series[float]
    without_one_developer: pd.Series[float]
    n_models: int
    n_benchmarks: int
    n_developers: int


@dataclass(frozen=True)
class ExposureAdvantage:
    """What a country's models gain on exposed benchmarks over what their index says.

    Attributes
    ----------
    advantage : Estimate
        Index points gained on exposed over other benchmarks, beyond other models' gain.
    p_value : float
        P-value of no advantage.
    n_models, n_benchmarks, n_exposed, n_clusters : int
        Models, benchmarks, rows of the country on exposed benchmarks, developers.
    """

    advantage: Estimate
    p_value: float
    n_models: int
    n_benchmarks: int
    n_exposed: int
    n_clusters: int

    @property
    def test(self) -> HypothesisTest:
        """The test of no advantage."""
        return HypothesisTest(
            "The country's models do no better on exposed benchmarks than their index says.",
            self.p_value,
            self.n_clusters,
        )


@dataclass(frozen=True)
class _Moments:
    """Centred sums of compute x, years t and score y, samples by benchmarks."""

    xx: FloatArray
    xt: FloatArray
    tt: FloatArray
    xy: FloatArray
    ty: FloatArray


def build_benchmark_panel(
    runs: pd.DataFrame, scores: pd.DataFrame, models: pd.DataFrame, benchmarks: pd.DataFrame
) -> pd.DataFrame:
    """Join scores with their models and benchmarks; the best score of each model on each.

    Parameters
    ----------
    runs, scores : DataFrame
        Columns model, benchmark and score (share); rows without a model are left out.
    models : DataFrame
        One row a model: column model, and whatever is to stand beside its scores.
    benchmarks : DataFrame
        One row a benchmark: columns benchmark and chance (a guesser's share), and
        whatever is to stand beside; scores on other benchmarks are left out.

    Returns
    -------
    DataFrame
        One row for each model and benchmark, with `logit`: the log odds of the
        share solved above chance, missing below 2% and above 98%.

    Raises
    ------
    ModelInputError
        If no score belongs to a known model and benchmark, or a score is missing.
    """
    both = pd.concat([table.loc[:, list(_RUN_COLUMNS)] for table in (runs, scores)])
    best = both.dropna(subset=["model"]).groupby(["model", "benchmark"], as_index=False).max()
    panel = best.merge(models, on="model").merge(benchmarks, on="benchmark")
    require_table(panel, complete=["score", "chance"])
    return panel.assign(logit=compute_logit_above_chance(panel["score"], panel["chance"]))


def compute_logit_above_chance(
    score: pd.Series[float], chance: pd.Series[float] | float
) -> pd.Series[float]:
    """Log odds of the share of questions solved beyond guessing.

    Returns
    -------
    Series
        Missing where the share lies below 2% or above 98%, or the score is missing.
    """
    solved = (score - chance) / (1 - chance)
    inside = solved.where(solved.between(_FLOOR, _CEILING))
    odds = inside / (1 - inside)
    return pd.Series(np.log(odds), index=odds.index, dtype=float)


def estimate_benchmark_progress(
    panel: pd.DataFrame,
    *,
    rng: np.random.Generator,
    cluster: str = "organization",
    replications: int = 1000,
    level: float = 0.90,
) -> BenchmarkProgress:
    r"""Fit one rate of progress to all benchmarks, each with its own level and slope.

    .. math:: y_{ib} = a_b + s_b (\log_{10} C_i + g\, t_i) + e_{ib}

    A year is worth g orders of magnitude of compute on every benchmark (after Ho
    et al. 2025). Scores are standardised within a benchmark. Levels and slopes are
    profiled out; g is found on the angle of (1, g), where it is bounded. Developers
    are resampled whole, and the interval allows for how few they are.

    Parameters
    ----------
    panel : DataFrame
        As `build_benchmark_panel` returns, with date, training_compute_flop and `cluster`;
        rows without compute or logit are left out, and benchmarks with fewer than
        8 models.

    Raises
    ------
    ModelInputError
        If no benchmark has 8 models, or one developer is all there is.
    """
    require_replications(replications)
    used = _usable(panel, ["logit", _COMPUTE])
    require_table(used, complete=["date", cluster], positive=[_COMPUTE])
    developers, names = pd.factorize(used[cluster])
    codes, benchmarks = pd.factorize(used["benchmark"])
    if len(names) < 2:  # noqa: PLR2004
        raise ModelInputError(f"needs developers to resample, got {list(names)}")
    sums = _sums(used, codes, developers)
    whole = np.ones((1, len(names)))
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=replications)
    samples = np.concatenate([whole, whole - np.eye(len(names)), drawn])
    moments = _centred(np.tensordot(samples, sums, axes=1))
    rates = _best_rate(moments)
    without_benchmark = [
        float(_best_rate(_columns(moments, code))[0]) for code in range(len(benchmarks))
    ]
    draws = rates[1 + len(names) :]
    wider = expand_level(level, len(names))
    found = estimate_by_percentiles(
        rates[0], draws[np.isfinite(draws)], level=wider, n=len(used), unit=units.ORDERS_A_YEAR
    )
    return BenchmarkProgress(
        orders_of_magnitude_per_year=replace(found, level=level),
        without_one_benchmark=pd.Series(without_benchmark, index=benchmarks, dtype=float),
        without_one_developer=pd.Series(rates[1 : 1 + len(names)], index=names, dtype=float),
        n_models=int(used["model"].nunique()),
        n_benchmarks=len(benchmarks),
        n_developers=len(names),
    )


def estimate_exposure_advantage(
    panel: pd.DataFrame,
    *,
    exposed: str,
    country: str = "CHN",
    score: str = "eci",
    cluster: str = "organization",
    level: float = 0.90,
) -> ExposureAdvantage:
    r"""Ask whether a country's models do better on exposed benchmarks than their index says.

    .. math:: y_{ib} = a_b + s_b (I_i + \kappa\, \text{country}_i
              + \lambda\, \text{country}_i\, \text{exposed}_{ib}) + e_{ib}

    with I the index, so that :math:`\lambda` is in its points: a difference in
    differences within benchmarks. Rows are weighted by the benchmark's residual
    spread; the slopes in front of the two terms are those of a first fit without
    them. Standard errors are clustered by developer.

    Parameters
    ----------
    panel : DataFrame
        As `build_benchmark_panel` returns, with country, `score`, `cluster` and the
        boolean `exposed`; rows without logit are left out, and benchmarks with
        fewer than 8 models.

    Raises
    ------
    ModelInputError
        If the country has no row on exposed or none on other benchmarks, no
        benchmark has 8 models, or a value is missing.
    """
    used = _usable(panel, ["logit"])
    require_table(used, complete=[score, exposed, cluster])
    codes, benchmarks = pd.factorize(used["benchmark"])
    own = (used["country"] == country).to_numpy(dtype=float)
    on_exposed = own * used[exposed].to_numpy(dtype=float)
    if not 0 < on_exposed.sum() < own.sum():
        raise ModelInputError(
            f"needs rows of {country} on exposed and on other benchmarks, "
            f"got {on_exposed.sum():.0f} of {own.sum():.0f} exposed"
        )
    level_of = np.eye(len(benchmarks))[codes]
    centred = used[score].to_numpy(dtype=float) - used[score].mean()
    base = np.column_stack([level_of, level_of * centred[:, None]])
    outcome = used["logit"].to_numpy(dtype=float)
    first = np.linalg.lstsq(base, outcome, rcond=None)[0]
    spread = _spread_by_benchmark(outcome - base @ first, codes)[codes]
    slope = first[len(benchmarks) :][codes]
    design = pd.DataFrame(base / spread[:, None], columns=[f"b{i}" for i in range(base.shape[1])])
    design = design.assign(
        country=slope * own / spread, country_exposed=slope * on_exposed / spread
    )
    fit = fit_linear(
        design,
        outcome / spread,
        covariance="cluster",
        groups=used[cluster].to_numpy(dtype=object),
    )
    weights = {"country_exposed": 1.0}
    return ExposureAdvantage(
        advantage=fit.combination(weights, level, units.POINTS),
        p_value=fit.p_value(weights),
        n_models=int(used["model"].nunique()),
        n_benchmarks=len(benchmarks),
        n_exposed=int(on_exposed.sum()),
        n_clusters=fit.n_clusters,
    )


def _usable(panel: pd.DataFrame, needed: list[str]) -> pd.DataFrame:
    complete = panel.dropna(subset=needed)
    counts = complete.groupby("benchmark")["model"].transform("nunique")
    used = complete[counts >= MINIMUM_MODELS]
    if used.empty:
        most = int(counts.max()) if len(counts) else 0
        raise ModelInputError(f"needs a benchmark with {MINIMUM_MODELS} models, got at most {most}")
    return used.reset_index(drop=True)


def _spread_by_benchmark(residuals: FloatArray, codes: IntArray) -> FloatArray:
    """Residual standard deviation of each benchmark, two coefficients spent."""
    squares = np.bincount(codes, weights=residuals**2)
    return np.asarray(np.sqrt(squares / (np.bincount(codes) - 2)))


def _sums(used: pd.DataFrame, codes: IntArray, developers: IntArray) -> FloatArray:
    """Return sums of 1, x, t, y and their products, by developer and benchmark."""
    x = np.log10(used[_COMPUTE].to_numpy(dtype=float))
    t = to_decimal_years(used["date"])
    grouped = used.groupby("benchmark")["logit"]
    y = ((used["logit"] - grouped.transform("mean")) / grouped.transform("std")).to_numpy()
    x, t = x - x.mean(), t - t.mean()
    values = np.column_stack([np.ones_like(x), x, t, y, x * x, x * t, t * t, x * y, t * y])
    sums = np.zeros((developers.max() + 1, codes.max() + 1, values.shape[1]))
    np.add.at(sums, (developers, codes), values)
    return sums


def _centred(sums: FloatArray) -> _Moments:
    n, x, t, y, xx, xt, tt, xy, ty = np.moveaxis(sums, -1, 0)
    n = np.maximum(n, 1)
    return _Moments(xx - x * x / n, xt - x * t / n, tt - t * t / n, xy - x * y / n, ty - t * y / n)


def _columns(moments: _Moments, without: int) -> _Moments:
    """Return the first sample without one benchmark."""
    kept = [np.delete(m[:1], without, axis=1) for m in vars(moments).values()]
    return _Moments(*kept)


def _best_rate(moments: _Moments) -> FloatArray:
    """Rate g whose (log compute + g years) explains most of the scores, for each sample."""
    centre = np.zeros(len(moments.xx))
    # A grid over all angles, then one about the best of it, then a parabola.
    for half_width in (np.pi / 2, 2 * np.pi / _GRID):
        angles = centre[:, None] + half_width * np.linspace(-1, 1, _GRID + 1)[1:-1]
        explained = np.stack([_explained(moments, angle) for angle in angles.T], axis=1)
        best = explained.argmax(axis=1)[:, None].clip(1, _GRID - 3)
        centre = np.take_along_axis(angles, best, axis=1)[:, 0]
    below, at, above = (np.take_along_axis(explained, best + i, axis=1)[:, 0] for i in (-1, 0, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = 0.5 * (below - above) / (below - 2 * at + above)
    step = angles[:, 1] - angles[:, 0]
    return np.asarray(np.tan(centre + step * np.nan_to_num(shift).clip(-1, 1)))


def _explained(moments: _Moments, angle: FloatArray) -> FloatArray:
    """Sum of squares that the direction at each sample's angle explains."""
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    along = c * moments.xy + s * moments.ty
    length = c * c * moments.xx + 2 * c * s * moments.xt + s * s * moments.tt
    # A benchmark of one model in a resample has no spread and explains nothing.
    usable = length > _NO_SPREAD
    parts = np.where(usable, along**2 / np.where(usable, length, 1), 0)
    return np.asarray(parts.sum(axis=1))
