"""What a unit of training compute buys, where, and when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, raise_ten
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import require_table, select_countries
from models.core.regression import Covariance, LinearFit, fit_linear
from models.core.timescale import Moment, to_decimal_years

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FIRST_EXPORT_CONTROLS = "2022-10-07"
MINIMUM_PER_SIDE = 2
COMPUTE = "training_compute_flop"


@dataclass(frozen=True)
class Premium:
    """What a country's models score beyond the base's at equal compute and date.

    All points are in the unit of the score. The premium as a factor of compute has Fieller's
    interval, and is None where points per order of magnitude cannot be told from zero.

    Attributes
    ----------
    premium : Estimate
        Premium over comparable models of the other country.
    p_value : float
        P-value of no premium.
    compute_multiplier : Estimate or None
        Times the compute that models of the other country need for a like score.
    points_per_order_of_magnitude : Estimate
        Capability gained with ten times the compute, points.
    points_per_year : Estimate
        Capability gained in a year at equal compute, points.
    without_one_developer : Estimate
        Range of the premium when each developer in turn is left out.
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

    @property
    def test(self) -> HypothesisTest:
        """The test of no premium."""
        return HypothesisTest(
            "Models of both countries score the same at equal compute and date.",
            self.p_value,
            self.n_clusters,
        )


@dataclass(frozen=True)
class PremiumShift:
    """The premium before and after a date; the shift is a difference in differences.

    Attributes
    ----------
    before : Estimate
        Premium of models released before the date, points.
    after : Estimate
        Premium of models released from the date on, points.
    shift : Estimate
        Premium after the date minus that before it, points.
    p_value : float
        P-value of no change of the premium.
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

    @property
    def test(self) -> HypothesisTest:
        """The test of no shift."""
        return HypothesisTest(
            "The premium is the same before and after the date.", self.p_value, self.n_clusters
        )


@dataclass(frozen=True)
class PremiumTrend:
    """How the premium moves over the whole period, with no date singled out.

    Attributes
    ----------
    per_year : Estimate
        Points a year that the premium gains.
    p_value : float
        P-value of a constant premium.
    at_end : Estimate
        Premium at the latest release, points.
    n_clusters : int
        Developers.
    """

    per_year: Estimate
    p_value: float
    at_end: Estimate
    n_clusters: int

    @property
    def test(self) -> HypothesisTest:
        """The test of a constant premium."""
        return HypothesisTest(
            "The premium does not change with time.", self.p_value, self.n_clusters
        )


def estimate_premium(
    frame: pd.DataFrame,
    *,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = COMPUTE,
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
    pair = select_pair(frame, (country, base), score, quantity, cluster, controls)
    design = _premium_design(pair, country, quantity, controls)
    fit = fit_scores(pair, design, score, covariance, cluster)
    premium = fit.combination({"country": 1.0}, level, units.POINTS)
    multiplier = fit.ratio({"country": 1.0}, {"log10_compute": 1.0}, level)
    left_out = refit_without_each(pair, design, score, cluster, _premium_of)
    is_country = pair["country"] == country
    return Premium(
        premium=premium,
        p_value=fit.p_value({"country": 1.0}),
        compute_multiplier=None if multiplier is None else raise_ten(multiplier, units.TIMES),
        points_per_order_of_magnitude=fit.combination({"log10_compute": 1.0}, level, units.POINTS),
        points_per_year=fit.combination({"year": 1.0}, level, units.POINTS),
        without_one_developer=_range(premium, left_out, level),
        most_influential_developer=str((left_out - premium.value).abs().idxmax()),
        n_country=int(is_country.sum()),
        n_base=int((~is_country).sum()),
        n_clusters=fit.n_clusters,
        regression=fit,
    )


def estimate_curved_premium(
    frame: pd.DataFrame,
    *,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    level: float = 0.90,
) -> Estimate:
    """Premium with the square of log10 compute beside it: gains may shrink at the very top.

    Parameters
    ----------
    frame, country, base, score, quantity, covariance, cluster, level
        As in `estimate_premium`.

    Returns
    -------
    Estimate
        Points of capability.

    Raises
    ------
    ModelInputError
        As `estimate_premium`.
    """
    pair = select_pair(frame, (country, base), score, quantity, cluster)
    design = build_slopes_design(pair, quantity)
    design.insert(2, "square", design["log10_compute"] ** 2)
    design = design.assign(country=(pair["country"] == country).to_numpy(dtype=float))
    fit = fit_scores(pair, design, score, covariance, cluster)
    return fit.combination({"country": 1.0}, level, units.POINTS)


def estimate_premium_shift(
    frame: pd.DataFrame,
    *,
    date: Moment = FIRST_EXPORT_CONTROLS,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = COMPUTE,
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
        As in `estimate_premium`.
    date : str, date or Timestamp
        First day of "after"; the first export controls by default.

    Raises
    ------
    ModelInputError
        As `estimate_premium`, and if either country has fewer than 2 models
        before or after the date.
    """
    pair = select_pair(frame, (country, base), score, quantity, cluster, controls)
    after = (pair["date"] >= pd.Timestamp(date)).to_numpy(dtype=float)
    for side, name in ((1 - after, "before"), (after, "after")):
        _require_both(pair[side == 1], (country, base), f"{name} {date}")
    design = _premium_design(pair, country, quantity, controls)
    design = design.assign(after=after, country_after=after * design["country"])
    fit = fit_scores(pair, design, score, covariance, cluster)
    both = {"country": 1.0, "country_after": 1.0}
    return PremiumShift(
        before=fit.combination({"country": 1.0}, level, units.POINTS),
        after=fit.combination(both, level, units.POINTS),
        shift=fit.combination({"country_after": 1.0}, level, units.POINTS),
        p_value=fit.p_value({"country_after": 1.0}),
        n_before=int((design["country"] * (1 - after)).sum()),
        n_after=int((design["country"] * after).sum()),
        n_clusters=fit.n_clusters,
    )


def estimate_premium_trend(
    frame: pd.DataFrame,
    *,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = COMPUTE,
    covariance: Covariance = "cluster",
    cluster: str = "organization",
    controls: Sequence[str] = (),
    level: float = 0.90,
) -> PremiumTrend:
    """Let the premium change linearly with time: `estimate_premium` plus country times year.

    A steady trend looks like a shift at any date in `estimate_premium_shift`; this says how
    large it is.

    Parameters
    ----------
    frame, country, base, covariance, controls, level
        As in `estimate_premium`.

    Raises
    ------
    ModelInputError
        As `estimate_premium`.
    """
    pair = select_pair(frame, (country, base), score, quantity, cluster, controls)
    design = _premium_design(pair, country, quantity, controls)
    design = design.assign(country_year=design["country"] * design["year"])
    fit = fit_scores(pair, design, score, covariance, cluster)
    last = float(design["year"].max())
    return PremiumTrend(
        per_year=fit.combination({"country_year": 1.0}, level, units.POINTS_A_YEAR),
        p_value=fit.p_value({"country_year": 1.0}),
        at_end=fit.combination({"country": 1.0, "country_year": last}, level, units.POINTS),
        n_clusters=fit.n_clusters,
    )


def estimate_excess_of_one(
    frame: pd.DataFrame,
    model: str,
    *,
    base: str = "USA",
    score: str = "eci",
    quantity: str = COMPUTE,
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
    both = pd.concat([ours, select_countries(frame, (base,), minimum=6)])
    require_table(both, complete=["date", score, quantity], positive=[quantity])
    design = build_slopes_design(both, quantity)
    outcome = both[score].to_numpy(dtype=float)
    fit = fit_linear(design.iloc[1:], outcome[1:], covariance="classical")
    place = design.iloc[0].to_numpy()
    error = math.sqrt(float(place @ fit.covariance @ place) + fit.residual_sd**2)
    value = float(outcome[0] - place @ fit.coefficients)
    half = fit.critical_value({"const": 1.0}, level) * error
    return Estimate(value, value - half, value + half, level, "prediction", fit.n, units.POINTS)


def select_pair(
    frame: pd.DataFrame,
    countries: tuple[str, str],
    score: str,
    quantity: str,
    cluster: str,
    controls: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the rows of two countries that a premium can be estimated from.

    Raises
    ------
    ModelInputError
        If a country has fewer than 3 models, or a value is missing or not positive.
    """
    columns = ["date", score, quantity, cluster, *controls]
    return select_countries(frame, countries, complete=columns, positive=[quantity], minimum=3)


def _require_both(side: pd.DataFrame, countries: tuple[str, str], when: str) -> None:
    for code in countries:
        found = int((side["country"] == code).sum())
        if found < MINIMUM_PER_SIDE:
            raise ModelInputError(f"needs {MINIMUM_PER_SIDE} models of {code} {when}, got {found}")


def build_slopes_design(frame: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Constant, log10 compute and year, the last two centred."""
    logs = np.log10(frame[quantity].to_numpy(dtype=float))
    years = to_decimal_years(frame["date"])
    return pd.DataFrame(
        {"const": 1.0, "log10_compute": logs - logs.mean(), "year": years - years.mean()}
    )


def _premium_design(
    pair: pd.DataFrame, country: str, quantity: str, controls: Sequence[str]
) -> pd.DataFrame:
    indicator = (pair["country"] == country).to_numpy(dtype=float)
    design = build_slopes_design(pair, quantity).assign(country=indicator)
    held_equal = {f"control_{name}": pair[name].to_numpy(dtype=float) for name in controls}
    return design.assign(**held_equal)


def fit_scores(
    frame: pd.DataFrame,
    design: pd.DataFrame,
    score: str,
    covariance: Covariance,
    cluster: str,
) -> LinearFit:
    """Regress the score on a design, with the covariance asked for."""
    groups = frame[cluster].to_numpy(dtype=object) if covariance == "cluster" else None
    outcome = frame[score].to_numpy(dtype=float)
    return fit_linear(design, outcome, covariance=covariance, groups=groups)


def refit_without_each(
    frame: pd.DataFrame,
    design: pd.DataFrame,
    score: str,
    cluster: str,
    quantity_of: Callable[[Mapping[str, float]], float],
) -> pd.Series[float]:
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


def _range(estimate: Estimate, others: pd.Series[float], level: float) -> Estimate:
    low, high = (f([estimate.value, *others]) for f in (min, max))
    return Estimate(estimate.value, low, high, level, "range", len(others), estimate.unit)
