"""A published result set beside ours: what was expected, what came, and whether it is met."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Quantity:
    """One published number and ours.

    Attributes
    ----------
    name : str
        What the number is, in snake_case.
    published, ours : float
        The two numbers, in `unit`.
    tolerance : float
        Largest distance that counts as met, in `unit`.
    unit : str
        Unit of both; "" for a pure number.

    Raises
    ------
    ModelInputError
        If a number is not finite or the tolerance not positive.
    """

    name: str
    published: float
    ours: float
    tolerance: float
    unit: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be compared."""
        if not all(map(math.isfinite, (self.published, self.ours, self.tolerance))):
            raise ModelInputError(f"{self.name} needs finite numbers, got {self}")
        if self.tolerance <= 0:
            raise ModelInputError(f"{self.name} needs a positive tolerance, got {self.tolerance}")

    @property
    def met(self) -> bool:
        """Whether ours lies within the tolerance of the published number."""
        return self.distance <= 1

    @property
    def distance(self) -> float:
        """How far apart the two are, in tolerances."""
        # The published number is decimal: its last digit must not decide by a rounding error.
        return abs(self.ours - self.published) / self.tolerance * (1 - 1e-9)


@dataclass(frozen=True)
class AcceptanceCheck:
    """A published result with all its numbers.

    Attributes
    ----------
    id : str
        Stable name.
    result : str
        What was published, in a few words.
    quantities : tuple of Quantity
        Its numbers.
    source : str
        Key of the bibliography.
    code : str
        Dotted name of the function that computes ours.
    reason : str
        What differs, with numbers, where a number is not met; may be given where all are.

    Raises
    ------
    ModelInputError
        If there is no number, a name comes twice, or a number is not met and no reason given.
    """

    id: str
    result: str
    quantities: tuple[Quantity, ...]
    source: str
    code: str
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a failure without a reason."""
        names = [quantity.name for quantity in self.quantities]
        if not names or len(set(names)) < len(names):
            raise ModelInputError(f"{self.id} needs numbers of different names, got {names}")
        if not self.met and not self.reason.strip():
            missed = [quantity.name for quantity in self.quantities if not quantity.met]
            raise ModelInputError(f"{self.id} needs a reason: {', '.join(missed)} not met")

    @property
    def met(self) -> bool:
        """Whether every number is met."""
        return all(quantity.met for quantity in self.quantities)

    @property
    def farthest(self) -> Quantity:
        """The number that misses by most, or comes closest to missing, in tolerances."""
        return max(self.quantities, key=lambda quantity: quantity.distance)


def check_within(
    name: str, published: float, ours: float, tolerance: float, unit: str = ""
) -> Quantity:
    """Compare two numbers at an absolute tolerance."""
    return Quantity(name, float(published), float(ours), float(tolerance), unit)


def check_within_share(
    name: str, published: float, ours: float, share: float, unit: str = ""
) -> Quantity:
    """Compare two numbers at a tolerance that is a share of the published one."""
    return Quantity(name, float(published), float(ours), abs(published) * share, unit)


def to_frame(checks: Sequence[AcceptanceCheck]) -> pd.DataFrame:
    """Return every number of several checks, one row each.

    Returns
    -------
    DataFrame
        id, quantity, published, ours, tolerance, unit, met, distance (in tolerances) and
        ratio (ours over published; empty where the published number is 0).
    """
    rows = [
        {
            "id": check.id,
            "quantity": q.name,
            "published": q.published,
            "ours": q.ours,
            "tolerance": q.tolerance,
            "unit": q.unit,
            "met": q.met,
            "distance": q.distance,
            "ratio": q.ours / q.published if q.published else math.nan,
        }
        for check in checks
        for q in check.quantities
    ]
    return pd.DataFrame(rows)


def order_farthest_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Return for each id the number that is farthest off in tolerances, the farthest id first.

    Parameters
    ----------
    frame : DataFrame
        From `to_frame`.
    """
    ordered = frame.sort_values("distance", ascending=False, kind="stable")
    return ordered.drop_duplicates("id").reset_index(drop=True)
