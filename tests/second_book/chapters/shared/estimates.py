"""A number with the range of what it was computed from."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """The mean of some numbers, with their smallest and largest as its range."""

    value: float
    low: float
    high: float
    n: int
    unit: str
    level: float = 1.0
    kind: str = "range"


def estimate_mean(numbers: Sequence[float], unit: str) -> Estimate:
    """Return the mean of numbers."""
    return Estimate(sum(numbers) / len(numbers), min(numbers), max(numbers), len(numbers), unit)
