"""What the two speakers said, as ranges of a chance that figures mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.race.race_definitions import LIN
from overtake.chapter import style
from overtake.data.used import Used

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from models.core.estimates import Estimate

LIN_SAID = Used("published_estimates", {"id": ["lin-probability"]})
"""Where the end of Lin's range stands, which `models.race.race_definitions.LIN` repeats."""


def mark(axes: Axes, likely_from: float) -> None:
    """Mark on an axis of percent where Lin's range ends and a high likelihood (Yao) begins.

    Parameters
    ----------
    axes : Axes
        With chances from left to right.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    said = ((LIN, f"below {LIN:.0%}:\nLin "), (likely_from, f" {likely_from:.0%} or more:\n Yao"))
    for chance, words in said:
        axes.axvline(100 * chance, color=style.REFERENCE_COLOUR, linewidth=1, linestyle=":")
        axes.annotate(words, (100 * chance, 1), xycoords=axes.get_xaxis_transform(), va="bottom",
                      ha="right" if chance == LIN else "left", annotation_clip=False)  # fmt: skip


def allows_yao(chance: Estimate, likely_from: float) -> bool:
    """Return whether the interval of a chance reaches a high likelihood."""
    return chance.high >= likely_from
