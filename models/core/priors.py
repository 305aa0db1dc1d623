"""What is drawn of a quantity that no table settles: its middle, how far off, on which grounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from models.core.arrays import FloatArray, Numbers

Basis = Literal["data", "estimate", "judgement"]
"""Fitted to a table; judged by what a chapter of the book estimates; judged alone."""
Scale = Literal["factor", "odds"]
_SCORE_OF_95 = 1.6448536269514722


@dataclass(frozen=True)
class Prior:
    """How far a quantity may lie off its middle.

    Attributes
    ----------
    below, above : float
        Factors, 1 or more: nine in ten draws lie between the middle over `below` and the
        middle times `above`. Of a share it is the odds that they divide and multiply.
    basis : {"data", "estimate", "judgement"}
        What that rests on.
    scale : {"factor", "odds"}
        What the factors multiply.
    origin : float
        What the quantity is counted from, in its unit: a year from that of the first tool.

    Raises
    ------
    ModelInputError
        If a factor is below 1.
    """

    below: float
    above: float
    basis: Basis
    scale: Scale = "factor"
    origin: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a range without its middle."""
        if min(self.below, self.above) < 1:
            raise ModelInputError(f"needs factors of 1 or more, got {self.below}, {self.above}")

    def draw(self, middle: float, scores: Numbers, spread: float = 1.0) -> FloatArray:
        """Return the quantity for each standard normal score.

        Parameters
        ----------
        middle : float
            Median of the draws.
        scores : float or ndarray
            Standard normal scores.
        spread : float
            Multiplies the distances on the logarithm; 0 holds the quantity at its middle.
        """
        z = np.asarray(scores, dtype=float)
        side = np.log(self.above) * np.maximum(z, 0) + np.log(self.below) * np.minimum(z, 0)
        factor = np.exp(spread / _SCORE_OF_95 * side)
        if self.scale == "odds":
            return np.asarray(middle * factor / (1 - middle + middle * factor))
        return np.asarray(self.origin + (middle - self.origin) * factor)

    def ends(self, middle: float, spread: float = 1.0) -> tuple[float, float]:
        """Return the ends of the range that holds nine in ten draws."""
        low, high = self.draw(middle, np.array([-_SCORE_OF_95, _SCORE_OF_95]), spread)
        return float(low), float(high)
