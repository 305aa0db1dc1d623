"""Whether one developer or one benchmark makes the rate of algorithmic progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.marks import new_dots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from chapters.efficiency_through_scarcity.algorithmic_progress import ProgressRates

_TABLES = ("capability_index", "benchmark_runs", "benchmark_scores", "benchmarks")
_INDEX_COLOUR, _BENCHMARKS_COLOUR = style.CATEGORY_COLOURS[:2]


@dataclass(frozen=True)
class Reach:
    """From where to where a rate runs when each part in turn is left out.

    Attributes
    ----------
    low : float
        Slowest rate, orders of magnitude a year.
    high : float
        Fastest rate, orders of magnitude a year.
    most : str
        The part whose removal moves the rate most.
    largest_move : float
        By how much it does.
    """

    low: float
    high: float
    most: str
    largest_move: float


@dataclass(frozen=True)
class LeftOut:
    """The rate of progress without each developer and without each benchmark.

    Attributes
    ----------
    index, benchmarks : float
        The rate with all, on the index and on benchmarks, orders of magnitude a year.
    by_developer : pandas.DataFrame
        Both rates without each developer that both data sets hold.
    by_benchmark : pandas.DataFrame
        The rate on benchmarks without each benchmark.
    """

    index: float
    benchmarks: float
    by_developer: pd.DataFrame
    by_benchmark: pd.DataFrame

    @property
    def index_without_developer(self) -> Reach:
        """Algorithmic progress on the index, one developer left out in turn."""
        return _reach(self.by_developer, "developer", "index", self.index)

    @property
    def benchmarks_without_developer(self) -> Reach:
        """Algorithmic progress on benchmarks, one developer left out in turn."""
        return _reach(self.by_developer, "developer", "benchmarks", self.benchmarks)

    @property
    def without_benchmark(self) -> Reach:
        """Algorithmic progress on benchmarks, one benchmark left out in turn."""
        return _reach(self.by_benchmark, "benchmark", "rate", self.benchmarks)

    @property
    def n_developers(self) -> int:
        """Developers that both data sets hold."""
        return len(self.by_developer)

    @property
    def n_benchmarks(self) -> int:
        """Benchmarks that are left out in turn."""
        return len(self.by_benchmark)

    @property
    def developer_matters_more(self) -> bool:
        """Whether one developer moves the rate on benchmarks more than one benchmark does."""
        developer, benchmark = self.benchmarks_without_developer, self.without_benchmark
        return developer.largest_move > benchmark.largest_move


def leave_out_each(progress: ProgressRates) -> LeftOut:
    """Lay side by side the rates without each developer and each benchmark.

    Parameters
    ----------
    progress : ProgressRates
        What was estimated with all of them.
    """
    index, benchmarks = progress.index.everyone, progress.benchmarks.everyone
    by_developer = pd.DataFrame(
        {"index": index.without_one_developer, "benchmarks": benchmarks.without_one_developer}
    )
    by_benchmark = benchmarks.without_one_benchmark.sort_values().rename("rate")
    return LeftOut(
        index.orders_of_magnitude_per_year.value,
        benchmarks.orders_of_magnitude_per_year.value,
        by_developer.dropna().sort_values("index").rename_axis("developer").reset_index(),
        by_benchmark.rename_axis("benchmark").reset_index(),
    )


def draw_without_developer(left_out: LeftOut) -> Drawing:
    """Draw both rates without each developer, with a line at the rate with all.

    Parameters
    ----------
    left_out : LeftOut
        What was laid side by side.
    """
    table = left_out.by_developer
    figure, axes = new_dots(table["developer"])
    _draw_rates(axes, table["index"], left_out.index, _INDEX_COLOUR)
    _draw_rates(axes, table["benchmarks"], left_out.benchmarks, _BENCHMARKS_COLOUR)
    axes.set_xlim(left=0)
    top = len(table) - 0.4
    style.label_line(axes, (left_out.index, top), "index", colour=_INDEX_COLOUR, side="left")
    style.label_line(axes, (left_out.benchmarks, top), "benchmarks", colour=_BENCHMARKS_COLOUR)
    axes.set_ylim(-0.6, len(table) + 0.4)
    return Drawing(figure, table, _TABLES)


def draw_without_benchmark(left_out: LeftOut) -> Drawing:
    """Draw the rate on benchmarks without each of them, with a line at the rate with all.

    Parameters
    ----------
    left_out : LeftOut
        What was laid side by side.
    """
    table = left_out.by_benchmark
    figure, axes = new_dots(table["benchmark"].str.split(",").str[0])
    _draw_rates(axes, table["rate"], left_out.benchmarks, _BENCHMARKS_COLOUR)
    axes.set_xlim(left=0)
    return Drawing(figure, table, _TABLES)


def _draw_rates(axes: Axes, rates: pd.Series[float], with_all: float, colour: str) -> None:
    """Draw one dot a row, and a dashed line at the rate with all."""
    axes.axvline(with_all, color=colour, linewidth=1.2, linestyle="--")
    axes.plot(rates, np.arange(len(rates)), "o", color=colour, ms=5)
    axes.set(xlabel="Orders of magnitude a year")


def _reach(table: pd.DataFrame, part: str, column: str, rate: float) -> Reach:
    moves = (table[column] - rate).abs()
    most = table[part].iloc[int(moves.to_numpy().argmax())]
    return Reach(
        float(table[column].min()), float(table[column].max()), str(most), float(moves.max())
    )
