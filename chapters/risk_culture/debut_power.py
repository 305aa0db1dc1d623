"""What two debuts can say of others like them, and how many listings it would take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.core.estimates import Estimate, to_percent
from models.society import listing_returns
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.risk_culture.first_days import LISTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.hypothesis import HypothesisTest
    from models.society.listing_returns import ReturnDistribution

MAIN_BOARD_LISTINGS = 665
"""Listings behind the mean return of Hong Kong's main board, 2009 to 2017 (Ritter)."""

OTHER_DEVIATIONS = (0.7, 1.4)
"""Multiples of the standard deviation in the range of the listings needed."""

CONVENTIONAL_POWER, TOLERATED_POWER = 0.8, 0.05
_TWO = 2


@dataclass(frozen=True)
class PublishedMean:
    """The two debuts' mean first day against a published mean.

    Attributes
    ----------
    percent : float
        Published mean first-day return, %.
    test : HypothesisTest
        Of the null hypothesis that listings like these two have it.
    """

    percent: float
    test: HypothesisTest

    @property
    def p_value(self) -> float:
        """Chance of so large a difference in mean returns if there is none (p-value)."""
        return self.test.p_value


@dataclass(frozen=True)
class DebutPower:
    """What two listings can show.

    Attributes
    ----------
    mean : Estimate
        Mean first-day return of Zhipu and MiniMax, with Student's interval, %.
    year_before : float or PublishedMean
        Mean first-day return of Hong Kong's listings of 2024, %.
    year : float or PublishedMean
        Zhipu and MiniMax against Hong Kong's listings of 2025.
    main_board : float or PublishedMean
        Zhipu and MiniMax against Hong Kong's main board, 2009 to 2017.
    main_board_listings : int
        Listings on the main board behind the mean.
    detectable : float
        Smallest difference in mean first-day returns that two listings against two can show,
        percentage points.
    detectable_main_board : float
        Smallest difference in mean first-day returns that two listings against the main board can
        show, percentage points.
    needed : Estimate
        Listings in each group to show the difference asked for; the range takes
        `OTHER_DEVIATIONS` times the standard deviation.
    needed_as_fitted : int
        Listings needed in each group with the standard deviation of early 2025.
    power_as_skewed : float
        Chance to show the difference asked for with the listings needed, if returns are as skewed
        as in early 2025.
    below_after_month : float
        Hong Kong's listings of 2025 below their offer price after a month, %.
    curve : pandas.DataFrame
        `difference_points` and `listings` needed to show it.
    """

    mean: Estimate
    year_before: float
    year: PublishedMean
    main_board: PublishedMean
    main_board_listings: int
    detectable: float
    detectable_main_board: float
    needed: Estimate
    needed_as_fitted: int
    power_as_skewed: float
    below_after_month: float
    curve: pd.DataFrame

    @property
    def most_needed(self) -> int:
        """Listings needed for the smallest difference of the curve."""
        return int(self.curve["listings"].iloc[0])

    @property
    def fewest_needed(self) -> int:
        """Listings needed for the largest difference of the curve."""
        return int(self.curve["listings"].iloc[-1])

    @property
    def skewness_matters(self) -> bool:
        """Whether skewed returns move the power away from that of the t test."""
        return abs(self.power_as_skewed - CONVENTIONAL_POWER) >= TOLERATED_POWER

    @property
    def chance_that_both_stay_above(self) -> float:
        """Chance that two of two Hong Kong listings of 2025 stood above offer after a month."""
        return (1 - self.below_after_month / 100) ** 2


def estimate_power(
    first_days: Mapping[str, Estimate],
    fitted: ReturnDistribution,
    published: pd.DataFrame,
    *,
    difference: float,
    standard_deviation: float,
    level: float,
    rng: np.random.Generator,
) -> DebutPower:
    """Compare the debuts with published means, and count the listings that a test would need.

    Parameters
    ----------
    first_days : mapping of str to Estimate
        Return at the first close by firm, %.
    fitted : ReturnDistribution
        Of the listings of early 2025.
    published : pandas.DataFrame
        Published estimates by id, for the means.
    difference : float
        Difference of mean returns that a test should find, as a share.
    standard_deviation : float
        Of first-day returns, as a share.
    level : float
        Confidence level.
    rng : numpy.random.Generator
        Source of the simulated returns.

    Raises
    ------
    ModelInputError
        If more than a million listings would be needed.
    """
    value = published["value"].astype(float)
    returns = [own.value / 100 for own in first_days.values()]
    year, main_board = (
        listing_returns.compare_with_mean(returns, value[name] / 100, level=level)
        for name in ("first-day-2025", "first-day-2009-2017")
    )
    needed_as_fitted = listing_returns.find_listings_needed(difference, fitted.standard_deviation)
    return DebutPower(
        mean=to_percent(year.mean),
        year_before=value["first-day-2024"],
        year=PublishedMean(value["first-day-2025"], year.test),
        main_board=PublishedMean(value["first-day-2009-2017"], main_board.test),
        main_board_listings=MAIN_BOARD_LISTINGS,
        detectable=_detectable(standard_deviation, against=_TWO),
        detectable_main_board=_detectable(standard_deviation, against=MAIN_BOARD_LISTINGS),
        needed=_needed(difference, standard_deviation, level),
        needed_as_fitted=needed_as_fitted,
        power_as_skewed=listing_returns.simulate_power(fitted, difference, rng, n=needed_as_fitted),
        below_after_month=value["below-offer-after-month-2025"],
        curve=_curve(standard_deviation),
    )


def _detectable(standard_deviation: float, *, against: int) -> float:
    """Return the smallest difference that two listings show against others, points."""
    return 100 * listing_returns.find_detectable_difference(
        standard_deviation, n=_TWO, n_reference=against
    )


def _needed(difference: float, standard_deviation: float, level: float) -> Estimate:
    needed, low, high = (
        listing_returns.find_listings_needed(difference, factor * standard_deviation)
        for factor in (1, *OTHER_DEVIATIONS)
    )
    return Estimate(needed, low, high, level, "range", 0, "listings")


def _curve(standard_deviation: float) -> pd.DataFrame:
    differences = np.round(np.arange(0.1, 1.01, 0.05), 2)
    needed = [
        listing_returns.find_listings_needed(float(d), standard_deviation) for d in differences
    ]
    return pd.DataFrame({"difference_points": 100 * differences, "listings": needed})


def draw_power(power: DebutPower, *, difference: float) -> Drawing:
    """Draw the listings needed by the difference to show, and the one asked for (a share)."""
    figure, axes = style.new_figure(3.2)
    colour, asked = style.CATEGORY_COLOURS[0], (100 * difference, power.needed.value)
    axes.plot(power.curve["difference_points"], power.curve["listings"], color=colour)
    axes.plot(*([each] for each in asked), "o", color=colour)
    told = f"{asked[1]:,.0f} to see {asked[0]:.0f} points"
    style.label_line(axes, asked, told, colour=colour, side="right")
    axes.axhline(_TWO, color=style.REFERENCE_COLOUR, linewidth=1.4)
    axes.annotate(
        "the two listings", (100, _TWO), xytext=(0, 5), textcoords="offset points",
        color=style.REFERENCE_COLOUR, ha="right",
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_yticks([2, 10, 100, 400], labels=["2", "10", "100", "400"])
    axes.minorticks_off()
    axes.set_xlabel("True difference of mean returns, points")
    axes.set_ylabel("Listings needed in each group")
    return Drawing(figure, power.curve, (LISTINGS,))
