"""The index without each benchmark in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.capability_ruler import marks

if TYPE_CHECKING:
    import pandas as pd
    from models.core.estimates import Estimate

_LABELLED = 4
_DOT, _LOW_COLOUR, _HIGH_COLOUR = "#5A5A5A", style.CATEGORY_COLOURS[0], style.CATEGORY_COLOURS[1]


@dataclass(frozen=True)
class Without:
    """The index without one benchmark.

    Attributes
    ----------
    benchmark : str
        The one left out.
    gap : float
        American lead without it, points.
    lag_months : float
        Chinese lag without it, months.
    results : int
        Its results.
    """

    benchmark: str
    gap: float
    lag_months: float
    results: int


@dataclass(frozen=True)
class LeftOut:
    """The gap without each benchmark, and beside the interval of resampling.

    Attributes
    ----------
    table : DataFrame
        One row a benchmark, smallest gap first.
    gap : float
        With all of them, in points.
    low, high : float
        Interval over resampled benchmarks and models.
    level : float
        Its level.
    """

    table: pd.DataFrame
    gap: float
    low: float
    high: float
    level: float

    @property
    def n(self) -> int:
        """Benchmarks."""
        return len(self.table)

    @property
    def smallest(self) -> Without:
        """Benchmark without which the American lead is smallest.

        It speaks most for the leader.
        """
        return _without(self.table.iloc[0])

    @property
    def largest(self) -> Without:
        """Benchmark without which the American lead is largest.

        It speaks most for the follower.
        """
        return _without(self.table.iloc[-1])

    @property
    def largest_shift(self) -> float:
        """Most points by which leaving out one benchmark changes the American lead."""
        return float((self.table["gap"] - self.gap).abs().max())

    @property
    def n_over_half_a_point(self) -> int:
        """Benchmarks that move the gap by more than half a point."""
        return int(((self.table["gap"] - self.gap).abs() > 0.5).sum())  # noqa: PLR2004

    @property
    def lag_span(self) -> tuple[float, float]:
        """Shortest and longest Chinese lag with one benchmark left out, in months."""
        return float(self.table["lag_months"].min()), float(self.table["lag_months"].max())

    @property
    def within_interval(self) -> bool:
        """Whether no benchmark alone takes the gap out of the interval of resampling."""
        return bool(self.table["gap"].between(self.low, self.high).all())


def compare_left_out(table: pd.DataFrame, gap: Estimate) -> LeftOut:
    """Lay the gap without each benchmark beside the interval of resampling.

    Parameters
    ----------
    table : DataFrame
        The standing without each benchmark, as of `models.capability.index_error`.
    gap : Estimate
        With all of them, and its interval.
    """
    return LeftOut(table, gap.value, gap.low, gap.high, gap.level)


def draw_left_out(found: LeftOut) -> Drawing:
    """Draw the gap without each benchmark, in order of size, on the interval of resampling."""
    table = found.table
    figure, axes = style.new_figure(3.6)
    axes.axhspan(found.low, found.high, color=style.REFERENCE_COLOUR, alpha=0.18, linewidth=0)
    axes.axhline(found.gap, color=style.REFERENCE_COLOUR, linewidth=1)
    axes.plot(table.index, table["gap"], "o", color=_DOT, markersize=4)
    ends = ((table.head(_LABELLED), _LOW_COLOUR, 1), (table.tail(_LABELLED), _HIGH_COLOUR, -1))
    step = (found.high - found.low) / 14
    for rows, colour, side in ends:
        axes.plot(rows.index, rows["gap"], "o", color=colour, markersize=5)
        for place, (at, row) in enumerate(rows.iterrows()):
            rank = place if side > 0 else _LABELLED - 1 - place
            height = found.gap - side * (2.2 + 1.15 * (_LABELLED - 1 - rank)) * step
            edge = len(table) * (0.2 if side > 0 else 0.8) - 0.5
            axes.annotate(
                row["benchmark"], (float(str(at)), row["gap"]), xytext=(edge, height),
                ha="left" if side > 0 else "right", va="center", fontsize=8.5, color=colour,
                arrowprops={
                    "arrowstyle": "-", "color": colour, "linewidth": 0.6, "alpha": 0.6,
                    "relpos": (0 if side > 0 else 1, 0.5), "shrinkB": 2,
                },
            )  # fmt: skip
    axes.text(
        -0.5, found.gap + step / 4, f"with all: {found.gap:.2g}", color=style.REFERENCE_COLOUR,
        va="bottom", fontweight="bold",
    )  # fmt: skip
    axes.set_ylabel(marks.GAP_LABEL)
    axes.set_xlabel(f"Benchmark left out ({found.n}, in order of the gap without it)")
    axes.set_xticks([])
    axes.margins(x=0.04, y=0.08)
    return Drawing(figure, table, ("index_scores", "index_vintages"))


def _without(row: pd.Series[float]) -> Without:
    return Without(
        str(row["benchmark"]), float(row["gap"]), float(row["lag_months"]), int(row["results"])
    )
