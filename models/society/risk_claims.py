"""What the claims about risk-taking and debuts rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.society.risk_taking import (
    Direction,
    Measure,
    estimate_recent_growths,
    name_direction,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.estimates import Estimate


@dataclass(frozen=True)
class RecentGrowths:
    """Recent growth of several measures, over the span asked for and over others.

    Attributes
    ----------
    growths : mapping of str to Estimate
        Recent growth of each measure, percent a year.
    other_spans : mapping of int to mapping of str to Estimate
        The same by number of last years.
    """

    growths: Mapping[str, Estimate]
    other_spans: Mapping[int, Mapping[str, Estimate]]

    @property
    def rising(self) -> int:
        """Measures that rise, as far as the interval tells."""
        return self._count("rises")

    @property
    def falling(self) -> int:
        """Measures that fall, as far as the interval tells."""
        return self._count("falls")

    @property
    def undecided(self) -> int:
        """Measures whose interval holds zero."""
        return self._count("open")

    def list_others(self, name: str) -> tuple[Estimate, ...]:
        """Return one measure's growth over the other spans."""
        return tuple(growths[name] for growths in self.other_spans.values())

    def _count(self, way: Direction) -> int:
        return sum(name_direction(growth) == way for growth in self.growths.values())


def estimate_by_span(
    measures: Mapping[str, Measure],
    country: str,
    *,
    last_years: int,
    spans: Sequence[int],
    level: float,
) -> RecentGrowths:
    """Estimate the growth of a country's measures in their last years with data.

    Parameters
    ----------
    measures : mapping of str to Measure
        By name.
    country : str
        ISO 3166 alpha-3 code.
    last_years : int
        Last years with data, at least 4.
    spans : sequence of int
        Numbers of last years to try besides; `last_years` itself is left out.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If a measure has too few years.
    """
    by_span = {
        years: estimate_recent_growths(measures, country, last_years=years, level=level)
        for years in (last_years, *(years for years in spans if years != last_years))
    }
    return RecentGrowths(by_span.pop(last_years), by_span)


def agrees_with(amount: float, claimed: float) -> bool:
    """Tell whether an amount, rounded to two decimals, is the one claimed."""
    return round(amount, 2) == claimed
