"""The chance as a hundred icons: so many futures in which a Chinese firm leads, or is ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared import countries
from chapters.shared.race import TABLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from chapters.overtake_forecast.pooled import Pooled

ICONS, _A_ROW = 100, 20
LEADS, AHEAD, NEVER = "leads", "ahead for a time", "never ahead"
_HEIGHT_INCHES, _LINE, _ICON_AREA = 2.6, 0.95, 105
_NOT_FILLED = "#C9C9C9"


@dataclass(frozen=True)
class Futures:
    """The chance by January 2031, told as futures of a hundred.

    Attributes
    ----------
    held : float
        Chance that a Chinese firm has held first place for two ends of quarters in a row.
    ever : float
        Chance that one has been ahead at some end of a quarter.
    """

    held: float
    ever: float

    @property
    def leads(self) -> int:
        """Futures of a hundred in which a Chinese firm takes the lead and holds it."""
        return round(ICONS * self.held)

    @property
    def ahead(self) -> int:
        """Futures in which one is ahead at some time, and does not hold it."""
        return max(round(ICONS * self.ever) - self.leads, 0)

    @property
    def never(self) -> int:
        """Futures in which none is ever ahead at the end of a quarter."""
        return ICONS - self.leads - self.ahead

    @property
    def counts(self) -> dict[str, int]:
        """Futures of a hundred by what happens, in the order in which they are drawn."""
        return {LEADS: self.leads, AHEAD: self.ahead, NEVER: self.never}


def count_futures(pool: Pooled) -> Futures:
    """Take the published chances by January 2031.

    Parameters
    ----------
    pool : Pooled
        The forecast.
    """
    late = pool.chosen.late
    return Futures(late.held.value, late.by_then.value)


def draw_futures(futures: Futures) -> Drawing:
    """Draw a hundred icons in five rows, and beneath them what each kind stands for."""
    figure, axes = style.new_figure(_HEIGHT_INCHES)
    outcomes = [name for name, count in futures.counts.items() for _ in range(count)]
    rows = pd.DataFrame({"icon": range(1, ICONS + 1), "outcome": outcomes})
    for outcome, own in rows.groupby("outcome"):
        place = own["icon"] - 1
        _draw_icons(axes, place % _A_ROW, -(place // _A_ROW), str(outcome))
    _explain(axes, futures)
    axes.set(xlim=(-0.8, _A_ROW - 0.2), xticks=[], yticks=[])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(visible=False)
    return Drawing(figure, rows, tables=TABLES)


def _draw_icons(axes: Axes, across: pd.Series, down: pd.Series, outcome: str) -> None:
    """Draw icons of one kind: filled, as a ring, or pale, so that no colour is needed."""
    china = countries.COLOURS["CHN"]
    fill = {LEADS: china, AHEAD: "none", NEVER: _NOT_FILLED}[outcome]
    edge = _NOT_FILLED if outcome == NEVER else china
    axes.scatter(across, down, s=_ICON_AREA, facecolors=fill, edgecolors=edge, linewidths=2)


def _explain(axes: Axes, futures: Futures) -> None:
    said = {
        LEADS: f"{futures.leads}: a Chinese firm leads, and holds it",
        AHEAD: f"{futures.ahead}: one is ahead for a time, doesn’t hold it",
        NEVER: f"{futures.never}: none is ever ahead at a quarter’s end",
    }
    below = -(ICONS // _A_ROW)
    for place, (outcome, text) in enumerate(said.items()):
        height = below - 0.35 - _LINE * place
        _draw_icons(axes, pd.Series([0]), pd.Series([height]), outcome)
        axes.annotate(
            text, (0.0, height), xytext=(12, 0), textcoords="offset points", va="center",
            color=style.TEXT_COLOUR,
        )  # fmt: skip
    axes.set_ylim(below - 0.35 - _LINE * len(said) + 0.2, 0.8)
