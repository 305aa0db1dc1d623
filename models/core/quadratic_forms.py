"""Probabilities of weighted sums of squared normals, by Imhof (1961), *Biometrika* 48."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.core.arrays import FloatArray

_STEP = 0.1
# Logarithms of the frequencies: beyond them the integrand is nothing in double precision.
_LOG_FREQUENCIES = np.arange(-20.0, 12.0, _STEP)
_NEGLIGIBLE = 1e-9


def compute_chance_below_zero(weights: FloatArray) -> float:
    r"""Chance that :math:`\sum_i w_i z_i^2` is at most zero, for independent standard normals.

    Imhof's integral over the logarithm of the frequency, by the trapezoidal rule, which
    converges geometrically for integrands that fade at both ends.

    Parameters
    ----------
    weights : ndarray, shape (m,)
        Of both signs, in any unit.
    """
    largest = float(np.abs(weights).max())
    kept = weights[np.abs(weights) > _NEGLIGIBLE * largest]
    above, below = kept[kept > 0], -kept[kept < 0]
    if not above.size or not below.size:
        return float(above.size == 0)
    scaled = kept / np.sqrt(above.max() * below.max())
    products = np.outer(scaled, np.exp(_LOG_FREQUENCIES))
    angle = 0.5 * np.arctan(products).sum(axis=0)
    fading = np.exp(-0.25 * np.log1p(products**2).sum(axis=0))
    integral = _STEP * float(np.sin(angle) @ fading)
    return float(np.clip(0.5 - integral / np.pi, 0.0, 1.0))
