"""The one shape in which every model reports a number."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from models.core.errors import ModelInputError

IntervalKind = Literal["confidence", "credible", "prediction", "range"]


@dataclass(frozen=True)
class Estimate:
    """A number with its interval, the kind and level of the interval, and n.

    Attributes
    ----------
    value : float
        Point estimate, in `unit`.
    low, high : float
        Ends of the interval, in `unit`.
    level : float
        Coverage that the interval claims, for instance 0.90.
    kind : {"confidence", "credible", "prediction", "range"}
        What the interval says. A "range" is a stated judgement or the span of
        published figures: it has no sampling theory behind it.
    n : int
        Number of independent observations behind the estimate; 0 for a
        judgement that no observation supports.
    unit : str
        Unit of `value`, `low` and `high`; "" for a pure number.

    Raises
    ------
    ModelInputError
        If a number is not finite, the interval is upside down, the level is
        outside (0, 1), or `n` is negative.
    """

    value: float
    low: float
    high: float
    level: float
    kind: IntervalKind
    n: int
    unit: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers that no reader could interpret."""
        if not all(math.isfinite(x) for x in (self.value, self.low, self.high)):
            raise ModelInputError(
                f"an estimate needs finite numbers, got {self.value}, [{self.low}, {self.high}]"
            )
        if self.low > self.high:
            raise ModelInputError(f"interval is upside down: [{self.low}, {self.high}]")
        if not 0 < self.level < 1:
            raise ModelInputError(f"level must lie between 0 and 1, got {self.level}")
        if self.n < 0:
            raise ModelInputError(f"n must not be negative, got {self.n}")


def scaled(estimate: Estimate, factor: float, *, unit: str) -> Estimate:
    """Return an estimate in another unit, for instance a share in percent.

    Parameters
    ----------
    estimate : Estimate
        In its own unit.
    factor : float
        How many of the new unit make one of the old, > 0.
    unit : str
        The new unit.

    Raises
    ------
    ModelInputError
        If the factor is not positive.
    """
    if not factor > 0:
        raise ModelInputError(f"a unit needs a positive factor, got {factor}")
    return replace(
        estimate,
        value=factor * estimate.value,
        low=factor * estimate.low,
        high=factor * estimate.high,
        unit=unit,
    )
