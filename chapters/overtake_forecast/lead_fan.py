"""How far ahead or behind the best Chinese model is on the pool's paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.race.gap_pool import mix_values
from models.race.race_parameters import END_YEAR, STEPS_PER_YEAR
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.overtake_forecast import colours
from chapters.shared.race import OF_PATHS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from models.race.race_simulation import LeadPaths

_HEADROOM = 0.12
"""Share of the figure's height above the level of the best American model, for its words."""
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class LeadFan:
    """Quantiles of the Chinese lead on the capability index, by quarter.

    Attributes
    ----------
    fan : DataFrame
        Decimal year, and a column of points for each of `SHARES`.
    past_times, past_leads : tuple of float
        Decimal years and points of past quarters.
    """

    fan: pd.DataFrame
    past_times: tuple[float, ...]
    past_leads: tuple[float, ...]

    @property
    def final(self) -> dict[str, float]:
        """Chinese lead on the index at the forecast's end, points, by percentile (p5 to p95)."""
        return {name: float(self.fan[name].iloc[-1]) for name in map(_column, SHARES)}

    @property
    def first_year(self) -> int:
        """Calendar year of the first past quarter."""
        return int(self.past_times[0])

    @property
    def stays_in_past_range(self) -> bool:
        """Whether the median path ends where the gap has been."""
        return self.smallest_past_gap <= -self.final["p50"] <= self.largest_past_gap

    @property
    def smallest_past_gap(self) -> float:
        """Smallest American lead on the index at the end of a past quarter, points."""
        return -max(self.past_leads)

    @property
    def largest_past_gap(self) -> float:
        """Largest American lead on the index at the end of a past quarter, points."""
        return -min(self.past_leads)


def spread_leads(
    paths: Mapping[str, LeadPaths], past_gaps: Sequence[float], *, start: float
) -> LeadFan:
    """Take quantiles of the pool at the end of each quarter.

    Parameters
    ----------
    paths : mapping of str to LeadPaths
        Simulated lead by member.
    past_gaps : sequence of float
        The gap by quarter, points.
    start : float
        Decimal year at which the simulation begins.
    """
    times = next(iter(paths.values())).times
    mixed = [
        mix_values([each.lead[:, :, at].ravel() for each in paths.values()])
        for at in range(times.size)
    ]
    fan = pd.DataFrame(
        np.quantile(mixed, SHARES, axis=1).T, columns=[_column(share) for share in SHARES]
    )
    fan.insert(0, "year", times)
    n = len(past_gaps)
    past_times = tuple(float(t) for t in np.arange(n)[::-1] / -STEPS_PER_YEAR + start)
    return LeadFan(fan, past_times, tuple(-gap for gap in past_gaps))


def draw_lead(lead: LeadFan) -> Drawing:
    """Draw past quarters as dots, and the quantiles as bands around the median."""
    figure, axes = style.new_figure(3.4)
    _draw_bands(axes, lead.fan)
    axes.plot(
        lead.past_times,
        lead.past_leads,
        color=style.TEXT_COLOUR,
        marker="o",
        markersize=4,
    )
    axes.axhline(0, color=style.TEXT_COLOUR, linewidth=1)
    axes.text(lead.past_times[0], 0.8, "Level with the best American model", va="bottom")
    low, high = axes.get_ylim()
    axes.set_ylim(low, max(high, _HEADROOM * (high - low)))
    axes.set(xlabel="Year", ylabel="Chinese lead, points")
    axes.set_xlim(lead.past_times[0] - 0.2, END_YEAR + 1.9)
    axes.set_xticks(range(2024, END_YEAR + 1, 2))
    return Drawing(figure, lead.fan, tables=OF_PATHS)


def _draw_bands(axes: Axes, fan: pd.DataFrame) -> None:
    colour = colours.POOL
    for low, high, alpha in (("p5", "p95", 0.15), ("p25", "p75", 0.25)):
        axes.fill_between(fan["year"], fan[low], fan[high], color=colour, alpha=alpha, linewidth=0)
    axes.plot(fan["year"], fan["p50"], color=colour)
    end = fan.iloc[-1]
    for name, words in (("p75", "half of\nthe paths"), ("p50", "middle"), ("p5", "nine\nin ten")):
        style.label_line(axes, (fan["year"].iloc[-1], end[name]), words, colour=colour)


def _column(share: float) -> str:
    return f"p{100 * share:.0f}"
