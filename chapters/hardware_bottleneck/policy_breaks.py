"""Whether the growth of Chinese training compute changed with the export controls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import pandas as pd
from models.core.break_search import BreakSearch, list_candidate_months, search_break
from models.core.frontier import mark_top_n
from models.core.structural_breaks import (
    DifferentialBreak,
    InterruptedTrend,
    fit_differential_break,
    fit_interrupted_trend,
    impose_placebo_breaks,
)
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import samples
from chapters.hardware_bottleneck.break_power import Power, simulate_power
from chapters.hardware_bottleneck.marks import dash_dates, label_controls, new_panels
from chapters.hardware_bottleneck.samples import BOTH_CONTROLS, CONTROLS, DEVELOPER

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from matplotlib.axes import Axes

T = TypeVar("T")
R = TypeVar("R")

ALL_MODELS, TOP_TEN = "All models", "Running top 10"
_FIRST_YEAR = 2019
_SHARE_STANDING_OUT = 0.1


@dataclass(frozen=True)
class AtControls(Generic[T]):
    """The same thing for both dates of the controls.

    Attributes
    ----------
    first : object
        Export controls of October 2022.
    second : object
        Export controls of October 2023.
    """

    first: T
    second: T

    def each(self, do: Callable[[T], R]) -> AtControls[R]:
        """Return what a function makes of both."""
        return AtControls(do(self.first), do(self.second))


@dataclass(frozen=True)
class Placebos:
    """The break imposed at the date of the controls, among all other dates.

    Attributes
    ----------
    table : DataFrame
        From `models.core.structural_breaks.impose_placebo_breaks`, the real date first.
    """

    table: pd.DataFrame

    @property
    def rank(self) -> int:
        """Place of the real date, 1 for the strongest evidence."""
        return int(self.table["rank"].iloc[0])

    @property
    def n_dates(self) -> int:
        """Dates, the real one among them."""
        return len(self.table)

    @property
    def share_as_strong(self) -> float:
        """Share of other dates with at least as clear a change of growth."""
        others, real = self.table["p_value"].iloc[1:], self.table["p_value"].iloc[0]
        return float((others <= real).mean())

    @property
    def clearest(self) -> pd.Timestamp:
        """Date with the strongest evidence."""
        return pd.Timestamp(self.table["break_date"].iloc[int(self.table["rank"].argmin())])


@dataclass(frozen=True)
class Elsewhere:
    """The break imposed at the dates of the controls, among all other dates.

    Attributes
    ----------
    all_models, top_ten : AtControls of Placebos
        Of all Chinese models, and of the ten largest at their date.
    """

    all_models: AtControls[Placebos]
    top_ten: AtControls[Placebos]


@dataclass(frozen=True)
class ChineseBreaks:
    """Breaks of one selection of Chinese models.

    Attributes
    ----------
    search : BreakSearch
        The date at which growth changes most.
    imposed : AtControls of InterruptedTrend
        Change of compute growth.
    placebos : AtControls of Placebos
        Beside all other dates.
    """

    search: BreakSearch
    imposed: AtControls[InterruptedTrend]
    placebos: AtControls[Placebos]


@dataclass(frozen=True)
class PolicyBreaks:
    """Breaks searched for, imposed at the controls, and imposed at all other dates.

    Attributes
    ----------
    controls : AtControls of Timestamp
        Dates of the controls.
    all_models : ChineseBreaks
        All Chinese models.
    top_ten : ChineseBreaks
        Ten largest Chinese models at their date.
    usa : AtControls of InterruptedTrend
        American growth before and after the controls.
    against_usa : AtControls of DifferentialBreak
        Chinese against American growth.
    power : Power
        Test on all Chinese models for October 2022.
    level : float
        Of the intervals.
    """

    controls: AtControls[pd.Timestamp]
    all_models: ChineseBreaks
    top_ten: ChineseBreaks
    usa: AtControls[InterruptedTrend]
    against_usa: AtControls[DifferentialBreak]
    power: Power
    level: float

    @property
    def first_controls_stand_out(self) -> bool:
        """Whether few other dates show as much as October 2022, in either selection."""
        shares = (each.placebos.first.share_as_strong for _, each in self.chinese())
        return max(shares) <= _SHARE_STANDING_OUT

    def chinese(self) -> tuple[tuple[str, ChineseBreaks], ...]:
        """Return the breaks of both selections with the selection's name."""
        return (ALL_MODELS, self.all_models), (TOP_TEN, self.top_ten)


def impose_elsewhere(ai_models: pd.DataFrame, export_controls: pd.DataFrame) -> Elsewhere:
    """Impose the break on Chinese models at the controls' dates and at all others.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    export_controls : DataFrame
        Measures with their dates.

    Raises
    ------
    ModelInputError
        If there are too few models on either side of the controls.
    """
    controls = dates_of_controls(export_controls)
    chinese = samples.of_country(_dated_runs(ai_models), "CHN")
    top_ten = chinese[mark_top_n(chinese, top=10)]
    return Elsewhere(_find_placebos(chinese, controls), _find_placebos(top_ten, controls))


def estimate_breaks(
    ai_models: pd.DataFrame,
    export_controls: pd.DataFrame,
    elsewhere: Elsewhere,
    *,
    level: float,
    rng: np.random.Generator,
) -> PolicyBreaks:
    """Search for breaks, impose them at the controls, and simulate the power.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    export_controls : DataFrame
        Measures with their dates.
    elsewhere : Elsewhere
        The break imposed at all other dates.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        For the wild bootstraps and the simulated tables.

    Raises
    ------
    ModelInputError
        If there are too few models on either side of the controls.
    """
    controls, dated = dates_of_controls(export_controls), _dated_runs(ai_models)
    chinese, american = (samples.of_country(dated, code) for code in ("CHN", "USA"))
    top_ten = chinese[mark_top_n(chinese, top=10)]

    def breaks_of(models: pd.DataFrame, placebos: AtControls[Placebos]) -> ChineseBreaks:
        return ChineseBreaks(
            search=search_by_developer(models, level=level, rng=rng),
            imposed=controls.each(lambda date: _impose(models, date, level)),
            placebos=placebos,
        )

    return PolicyBreaks(
        controls,
        all_models=breaks_of(chinese, elsewhere.all_models),
        top_ten=breaks_of(top_ten, elsewhere.top_ten),
        usa=controls.each(lambda date: _impose(american, date, level)),
        against_usa=controls.each(
            lambda date: fit_differential_break(dated, break_date=date, level=level)
        ),
        power=simulate_power(chinese, controls.first, rng),
        level=level,
    )


def dates_of_controls(export_controls: pd.DataFrame) -> AtControls[pd.Timestamp]:
    """Return the dates of both controls on advanced computing."""
    dates = export_controls.set_index("measure")["date"]
    return AtControls(*CONTROLS).each(lambda measure: pd.Timestamp(dates.loc[measure]))


def search_by_developer(
    models: pd.DataFrame, *, level: float, rng: np.random.Generator
) -> BreakSearch:
    """Search for the date at which growth changes, resampling whole developers."""
    return search_break(
        models, rng=rng, covariance="cluster", cluster=DEVELOPER, replications=499, level=level
    )


def draw_placebos(breaks: PolicyBreaks) -> Drawing:
    """Draw the change of Chinese growth with the break imposed at each date."""
    names = [name for name, _ in breaks.chinese()]
    figure, panels = new_panels(names, 5.0)
    dates = (breaks.controls.first, breaks.controls.second)
    for axes, (_, each) in zip(panels, breaks.chinese(), strict=True):
        _draw_placebos_of(axes, each.placebos)
        dash_dates(axes, dates)
    label_controls(panels[0], dates)
    panels[0].set_yscale("log")
    panels[0].set_yticks([0.03, 0.1, 0.3, 1, 3, 10], ["0.03", "0.1", "0.3", "1", "3", "10"])
    panels[0].set_ylim(0.015, 90)  # room for the names of the dates
    style.year_ticks(panels[-1])
    panels[-1].set_xlabel("Month of the break")
    figure.supylabel("Growth after the break over before (times)", fontsize=10)
    return Drawing(figure, _placebo_table(breaks), tables=("ai_models", BOTH_CONTROLS))


def _impose(models: pd.DataFrame, date: pd.Timestamp, level: float) -> InterruptedTrend:
    return fit_interrupted_trend(
        models, break_date=date, covariance="cluster", cluster=DEVELOPER, level=level
    )


def _dated_runs(ai_models: pd.DataFrame) -> pd.DataFrame:
    known = samples.known_runs(samples.language_models(ai_models))
    return samples.since_year(known, _FIRST_YEAR)


def _find_placebos(
    models: pd.DataFrame, controls: AtControls[pd.Timestamp]
) -> AtControls[Placebos]:
    tables = impose_placebo_breaks(
        models,
        break_dates=[controls.first, controls.second],
        placebo_dates=list(list_candidate_months(models)),
        covariance="cluster",
        cluster=DEVELOPER,
    )
    return AtControls(*map(Placebos, tables))


def _draw_placebos_of(axes: Axes, placebos: AtControls[Placebos]) -> None:
    colour = style.CATEGORY_COLOURS[0]
    tried = placebos.first.table.iloc[1:].sort_values("break_date")
    axes.fill_between(
        tried["break_date"], tried["low"], tried["high"], color=colour, alpha=0.2, lw=0
    )
    axes.plot(tried["break_date"], tried["change"], color=colour, lw=1.6)
    axes.axhline(1, color=style.REFERENCE_COLOUR, lw=1)
    for each in (placebos.first, placebos.second):
        real = each.table.iloc[0]
        axes.plot(real["break_date"], real["change"], "o", color=style.TEXT_COLOUR, ms=6)


def _placebo_table(breaks: PolicyBreaks) -> pd.DataFrame:
    """Return all dates for the first controls, and the second controls' own row."""
    shown: list[pd.DataFrame] = []
    for name, each in breaks.chinese():
        first, second = each.placebos.first.table, each.placebos.second.table.iloc[:1]
        shown += [
            first.assign(series=name, control=breaks.controls.first.year),
            second.assign(series=name, control=breaks.controls.second.year),
        ]
    return pd.concat(shown)
