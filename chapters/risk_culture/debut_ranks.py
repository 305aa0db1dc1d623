"""Where the two debuts stand among the listings of their market half a year earlier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.core.estimates import Estimate, to_percent
from models.society import listing_returns
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.risk_culture.first_days import LISTINGS
from chapters.shared import countries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.society.listing_returns import ReturnDistribution

EDGES = (0.0, 0.2, 0.4)
COUNTS = tuple(f"first-day-half-{what}" for what in ("listings", "rose", "above-20", "above-40"))
"""Published counts of listings: all, those that rose, and those beyond each edge above zero."""
_GROUPS = ("at or below offer", "up to +20%", "+20% to +40%", "above +40%")


@dataclass(frozen=True)
class ReturnGroup:
    """Listings with a first-day return in one range.

    Attributes
    ----------
    first_day : str
        The range.
    listings : float
        Listings in it, January to June 2025.
    """

    first_day: str
    listings: float


@dataclass(frozen=True)
class DebutRanks:
    """The debuts among the listings in Hong Kong of January to June 2025.

    Attributes
    ----------
    groups : tuple of ReturnGroup
        The listings by return at the first close, lowest first.
    first_days : mapping of str to Estimate
        The debuts' own returns by firm, %.
    below : mapping of str to Estimate
        Listings with a worse first day by firm, %.
    fitted : ReturnDistribution
        Listings in Hong Kong of January to June 2025, as fitted (log-normal).
    reported_mean : float
        Mean first-day return of Hong Kong's listings of January to June 2025 as reported, %.
    """

    groups: tuple[ReturnGroup, ...]
    first_days: Mapping[str, Estimate]
    below: Mapping[str, Estimate]
    fitted: ReturnDistribution
    reported_mean: float

    @property
    def zhipu(self) -> Estimate:
        """Hong Kong's listings of January to June 2025 with a worse first day than Zhipu, %."""
        return self.below["Zhipu AI"]

    @property
    def minimax(self) -> Estimate:
        """Hong Kong's listings of January to June 2025 with a worse first day than MiniMax, %."""
        return self.below["MiniMax"]

    @property
    def highest(self) -> ReturnGroup:
        """The group of the highest returns."""
        return self.groups[-1]

    @property
    def group_of(self) -> dict[str, int]:
        """Place of the group into which each debut would fall, lowest returns first."""
        return {
            firm: int(np.searchsorted(EDGES, own.value / 100))
            for firm, own in self.first_days.items()
        }

    @property
    def chance_that_one_of_two_is_highest(self) -> float:
        """Chance that one or both of two listings like these are in the highest group."""
        return 1 - (1 - self.highest.listings / self.fitted.n) ** 2


def estimate_ranks(
    first_days: Mapping[str, Estimate], published: pd.DataFrame, *, level: float
) -> DebutRanks:
    """Rank the debuts among the published counts of listings by first-day return.

    Parameters
    ----------
    first_days : mapping of str to Estimate
        Return at the first close by firm, %.
    published : pandas.DataFrame
        Published estimates by id, for the counts.
    level : float
        Confidence level.
    """
    value = published["value"]
    reached = [float(value[count]) for count in COUNTS]
    counts = [more - less for more, less in zip(reached, [*reached[1:], 0.0], strict=True)]
    below = {
        firm: listing_returns.estimate_share_below(own.value / 100, counts, EDGES, level=level)
        for firm, own in first_days.items()
    }
    return DebutRanks(
        groups=tuple(map(ReturnGroup, _GROUPS, counts)),
        first_days=first_days,
        below={firm: to_percent(share) for firm, share in below.items()},
        fitted=listing_returns.fit_counted_returns(counts, EDGES),
        reported_mean=float(value["first-day-2025-half"]),
    )


def draw_ranks(ranks: DebutRanks) -> Drawing:
    """Draw the groups of listings as bars, and each debut as a diamond at its group."""
    binned = pd.DataFrame(ranks.groups)
    figure, axes = style.new_figure(2.8)
    axes.barh(
        range(len(binned)), binned["listings"], height=0.6, color=countries.COLOURS["other"],
        alpha=0.6,
    )  # fmt: skip
    for number, (firm, row) in enumerate(sorted(ranks.group_of.items())):
        colour, end = style.CATEGORY_COLOURS[number], ranks.groups[row].listings + 0.6
        axes.plot([end], [row], "D", color=colour, markersize=7)
        label = f"{firm} +{ranks.first_days[firm].value:.0f}%"
        axes.annotate(
            label, (end, row), xytext=(8, 0), textcoords="offset points", va="center", color=colour
        )
    axes.set_yticks(range(len(binned)), labels=binned["first_day"])
    axes.invert_yaxis()
    axes.set_xlim(0, 20)
    axes.set_xticks([0, 5, 10, 15, 20])
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("Listings in Hong Kong, January to June 2025")
    counted = Used("published_estimates", {"id": COUNTS})
    return Drawing(figure, binned, (LISTINGS, counted))
