"""How many of the results of others come back, and how far each is from being missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.replication import (
    acceptance,
    acceptance_index,
    acceptance_methods,
    acceptance_tables,
)
from overtake.chapter import style
from overtake.chapter.figures import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.replication.acceptance import AcceptanceCheck

CHECKED_TABLES = (
    "scaling_law_runs",
    "training_costs",
    "language_models_2025_04",
    "capability_index",
    "supercomputers",
    "electricity",
    "chips_owned",
    "chips_sold",
    "index_scores",
    "index_vintages",
)
"""Tables behind the published results that are compared."""
_SMALLEST_DRAWN = 1e-3  # tolerances
_MET, _MISSED = style.CATEGORY_COLOURS[0], style.CATEGORY_COLOURS[1]


@dataclass(frozen=True)
class Comparison:
    """One number of a published result and ours.

    Where the published number is 0 the ratio is not a number.

    Attributes
    ----------
    id : str
        The published result.
    quantity : str
        Which of its numbers, in words.
    distance : float
        Distance from the published number, over the tolerance.
    ratio : float
        Our number over the published one, times.
    """

    id: str
    quantity: str
    distance: float
    ratio: float


@dataclass(frozen=True)
class PublishedResults:
    """Every published result beside ours.

    Attributes
    ----------
    checks : tuple of AcceptanceCheck
        The results, met or not.
    numbers : DataFrame
        Every number of every result, as `models.replication.acceptance.to_frame` gives them.
    """

    checks: tuple[AcceptanceCheck, ...]
    numbers: pd.DataFrame

    @property
    def n_met(self) -> int:
        """Results whose every number is within its tolerance."""
        return sum(check.met for check in self.checks)

    @property
    def n_numbers(self) -> int:
        """Numbers compared, of all results."""
        return len(self.numbers)

    @property
    def n_numbers_met(self) -> int:
        """Numbers within their tolerance."""
        return int(self.numbers["met"].sum())

    @property
    def missed(self) -> tuple[str, ...]:
        """The results that do not come back, as they were published."""
        return tuple(check.result for check in self.checks if not check.met)

    @property
    def farthest_off(self) -> Comparison:
        """The number that is farthest off, in tolerances."""
        return _comparison(self.by_result.iloc[0])

    @property
    def nearly_missed(self) -> Comparison:
        """Of the results that are met, the number that comes closest to missing."""
        return _comparison(self.by_result[self.by_result["met"]].iloc[0])

    @property
    def by_result(self) -> pd.DataFrame:
        """For each result its number that is farthest off, the farthest first."""
        return acceptance.order_farthest_first(self.numbers)

    @property
    def ratios(self) -> pd.DataFrame:
        """The numbers whose published value is not 0."""
        return self.numbers.dropna(subset=["ratio"])

    @property
    def n_ratios(self) -> int:
        """Numbers that have a ratio to the published one."""
        return len(self.ratios)

    @property
    def ratio_span(self) -> tuple[float, float]:
        """Smallest and largest ratio of ours to the published number."""
        return float(self.ratios["ratio"].min()), float(self.ratios["ratio"].max())

    @property
    def median_difference(self) -> float:
        """Median distance from 1 of the ratios of our numbers to the published ones."""
        return float((self.ratios["ratio"] - 1).abs().median())

    @property
    def farthest_ratio(self) -> Comparison:
        """The number whose ratio to the published one is farthest from one."""
        return _comparison(self.ratios.loc[np.log(self.ratios["ratio"]).abs().idxmax()])


def collect_results(checks: Sequence[AcceptanceCheck]) -> PublishedResults:
    """Put published results side by side.

    Parameters
    ----------
    checks : sequence of AcceptanceCheck
        The results, in the order in which they are told.
    """
    return PublishedResults(tuple(checks), acceptance.to_frame(checks))


def check_methods_and_tables(
    supercomputers: pd.DataFrame,
    electricity: pd.DataFrame,
    chips_owned: pd.DataFrame,
    chips_sold: pd.DataFrame,
    *,
    seed: int,
    sobol_base: int,
) -> tuple[AcceptanceCheck, ...]:
    """Compare certified values of methods, and stocks as their publishers give them.

    Parameters
    ----------
    supercomputers, electricity, chips_owned, chips_sold : DataFrame
        The book's tables of these names.
    seed : int
        Seed of the Sobol sample.
    sobol_base : int
        Base size of the Sobol sample, a power of two.
    """
    return (
        *acceptance_methods.check_methods(seed=seed, sobol_base=sobol_base),
        acceptance_tables.check_top500(supercomputers),
        acceptance_tables.check_electricity(electricity),
        acceptance_tables.check_nvidia(chips_owned, chips_sold),
    )


def check_index(
    index_scores: pd.DataFrame, index_vintages: pd.DataFrame
) -> tuple[AcceptanceCheck, ...]:
    """Compare the capability index, fitted again, with what was published on two days.

    Parameters
    ----------
    index_scores, index_vintages : DataFrame
        The book's tables of these names.
    """
    return (
        acceptance_index.check_index_fit(index_scores, index_vintages),
        acceptance_index.check_later_index_fit(index_scores, index_vintages),
    )


def draw_distances(found: PublishedResults) -> Drawing:
    """Draw each result's number that is farthest off, in tolerances."""
    rows = found.by_result
    places, distance = range(len(rows)), rows["distance"].clip(lower=_SMALLEST_DRAWN)
    colours = [_MET if met else _MISSED for met in rows["met"]]
    figure, axes = style.new_figure(5.2)
    axes.hlines(places, _SMALLEST_DRAWN, distance, color=colours, linewidth=1.2, alpha=0.5)
    axes.scatter(distance, places, color=colours, s=30, zorder=3)
    axes.axvline(1, color=style.TEXT_COLOUR, linewidth=1)
    axes.set_yticks(places, rows["id"])
    axes.set(xscale="log", xlabel="Distance in tolerances (at most 1: met)", xlim=(7e-4, 3e3))
    axes.invert_yaxis()
    return Drawing(figure, rows, CHECKED_TABLES)


def draw_ratios(found: PublishedResults) -> Drawing:
    """Draw every number as a ratio to the published one."""
    rows = found.ratios
    places = pd.Series(pd.factorize(rows["id"])[0], index=rows.index)
    figure, axes = style.new_figure(5.2)
    axes.axvline(1, color=style.REFERENCE_COLOUR, linewidth=1)
    for met, marker, colour in ((True, "o", _MET), (False, "s", _MISSED)):
        kept = rows["met"] == met
        axes.plot(
            rows.loc[kept, "ratio"], places[kept], marker, markersize=6, alpha=0.6, color=colour
        )
    axes.set_yticks(range(rows["id"].nunique()), rows["id"].unique())
    axes.set(xscale="log", xlabel="Ours over published")
    axes.set_xticks([0.5, 0.7, 1, 1.4, 2], ["0.5", "0.7", "1", "1.4", "2"])
    axes.minorticks_off()
    axes.invert_yaxis()
    return Drawing(figure, rows, CHECKED_TABLES)


def _comparison(row: pd.Series[float]) -> Comparison:
    quantity = str(row["quantity"]).replace("_", " ")
    return Comparison(str(row["id"]), quantity, float(row["distance"]), float(row["ratio"]))
