"""Quantiles and tails of the usual distributions, by `scipy.special`.

They are what `scipy.stats` computes from, to the last digit, without the half second that
importing it takes: a rerun of a small chapter takes little longer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

Numbers = Any
"""A number, for which a number is returned, or an array, for which one of its shape is."""

_LOG_ROOT_2_PI = np.log(np.sqrt(2 * np.pi))


def normal_quantile(p: Numbers) -> Numbers:
    """Return below which standard normal value a share `p` lies."""
    return special.ndtri(p)


def normal_cdf(x: Numbers) -> Numbers:
    """Return the share of a standard normal distribution below `x`."""
    return special.ndtr(x)


def normal_tail(x: Numbers) -> Numbers:
    """Return the share of a standard normal distribution above `x`."""
    return special.ndtr(-np.asarray(x))


def normal_density(x: Numbers) -> Numbers:
    """Return the density of a standard normal distribution at `x`."""
    return np.exp(-(np.asarray(x) ** 2) / 2.0) / np.sqrt(2 * np.pi)


def normal_log_density(x: Numbers) -> Numbers:
    """Return the logarithm of the density of a standard normal distribution at `x`."""
    return -(np.asarray(x) ** 2) / 2.0 - _LOG_ROOT_2_PI


def t_quantile(p: Numbers, freedom: Numbers) -> Numbers:
    """Return below which value of Student's t with these degrees of freedom a share `p` lies."""
    return special.stdtrit(freedom, p)


def t_cdf(x: Numbers, freedom: Numbers) -> Numbers:
    """Return the share of Student's t with these degrees of freedom below `x`."""
    return special.stdtr(freedom, x)


def t_tail(x: Numbers, freedom: Numbers) -> Numbers:
    """Return the share of Student's t with these degrees of freedom above `x`."""
    return special.stdtr(freedom, -np.asarray(x))


def chi2_quantile(p: Numbers, freedom: Numbers) -> Numbers:
    """Return below which value of chi-squared with these degrees of freedom a share `p` lies."""
    return 2 * special.gammaincinv(np.asarray(freedom) / 2, p)


def chi2_tail(x: Numbers, freedom: Numbers) -> Numbers:
    """Return the share of chi-squared with these degrees of freedom above `x`."""
    return special.chdtrc(freedom, x)


def f_quantile(p: Numbers, freedom: Numbers, residual_freedom: Numbers) -> Numbers:
    """Return below which value of F with these degrees of freedom a share `p` lies."""
    return special.fdtri(freedom, residual_freedom, p)


def wilson_interval(count: Numbers, n: Numbers, level: float) -> tuple[Numbers, Numbers]:
    """Return Wilson's interval for the share of which `count` of `n` independent trials are.

    It is what statsmodels computes, to the last digit (Wilson 1927, *Journal of the American
    Statistical Association* 22).
    """
    share, critical = count / n, -special.ndtri((1 - level) / 2)
    squared = critical**2
    denominator = 1 + squared / n
    centre = (share + squared / (2 * n)) / denominator
    half = critical * np.sqrt(share * (1.0 - share) / n + squared / (4.0 * n**2)) / denominator
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
