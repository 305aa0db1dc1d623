"""The pool beside its members, a base rate, and what two experts said: one event for all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
from models.race.base_rates import LeadChanges, estimate_chance_of_new_leader, find_lead_changes
from models.race.lead_events import QUARTERS_HELD
from models.race.race_definitions import LIN
from models.race.race_forecasts import find_columns
from models.race.race_parameters import STEPS_PER_YEAR, list_quarters
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.overtake_forecast.joint_model import EARLY, Chance
from chapters.overtake_forecast.statements import LIN_SAID
from chapters.shared.race import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.axes import Axes
    from models.core.estimates import Estimate

    from chapters.overtake_forecast.pooled import Pooled

BASE_RATE = "Base rate: index"


@dataclass(frozen=True)
class Source:
    """Who gives a chance to have led by January 2031.

    Attributes
    ----------
    name : str
        As the figure has it.
    low, high : float
        Ends of the interval, or of the range that a speaker named; shares of 1.
    chance, ever : float or None
        To have led, and to have been ahead at some end of a quarter; None where only a range
        was named.
    """

    name: str
    low: float
    high: float
    chance: float | None = None
    ever: float | None = None


@dataclass(frozen=True)
class BaseRate:
    """Chances by the past changes of the leading firm alone, by day of the forecast.

    Attributes
    ----------
    led, ahead : tuple of Estimate
        To have led, and to have been ahead at some end of a quarter.
    leads : LeadChanges
        How often another firm took the lead and held it.
    passings : LeadChanges
        How often another firm was ahead at the end of a quarter.
    """

    led: tuple[Estimate, ...]
    ahead: tuple[Estimate, ...]
    leads: LeadChanges
    passings: LeadChanges

    @property
    def late(self) -> Estimate:
        """Chance to have led by January 2031."""
        return self.led[-1]


@dataclass(frozen=True)
class Year:
    """Chances to have led by capability, by January of one year.

    Attributes
    ----------
    year : int
        The year.
    pool : Chance
        By the pool.
    members : tuple of Chance
        By its members, in their order.
    index : Estimate
        By the base rate.
    was_named : bool
        Whether the speakers' three to five years include it.
    """

    year: int
    pool: Chance
    members: tuple[Chance, ...]
    index: Estimate
    was_named: bool


@dataclass(frozen=True)
class Methods:
    """The chance by every method, all of one event from one start.

    Attributes
    ----------
    pooled : Pooled
        The pool and its members.
    base : BaseRate
        The past of the capability index alone.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """

    pooled: Pooled
    base: BaseRate
    likely_from: float

    @property
    def years(self) -> tuple[Year, ...]:
        """The chances by year."""
        return tuple(
            Year(
                year=chance.year,
                pool=chance,
                members=tuple(member.chances[at] for member in self.pooled.members),
                index=self.base.led[at],
                was_named=chance.day >= EARLY,
            )
            for at, chance in enumerate(self.pooled.pool.chances)
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every method and both speakers, as the figure shows them."""
        members = (self.pooled.pool, *reversed(self.pooled.members))
        computed = [(m.label.capitalize(), m.late.held, m.late.by_then) for m in members]
        base = (BASE_RATE, self.base.late, self.base.ahead[-1])
        return (
            *(Source(n, e.low, e.high, e.value, p.value) for n, e, p in (*computed, base)),
            Source("Lin: less than 20%", 0.0, LIN),
            Source("Yao: high likelihood", self.likely_from, 1.0),
        )


def estimate_base_rate(
    index: pd.DataFrame,
    *,
    as_of: str,
    start: float,
    margin: float,
    level: float,
    rng: np.random.Generator,
) -> BaseRate:
    """Estimate the chances by the past changes of the leading firm alone.

    Parameters
    ----------
    index : DataFrame
        Models of known day and country on the capability index.
    as_of : str
        ISO date of the latest of them.
    start : float
        Decimal year at which the race begins.
    margin : float
        Points by which a lead must be held.
    level : float
        Level of the credible intervals.
    rng : Generator
        Source of the draws.

    Raises
    ------
    ModelInputError
        If the record is too short.
    """
    count = partial(find_lead_changes, index, value="eci", country="CHN", until=as_of)
    leads = count(quarters=QUARTERS_HELD, margin=margin)
    passings = count()
    ends = [column + 1 for column in find_columns(list_quarters(start))]
    return BaseRate(
        _chances(leads, ends, level, rng), _chances(passings, ends, level, rng), leads, passings
    )


def draw_methods(methods: Methods) -> Drawing:
    """Draw a dot with its interval for each method, and a bar for each range that was named."""
    sources = methods.sources
    figure, axes = style.new_figure(3.9)
    for y, source in enumerate(sources):
        _draw_source(axes, y, source, _tint(source, pool=y == 0))
    labels = [
        source.name.replace(": ", ": “") + "”" if source.chance is None else source.name
        for source in sources
    ]
    axes.set_yticks(range(len(sources)), labels)
    axes.set(xlabel="Chance by January 2031, %", xlim=(-1.5, 100))
    axes.invert_yaxis()
    columns = ["source", "led", "low", "high", "ahead"]
    rows = [(s.name, s.chance, s.low, s.high, s.ever) for s in sources]
    drawn = pd.DataFrame(rows, columns=columns).astype({"led": float, "ahead": float})
    return Drawing(figure, drawn, tables=(*TABLES, LIN_SAID))


def _tint(source: Source, *, pool: bool) -> str:
    if source.chance is None:
        return style.REFERENCE_COLOUR
    return style.CATEGORY_COLOURS[0 if pool else 4]


def _draw_source(axes: Axes, y: int, source: Source, tint: str) -> None:
    named = source.chance is None
    axes.plot([100 * source.low, 100 * source.high], [y, y], color=tint,
              linewidth=7 if named else 2.2, alpha=0.6 if named else 1,
              solid_capstyle="butt")  # fmt: skip
    if source.chance is not None and source.ever is not None:
        axes.plot(100 * source.ever, y, "o", color=tint, fillstyle="none")
        axes.plot(100 * source.chance, y, "o", color=tint)


def _chances(
    past: LeadChanges, ends: Sequence[int], level: float, rng: np.random.Generator
) -> tuple[Estimate, ...]:
    """Chances by the base rate, after so many ends of quarters."""
    return tuple(
        estimate_chance_of_new_leader(past, end / STEPS_PER_YEAR, rng=rng, level=level)
        for end in ends
    )
