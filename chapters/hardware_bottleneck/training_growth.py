"""How fast reported training compute grows in both countries, and how far selection moves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.compute.compute_gap import TrendGap, estimate_trend_gap
from models.core.exponential_growth import DrawnGrowth, GrowthFit, fit_growth
from models.core.frontier import mark_top_n
from models.core.frontier_growth import resample_frontier_growth
from models.core.quantile_growth import resample_quantile_growth
from models.core.wild_cluster import fit_wild_cluster_growth
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import samples
from chapters.hardware_bottleneck.marks import (
    dash_dates,
    draw_interval,
    label_controls,
    label_country,
    name_rows,
    new_panels,
)
from chapters.hardware_bottleneck.samples import BOTH_CONTROLS, COMPUTE, DEVELOPER
from chapters.shared import countries

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from models.core.estimates import Estimate

    from chapters.hardware_bottleneck.policy_breaks import AtControls

_FRONTIER = "Running top 10"
_FRONTIER_SIZE = 10
_SELECTIONS = {_FRONTIER: _FRONTIER_SIZE, "Running top 5": 5, "Record-setters": None}
_UPPER_DECILE = 0.9


@dataclass(frozen=True)
class Pace:
    """How fast a country's reported training compute grows.

    Attributes
    ----------
    trend : GrowthFit
        Least squares, errors clustered by developer.
    hc3 : Estimate
        Times a year, with errors that only allow for uneven scatter (HC3).
    wild : Estimate
        Times a year, by a wild cluster bootstrap over developers.
    models : DataFrame
        The models behind it.
    """

    trend: GrowthFit
    hc3: Estimate
    wild: Estimate
    models: pd.DataFrame


@dataclass(frozen=True)
class Growth:
    """Growth of reported training compute in both countries.

    Attributes
    ----------
    usa : Pace
        American growth of reported training compute.
    china : Pace
        Chinese growth of reported training compute.
    lines : TrendGap
        Both trends from one joint fit, compared on the day of the claim.
    level : float
        Of the intervals.
    """

    usa: Pace
    china: Pace
    lines: TrendGap
    level: float

    @property
    def p_equal(self) -> float:
        """p-value of equal growth of reported training compute in both countries."""
        return self.lines.p_parallel

    @property
    def paces_differ(self) -> bool:
        """Whether chance would hardly make the paces so different."""
        return self.p_equal < 1 - self.level

    @property
    def china_is_faster(self) -> bool:
        """Whether the gap between the two lines closes."""
        return self.lines.widening.value < 0

    @property
    def n(self) -> int:
        """Models of both countries."""
        return self.usa.trend.n + self.china.trend.n

    def items(self) -> tuple[tuple[str, Pace], ...]:
        """Return both paces with their country's code."""
        return tuple(zip(countries.PAIR, (self.usa, self.china), strict=True))


@dataclass(frozen=True)
class SelectedPace:
    """Growth of one selection of models in both countries.

    Attributes
    ----------
    selection : str
        Which models count.
    usa : Estimate
        American growth of training compute, times a year.
    china : Estimate
        Chinese growth of training compute, times a year.
    """

    selection: str
    usa: Estimate
    china: Estimate

    @property
    def china_is_slower(self) -> bool:
        """Whether the Chinese models of this selection grow more slowly."""
        return self.china.value < self.usa.value

    def items(self) -> tuple[tuple[str, Estimate], ...]:
        """Return both paces with their country's code."""
        return tuple(zip(countries.PAIR, (self.usa, self.china), strict=True))


@dataclass(frozen=True)
class DrawnSelections:
    """Growth at the upper edge of both countries' models, with its resamples.

    Attributes
    ----------
    decile : tuple of DrawnGrowth
        Of the upper decile, the United States first.
    frontiers : dict of str to tuple of DrawnGrowth
        Of each selection of a frontier, by its name.
    """

    decile: tuple[DrawnGrowth, ...]
    frontiers: dict[str, tuple[DrawnGrowth, ...]]


@dataclass(frozen=True)
class Selections:
    """Growth by which models count.

    Attributes
    ----------
    rows : tuple of SelectedPace
        From all models to the record-setters.
    taken_as_given : SelectedPace
        Running ten largest models, by least squares as if nobody had selected them.
    """

    rows: tuple[SelectedPace, ...]
    taken_as_given: SelectedPace

    @property
    def frontier(self) -> SelectedPace:
        """Running ten largest models, selected anew in each resample."""
        return next(row for row in self.rows if row.selection == _FRONTIER)

    @property
    def slowest(self) -> float:
        """Least growth of all, times a year."""
        return min(pace.value for row in self.rows for _, pace in row.items())

    @property
    def fastest(self) -> float:
        """Largest growth of all, times a year."""
        return max(pace.value for row in self.rows for _, pace in row.items())

    @property
    def slower_in_china(self) -> tuple[str, ...]:
        """Selections in which China is the slower country."""
        return tuple(row.selection for row in self.rows if row.china_is_slower)


def estimate_growth(
    ai_models: pd.DataFrame, *, since: int, level: float, rng: np.random.Generator
) -> Growth:
    """Fit both countries' trends of reported training compute.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    since : int
        First year of the trends.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        For the wild bootstrap.

    Raises
    ------
    ModelInputError
        If a country has too few models with known compute, or too few developers.
    """
    recent = samples.since_year(samples.language_models(ai_models), since)
    reported = samples.known_runs(recent)
    usa, china = (
        _fit_pace(samples.of_country(reported, code), level, rng) for code in countries.PAIR
    )
    lines = estimate_trend_gap(reported, date=samples.CLAIM_DATE, level=level)
    return Growth(usa, china, lines, level)


def resample_selections(
    ai_models: pd.DataFrame, *, since: int, rng: np.random.Generator
) -> DrawnSelections:
    """Draw growth at the upper edge of each country's models, selected in several ways.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models; those before `since` count when the frontier is selected.
    since : int
        First year of the trends.
    rng : numpy.random.Generator
        For the bootstraps of developers.

    Raises
    ------
    ModelInputError
        If a frontier has fewer than four models.
    """
    known = samples.known_runs(samples.language_models(ai_models))
    sides = [samples.of_country(known, code) for code in countries.PAIR]
    frontiers = {
        name: tuple(
            resample_frontier_growth(
                side, rng=rng, top=top, since=samples.first_day(since), cluster=DEVELOPER
            )
            for side in sides
        )
        for name, top in _SELECTIONS.items()
    }
    decile = tuple(
        resample_quantile_growth(
            samples.since_year(side, since),
            quantile=_UPPER_DECILE,
            rng=rng,
            cluster=DEVELOPER,
            replications=100,
        ).growth
        for side in sides
    )
    return DrawnSelections(decile, frontiers)


def estimate_selections(
    ai_models: pd.DataFrame, growth: Growth, drawn: DrawnSelections, *, since: int, level: float
) -> Selections:
    """Tell growth at the upper edge of each country's models, selected in several ways.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    growth : Growth
        Of all models.
    drawn : DrawnSelections
        What was drawn at the upper edge.
    since : int
        First year of the trends.
    level : float
        Of the intervals.

    Raises
    ------
    ModelInputError
        If a frontier has fewer than four models.
    """
    known = samples.known_runs(samples.language_models(ai_models))
    upper = {"Upper decile": drawn.decile, **drawn.frontiers}
    rows = (
        SelectedPace(
            "All, clustered", growth.usa.trend.annual_growth, growth.china.trend.annual_growth
        ),
        SelectedPace("All, HC3", growth.usa.hc3, growth.china.hc3),
        *(
            SelectedPace(name, *(each.summarise(level) for each in sides))
            for name, sides in upper.items()
        ),
    )
    given = (
        _taken_as_given(samples.of_country(known, code), since, level) for code in countries.PAIR
    )
    return Selections(rows, SelectedPace(_FRONTIER, *given))


def draw_growth(growth: Growth, controls: AtControls[pd.Timestamp]) -> Drawing:
    """Draw each country's models with the median line, its band and the export controls."""
    dates = (controls.first, controls.second)
    figure, panels = new_panels([countries.NAMES[code] for code, _ in growth.items()], 5.4)
    for axes, (code, pace) in zip(panels, growth.items(), strict=True):
        _draw_trend(axes, code, pace, growth.level)
        dash_dates(axes, dates)
    label_controls(panels[-1], dates)
    panels[0].set_yscale("log")
    style.year_ticks(panels[-1])
    figure.supylabel("Training compute (FLOP)", fontsize=10)
    panels[-1].set_xlabel("Publication of the model")
    panels[0].margins(x=0.02)
    shown = [pace.models[["model", "country", "date", COMPUTE]] for _, pace in growth.items()]
    return Drawing(figure, pd.concat(shown), tables=("ai_models", BOTH_CONTROLS))


def draw_selections(selections: Selections) -> Drawing:
    """Draw each selection's growth in both countries with its interval."""
    figure, axes = style.new_figure(4.0)
    for place, row in enumerate(selections.rows):
        for (code, pace), shift in zip(row.items(), (0.14, -0.14), strict=True):
            draw_interval(axes, pace, shift - place, countries.COLOURS[code])
    name_rows(axes, (row.selection for row in selections.rows))
    axes.set_xlabel("Growth of training compute (times a year)")
    for (code, pace), shift in zip(selections.rows[0].items(), (0.14, -0.14), strict=True):
        label_country(axes, (pace.high, shift), code)
    axes.set_xlim(left=1)
    return Drawing(figure, _selection_table(selections), tables=("ai_models",))


def _fit_pace(models: pd.DataFrame, level: float, rng: np.random.Generator) -> Pace:
    return Pace(
        trend=fit_growth(models, covariance="cluster", cluster=DEVELOPER, level=level),
        hc3=fit_growth(models, level=level).annual_growth,
        wild=fit_wild_cluster_growth(
            models, cluster=DEVELOPER, rng=rng, replications=499, level=level
        ),
        models=models,
    )


def _taken_as_given(known: pd.DataFrame, since: int, level: float) -> Estimate:
    largest = known[mark_top_n(known, top=_FRONTIER_SIZE)]
    return fit_growth(samples.since_year(largest, since), level=level).annual_growth


def _draw_trend(axes: Axes, code: str, pace: Pace, level: float) -> None:
    colour = countries.COLOURS[code]
    dates = pace.models["date"]
    grid = pd.date_range(dates.min(), dates.max(), periods=60)
    bands = pace.trend.predict(grid, level=level)
    axes.scatter(dates, pace.models[COMPUTE], s=14, alpha=0.55, color=colour, lw=0)
    axes.plot(grid, bands.median, color=colour)
    axes.fill_between(
        grid, bands.confidence_low, bands.confidence_high, color=colour, alpha=0.15, lw=0
    )
    axes.set_title(axes.get_title(loc="left"), loc="left", fontweight="bold", color=colour)


def _selection_table(selections: Selections) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (row.selection, code, pace.value, pace.low, pace.high, pace.n)
            for row in selections.rows
            for code, pace in row.items()
        ],
        columns=["selection", "country", "growth", "low", "high", "n"],
    )
