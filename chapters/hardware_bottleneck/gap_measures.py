"""How large the gap is by every measure there is, and whether it lies where the claim has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.core import verdicts
from models.core.predictive import Predictive, spread_estimate
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.core import prose
from overtake.data.used import Used

from chapters.hardware_bottleneck.marks import (
    LABEL_COLOUR,
    draw_interval,
    name_groups,
    shade_claim,
    write_values,
)
from chapters.hardware_bottleneck.published_figures import (
    PublishedFigure,
    published_on,
    published_span,
    published_value,
)
from chapters.hardware_bottleneck.samples import CLAIMED, CLAIMED_GAP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from models.compute.compute_gap import TrendGap
    from models.core.estimates import Estimate

    from chapters.hardware_bottleneck.chip_stocks import ChipGaps
    from chapters.hardware_bottleneck.listed_gaps import ClusterGap, RunGaps

CLAIM = "compute-gap"

_OTHERS = {
    "Epoch AI: clusters": "cluster-gap",
    "Epoch AI: chips": "owned-gap",
    "IFP: bought in 2026": "acquired-gap-2026-no-exports",
    "IFP: with B30A, at most": "acquired-gap-2026-b30a",
}
_KINDS = {"Training runs": 4, "Chips owned": 3, "Known clusters": 2, "Published by others": 4}
"""What is counted, and by how many rows of the figure."""
_TICKS = (1, 3, 10, 30, 100, 300, 1000, 3000)  # times
_SHOWN_TO = 220.0  # times, at least
_BEYOND = 1.6  # of the highest upper end: its bar ends within the axes


@dataclass(frozen=True)
class Check:
    """Another way to measure the gap.

    Attributes
    ----------
    name : str
        How it is measured.
    gap : float
        United States over China, times.
    leaves_band : bool
        Whether it lies outside of the claimed range.
    """

    name: str
    gap: float
    leaves_band: bool


@dataclass(frozen=True)
class JudgedGap:
    """One measure of the gap, and what it says of the claimed range.

    Attributes
    ----------
    gap : Estimate
        United States over China, times.
    predictive : Predictive
        The same as a distribution.
    verdict : str
        Whether it lies in the claimed range, by the scale of all verdicts.
    """

    gap: Estimate
    predictive: Predictive
    verdict: str

    @property
    def is_hardly_bounded(self) -> bool:
        """Whether the interval goes on for another order of magnitude beyond the estimate."""
        return bool(self.gap.high > 10 * self.gap.value)


@dataclass(frozen=True)
class GapMeasures:
    """The gap by all measures.

    Attributes
    ----------
    claimed : tuple of float
        Ends of the claimed gap in compute, United States over China, times.
    runs, mean_of_runs, summed, trend_lines : JudgedGap
        The largest run, the mean of the few largest, all of a year, trend lines.
    chips_legal : JudgedGap
        AI chips that were sold legally to named owners.
    chips_domestic : JudgedGap
        AI chips that were sold legally, and those of Chinese make.
    chips : JudgedGap
        AI chips from all sources.
    clusters, clusters_16bit : JudgedGap
        Known clusters in H100e, and in operations on numbers of 16 bits.
    checks : tuple of Check
        Other ways to measure it.
    top : int
        How many runs the mean is of.
    year : int
        Last full year.
    published : tuple of PublishedFigure
        What others published of gap and lag.
    published_gaps : mapping of str to float
        Gaps that others published, times, by the name that the figure shows.
    """

    claimed: tuple[float, float]
    runs: JudgedGap
    mean_of_runs: JudgedGap
    summed: JudgedGap
    trend_lines: JudgedGap
    chips_legal: JudgedGap
    chips_domestic: JudgedGap
    chips: JudgedGap
    clusters: JudgedGap
    clusters_16bit: JudgedGap
    checks: tuple[Check, ...]
    top: int
    year: int
    published: tuple[PublishedFigure, ...]
    published_gaps: Mapping[str, float]

    @property
    def measures(self) -> tuple[JudgedGap, ...]:
        """The measures by which the claim is judged."""
        return self.runs, self.chips, self.clusters, self.summed

    @property
    def n_inside(self) -> int:
        """Measures whose point estimate lies within the claimed range."""
        return sum(not _leaves(each.gap.value, self.claimed) for each in self.measures)

    @property
    def computed(self) -> dict[str, Estimate]:
        """Gaps computed here, by the name that the figure shows."""
        return {
            "Largest run": self.runs.gap,
            f"Mean of the {self.top} largest": self.mean_of_runs.gap,
            f"All runs of {self.year}": self.summed.gap,
            "Trend of known runs": self.trend_lines.gap,
            "Legal sales only": self.chips_legal.gap,
            "and Chinese-made": self.chips_domestic.gap,
            "and smuggled, rented": self.chips.gap,
            "In H100e": self.clusters.gap,
            "In 16-bit operations": self.clusters_16bit.gap,
        }

    @property
    def smallest(self) -> float:
        """Least gap computed here, times."""
        return min(gap.value for gap in self.computed.values())

    @property
    def largest(self) -> float:
        """Largest gap computed here, times."""
        return max(gap.value for gap in self.computed.values())

    @property
    def leaving(self) -> tuple[str, ...]:
        """Checks whose point estimate leaves the claimed range."""
        return tuple(check.name for check in self.checks if check.leaves_band)


def judge_gap(
    runs: RunGaps,
    chips: ChipGaps,
    clusters: ClusterGap,
    trend_lines: TrendGap,
    published_estimates: pd.DataFrame,
) -> GapMeasures:
    """Hold every measure against the claimed range, and check them by ten other ways.

    Parameters
    ----------
    runs, chips, clusters
        Gaps in training runs, chips owned and known clusters.
    trend_lines : TrendGap
        Gap of the trend lines of training compute.
    published_estimates : DataFrame
        What others published, the claimed range among it.
    """
    claimed = published_span(published_estimates, CLAIMED)
    computed = {
        "runs": runs.largest.factor,
        "mean_of_runs": runs.mean_of_top.factor,
        "summed": runs.summed.factor,
        "trend_lines": trend_lines.factor,
        "chips_legal": chips.legal.independent.factor,
        "chips_domestic": chips.without_grey.independent.factor,
        "chips": chips.all_sources.independent.factor,
        "clusters": clusters.factor,
        "clusters_16bit": clusters.factor_16bit,
    }
    judged = {name: _judged(gap, claimed) for name, gap in computed.items()}
    checks = _checks(runs, chips, clusters, trend_lines, published_estimates)
    checked = tuple(Check(name, gap, _leaves(gap, claimed)) for name, gap in checks.items())
    return GapMeasures(
        claimed=claimed,
        **judged,
        checks=checked,
        top=runs.top,
        year=runs.year,
        published=published_on(published_estimates, ("compute gap", "lag")),
        published_gaps={
            name: published_value(published_estimates, row) for name, row in _OTHERS.items()
        },
    )


def draw_gaps(gaps: GapMeasures) -> Drawing:
    """Draw the gap by measure, with those that others published and the claimed range."""
    figure, axes = style.new_figure(5.6)
    table = _gap_table(gaps)
    named = table.groupby("kind", sort=False)["measure"].agg(list).to_dict()
    heights = name_groups(axes, {str(kind): names for kind, names in named.items()})
    shade_claim(axes, gaps.claimed, axis="x")
    for gap, height in zip(gaps.computed.values(), heights, strict=False):
        draw_interval(axes, gap, height, style.TEXT_COLOUR)
    axes.plot(
        list(gaps.published_gaps.values()), heights[len(gaps.computed) :], "D",
        color=style.REFERENCE_COLOUR, ms=6, mfc="white",
    )  # fmt: skip
    write_values(axes, table["gap"].map(prose.number), heights)
    axes.set_xscale("log")
    most = max(_SHOWN_TO, _BEYOND * max(gap.high for gap in gaps.computed.values()))
    ticks = [tick for tick in _TICKS if tick <= most]
    axes.set_xlim(1, most)
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    _label_claim(axes, gaps.claimed)
    _label_longest(axes, gaps, heights)
    axes.set_xlabel("American over Chinese compute (times)")
    said = Used("published_estimates", {"id": tuple(_OTHERS.values())})
    tables = ("ai_models", "chips_owned", "chips_sold", "gpu_clusters", said, CLAIMED_GAP)
    return Drawing(figure, table, tables)


def _judged(gap: Estimate, claimed: tuple[float, float]) -> JudgedGap:
    known = spread_estimate(gap, scale="log")
    chance = known.measure_share_between(*claimed)
    return JudgedGap(gap, known, verdicts.read_verdict(chance))


def _leaves(gap: float, claimed: tuple[float, float]) -> bool:
    return not claimed[0] <= gap <= claimed[1]


def _checks(
    runs: RunGaps,
    chips: ChipGaps,
    clusters: ClusterGap,
    trend_lines: TrendGap,
    published_estimates: pd.DataFrame,
) -> dict[str, float]:
    return {
        "mean of the largest runs": runs.mean_of_top.factor.value,
        "without speculative runs": runs.confident.factor.value,
        "trend lines": trend_lines.factor.value,
        "legal chips of named owners": chips.legal.independent.factor.value,
        "no smuggled or rented chips": chips.without_grey.independent.factor.value,
        "no chips of Chinese make": chips.without_domestic.independent.factor.value,
        "judged chips at the upper end": chips.more_chinese.independent.factor.value,
        "clusters by 16-bit operations": clusters.factor_16bit.value,
        "clusters, as Epoch AI published": published_value(published_estimates, "cluster-gap"),
        "chips, as Epoch AI published": published_value(published_estimates, "owned-gap"),
    }


def _gap_table(gaps: GapMeasures) -> pd.DataFrame:
    rows: list[tuple[str, str, float, float, float, float]] = [
        (name, "computed here", gap.value, gap.low, gap.high, float(gap.n))
        for name, gap in gaps.computed.items()
    ]
    rows += [
        (name, "published", gap, np.nan, np.nan, np.nan)
        for name, gap in gaps.published_gaps.items()
    ]
    table = pd.DataFrame(rows, columns=["measure", "origin", "gap", "low", "high", "n"])
    table.insert(0, "kind", np.repeat(list(_KINDS), list(_KINDS.values())))
    return table


def _label_longest(axes: Axes, gaps: GapMeasures, heights: Sequence[float]) -> None:
    """Write at the bar that reaches furthest where it ends."""
    ends = [gap.high for gap in gaps.computed.values()]
    place = int(np.argmax(ends))
    axes.annotate(
        f"to {prose.number(ends[place])}", (ends[place], heights[place]), xytext=(0, 3),
        textcoords="offset points", ha="right", va="bottom", color=LABEL_COLOUR,
    )  # fmt: skip


def _label_claim(axes: Axes, claimed: tuple[float, float]) -> None:
    low, high = claimed
    axes.annotate(
        f"Lin: {low:g} to {high:g}", ((low * high) ** 0.5, 1), xycoords=("data", "axes fraction"),
        xytext=(0, 3), textcoords="offset points", ha="center", va="bottom", fontweight="bold",
        color=LABEL_COLOUR,
    )  # fmt: skip
