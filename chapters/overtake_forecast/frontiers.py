"""Where the race stands: the gap in points, in months, and what of it may last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.capability.frontier_gap import estimate_frontier_gap, trace_frontier
from models.core import units
from models.race.race_definitions import trace_steps
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.core import prose

from chapters.shared import countries
from chapters.shared.capability import SCORES, estimate_lag_now

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from models.capability.capability_gap import CapabilityLag
    from models.core.estimates import Estimate
    from models.core.local_level import LocalLevel


@dataclass(frozen=True)
class Standing:
    """The two countries' frontiers on the day of the latest model.

    Attributes
    ----------
    as_of : Timestamp
        That day.
    gap : Estimate
        Best American model less best Chinese one, points.
    lag : CapabilityLag
        Time since the American frontier first reached the present Chinese one.
    level_gap : Estimate
        American lead over China on the capability index without swings that pass, points.
    lasting : Estimate
        Standard deviation of the part of a quarter's change of the gap that lasts, points.
    passing : Estimate
        Standard deviation of the part of a quarter's change of the gap that passes, points.
    n_quarters : int
        Quarters that these were told apart on.
    frontiers : dict of str to DataFrame
        Models that set a record, by country.
    """

    as_of: pd.Timestamp
    gap: Estimate
    lag: CapabilityLag
    level_gap: Estimate
    lasting: Estimate
    passing: Estimate
    n_quarters: int
    frontiers: Mapping[str, pd.DataFrame]

    @property
    def best(self) -> dict[str, float]:
        """Score of each country's best model, points."""
        return {code: float(models["eci"].max()) for code, models in self.frontiers.items()}


def estimate_standing(
    index: pd.DataFrame,
    quarterly: LocalLevel,
    *,
    level: float,
    rng: np.random.Generator,
    lag_rng: np.random.Generator,
) -> Standing:
    """Measure the gap on the capability index.

    Parameters
    ----------
    index : DataFrame
        Models of known day and country on the capability index.
    quarterly : LocalLevel
        The gap by quarter, as the joint model takes it.
    level : float
        Level of all intervals.
    rng, lag_rng : Generator
        Sources of the bootstraps' draws, of the gap and of the lag.

    Raises
    ------
    ModelInputError
        If a country has no model.
    """
    as_of = index["date"].max()
    lasting, passing = (
        quarterly.estimate(f"{part}_sd", level) for part in ("permanent", "transitory")
    )
    return Standing(
        as_of=as_of,
        gap=estimate_frontier_gap(index, date=as_of, rng=rng, level=level),
        lag=estimate_lag_now(index, level=level, rng=lag_rng),
        level_gap=quarterly.estimate("level", level, units.POINTS),
        lasting=lasting,
        passing=passing,
        n_quarters=quarterly.n,
        frontiers={code: trace_frontier(index, country=code) for code in countries.PAIR},
    )


def draw_frontiers(standing: Standing) -> Drawing:
    """Draw both frontiers as steps; a dot for each model that set a record."""
    drawn = trace_steps(standing.frontiers, until=standing.as_of)
    figure, axes = style.new_figure(3.6)
    for code, side in drawn.groupby("country"):
        _draw_country(axes, str(code), side, standing.frontiers[str(code)])
    _mark_lag(axes, standing)
    axes.set(xlabel="Release date", ylabel="Capability index, points")
    style.year_ticks(axes)
    axes.margins(x=0.18, y=0.1)
    return Drawing(figure, drawn, tables=(SCORES,))


def _mark_lag(axes: Axes, standing: Standing) -> None:
    """Draw how long ago the leader reached the follower's score, where it is a lag."""
    from matplotlib import dates as mdates

    if standing.lag.status != "lag":
        return
    level, records = standing.best["CHN"], standing.frontiers["USA"]
    days = mdates.date2num([records.loc[records["eci"] >= level, "date"].min(), standing.as_of])
    axes.plot(days, [level] * 2, color=style.TEXT_COLOUR, linewidth=1, linestyle=":")
    words = f"{prose.number(standing.lag.lag.value, 1)} months"
    style.label_line(axes, (days[0], level), words, colour=style.TEXT_COLOUR, side="left")


def _draw_country(axes: Axes, code: str, side: pd.DataFrame, records: pd.DataFrame) -> None:
    colour = countries.COLOURS[code]
    axes.step(side["date"], side["eci"], where="post", color=colour)
    axes.plot(records["date"], records["eci"], "o", color=colour, markersize=4)
    end = (side["date"].iloc[-1], side["eci"].iloc[-1])
    style.label_line(axes, end, countries.NAMES[code], colour=colour, side="right")
