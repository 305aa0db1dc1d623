"""The United States over China by year: what several sections say of such ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class YearlyRatio:
    """A ratio in one year.

    Attributes
    ----------
    year : int
        Calendar year.
    ratio : float
        United States over China, times.
    """

    year: int
    ratio: float


def list_ratios(ratios: pd.DataFrame) -> tuple[YearlyRatio, ...]:
    """Return the rows of `models.society.investment.compute_yearly_ratio` one by one."""
    return tuple(
        YearlyRatio(int(year), float(ratio))
        for year, ratio in zip(ratios["year"], ratios["ratio"], strict=True)
    )


def find_closest(ratios: pd.DataFrame) -> YearlyRatio:
    """Return the year in which China came closest, or led by most."""
    return min(list_ratios(ratios), key=lambda each: each.ratio)
