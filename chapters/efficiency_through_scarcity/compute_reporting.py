"""For which models training compute is known, and how good those are that stay silent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.capability.premium_specifications import FEWEST_MODELS
from models.compute.compute_disclosure import (
    ReportingSelection,
    count_disclosed,
    estimate_reporting_selection,
)
from models.core import units
from models.core.estimates import Estimate
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.compared_models import DEVELOPER, ComparedModels
from chapters.efficiency_through_scarcity.marks import label_country
from chapters.shared.countries import COLOURS, PAIR

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Disclosure:
    """For how many models of a country and year compute is known.

    Attributes
    ----------
    known, models : int
        Models with known compute, and all.
    estimate : Estimate
        Share with known compute, with Wilson's interval.
    """

    known: int
    models: int
    estimate: Estimate

    @property
    def share(self) -> float:
        """Share whose training compute is known, 0 to 1."""
        return self.known / self.models


@dataclass(frozen=True)
class Reporting:
    """Who reports training compute.

    Attributes
    ----------
    table : pandas.DataFrame
        Share with known compute by country and year; years with enough models.
    last_year : int
        Last year in which both countries have enough models.
    usa : Disclosure
        US models of the last year with enough models of both countries.
    china : Disclosure
        Chinese models of the last year with enough models of both countries.
    silence : ReportingSelection
        Score of US models with known compute over that of silent ones of the same date.
    """

    table: pd.DataFrame
    last_year: int
    usa: Disclosure
    china: Disclosure
    silence: ReportingSelection

    @property
    def silent_score_higher(self) -> bool:
        """Whether silent US models score more than those with known compute."""
        return self.silence.difference.value < 0

    @property
    def distance(self) -> Estimate:
        """Index points between US models of known training compute and silent ones of like date.

        In the direction that the difference has.
        """
        d = self.silence.difference
        if not self.silent_score_higher:
            return d
        return replace(d, value=-d.value, low=-d.high, high=-d.low)


def estimate_reporting(models: ComparedModels, *, level: float) -> Reporting:
    """Estimate for which models compute is known and how the silent ones differ.

    Parameters
    ----------
    models : ComparedModels
        The models, of either country, with or without known compute.
    level : float
        Of the intervals.

    Raises
    ------
    ModelInputError
        If fewer than 3 US models are with or without known compute.
    """
    table = count_disclosed(models.pair, level=level)
    table = table[table["n"] >= FEWEST_MODELS]
    last_year = _last_common_year(table)
    usa, china = (_disclosure(table, code, last_year, level) for code in PAIR)
    silence = estimate_reporting_selection(
        models.pair, country="USA", cluster=DEVELOPER, level=level
    )
    return Reporting(table, last_year, usa, china, silence)


def draw_reporting(reporting: Reporting) -> Drawing:
    """Draw the share of models with known compute by country and year.

    Parameters
    ----------
    reporting : Reporting
        What was estimated.
    """
    table = reporting.table
    figure, axes = style.new_figure(3.4)
    for place, (country, shift) in enumerate(zip(PAIR, (-0.06, 0.06), strict=True)):
        side, colour = table[table["country"] == country], COLOURS[country]
        years = side["year"].to_numpy(dtype=float) + shift
        axes.vlines(years, 100 * side["low"], 100 * side["high"], color=colour, linewidth=2.5)
        axes.plot(years, 100 * side["share"], "o-", color=colour)
        label_country(axes, country, place=place)
    axes.set_xticks(sorted(table["year"].unique()))
    axes.set_ylim(0, 105)
    axes.set(xlabel="Year of release", ylabel="Models with known compute, %")
    return Drawing(figure, table, ("capability_index",))


def _last_common_year(table: pd.DataFrame) -> int:
    wide = table.pivot_table(index="year", columns="country", values="n").dropna()
    return int(wide.index.max())


def _disclosure(table: pd.DataFrame, country: str, year: int, level: float) -> Disclosure:
    row = table[(table["country"] == country) & (table["year"] == year)].iloc[0]
    share, low, high = (float(row[end]) for end in ("share", "low", "high"))
    n = int(row["n"])
    share_known = Estimate(share, low, high, level, "confidence", n, units.SHARE)
    return Disclosure(int(row["disclosed"]), n, share_known)
