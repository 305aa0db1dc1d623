"""How the chapter's figures show time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAP_LABEL = "US best less Chinese best (points)"
"""What the gap is, on an axis."""


def quarter_ticks(axes: Axes) -> None:
    """Mark the first month of each quarter."""
    from matplotlib import dates

    axes.xaxis.set_major_locator(dates.MonthLocator(bymonth=(1, 4, 7, 10)))
    axes.xaxis.set_major_formatter(dates.DateFormatter("%b\n%Y"))
