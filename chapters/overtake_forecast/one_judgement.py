"""What one driver at a time does to the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.race.driver_effects import Effects, compare_regimes, watch_for_held_lead
from models.race.race_definitions import LABELS
from models.race.race_words import say_range, show
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.race import TABLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from chapters.overtake_forecast.race_inputs import Race

N_PATHS = 12_000
HARDLY = 0.05
"""A change of a chance by less is hardly one."""
_REGIME = "import_regime"
_ROOM = 1.0  # beyond the last bar, percentage points


@dataclass(frozen=True)
class Swing:
    """One driver where it is low and where it is high, the others drawn as always.

    Chances are shares of 1.

    Attributes
    ----------
    assumption : str
        The driver, or a fitted quantity.
    low, high : float
        Its 5th and 95th percentile; 0 and 2 for closed and open imports.
    at_low : float
        Chance of a Chinese lead by January 2031 where it is low.
    at_high : float
        Chance of a Chinese lead by January 2031 where it is high.
    """

    assumption: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def label(self) -> str:
        """The driver's short name."""
        return LABELS[self.assumption]

    @property
    def over_its_range(self) -> str:
        """The driver with its range, as a noun phrase."""
        return say_range(self.assumption, self.low, self.high)

    @property
    def lowest(self) -> float:
        """Lower chance of a Chinese lead by January 2031, at one end."""
        return min(self.at_low, self.at_high)

    @property
    def highest(self) -> float:
        """Higher chance of a Chinese lead by January 2031, at one end."""
        return max(self.at_low, self.at_high)

    @property
    def fall(self) -> float:
        """Chance of a Chinese lead at its low end less at its high end, percentage points."""
        return 100 * (self.at_low - self.at_high)

    @property
    def hardly_moves(self) -> bool:
        """Whether the two chances are nearly the same."""
        return self.highest - self.lowest < HARDLY


@dataclass(frozen=True)
class Swings:
    """All drivers and the main fitted quantities, one at a time, on the capability index.

    Attributes
    ----------
    table : DataFrame
        A row for each, the widest first.
    base : float
        Chance over all paths.
    """

    table: pd.DataFrame
    base: float

    @property
    def swings(self) -> tuple[Swing, ...]:
        """All of them, the widest first."""
        return tuple(Swing(*row) for row in self.table.itertuples(index=False))

    @property
    def widest(self) -> Swing:
        """Of the joint model's inputs, the one that moves the chance most."""
        return self.swings[0]

    @property
    def second(self) -> Swing:
        """Of the joint model's inputs, the one that moves the chance most but one."""
        return self.swings[1]

    @property
    def euv(self) -> Swing:
        """Year of Chinese EUV lithography in volume production."""
        return self._of("euv_volume_year")

    @property
    def china_stock(self) -> Swing:
        """Chinese chips today, of which most are unseen by the data."""
        return self._of("china_stock")

    def chances(self) -> list[float]:
        """Every chance, at either end of each driver."""
        return [*self.table["at_low"], *self.table["at_high"]]

    def _of(self, assumption: str) -> Swing:
        return next(swing for swing in self.swings if swing.assumption == assumption)


def try_regimes(race: Race, *, margin: float) -> tuple[float, ...]:
    """Chance to have led by January 2031 with closed and with open imports, as shares of 1.

    Parameters
    ----------
    race : Race
        What is simulated.
    margin : float
        Points by which a lead on the index must be held.
    """
    return compare_regimes(
        race.parameters,
        race.calibration,
        watch_for_held_lead(margin),
        ("closed", "open"),
        seed=race.seed,
        n_paths=N_PATHS,
    )


def list_swings(effects: Effects, regimes: tuple[float, ...]) -> Swings:
    """List what each driver does, and what closed and open imports do.

    Parameters
    ----------
    effects : Effects
        The chance by each driver's tenths.
    regimes : tuple of float
        From `try_regimes`.
    """
    closed, opened = regimes
    swings = [
        *(Swing(d.name, d.low, d.high, d.at_low, d.at_high) for d in effects.drivers),
        Swing(_REGIME, 0.0, 2.0, closed, opened),
    ]
    swings.sort(key=lambda swing: swing.lowest - swing.highest)
    return Swings(pd.DataFrame(swings), effects.chance)


def draw_swings(swings: Swings) -> Drawing:
    """Draw a bar from the chance over all paths to either end, for each driver."""
    table, rows, base = swings.table, range(len(swings.table)), 100 * swings.base
    widest = 100 * max(swings.chances()) + _ROOM
    figure, axes = style.new_figure(7.6)
    for end, tint, up in (("low", style.CATEGORY_COLOURS[0], 2.1),
                          ("high", style.CATEGORY_COLOURS[1], 1.0)):  # fmt: skip
        chances = 100 * table[f"at_{end}"]
        axes.barh(rows, chances - base, left=base, color=tint, height=0.6)
        axes.text(widest, len(table) - up, f"driver {end}", color=tint, ha="right",
                  fontweight="bold")  # fmt: skip
    axes.axvline(base, color=style.TEXT_COLOUR, linewidth=1)
    _name_rows(axes, swings)
    axes.grid(visible=False, axis="y")
    axes.set(xlabel="Chance to have led by January 2031, %", xlim=(0, widest))
    axes.invert_yaxis()
    return Drawing(figure, table, tables=TABLES)


def _name_rows(axes: Axes, swings: Swings) -> None:
    labels = [f"{swing.label}\n{_range(swing)}" for swing in swings.swings]
    axes.set_yticks(range(len(labels)), labels)


def _range(swing: Swing) -> str:
    if swing.assumption == _REGIME:
        return "closed / open"
    return " / ".join(show(swing.assumption, end) for end in (swing.low, swing.high))
