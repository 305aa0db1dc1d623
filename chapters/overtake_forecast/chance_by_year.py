"""The chance year by year: the pool, and each member beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.race.gap_pool import JOINT
from models.race.race_definitions import LIN
from models.race.race_parameters import list_forecast_dates
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.overtake_forecast import colours, statements
from chapters.shared.race import TABLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from chapters.overtake_forecast.pooled import Member, Pooled

_YEARS = [int(day[:4]) for day in list_forecast_dates()]
_HEADROOM = 1.15
_LABELS_APART = 0.055
"""Share of the axis between two labels."""


@dataclass(frozen=True)
class ChanceByYear:
    """What is published, beside the members and what two experts said.

    Attributes
    ----------
    pooled : Pooled
        The forecast.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """

    pooled: Pooled
    likely_from: float

    @property
    def allows_yao(self) -> bool:
        """Whether a member puts the late chance at a high likelihood or more."""
        return statements.allows_yao(self.pooled.chosen.late.held, self.likely_from)

    @property
    def is_below_lin(self) -> bool:
        """Whether the late chance is below a fifth."""
        return self.pooled.chosen.late.held.value < LIN


def draw_chances(chances: ChanceByYear) -> Drawing:
    """Draw the pool's chance to have led by year, and each member's beside it."""
    pooled = chances.pooled
    lines = (*pooled.members, pooled.pool)
    figure, axes = style.new_figure(3.9)
    for member in lines:
        _draw_line(axes, member)
    top = max(member.late.held.value for member in lines)
    limit = 100 * max(_HEADROOM * LIN, _HEADROOM * top)
    # The line ends with the forecasts, so that it crosses none of their labels.
    axes.plot(_YEARS[:: len(_YEARS) - 1], [100 * LIN] * 2, color=style.REFERENCE_COLOUR,
              linewidth=1, linestyle=":")  # fmt: skip
    axes.text(_YEARS[0], 100 * LIN + limit / 60, f"Lin: “less than {LIN:.0%}”", va="bottom")
    axes.set(xlabel="10 January of the year", ylabel="Chance to have led, %", xticks=_YEARS,
             ylim=(-0.06 * limit, limit), xlim=(_YEARS[0] - 0.2, _YEARS[-1] + 2.2))  # fmt: skip
    _label_ends(axes, lines, limit)
    drawn = [member.forecast.to_frame().assign(definition=member.name) for member in lines]
    table = pd.concat(drawn, ignore_index=True).rename(columns={"definition": "member"})
    return Drawing(figure, table, tables=TABLES)


def _draw_line(axes: Axes, member: Member) -> None:
    chances = [100 * chance.held.value for chance in member.chances]
    thick = member.name == "pool"
    axes.plot(_YEARS, chances, color=_colour(member), linewidth=3 if thick else 1.3,
              marker="o" if thick else None, zorder=3 if thick else 2)  # fmt: skip


def _colour(member: Member) -> str:
    tints = {"pool": colours.POOL, JOINT: style.CATEGORY_COLOURS[1]}
    return tints.get(member.name, style.CATEGORY_COLOURS[4])


def _label_ends(axes: Axes, lines: tuple[Member, ...], limit: float) -> None:
    """Label the lines at their ends, none on top of another."""
    height = -1.0
    for member in sorted(lines, key=lambda line: line.late.held.value):
        end = member.late.held.value * 100
        height = max(end, height + _LABELS_APART * limit)
        style.label_line(axes, (_YEARS[-1], height), member.label, colour=_colour(member))
