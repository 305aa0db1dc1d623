"""What these data could have shown: the chance of finding a true change of growth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.core.break_search import simulate_break_power
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck.samples import FIRST_CONTROLS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_CHANGES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1)
_HALF, _TENTH = 0.5, 0.1
_EVEN_POWER, _USUAL_POWER = 0.5, 0.8


@dataclass(frozen=True)
class Detection:
    """The chance of finding a true change of growth.

    Attributes
    ----------
    change : float
        True growth after over growth before.
    known_date : float
        Chance of finding it where the date is known beforehand.
    unknown_date : float
        Chance of finding it where the date is searched for.
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
        From `models.core.break_search.simulate_break_power`.
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
        """A halving of growth."""
        return self._of(_HALF)

    @property
    def tenth(self) -> Detection:
        """A fall of growth to a tenth."""
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


def simulate_power(chinese: pd.DataFrame, date: pd.Timestamp, rng: np.random.Generator) -> Power:
    """Simulate tables with a break of each size, and count in how many a test finds it.

    Parameters
    ----------
    chinese : DataFrame
        Chinese models with known compute.
    date : Timestamp
        Of the break.
    rng : numpy.random.Generator
        For the simulated tables.

    Raises
    ------
    ModelInputError
        If there are too few models on either side of the date.
    """
    table = simulate_break_power(
        chinese, break_date=date, changes=_CHANGES, rng=rng, replications=1000
    )
    return Power(table, len(chinese))


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
    return Drawing(figure, power.table, tables=("ai_models", FIRST_CONTROLS))
