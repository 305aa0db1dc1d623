r"""Races of two log ratios in closed form: the benchmark, and the check of what is simulated.

Two probabilities answer two questions and are never mixed. *Terminal*: the
follower is ahead at the end. *Ever* (first passage): it has been ahead at some
time up to then. For a gap that closes at a constant mean rate with Brownian
shocks both are known (Cox and Miller 1965, *The Theory of Stochastic
Processes*, section 5.7):

.. math::
    P(\text{ahead at } t) &= \Phi\left(\frac{\mu t - g}{\sigma\sqrt t}\right) \\
    P(\text{ahead by } t) &= \Phi\left(\frac{\mu t - g}{\sigma\sqrt t}\right)
        + e^{2 \mu g / \sigma^2} \Phi\left(\frac{-\mu t - g}{\sigma\sqrt t}\right)
"""

import numpy as np
from scipy.special import log_ndtr, ndtr

from models.core.arrays import FloatArray, Numbers, require_bounded, require_positive


def compute_terminal_probability(
    gap: Numbers, growth_difference: Numbers, volatility: Numbers, years: Numbers
) -> FloatArray:
    """Give the chance that the follower is ahead after so many years, in closed form.

    Parameters
    ----------
    gap : float or array_like
        Log ratio leader over follower now; negative if the follower is ahead.
    growth_difference : float or array_like
        Mean rate at which the gap closes, log units a year.
    volatility : float or array_like
        Standard deviation of a year's shock to the log ratio, > 0.
    years : float or array_like
        Time from now, > 0. All four broadcast.

    Raises
    ------
    ModelInputError
        If a number is not finite, or volatility or time not positive.
    """
    g, mu, spread, t = _race_inputs(gap, growth_difference, volatility, years)
    return np.asarray(ndtr((mu * t - g) / (spread * np.sqrt(t))))


def compute_first_passage_probability(
    gap: Numbers, growth_difference: Numbers, volatility: Numbers, years: Numbers
) -> FloatArray:
    """Give the chance that the follower was ahead within so many years, in closed form.

    The time is inverse Gaussian with mean gap / growth difference where the gap
    closes on average. 1 if the follower is ahead already.

    Parameters
    ----------
    gap, growth_difference, volatility, years
        As `compute_terminal_probability`.

    Raises
    ------
    ModelInputError
        As `compute_terminal_probability`.
    """
    g, mu, spread, t = _race_inputs(gap, growth_difference, volatility, years)
    root = spread * np.sqrt(t)
    # exp(2 mu g / s^2) overflows where the normal tail beside it is as small: add the logs.
    reflected = np.exp(np.minimum(2 * mu * g / spread**2 + log_ndtr((-mu * t - g) / root), 0.0))
    passed = np.minimum(ndtr((mu * t - g) / root) + reflected, 1.0)
    return np.where(g <= 0, 1.0, passed)


def _race_inputs(
    gap: Numbers, growth_difference: Numbers, volatility: Numbers, years: Numbers
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    return (
        require_bounded(gap, "gap"),
        require_bounded(growth_difference, "growth_difference"),
        require_positive(volatility, "volatility"),
        require_positive(years, "years"),
    )
