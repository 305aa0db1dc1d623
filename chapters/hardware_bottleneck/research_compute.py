"""What is left for research once users are served."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from chapters.hardware_bottleneck import marks
from models.compute import compute_allocation
from models.core import units, verdicts
from models.core.estimates import Estimate
from overtake.chapter import style
from overtake.chapter.figures import Drawing

_LEAST_SHARE, _LARGEST_SHARE = 0.02, 0.98
_OTHER_US_SHARES = (0.2, 0.6)
_TEN_POINTS = 0.1
_DOUBLE = 2.0
_HALF_PERCENT = 50.0


@dataclass(frozen=True)
class Accounts:
    """Research in what firms spend, or compute, on research and delivery together.

    Attributes
    ----------
    minimax, zhipu, openai : float
        Shares in %: of spending at the first two, of compute at the third.
    """

    minimax: float
    zhipu: float
    openai: float


@dataclass(frozen=True)
class Research:
    """The gap in the compute that is left for research.

    Attributes
    ----------
    total_gap : Estimate
        American over Chinese compute, times.
    us_delivery, chinese_delivery : Estimate
        Judged shares that delivery takes, with their ranges.
    gap : Estimate
        American over Chinese research compute, times.
    widest_gap : Estimate
        Over the whole of the shares' ranges and of the total gap's interval.
    accounts : Accounts
        What is published of research's share.
    verdict : Verdict
        On the claim that delivery takes most of Chinese compute.
    """

    total_gap: Estimate
    us_delivery: Estimate
    chinese_delivery: Estimate
    gap: Estimate
    widest_gap: Estimate
    accounts: Accounts
    verdict: verdicts.Verdict

    @property
    def is_wider_than_total(self) -> bool:
        """Whether the gap in research compute is the wider one."""
        return self.gap.value > self.total_gap.value

    @property
    def over_total_gap(self) -> float:
        """Research gap over total gap at the judged shares."""
        return self._over_total_gap(self.chinese_delivery.value)

    @property
    def ten_points_widen(self) -> float | None:
        """By what ten points more of Chinese delivery multiply it; None if nothing is left."""
        more = self.chinese_delivery.value + _TEN_POINTS
        return self._over_total_gap(more) / self.over_total_gap if more < 1 else None

    @property
    def doubling_share(self) -> float:
        """Share of Chinese delivery at which the research gap is twice the total gap."""
        return float(compute_allocation.find_delivery_share(_DOUBLE, self.us_delivery.value))

    def curves(self) -> dict[float, pd.DataFrame]:
        """Return the research gap by China's delivery share, for three American shares."""
        grid = np.linspace(0.05, 0.9, 60)
        low, high = _OTHER_US_SHARES
        return {
            us: pd.DataFrame(
                {
                    "us_share": us,
                    "china_share": grid,
                    "research_gap": compute_allocation.compute_research_gap(
                        self.total_gap.value, us, grid
                    ),
                }
            )
            for us in (low, self.us_delivery.value, high)
        }

    def _over_total_gap(self, chinese_share: float) -> float:
        return float(
            compute_allocation.compute_research_gap(1.0, self.us_delivery.value, chinese_share)
        )


def estimate_research(
    total_gap: Estimate,
    published_estimates: pd.DataFrame,
    *,
    us_delivery: float,
    chinese_delivery: float,
    margin: float,
    level: float,
    rng: np.random.Generator,
) -> Research:
    """Take delivery's share from both countries' compute.

    Parameters
    ----------
    total_gap : Estimate
        American over Chinese chips owned, times.
    published_estimates : DataFrame
        Accounts of firms: columns id and value.
    us_delivery, chinese_delivery : float
        Judged shares that delivery takes.
    margin : float
        Either share may lie so far from its judgement.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        Source of the draws.
    """
    usa, china = (_share(share, margin, level) for share in (us_delivery, chinese_delivery))
    accounts = _read_accounts(published_estimates)
    return Research(
        total_gap=total_gap,
        us_delivery=usa,
        chinese_delivery=china,
        gap=compute_allocation.simulate_research_gap(total_gap, usa, china, rng, level=level),
        widest_gap=compute_allocation.bound_research_gap(total_gap, usa, china),
        accounts=accounts,
        verdict=_judge(accounts, level),
    )


def draw_research(research: Research) -> Drawing:
    """Draw the research gap by China's delivery share; a dot for the judged shares."""
    curves = research.curves()
    figure, axes = style.new_figure(3.5)
    for (us, curve), colour in zip(curves.items(), style.CATEGORY_COLOURS, strict=False):
        axes.plot(100 * curve["china_share"], curve["research_gap"], color=colour)
        end = curve.iloc[-1]
        at = (100 * end["china_share"], end["research_gap"])
        style.label_line(axes, at, f"US {us:.0%}", colour=colour)
    total = research.total_gap.value
    axes.axhline(total, color=style.REFERENCE_COLOUR, lw=1)
    axes.text(6, total * 1.06, "total gap", color=marks.LABEL_COLOUR, fontweight="bold")
    judged = 100 * research.chinese_delivery.value
    axes.plot(judged, research.gap.value, "o", color=style.TEXT_COLOUR, ms=7)
    axes.set_yscale("log")
    axes.set_yticks([3, 10, 30, 100], ["3", "10", "30", "100"])
    axes.set_xlabel("Delivery's share of Chinese compute (%)")
    axes.set_ylabel("Gap in research compute (times)")
    return Drawing(figure, pd.concat(curves.values()), ("chips_owned", "chips_sold"))


def _share(centre: float, margin: float, level: float) -> Estimate:
    low, high = (
        min(max(end, _LEAST_SHARE), _LARGEST_SHARE) for end in (centre - margin, centre + margin)
    )
    return Estimate(centre, low, high, level, "range", 0, units.SHARE)


def _read_accounts(published_estimates: pd.DataFrame) -> Accounts:
    value = published_estimates.set_index("id")["value"]
    margin = value["minimax-gross-margin-2025"] / 100
    cost_of_sales = value["minimax-revenue-2025"] * (1 - margin)
    openai, inference = value["openai-rd-compute-2024"], value["openai-inference-compute-2024"]
    return Accounts(
        minimax=float(100 * value["minimax-rd-2025"] / (value["minimax-rd-2025"] + cost_of_sales)),
        zhipu=float(value["zhipu-rd-share-2025"]),
        openai=float(100 * openai / (openai + inference)),
    )


def _judge(accounts: Accounts, level: float) -> verdicts.Verdict:
    """Judge the claim that research has at most half of the compute."""
    low, high = sorted((accounts.minimax, accounts.zhipu))
    known = Estimate((low + high) / 2, low, high, level, "range", 2, units.PERCENT)
    unknown = Estimate(_HALF_PERCENT, 0.0, 100.0, level, "range", 0, units.PERCENT)
    measures = {
        "research at start-ups with accounts": known,
        "research at large firms, of which nothing is published": unknown,
    }
    confidence = verdicts.judge_confidence(n=known.n, measures_agreeing=1, measures=2)
    return verdicts.judge_measures(
        "delivery", measures, -np.inf, _HALF_PERCENT, confidence=confidence
    )
