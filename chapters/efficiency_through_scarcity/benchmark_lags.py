"""Whether the lag is longer on benchmarks that nobody optimises for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.capability.average_lag import DrawnLag, resample_lags_by_benchmark, tabulate_lags
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.compared_models import DEVELOPER
from chapters.efficiency_through_scarcity.marks import GREY, new_forest
from chapters.shared.capability import SCORES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from models.core.timescale import Moment


@dataclass(frozen=True)
class BenchmarkLag:
    """The lag on one benchmark.

    Attributes
    ----------
    benchmark : str
        The benchmark.
    months : float
        Mean over Chinese records.
    """

    benchmark: str
    months: float


@dataclass(frozen=True)
class BenchmarkLags:
    """The lag on each benchmark.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each benchmark: `lag` with its interval in months, `n_records`, and
        whether it is `optimised_for`; those that are come first.
    """

    table: pd.DataFrame

    @property
    def rows(self) -> tuple[BenchmarkLag, ...]:
        """The lags as they are drawn, the first on top."""
        pairs = zip(self.table["benchmark"], self.table["lag"], strict=True)
        return tuple(BenchmarkLag(str(name), float(lag)) for name, lag in pairs)

    @property
    def is_optimised(self) -> pd.Series[bool]:
        """For which rows developers optimise, in Epoch AI's judgement."""
        return self.table["optimised_for"].astype(bool)

    @property
    def mean_optimised(self) -> float:
        """Mean lag of Chinese records on benchmarks that developers optimise for, months."""
        return float(self.table.loc[self.is_optimised, "lag"].mean())

    @property
    def mean_free(self) -> float:
        """Mean lag of Chinese records on benchmarks that developers do not optimise for, months."""
        return float(self.table.loc[~self.is_optimised, "lag"].mean())

    @property
    def is_longer_on_free(self) -> bool:
        """Whether the mean lag is longer on benchmarks that nobody optimises for."""
        return self.mean_free > self.mean_optimised

    @property
    def n_optimised(self) -> int:
        """Benchmarks that developers optimise for."""
        return int(self.is_optimised.sum())

    @property
    def n_free(self) -> int:
        """The other benchmarks."""
        return len(self.table) - self.n_optimised

    @property
    def n_records_free(self) -> int:
        """Chinese records on the other benchmarks."""
        return int(self.table.loc[~self.is_optimised, "n_records"].sum())


def resample_benchmark_lags(
    panel: pd.DataFrame, *, since: Moment, rng: np.random.Generator
) -> dict[str, DrawnLag]:
    """Draw the mean lag of Chinese records on each benchmark with two or more.

    Parameters
    ----------
    panel : pandas.DataFrame
        Scores on benchmarks.
    since : date
        First day of the records that count.
    rng : numpy.random.Generator
        Resamples developers.

    Raises
    ------
    ModelInputError
        If no benchmark has two Chinese records whose lag is seen.
    """
    return resample_lags_by_benchmark(panel, since=since, rng=rng, cluster=DEVELOPER)


def estimate_benchmark_lags(
    drawn: Mapping[str, DrawnLag], benchmarks: pd.DataFrame, *, level: float
) -> BenchmarkLags:
    """Estimate the mean lag of Chinese records on each benchmark.

    Parameters
    ----------
    drawn : mapping of str to DrawnLag
        What was drawn, by benchmark.
    benchmarks : pandas.DataFrame
        Table ``benchmarks``.
    level : float
        Of the intervals.
    """
    found = tabulate_lags(drawn, level=level)
    optimised = benchmarks.set_index("benchmark")["optimised_for"]
    table = found.assign(optimised_for=found["benchmark"].map(optimised))
    return BenchmarkLags(
        table.sort_values("optimised_for", ascending=False, kind="stable", ignore_index=True)
    )


def draw_benchmark_lags(lags: BenchmarkLags) -> Drawing:
    """Draw the lag on each benchmark; coloured where developers do not optimise.

    Parameters
    ----------
    lags : BenchmarkLags
        What was estimated.
    """
    table = lags.table
    names = table["benchmark"].str.split(",").str[0]
    figure, axes = new_forest(
        table,
        value="lag",
        labels=names + table["n_records"].map(" ({})".format),
        colours=np.where(lags.is_optimised, GREY, style.CATEGORY_COLOURS[0]),
        height_inches=0.26 * len(table) + 1.0,
    )
    axes.set(xlabel="Months behind the US")
    tables = ("benchmark_runs", "benchmark_scores", SCORES)
    return Drawing(figure, table, tables)
