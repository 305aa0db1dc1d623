"""Chances of a Brownian race with drift (Cox and Miller 1965, section 5.7)."""

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtr

FloatArray = npt.NDArray[np.float64]


def compute_terminal_probability(
    gap: float, drift: float, volatility: float, years: npt.ArrayLike
) -> FloatArray:
    """Chance that a gap that closes at a mean rate is below zero after so many years."""
    t = np.asarray(years, dtype=float)
    return np.asarray(ndtr((drift * t - gap) / (volatility * np.sqrt(t))))


def compute_first_passage_probability(
    gap: float, drift: float, volatility: float, years: npt.ArrayLike
) -> FloatArray:
    """Chance that it has been below zero at some time, watched all the time."""
    t = np.asarray(years, dtype=float)
    root = volatility * np.sqrt(t)
    reflected = np.exp(2 * drift * gap / volatility**2 + log_ndtr((-drift * t - gap) / root))
    return np.asarray(ndtr((drift * t - gap) / root) + reflected)
