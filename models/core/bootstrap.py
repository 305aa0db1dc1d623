"""Resampling: whole groups of rows, and the interval that the draws make."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.distributions import normal_cdf, t_quantile
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, IntervalKind
from models.core.input_checks import require_level


def resample_rows(
    groups: npt.ArrayLike, rng: np.random.Generator, replications: int
) -> list[npt.NDArray[np.intp]]:
    """Row numbers of bootstrap samples that draw whole groups with replacement.

    Parameters
    ----------
    groups : array_like, shape (n,)
        Group of each row; all different for an ordinary pairs bootstrap.
    rng : numpy.random.Generator
        Source of the draws.
    replications : int
        Samples to draw.

    Returns
    -------
    list of ndarray
        Row numbers, one array per sample.
    """
    samples = resample_together(groups, rng, replications)
    begins = np.cumsum(samples.sizes) - samples.sizes
    return [
        samples.rows[begin : begin + size]
        for begin, size in zip(begins, samples.sizes, strict=True)
    ]


@dataclass(frozen=True)
class Resamples:
    """Bootstrap samples one behind the other.

    Attributes
    ----------
    rows : ndarray of int
        Row numbers of all samples.
    sizes : ndarray of int, shape (replications,)
        How many of them belong to each sample.
    """

    rows: npt.NDArray[np.intp]
    sizes: npt.NDArray[np.intp]


def resample_together(
    groups: npt.ArrayLike, rng: np.random.Generator, replications: int
) -> Resamples:
    """Draw samples as `resample_rows` does, all in one array: thousands at the price of one.

    Parameters
    ----------
    groups, rng, replications
        As in `resample_rows`.
    """
    codes, labels = pd.factorize(np.asarray(groups))
    by_group = np.argsort(codes, kind="stable")
    lengths = np.bincount(codes, minlength=len(labels))
    begins = np.cumsum(lengths) - lengths
    picks = rng.integers(len(labels), size=(replications, len(labels)))
    taken = lengths[picks]
    ends = np.cumsum(taken)
    # Each group's rows stand together in `by_group`: count on from where a picked one begins.
    shifts = np.repeat(begins[picks].ravel() - (ends - taken.ravel()), taken.ravel())
    return Resamples(by_group[shifts + np.arange(len(shifts))], taken.sum(axis=1))


def estimate_by_percentiles(
    value: float,
    draws: npt.ArrayLike,
    *,
    level: float,
    n: int,
    unit: str = "",
    kind: IntervalKind = "confidence",
) -> Estimate:
    """Estimate with the percentile interval of its draws, widened to hold the value.

    Raises
    ------
    ModelInputError
        If there are no draws, a draw is not finite, or the level is not in (0, 1).
    """
    require_level(level)
    sample = np.asarray(draws, dtype=float)
    if sample.size == 0 or not np.isfinite(sample).all():
        raise ModelInputError(f"needs finite draws, got {sample.size} of which some are not")
    low, high = np.quantile(sample, [0.5 - level / 2, 0.5 + level / 2])
    return Estimate(
        float(value), float(min(low, value)), float(max(high, value)), level, kind, n, unit
    )


def expand_level(level: float, groups: int) -> float:
    """Level at which percentiles of resampled groups have the width that so few groups ask for.

    Hesterberg's expanded percentile interval (2015, *The American Statistician* 69): resamples
    of n scatter by (n - 1) / n too little, and the percentiles use a normal distribution where
    the t interval of a mean uses Student's.

    Parameters
    ----------
    level : float
        That the interval is to have.
    groups : int
        Groups that are resampled, at least 2.

    Raises
    ------
    ModelInputError
        If there are fewer than 2 groups, or the level is not in (0, 1).
    """
    require_level(level)
    if groups < 2:  # noqa: PLR2004
        raise ModelInputError(f"needs at least 2 groups, got {groups}")
    wider = t_quantile(0.5 + level / 2, groups - 1) * (groups / (groups - 1)) ** 0.5
    return float(2 * normal_cdf(wider) - 1)


def estimate_by_deviations(
    value: float,
    deviations: npt.ArrayLike,
    *,
    level: float,
    n: int,
    unit: str = "",
) -> Estimate:
    r"""Estimate with the interval that its deviations from its own mean make.

    The value is taken to stand to its expectation as a draw stands to the mean of all draws,
    so that quantiles are mirrored: :math:`[\hat\theta - q_{hi}, \hat\theta - q_{lo}]`, the
    basic bootstrap interval (Davison and Hinkley 1997, section 5.2) of a statistic's
    expectation. Whatever resampling does to the statistic on average drops out. Widened to
    hold the value.

    Raises
    ------
    ModelInputError
        As `estimate_by_percentiles`.
    """
    mirrored = value - np.asarray(deviations, dtype=float)
    return estimate_by_percentiles(value, mirrored, level=level, n=n, unit=unit)
