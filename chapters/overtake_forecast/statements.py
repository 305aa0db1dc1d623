"""What the two speakers said, as ranges of a chance that figures shade."""

from collections.abc import Callable

from models.core.estimates import Estimate
from models.race.race_definitions import LIN
from overtake.chapter import style


def shade(band: Callable[..., object], likely_from: float) -> None:
    """Shade what counts as a high likelihood (Yao), and what lies below a fifth (Lin).

    Parameters
    ----------
    band : callable
        `Axes.axhspan` or `Axes.axvspan`, across the axis of chances in percent.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    band(100 * likely_from, 100, color=style.REFERENCE_COLOUR, alpha=0.18, linewidth=0)
    band(0, 100 * LIN, color=style.CATEGORY_COLOURS[0], alpha=0.13, linewidth=0)


def allows_yao(chance: Estimate, likely_from: float) -> bool:
    """Return whether the interval of a chance reaches a high likelihood."""
    return chance.high >= likely_from
