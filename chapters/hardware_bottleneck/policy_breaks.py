"""Whether the growth of Chinese training compute changed with the export controls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from chapters.hardware_bottleneck import samples
from chapters.hardware_bottleneck.marks import dash_dates
from chapters.hardware_bottleneck.samples import DEVELOPER
from models.core.frontier import top_n_mask
from models.core.structural_breaks import (
    BreakSearch,
    DifferentialBreak,
    InterruptedTrend,
    break_power,
    candidate_months,
    differential_break,
    interrupted_trend,
    placebo_breaks,
    search_break,
)
from overtake import style
from overtake.chapter.figures import Drawing

T = TypeVar("T")
R = TypeVar("R")

ALL_MODELS, TOP_TEN, AS_EPOCH_CHOSE = "All models", "Running top 10", "As Epoch AI chose"
COLOURS: Mapping[str, str] = dict(
    zip((ALL_MODELS, TOP_TEN, AS_EPOCH_CHOSE), style.CATEGORY_COLOURS, strict=False)
)
"""Colour of a selection of Chinese models in every figure of breaks."""

_FIRST_YEAR = 2019
_SHARE_STANDING_OUT = 0.1
_CHANGES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1)
_HALF, _TENTH = 0.5, 0.1
_EVEN_POWER, _USUAL_POWER = 0.5, 0.8


@dataclass(frozen=True)
class AtControls(Generic[T]):
    """The same thing for both dates of the controls.

    Attributes
    ----------
    first, second : object
        For the controls of October 2022, and for those of October 2023.
    """

    first: T
    second: T

    def each(self, do: Callable[[T], R]) -> "AtControls[R]":
        """Return what a function makes of both."""
        return AtControls(do(self.first), do(self.second))


@dataclass(frozen=True)
class Placebos:
    """The break imposed at the date of the controls, among all other dates.

    Attributes
    ----------
    table : DataFrame
        From `models.core.structural_breaks.placebo_breaks`, the real date first.
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
        """Share of the other dates that show at least as much."""
        others, real = self.table["p_value"].iloc[1:], self.table["p_value"].iloc[0]
        return float((others <= real).mean())

    @property
    def clearest(self) -> pd.Timestamp:
        """Date with the strongest evidence."""
        return pd.Timestamp(self.table["break_date"].iloc[int(self.table["rank"].argmin())])


@dataclass(frozen=True)
class ChineseBreaks:
    """Breaks of one selection of Chinese models.

    Attributes
    ----------
    search : BreakSearch
        The date at which growth changes most.
    imposed : AtControls of InterruptedTrend
        Growth before and after the controls.
    placebos : AtControls of Placebos
        The same among all other dates.
    """

    search: BreakSearch
    imposed: AtControls[InterruptedTrend]
    placebos: AtControls[Placebos]


@dataclass(frozen=True)
class Detection:
    """The chance of finding a true change of growth.

    Attributes
    ----------
    change : float
        True growth after over growth before.
    known_date, unknown_date : float
        Chances, with the date known beforehand and with the date searched for.
    """

    change: float
    known_date: float
    unknown_date: float


@dataclass(frozen=True)
class Power:
    """What these data could have shown.

    Attributes
    ----------
    table : DataFrame
        From `models.core.structural_breaks.break_power`.
    n : int
        Models.
    """

    table: pd.DataFrame
    n: int

    @property
    def rows(self) -> tuple[Detection, ...]:
        """Chances by size of the change."""
        return tuple(Detection(*map(float, row)) for row in self.table.to_numpy())

    @property
    def halving(self) -> Detection:
        """Chance of finding that growth was halved."""
        return self._of(_HALF)

    @property
    def tenth(self) -> Detection:
        """Chance of finding that growth fell to a tenth."""
        return self._of(_TENTH)

    @property
    def strength(self) -> Literal["weak", "middling", "usual"]:
        """How good the chance is of finding a halving where the date is searched for."""
        chance = self.halving.unknown_date
        if chance < _EVEN_POWER:
            return "weak"
        return "middling" if chance < _USUAL_POWER else "usual"

    def _of(self, change: float) -> Detection:
        return next(row for row in self.rows if row.change == change)


@dataclass(frozen=True)
class PolicyBreaks:
    """Breaks searched for, imposed at the controls, and imposed at all other dates.

    Attributes
    ----------
    controls : AtControls of Timestamp
        Dates of the controls.
    all_models, top_ten : ChineseBreaks
        Of all Chinese models, and of the ten largest at their date.
    usa : AtControls of InterruptedTrend
        American growth before and after the controls.
    against_usa : AtControls of DifferentialBreak
        China's change over that of the United States.
    power : Power
        What all Chinese models could have shown in October 2022.
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


@dataclass(frozen=True)
class SearchedBreak:
    """A break searched for in one selection of Chinese models.

    Attributes
    ----------
    selection : str
        Which models.
    found : BreakSearch
        The search.
    precedes_controls : bool
        Whether its best date lies before the controls of October 2022.
    """

    selection: str
    found: BreakSearch
    precedes_controls: bool

    @property
    def passes(self) -> bool:
        """Whether the largest F passes its critical value."""
        return self.found.sup_f > self.found.critical_value

    @property
    def peak_over_critical(self) -> float:
        """Largest F over its critical value."""
        return self.found.sup_f / self.found.critical_value

    @property
    def n(self) -> int:
        """Models."""
        return self.found.best.n_before + self.found.best.n_after


@dataclass(frozen=True)
class Searches:
    """The breaks searched for, side by side.

    Attributes
    ----------
    rows : tuple of SearchedBreak
        One for each selection of models.
    controls : AtControls of Timestamp
        Dates of the controls.
    """

    rows: tuple[SearchedBreak, ...]
    controls: AtControls[pd.Timestamp]

    @property
    def passing(self) -> tuple[SearchedBreak, ...]:
        """Breaks that pass their critical value."""
        return tuple(row for row in self.rows if row.passes)


def estimate_breaks(
    ai_models: pd.DataFrame,
    export_controls: pd.DataFrame,
    *,
    level: float,
    rng: np.random.Generator,
) -> PolicyBreaks:
    """Search for breaks, impose them at the controls and elsewhere, and simulate the power.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    export_controls : DataFrame
        Measures with their dates.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        For the wild bootstraps and the simulated tables.

    Raises
    ------
    ModelInputError
        If there are too few models on either side of the controls.
    """
    controls = dates_of_controls(export_controls)
    known = samples.known_runs(samples.language_models(ai_models))
    dated = samples.since_year(known, _FIRST_YEAR)
    chinese, american = (samples.of_country(dated, code) for code in ("CHN", "USA"))
    top_ten = chinese[top_n_mask(chinese, top=10)]
    return PolicyBreaks(
        controls,
        all_models=_chinese_breaks(chinese, controls, level, rng),
        top_ten=_chinese_breaks(top_ten, controls, level, rng),
        usa=controls.each(lambda date: _impose(american, date, level)),
        against_usa=controls.each(
            lambda date: differential_break(dated, break_date=date, level=level)
        ),
        power=_simulate_power(chinese, controls.first, rng),
        level=level,
    )


def dates_of_controls(export_controls: pd.DataFrame) -> AtControls[pd.Timestamp]:
    """Return the dates of both controls on advanced computing."""
    dates = export_controls.set_index("measure")["date"]
    return AtControls(2022, 2023).each(
        lambda year: pd.Timestamp(dates.loc[f"advanced-computing-{year}"])
    )


def search_by_developer(
    models: pd.DataFrame, *, level: float, rng: np.random.Generator
) -> BreakSearch:
    """Search for the date at which growth changes, resampling whole developers."""
    return search_break(
        models, rng=rng, covariance="cluster", cluster=DEVELOPER, replications=499, level=level
    )


def compare_searches(breaks: PolicyBreaks, as_epoch_chose: BreakSearch) -> Searches:
    """Put the searches of this chapter beside one in Epoch AI's selection.

    Parameters
    ----------
    breaks : PolicyBreaks
        Of this chapter's selections.
    as_epoch_chose : BreakSearch
        Of the models that Epoch AI chose.
    """
    found = {name: each.search for name, each in breaks.chinese()}
    first = breaks.controls.first
    rows = (
        SearchedBreak(name, search, search.best.break_date < first)
        for name, search in {**found, AS_EPOCH_CHOSE: as_epoch_chose}.items()
    )
    return Searches(tuple(rows), breaks.controls)


def draw_searches(searches: Searches) -> Drawing:
    """Draw each search's F over its critical value, month by month."""
    figure, axes = style.new_figure(3.5)
    profiles = pd.concat([_profile(row) for row in searches.rows])
    for name, rows in profiles.groupby("series"):
        _draw_profile(axes, str(name), rows)
    axes.axhline(1, color=style.TEXT_COLOUR, lw=1)
    dash_dates(axes, (searches.controls.first, searches.controls.second))
    axes.set_ylim(0, max(1.25, 1.15 * profiles["f_over_critical"].max()))
    style.year_ticks(axes)
    axes.set_xlabel("Candidate date (dashed: controls of 2022 and 2023)")
    axes.set_ylabel("F over its critical value")
    axes.set_xlim(right=profiles["date"].max() + pd.Timedelta(days=300))
    columns = ["series", "date", "f", "f_over_critical", "change_oom", "in_confidence_set"]
    tables = ("ai_models", "language_models_2025_04", "export_controls")
    return Drawing(figure, profiles[columns], tables)


def draw_placebos(breaks: PolicyBreaks) -> Drawing:
    """Draw the change of Chinese growth with the break imposed at each date."""
    figure, axes = style.new_figure(3.6)
    for name, each in breaks.chinese():
        _draw_placebos_of(axes, name, each.placebos)
    axes.axhline(1, color=style.REFERENCE_COLOUR, lw=1)
    dash_dates(axes, (breaks.controls.first, breaks.controls.second))
    axes.set_yscale("log")
    axes.set_yticks([0.03, 0.1, 0.3, 1, 3, 10], ["0.03", "0.1", "0.3", "1", "3", "10"])
    axes.set_ylim(0.02, 15)
    axes.set_xlim(right=pd.Timestamp("2027-01-01"))  # type: ignore[arg-type]
    style.year_ticks(axes)
    axes.set_xlabel("Date on which the break is imposed (dashed: controls)")
    axes.set_ylabel("Growth after over before (times)")
    return Drawing(figure, _placebo_table(breaks), tables=("ai_models", "export_controls"))


def draw_power(power: Power) -> Drawing:
    """Draw the chance of finding a fall of growth, by its size."""
    figure, axes = style.new_figure(3.0)
    labels = {"power_known_date": ("date known", 4), "power_unknown_date": ("date searched", -4)}
    for (column, (label, shift)), colour in zip(
        labels.items(), style.CATEGORY_COLOURS, strict=False
    ):
        chances = 100 * power.table[column]
        axes.plot(power.table["change"], chances, "o-", color=colour, ms=4)
        at = (float(power.table["change"].iloc[-1]), float(chances.iloc[-1]) + shift)
        style.label_line(axes, at, label, colour=colour)
    axes.set_xscale("log")
    axes.set_xlim(1.1, 0.042)
    axes.set_xticks([1, 0.5, 0.25, 0.1], ["none", "to a half", "to a quarter", "to a tenth"])
    axes.minorticks_off()
    axes.set_ylim(0, 100)
    axes.set_xlabel("True fall of annual growth")
    axes.set_ylabel("Chance of finding it (%)")
    return Drawing(figure, power.table, tables=("ai_models", "export_controls"))


def _chinese_breaks(
    models: pd.DataFrame,
    controls: AtControls[pd.Timestamp],
    level: float,
    rng: np.random.Generator,
) -> ChineseBreaks:
    return ChineseBreaks(
        search=search_by_developer(models, level=level, rng=rng),
        imposed=controls.each(lambda date: _impose(models, date, level)),
        placebos=controls.each(lambda date: _impose_elsewhere(models, date)),
    )


def _impose(models: pd.DataFrame, date: pd.Timestamp, level: float) -> InterruptedTrend:
    return interrupted_trend(
        models, break_date=date, covariance="cluster", cluster=DEVELOPER, level=level
    )


def _impose_elsewhere(models: pd.DataFrame, date: pd.Timestamp) -> Placebos:
    months = list(candidate_months(models))
    return Placebos(
        placebo_breaks(
            models,
            break_date=date,
            placebo_dates=months,
            covariance="cluster",
            cluster=DEVELOPER,
        )
    )


def _simulate_power(chinese: pd.DataFrame, date: pd.Timestamp, rng: np.random.Generator) -> Power:
    table = break_power(chinese, break_date=date, changes=_CHANGES, rng=rng, replications=1000)
    return Power(table, len(chinese))


def _profile(row: SearchedBreak) -> pd.DataFrame:
    profile = row.found.profile
    over_critical = profile["f"] / row.found.critical_value
    return profile.assign(series=row.selection, f_over_critical=over_critical)


def _draw_profile(axes: Axes, name: str, rows: pd.DataFrame) -> None:
    axes.plot(rows["date"], rows["f_over_critical"], color=COLOURS[name])
    at_end = name == ALL_MODELS
    at = rows.iloc[-1 if at_end else int(rows["f_over_critical"].argmax())]
    height = float(at["f_over_critical"])
    height = max(height, 1.05) if name == TOP_TEN else height
    side: Literal["right", "above"] = "right" if at_end else "above"
    style.label_line(axes, (at["date"], height), name, colour=COLOURS[name], side=side)


def _draw_placebos_of(axes: Axes, name: str, placebos: AtControls[Placebos]) -> None:
    tried = placebos.first.table.iloc[1:].sort_values("break_date")
    axes.fill_between(
        tried["break_date"], tried["low"], tried["high"], color=COLOURS[name], alpha=0.13, lw=0
    )
    axes.plot(tried["break_date"], tried["change"], color=COLOURS[name], lw=1.6)
    end = tried.iloc[-1]
    short = name.replace("Running t", "T")
    style.label_line(axes, (end["break_date"], end["change"]), short, colour=COLOURS[name])
    for each in (placebos.first, placebos.second):
        real = each.table.iloc[0]
        axes.plot(real["break_date"], real["change"], "o", color=COLOURS[name], ms=6)


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
