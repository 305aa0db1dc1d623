"""The gap under every reasonable combination of choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.compute.percentile_gap import Percentiles, compute_percentile_gap
from models.core.specification_curve import (
    SpecificationCurve,
    arrange_curve,
    pool_curves,
)
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.core import prose

from chapters.hardware_bottleneck.marks import name_rows, shade_claim, write_values
from chapters.hardware_bottleneck.samples import CLAIMED_GAP

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from models.core.estimates import Estimate

    from chapters.hardware_bottleneck.gap_draws import DrawnGaps, SummedChips

_MEASURE = "Measure"
_HALF_ROW = 0.4


@dataclass(frozen=True)
class OptionMedian:
    """Median gap of the specifications that take one option.

    Attributes
    ----------
    option : str
        The option.
    median : float
        Median over its specifications, times.
    """

    option: str
    median: float


@dataclass(frozen=True)
class Specifications:
    """The gap under all specifications.

    Attributes
    ----------
    curve : SpecificationCurve
        Gap in compute under all specifications, United States over China, times.
    claimed : tuple of float
        Ends of the claimed range, times.
    """

    curve: SpecificationCurve
    claimed: tuple[float, float]

    @property
    def n(self) -> int:
        """Specifications with an answer."""
        return len(self.curve.table)

    @property
    def share_inside(self) -> float:
        """Share of specifications whose gap in compute lies within the claimed range."""
        return self.curve.share_within(*self.claimed)

    @property
    def share_below(self) -> float:
        """Share of specifications whose gap in compute lies below the claimed range."""
        return float((self.curve.table["value"] < self.claimed[0]).mean())

    @property
    def share_above(self) -> float:
        """Share of specifications whose gap in compute lies above the claimed range."""
        return float((self.curve.table["value"] > self.claimed[1]).mean())

    @property
    def smallest(self) -> float:
        """Least gap, times."""
        return float(self.curve.table["value"].min())

    @property
    def largest(self) -> float:
        """Largest gap, times."""
        return float(self.curve.table["value"].max())

    @property
    def measures(self) -> tuple[OptionMedian, ...]:
        """Gap in compute by measure, United States over China."""
        table = self.curve.medians_by_option()
        own = table[table["choice"] == _MEASURE]
        pairs = zip(own["option"], own["median"], strict=True)
        return tuple(OptionMedian(str(option), float(median)) for option, median in pairs)

    @property
    def next_choice(self) -> str:
        """The choice within the measures whose options lie farthest apart."""
        table = self.curve.medians_by_option()
        return str(table.loc[table["choice"] != _MEASURE, "choice"].iloc[0])

    @property
    def n_refused(self) -> int:
        """Specifications that the data can't answer."""
        return len(self.curve.infeasible)

    @property
    def reason_of_refusal(self) -> str | None:
        """Why the first of them has no answer."""
        return str(self.curve.infeasible["reason"].iloc[0]) if self.n_refused else None


def estimate_specifications(
    runs: DrawnGaps,
    lines: SpecificationCurve,
    chips: SummedChips,
    clusters: DrawnGaps,
    claimed: tuple[float, float],
    *,
    level: float,
) -> Specifications:
    """Lay the gap under every combination of choices side by side, measure by measure.

    Parameters
    ----------
    runs, clusters : DrawnGaps
        Of training runs and of known clusters.
    lines : SpecificationCurve
        Of trend lines.
    chips : SummedChips
        Of chips owned.
    claimed : tuple of float
        Ends of the claimed range, times.
    level : float
        Of the intervals.
    """

    def compare(stocks: tuple[Percentiles, Percentiles]) -> Estimate:
        return compute_percentile_gap(*stocks, correlation=0.0, level=level).factor

    curves = {
        "runs": arrange_curve(runs.gaps.map(lambda drawn: drawn.summarise(level).factor)),
        "trend lines": lines,
        "chips": arrange_curve(chips.stocks.map(compare)),
        "clusters": arrange_curve(clusters.gaps.map(lambda drawn: drawn.summarise(level).factor)),
    }
    return Specifications(pool_curves(curves, name=_MEASURE, preferred="chips"), claimed)


def draw_specifications(specifications: Specifications) -> Drawing:
    """Draw all specifications, measure by measure, each from its smallest gap upwards."""
    table = specifications.curve.table
    figure, axes = style.new_figure(4.8)
    shade_claim(axes, specifications.claimed, axis="x")
    for place, (_, rows) in enumerate(table.groupby(_MEASURE, sort=False)):
        _draw_measure(axes, -place, rows)
    medians = [each.median for each in specifications.measures]
    name_rows(axes, (each.option.capitalize() for each in specifications.measures))
    axes.set_ylim(0.6 - len(medians), 0.6)
    write_values(axes, map(prose.number, medians), range(0, -len(medians), -1))
    axes.set_xscale("log")
    axes.set_xlim(0.5, 1000)
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.set_xlabel("American over Chinese compute (times); right: median")
    counted = ("ai_models", "large_models", "chips_owned", "chips_sold", "gpu_clusters")
    return Drawing(figure, table, (*counted, CLAIMED_GAP))


def _draw_measure(axes: Axes, place: int, rows: pd.DataFrame) -> None:
    """Draw the specifications of one measure as a rising row of dots with their intervals."""
    ordered = rows.sort_values("value")
    heights = place + np.linspace(-_HALF_ROW, _HALF_ROW, len(ordered))
    axes.hlines(
        heights, ordered["low"], ordered["high"], color=style.REFERENCE_COLOUR, lw=0.6, alpha=0.6
    )
    axes.plot(ordered["value"], heights, "o", color=style.TEXT_COLOUR, ms=2.5)
    chosen = ordered["preferred"].to_numpy(dtype=bool)
    axes.plot(ordered["value"][chosen], heights[chosen], "o", color=style.CATEGORY_COLOURS[1], ms=8)
