"""How the shares of two Chinese AI firms did after they were listed in Hong Kong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.core.estimates import Estimate
from models.society import listing_returns, risk_claims
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.risk_culture.first_days import FIRST_CLOSE, OFFER, compute_first_days

if TYPE_CHECKING:
    from datetime import date

PRICES = (FIRST_CLOSE, "second_close_hkd", "later_price_hkd")
HKD_PER_USD_BAND = (7.75, 7.85)
CLAIMED_HKD_BILLION = 4.35
"""What Zhipu raised, as the article says."""

_HEIGHT = 0.17


@dataclass(frozen=True)
class Debut:
    """A firm's listing and the prices after it.

    A second close that is not known is None.

    Attributes
    ----------
    first_day : Estimate
        Return on the offer price at the first close, %; one fact, without an interval.
    second_close : float or None
        Return on the offer price at the second close, %.
    later : float
        Return on the offer price on a later day, %.
    raised_hkd_billion : float
        Money raised, billion Hong Kong dollars.
    raised_usd : Estimate
        Money raised, billion US$; the range is that of the currency's band.
    free_float : float
        Shares that could be traded a week after the listing, %.
    """

    first_day: Estimate
    second_close: float | None
    later: float
    raised_hkd_billion: float
    raised_usd: Estimate
    free_float: float


@dataclass(frozen=True)
class Debuts:
    """The two debuts of January 2026.

    Attributes
    ----------
    zhipu : Debut
        Zhipu, listed in Hong Kong in January 2026.
    minimax : Debut
        MiniMax, listed in Hong Kong in January 2026.
    later_date : datetime.date
        Day of the later prices.
    american_round_usd_billion : float
        The American funding round of the same week, billion US$.
    mean_of_2025 : float
        Mean first-day return of Hong Kong's listings of 2025 as reported, %.
    moves : pandas.DataFrame
        `firm`, `day` and `percent` (return on the offer price).
    """

    zhipu: Debut
    minimax: Debut
    later_date: date
    american_round_usd_billion: float
    mean_of_2025: float
    moves: pd.DataFrame

    @property
    def sum_agrees(self) -> bool:
        """Whether Zhipu raised what the article says."""
        return risk_claims.agrees_with(self.zhipu.raised_hkd_billion, CLAIMED_HKD_BILLION)

    @property
    def zhipu_is_below_the_mean(self) -> bool:
        """Whether Zhipu's first day was worse than that of the mean listing of 2025."""
        return self.zhipu.first_day.value < self.mean_of_2025

    @property
    def round_over_zhipu(self) -> float:
        """What xAI raised in the week of the listings over what Zhipu raised, times."""
        return self.american_round_usd_billion / self.zhipu.raised_usd.value

    @property
    def round_over_both(self) -> float:
        """What xAI raised in the week of the listings over what both firms raised, times."""
        both = self.zhipu.raised_usd.value + self.minimax.raised_usd.value
        return self.american_round_usd_billion / both


def estimate_debuts(
    listed: pd.DataFrame,
    published: pd.DataFrame,
    *,
    hkd_per_usd: float,
    american_round_usd_billion: float,
    level: float,
) -> Debuts:
    """Compute the returns on the offer price, and what the firms raised.

    Parameters
    ----------
    listed : pandas.DataFrame
        Listings by firm, with prices in HKD.
    published : pandas.DataFrame
        Published estimates by id, for the shares that could be traded and the mean of 2025.
    hkd_per_usd : float
        Exchange rate.
    american_round_usd_billion : float
        The American round of the same week.
    level : float
        Level that the ranges carry.

    Raises
    ------
    ModelInputError
        If an offer price is missing or a price is not positive.
    """
    returns = 100 * listing_returns.compute_returns_since_offer(listed, offer=OFFER, prices=PRICES)
    first_days = compute_first_days(listed, level=level)
    reported = published["value"].astype(float)
    raised = listed["raised_hkd_million"].astype(float) / 1000

    def debut(firm: str, code: str) -> Debut:
        second, later = (float(returns[price][firm]) for price in PRICES[1:])
        return Debut(
            first_day=first_days[firm],
            second_close=None if math.isnan(second) else second,
            later=later,
            raised_hkd_billion=raised[firm],
            raised_usd=_in_usd(raised[firm], hkd_per_usd, level),
            free_float=reported[f"free-float-{code}"],
        )

    later_date = pd.to_datetime(listed["later_date"])["Zhipu AI"].date()
    zhipu, minimax = debut("Zhipu AI", "zhipu"), debut("MiniMax", "minimax")
    return Debuts(
        zhipu, minimax, later_date, american_round_usd_billion,
        mean_of_2025=reported["first-day-2025"], moves=_moves(returns, later_date),
    )  # fmt: skip


def _in_usd(hkd: float, hkd_per_usd: float, level: float) -> Estimate:
    strong, weak = HKD_PER_USD_BAND
    return Estimate(hkd / hkd_per_usd, hkd / weak, hkd / strong, level, "range", 1, "billion USD")


def _moves(returns: pd.DataFrame, later_date: date) -> pd.DataFrame:
    """Return the known returns, a row for each firm and day."""
    days = ("first close", "second close", f"{later_date.day} {later_date:%B %Y}")
    named = returns.rename(columns=dict(zip(PRICES, days, strict=True))).reset_index()
    return named.melt(id_vars="firm", var_name="day", value_name="percent").dropna()


def draw_debuts(debuts: Debuts) -> Drawing:
    """Draw a bar for each firm and day with a known price."""
    figure, axes = style.new_figure(3.0)
    places = {day: place for place, day in enumerate(debuts.moves["day"].unique())}
    offsets = {"Zhipu AI": -_HEIGHT, "MiniMax": _HEIGHT}
    for number, (firm, own) in enumerate(debuts.moves.groupby("firm")):
        at = own["day"].map(places) + offsets[str(firm)]
        axes.barh(at, own["percent"], height=0.3, color=style.CATEGORY_COLOURS[number])
        for y, value in zip(at, own["percent"], strict=True):
            label = f"{firm} +{value:.0f}%"
            axes.annotate(label, (value, y), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_yticks(list(places.values()), labels=list(places))
    axes.invert_yaxis()
    axes.set_xlim(0, 800)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("Above the offer price, %")
    return Drawing(figure, debuts.moves, (Used("listings", columns=(OFFER, *PRICES)),))
