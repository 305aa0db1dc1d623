"""How much of the gap in private AI investment Chinese public funds would close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.core import units
from models.core.estimates import Estimate
from models.society import risk_taking
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.risk_culture.ai_money import REPORTS
from chapters.shared.countries import COLOURS
from chapters.shared.marks import draw_intervals, name_rows

if TYPE_CHECKING:
    from chapters.risk_culture.ai_money import LatestMoney

FUND_YEARS = 24
"""Years over which the guidance funds were paid out, 2000 to 2023."""

AI_FUND_YEARS = 13
HALF = 50
"""Share of the gap, %, by which public money is judged; a smaller one could help too."""


@dataclass(frozen=True)
class InvestmentGap:
    """Private AI investment in a year, by one source.

    Attributes
    ----------
    source : str
        Source and year.
    usa, china : float
        Billion USD.
    """

    source: str
    usa: float
    china: float

    @property
    def ratio(self) -> float:
        """United States over China, times."""
        return self.usa / self.china

    @property
    def billion_usd(self) -> float:
        """American less Chinese amount, billion USD."""
        return self.usa - self.china


@dataclass(frozen=True)
class GuidanceFunds:
    """Chinese public money next to the gaps.

    Attributes
    ----------
    yearly : Estimate
        Chinese guidance funds, billion US$ a year: spread over all years, up to paid out in few.
    total : float
        Chinese guidance funds in AI firms over all years, billion US$.
    ai_fund_yearly : float
        China's national AI industry fund, billion US$ a year.
    chip_fund : float
        Third phase of China's chip fund, billion US$.
    gaps : tuple of InvestmentGap
        Private AI investment by source, the chosen series first.
    shares : tuple of Estimate
        Share of the gap in private AI money that guidance funds would close, %: chosen series, AI
        Index of 2024, of 2025.
    """

    yearly: Estimate
    total: float
    ai_fund_yearly: float
    chip_fund: float
    gaps: tuple[InvestmentGap, ...]
    shares: tuple[Estimate, ...]

    @property
    def newest_reported_ratio(self) -> Estimate:
        """American over Chinese amount by the AI Index: of two published figures, no interval."""
        ratio = self.gaps[-1].ratio
        return Estimate(ratio, ratio, ratio, self.yearly.level, "range", 2, units.TIMES)

    @property
    def lowest(self) -> float:
        """Least of any gap in private AI money that Chinese guidance funds would close, %."""
        return min(share.low for share in self.shares)

    @property
    def highest(self) -> float:
        """Most of any gap in private AI money that Chinese guidance funds would close, %."""
        return max(share.high for share in self.shares)

    @property
    def by_source(self) -> dict[str, Estimate]:
        """Share of the gap by its source, %."""
        return {gap.source: share for gap, share in zip(self.gaps, self.shares, strict=True)}


def estimate_shares(
    money: LatestMoney,
    published: pd.DataFrame,
    *,
    yearly_usd_billion: float,
    active_years: int,
    cny_per_usd: float,
    level: float,
) -> GuidanceFunds:
    """Divide the public money by the last gap of the chosen series and by the reported ones.

    Parameters
    ----------
    money : LatestMoney
        Private investment in AI.
    published : pandas.DataFrame
        Published estimates by id.
    yearly_usd_billion : float
        Guidance funds spread over all their years, billion USD a year.
    active_years : int
        Fewest years in which they may have been paid out.
    cny_per_usd : float
        Exchange rate.
    level : float
        Level that the ranges carry.

    Raises
    ------
    ModelInputError
        If there is no gap.
    """
    value = published["value"].astype(float)
    most = yearly_usd_billion * max(FUND_YEARS / active_years, 1)
    yearly = Estimate(
        yearly_usd_billion, yearly_usd_billion, most, level, "range", 0, "billion USD a year"
    )
    gaps = _gaps(money)
    return GuidanceFunds(
        yearly=yearly,
        total=value["guidance-funds-chn"],
        ai_fund_yearly=value["ai-fund-chn"] / AI_FUND_YEARS / cny_per_usd,
        chip_fund=value["big-fund-iii"] / cny_per_usd,
        gaps=gaps,
        shares=tuple(risk_taking.compute_share_of_gap(yearly, gap.usa, gap.china) for gap in gaps),
    )


def _gaps(money: LatestMoney) -> tuple[InvestmentGap, ...]:
    """Return the gap of the chosen series and those of the AI Index."""
    latest = InvestmentGap(f"{money.publisher}, {money.last_year}", *money.usd_billion)
    reported = (
        InvestmentGap(f"AI Index, {year}", *amounts)
        for year, amounts in money.reported_usd_billion.items()
    )
    return latest, *reported


def draw_shares(funds: GuidanceFunds, *, series: str) -> Drawing:
    """Draw the share of each gap with its stated range, and the threshold.

    Parameters
    ----------
    funds : GuidanceFunds
        What was estimated.
    series : str
        Series of AI investment behind the first gap.
    """
    closing = pd.DataFrame(
        [(source, s.value, s.low, s.high) for source, s in funds.by_source.items()],
        columns=["gap", "percent", "low", "high"],
    )
    figure, axes = style.new_figure(2.6)
    at = range(len(closing))
    draw_intervals(axes, at, closing, "percent", colours=COLOURS["CHN"], width=7)
    axes.axvline(HALF, color=style.REFERENCE_COLOUR, linewidth=1.4, ls="--")
    axes.annotate(
        "half of the gap", (HALF, -0.75), xytext=(4, 0), textcoords="offset points", va="center",
        color=style.REFERENCE_COLOUR,
    )  # fmt: skip
    name_rows(axes, [name.replace(", ", "\n") for name in closing["gap"]])
    axes.set_ylim(len(closing) - 0.5, -1.05)
    axes.set_xlim(0, max(70, 1.05 * funds.highest))
    axes.set_xlabel("Share of the yearly gap, %")
    money = Used("ai_investment", {"series": [series]})
    said = Used("published_estimates", {"id": REPORTS})
    return Drawing(figure, closing, (money, said))
