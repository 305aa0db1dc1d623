"""What a unit of training compute buys, where, and when."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_replications, require_table, rows_of_countries
from models.core.regression import Covariance, LinearFit, fit_linear, partial_coefficients
from models.core.timescale import MONTHS_PER_YEAR, Moment, decimal_years

FIRST_EXPORT_CONTROLS = "2022-10-07"
MINIMUM_PER_SIDE = 2
_COMPUTE = "training_compute_flop"
_TIE = 1e-9  # relative: the same labels in another order give the same statistic


@dataclass(frozen=True)
class Premium:
    """What a country's models score beyond the base's at equal compute and date.

    Attributes
    ----------
    premium : Estimate
        Points of capability.
    p_value : float
        Of no premium.
    compute_multiplier : Estimate or None
        The premium as a factor of compute: the base's models would need this many
        times the compute. Fieller interval; None where points per order of
        magnitude cannot be told from zero.
    points_per_order_of_magnitude, points_per_year : Estimate
        Slopes on log10 compute and on time.
    without_one_developer : Estimate
        Range of `premium` when each developer in turn is left out.
    most_influential_developer : str
        The developer whose removal moves the premium most.
    n_country, n_base, n_clusters : int
        Models of either country, and developers.
    regression : LinearFit
        The fit.
    """

    premium: Estimate
    p_value: float
    compute_multiplier: Estimate | None
    points_per_order_of_magnitude: Estimate
    points_per_year: Estimate
    without_one_developer: Estimate
    most_influential_developer: str
    n_country: int
    n_base: int
    n_clusters: int
    regression: LinearFit


@dataclass(frozen=True)
class PremiumShift:
    """The premium before and after a date.

    Attributes
    ----------
    before, after, shift : Estimate
        Points; the shift is after minus before, a difference in differences.
    p_value : float
        Of no shift.
    n_before, n_after : int
        The country's models on either side: the shift is only as good as the
        smaller.
    n_clusters : int
        Developers.
    """

    before: Estimate
    after: Estimate
    shift: Estimate
    p_value: float
    n_before: int
    n_after: int
    n_clusters: int


@dataclass(frozen=True)
class PremiumTrend:
    """How the premium moves over the whole period, with no date singled out.

    Attributes
    ----------
    per_year : Estimate
        Points a year that the premium gains.
    p_value : float
        Of a constant premium.
    at_end : Estimate
        Premium at the latest release, points.
    n_clusters : int
        Developers.
    """

    per_year: Estimate
    p_value: float
    at_end: Estimate
    n_clusters: int


@dataclass(frozen=True)
class AlgorithmicProgress:
    """How fast a fixed capability gets cheaper in compute.

    Attributes
    ----------
    orders_of_magnitude_per_year : Estimate
        Effective compute gained at equal physical compute; delta method.
    annual_factor : Estimate
        The same as a factor per year.
    fieller : Estimate or None
        Orders of magnitude a year with Fieller's interval; None where unbounded.
    without_one_developer : Series
        Orders of magnitude a year without each developer, by name.
    n, n_clusters : int
        Models and developers.
    regression : LinearFit
        Capability on log10 compute and year.
    """

    orders_of_magnitude_per_year: Estimate
    annual_factor: Estimate
    fieller: Estimate | None
    without_one_developer: "pd.Series[float]"
    n: int
    n_clusters: int
    regression: LinearFit


def capability_premium(
    frame: pd.DataFrame,
    *,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = _COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    controls: Sequence[str] = (),
    level: float = 0.90,
) -> Premium:
    r"""Regress capability on log10 compute, year and a country indicator.

    .. math:: s_i = a + b \log_{10} C_i + c\, t_i + d\, [\text{country}_i] + e_i

    Descriptive: models whose compute is published are not a random sample, and
    distillation from the base's models counts as efficiency here.

    Parameters
    ----------
    frame : DataFrame
        Columns country, date, `score`, `quantity` and `cluster`; rows of other countries,
        or of several, are left aside.
    covariance : {"cluster", "hc3", "classical"}
        See `models.core.regression.fit_linear`.
    controls : sequence of str
        Further columns to hold equal, numbers or truth values.

    Raises
    ------
    ModelInputError
        If a country has fewer than 3 models, a value is missing, compute is not
        positive or does not vary, or a control is constant.
    """
    pair = _pair(frame, (country, base), score, quantity, cluster, controls)
    design = _premium_design(pair, country, quantity, controls)
    fit = _fit(pair, design, score, covariance, cluster)
    premium = fit.combination({"country": 1.0}, level, "points")
    left_out = _without_each(pair, design, score, cluster, _premium_of)
    is_country = pair["country"] == country
    return Premium(
        premium=premium,
        p_value=fit.p_value({"country": 1.0}),
        compute_multiplier=_as_factor(
            fit.ratio({"country": 1.0}, {"log10_compute": 1.0}, level), "×"
        ),
        points_per_order_of_magnitude=fit.combination({"log10_compute": 1.0}, level, "points/OOM"),
        points_per_year=fit.combination({"year": 1.0}, level, "points/year"),
        without_one_developer=_range(premium, left_out, level),
        most_influential_developer=str((left_out - premium.value).abs().idxmax()),
        n_country=int(is_country.sum()),
        n_base=int((~is_country).sum()),
        n_clusters=fit.n_clusters,
        regression=fit,
    )


def curved_premium(
    frame: pd.DataFrame,
    *,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = _COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    level: float = 0.90,
) -> Estimate:
    """Premium with the square of log10 compute beside it: gains may shrink at the very top.

    Parameters
    ----------
    frame, country, base, score, quantity, covariance, cluster, level
        As in `capability_premium`.

    Returns
    -------
    Estimate
        Points of capability.

    Raises
    ------
    ModelInputError
        As `capability_premium`.
    """
    pair = _pair(frame, (country, base), score, quantity, cluster)
    design = _slopes_design(pair, quantity)
    design.insert(2, "square", design["log10_compute"] ** 2)
    design = design.assign(country=(pair["country"] == country).to_numpy(dtype=float))
    fit = _fit(pair, design, score, covariance, cluster)
    return fit.combination({"country": 1.0}, level, "points")


def premium_shift(
    frame: pd.DataFrame,
    *,
    date: Moment = FIRST_EXPORT_CONTROLS,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = _COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    controls: Sequence[str] = (),
    level: float = 0.90,
) -> PremiumShift:
    """Change of the premium after a date, with a shift common to both countries.

    Not causal: there is no untreated China, chips were stockpiled before the
    date, and effort spent on efficiency may be why compute was published.

    Parameters
    ----------
    frame, country, base, covariance, controls, level
        As in `capability_premium`.
    date : str, date or Timestamp
        First day of "after"; the first export controls by default.

    Raises
    ------
    ModelInputError
        As `capability_premium`, and if either country has fewer than 2 models
        before or after the date.
    """
    pair = _pair(frame, (country, base), score, quantity, cluster, controls)
    after = (pair["date"] >= pd.Timestamp(date)).to_numpy(dtype=float)
    for side, name in ((1 - after, "before"), (after, "after")):
        _require_both(pair[side == 1], (country, base), f"{name} {date}")
    design = _premium_design(pair, country, quantity, controls)
    design = design.assign(after=after, country_after=after * design["country"])
    fit = _fit(pair, design, score, covariance, cluster)
    both = {"country": 1.0, "country_after": 1.0}
    return PremiumShift(
        before=fit.combination({"country": 1.0}, level, "points"),
        after=fit.combination(both, level, "points"),
        shift=fit.combination({"country_after": 1.0}, level, "points"),
        p_value=fit.p_value({"country_after": 1.0}),
        n_before=int((design["country"] * (1 - after)).sum()),
        n_after=int((design["country"] * after).sum()),
        n_clusters=fit.n_clusters,
    )


def premium_trend(
    frame: pd.DataFrame,
    *,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = _COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    controls: Sequence[str] = (),
    level: float = 0.90,
) -> PremiumTrend:
    """Let the premium change linearly with time: `capability_premium` plus country times year.

    A steady trend looks like a shift at any date in `premium_shift`; this says how
    large it is.

    Parameters
    ----------
    frame, country, base, covariance, controls, level
        As in `capability_premium`.

    Raises
    ------
    ModelInputError
        As `capability_premium`.
    """
    pair = _pair(frame, (country, base), score, quantity, cluster, controls)
    design = _premium_design(pair, country, quantity, controls)
    design = design.assign(country_year=design["country"] * design["year"])
    fit = _fit(pair, design, score, covariance, cluster)
    last = float(design["year"].max())
    return PremiumTrend(
        per_year=fit.combination({"country_year": 1.0}, level, "points/year"),
        p_value=fit.p_value({"country_year": 1.0}),
        at_end=fit.combination({"country": 1.0, "country_year": last}, level, "points"),
        n_clusters=fit.n_clusters,
    )


def premium_permutation_p_value(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = _COMPUTE,
    cluster: str = "organization",
    replications: int = 2000,
) -> float:
    """P-value of no premium from shuffling the countries among the developers.

    Whole developers change country, so that the test needs no large number of
    clusters; the numbers of developers stay as they are (Fisher 1935).

    Parameters
    ----------
    frame, country, base, quantity, score
        As in `capability_premium`.
    cluster : str
        Developer; each must be of one country.

    Raises
    ------
    ModelInputError
        As `capability_premium`, and if a developer is of both countries.
    """
    require_replications(replications)
    pair = _pair(frame, (country, base), score, quantity, cluster)
    codes, labels = developer_labels(pair, country, cluster)
    shuffled = rng.permuted(np.tile(labels, (replications, 1)), axis=1)
    drawn = np.vstack([labels, shuffled])[:, codes].T
    controls = _slopes_design(pair, quantity).to_numpy(dtype=float)
    outcome = pair[score].to_numpy(dtype=float)
    return permutation_p_value(partial_coefficients(drawn, outcome, controls))


def algorithmic_progress(
    frame: pd.DataFrame,
    *,
    score: str = "eci",
    quantity: str = _COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    level: float = 0.95,
) -> AlgorithmicProgress:
    r"""Growth of effective compute: slope on time over slope on log10 compute.

    With :math:`s = a + b \log_{10} C + c\,t`, a year is worth :math:`c/b` orders of
    magnitude of compute. The delta method gives the standard error
    :math:`\sqrt{g' V g}` with :math:`g = (1/b, -c/b^2)`. Compute and date are
    strongly correlated in frontier models, so that b and c are hard to separate.

    Parameters
    ----------
    frame : DataFrame
        Columns date, `score`, `quantity` and `cluster`, complete.

    Raises
    ------
    ModelInputError
        If rows are fewer than 6, a value is missing, compute is not positive or
        does not vary, or capability does not rise with compute.
    """
    columns = ["date", score, quantity, cluster]
    require_table(frame, complete=columns, positive=[quantity], minimum=6)
    design = _slopes_design(frame, quantity)
    fit = _fit(frame, design, score, covariance, cluster)
    slope = fit.combination({"log10_compute": 1.0}, level)
    if slope.value <= 0:
        raise ModelInputError(f"needs capability to rise with compute, got {slope.value} per OOM")
    rate = _delta_ratio(fit, level)
    factor = _as_factor(rate, "per year")
    assert factor is not None
    return AlgorithmicProgress(
        orders_of_magnitude_per_year=rate,
        annual_factor=factor,
        fieller=fit.ratio({"year": 1.0}, {"log10_compute": 1.0}, level, "OOM/year"),
        without_one_developer=_without_each(frame, design, score, cluster, _rate_of),
        n=fit.n,
        n_clusters=fit.n_clusters,
        regression=fit,
    )


def excess_of_one(
    frame: pd.DataFrame,
    model: str,
    *,
    base: str = "USA",
    score: str = "eci",
    quantity: str = _COMPUTE,
    level: float = 0.90,
) -> Estimate:
    """Score of one model above what the base's models would have at its compute and date.

    For a period that holds a single model: no premium can be estimated from it, but
    it can be held against the scatter of the base's models. The interval is a
    prediction interval (normal errors) turned round the model's own score.

    Parameters
    ----------
    frame : DataFrame
        Columns model, country, date, `score` and `quantity`, complete for the base
        and the model.
    model : str
        The one model; it must not be of the base.

    Raises
    ------
    ModelInputError
        If the base has fewer than 6 models, the model is not there once, or a value is
        missing.
    """
    ours = frame[(frame["model"] == model) & (frame["country"] != base)]
    if len(ours) != 1:
        raise ModelInputError(f"needs one model {model!r} outside {base}, got {len(ours)}")
    both = pd.concat([ours, rows_of_countries(frame, (base,), minimum=6)])
    require_table(both, complete=["date", score, quantity], positive=[quantity])
    design = _slopes_design(both, quantity)
    outcome = both[score].to_numpy(dtype=float)
    fit = fit_linear(design.iloc[1:], outcome[1:], covariance="classical")
    place = design.iloc[0].to_numpy()
    error = math.sqrt(float(place @ fit.covariance @ place) + fit.residual_sd**2)
    value = float(outcome[0] - place @ fit.coefficients)
    half = fit.t_quantile(level) * error
    return Estimate(value, value - half, value + half, level, "prediction", fit.n, "points")


def developer_labels(
    pair: pd.DataFrame, country: str, cluster: str
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Developer of each row by number, and whether each developer is of the country.

    Raises
    ------
    ModelInputError
        If a developer is of two countries.
    """
    codes, _ = pd.factorize(pair[cluster].to_numpy(dtype=object))
    sides = (pair["country"] == country).groupby(codes).agg(["min", "max"])
    if (sides["min"] != sides["max"]).any():
        raise ModelInputError(f"needs each {cluster} in one country, got one in two")
    return codes, sides["max"].to_numpy(dtype=float)


def permutation_p_value(statistics: npt.NDArray[np.float64]) -> float:
    """P-value of the first statistic among the others, which are drawn under the null.

    Two-sided; counted as (1 + exceedances) / (1 + draws) (Phipson and Smyth 2010).

    Parameters
    ----------
    statistics : ndarray, shape (1 + draws,)
        Observed first; draws that are NaN are left out.
    """
    sizes = np.abs(statistics)
    drawn = sizes[1:][np.isfinite(sizes[1:])]
    return float((1 + np.sum(drawn >= sizes[0] * (1 - _TIE))) / (1 + len(drawn)))


def doubling_months(rate: Estimate) -> Estimate | None:
    """Months in which effective compute doubles, from orders of magnitude a year.

    Returns
    -------
    Estimate or None
        None where the rate's interval holds zero, so that the time is unbounded.
    """
    if rate.low <= 0:
        return None
    value, low, high = (
        MONTHS_PER_YEAR * math.log10(2) / end for end in (rate.value, rate.high, rate.low)
    )
    return Estimate(value, low, high, rate.level, rate.kind, rate.n, "months")


def _pair(
    frame: pd.DataFrame,
    countries: tuple[str, str],
    score: str,
    quantity: str,
    cluster: str,
    controls: Sequence[str] = (),
) -> pd.DataFrame:
    columns = ["date", score, quantity, cluster, *controls]
    return rows_of_countries(frame, countries, complete=columns, positive=[quantity], minimum=3)


def _require_both(side: pd.DataFrame, countries: tuple[str, str], when: str) -> None:
    for code in countries:
        found = int((side["country"] == code).sum())
        if found < MINIMUM_PER_SIDE:
            raise ModelInputError(f"needs {MINIMUM_PER_SIDE} models of {code} {when}, got {found}")


def _slopes_design(frame: pd.DataFrame, quantity: str) -> pd.DataFrame:
    logs = np.log10(frame[quantity].to_numpy(dtype=float))
    years = decimal_years(frame["date"])
    return pd.DataFrame(
        {"const": 1.0, "log10_compute": logs - logs.mean(), "year": years - years.mean()}
    )


def _premium_design(
    pair: pd.DataFrame, country: str, quantity: str, controls: Sequence[str]
) -> pd.DataFrame:
    indicator = (pair["country"] == country).to_numpy(dtype=float)
    design = _slopes_design(pair, quantity).assign(country=indicator)
    held_equal = {f"control_{name}": pair[name].to_numpy(dtype=float) for name in controls}
    return design.assign(**held_equal)


def _fit(
    frame: pd.DataFrame,
    design: pd.DataFrame,
    score: str,
    covariance: Covariance,
    cluster: str,
) -> LinearFit:
    groups = frame[cluster].to_numpy(dtype=object) if covariance == "cluster" else None
    outcome = frame[score].to_numpy(dtype=float)
    return fit_linear(design, outcome, covariance=covariance, groups=groups)


def _without_each(
    frame: pd.DataFrame,
    design: pd.DataFrame,
    score: str,
    cluster: str,
    quantity_of: Callable[[Mapping[str, float]], float],
) -> "pd.Series[float]":
    """Return what is made of the coefficients without each developer, where it is identified."""
    matrix, outcome = design.to_numpy(dtype=float), frame[score].to_numpy(dtype=float)
    developers = frame[cluster].to_numpy(dtype=object)
    found = {}
    for name in pd.unique(developers):
        kept = developers != name
        solution, _, rank, _ = np.linalg.lstsq(matrix[kept], outcome[kept])
        if rank == matrix.shape[1]:
            found[name] = quantity_of(dict(zip(design.columns, solution, strict=True)))
    return pd.Series(found, dtype=float)


def _premium_of(coefficients: Mapping[str, float]) -> float:
    return float(coefficients["country"])


def _rate_of(coefficients: Mapping[str, float]) -> float:
    return float(coefficients["year"] / coefficients["log10_compute"])


def _range(estimate: Estimate, others: "pd.Series[float]", level: float) -> Estimate:
    low, high = (f([estimate.value, *others]) for f in (min, max))
    return Estimate(estimate.value, low, high, level, "range", len(others), estimate.unit)


def _delta_ratio(fit: LinearFit, level: float) -> Estimate:
    b, c = (fit.names.index(name) for name in ("log10_compute", "year"))
    compute, year = fit.coefficients[b], fit.coefficients[c]
    gradient = np.zeros(len(fit.names))
    gradient[b], gradient[c] = -year / compute**2, 1 / compute
    error = math.sqrt(float(gradient @ fit.covariance @ gradient))
    half = fit.t_quantile(level) * error
    value = float(year / compute)
    return Estimate(value, value - half, value + half, level, "confidence", fit.n, "OOM/year")


def _as_factor(exponent: Estimate | None, unit: str) -> Estimate | None:
    if exponent is None:
        return None
    ends = (10**exponent.value, 10**exponent.low, 10**exponent.high)
    return Estimate(*ends, exponent.level, exponent.kind, exponent.n, unit)
