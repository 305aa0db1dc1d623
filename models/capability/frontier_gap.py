"""Two countries' frontiers of a score: their models in order of date, distance and trends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.capability.frontier_draws import Side, draw_frontiers
from models.core import units
from models.core.bootstrap import (
    estimate_by_deviations,
    estimate_by_percentiles,
    resample_rows,
)
from models.core.errors import ModelInputError
from models.core.frontier import select_records, trace_running_top
from models.core.input_checks import require_replications, select_countries
from models.core.timescale import Moment, to_decimal_year, to_decimal_years

if TYPE_CHECKING:
    from models.core.estimates import Estimate
    from models.core.regression import FloatArray

_COLUMNS = ("model", "organization", "date")


@dataclass(frozen=True)
class FrontierTrend:
    """Linear trends of two frontiers of a score.

    Attributes
    ----------
    leader, follower : Estimate
        Points per year.
    closing : Estimate
        Follower minus leader, points per year; positive while the gap closes.
    gap : Estimate
        Leader's line minus follower's at `date`, in points.
    n_leader, n_follower : int
        Models on the frontier.
    """

    leader: Estimate
    follower: Estimate
    closing: Estimate
    gap: Estimate
    n_leader: int
    n_follower: int


def trace_frontier(frame: pd.DataFrame, *, country: str, score: str = "eci") -> pd.DataFrame:
    """Return a country's record-setting models in order of date.

    Parameters
    ----------
    frame : DataFrame
        Columns model, organization, country, date and `score`; rows of other
        countries, or of several, are left aside.

    Raises
    ------
    ModelInputError
        If the country has no model, or a value is missing.
    """
    return select_records(_scored(frame, (country,), score), value=score)


def estimate_frontier_gap(
    frame: pd.DataFrame,
    *,
    date: Moment,
    rng: np.random.Generator,
    leader: str = "USA",
    follower: str = "CHN",
    score: str = "eci",
    replications: int = 5000,
    level: float = 0.90,
) -> Estimate:
    """Points between the best models of two countries at a date.

    The interval is of the gap to be expected between the best of as many models, from draws
    as in `models.capability.frontier_draws`. Error in the scores themselves is outside it.

    Parameters
    ----------
    frame : DataFrame
        Columns model, organization, country, date and `score`; rows of other
        countries, or of several, are left aside.
    date : str, date or Timestamp
        Models after it are left aside.

    Raises
    ------
    ModelInputError
        If a country has fewer than 2 models by the date, or a value is missing.
    """
    require_replications(replications)
    seen = select_scored_until(frame, date, (leader, follower), score, minimum=2)
    ahead, behind = (read_side(seen[seen["country"] == c], score) for c in (leader, follower))
    drawn = draw_frontiers(ahead, behind, rng, replications)
    now = to_decimal_year(date)
    return estimate_by_deviations(
        float(ahead.scores.max() - behind.scores.max()),
        drawn[0].spread_best(now) - drawn[1].spread_best(now),
        level=level,
        n=len(seen),
        unit=units.POINTS,
    )


def fit_frontier_trend(
    frame: pd.DataFrame,
    *,
    since: Moment,
    date: Moment,
    rng: np.random.Generator,
    leader: str = "USA",
    follower: str = "CHN",
    top: int = 3,
    score: str = "eci",
    replications: int = 500,
    level: float = 0.90,
) -> FrontierTrend:
    """Points per year gained by each country's frontier, and the gap of the lines.

    The frontier is the models that were among their country's `top` at release.
    A least-squares interval on selected models is too narrow, so that developers
    are resampled within country and the frontier selected anew in each draw.

    Parameters
    ----------
    frame : DataFrame
        Columns model, organization, country, date and `score`; rows of other
        countries, or of several, are left aside.
    since : str, date or Timestamp
        Models from this day on are fitted; earlier ones still set the bar.
    date : str, date or Timestamp
        Where the gap of the lines is read.

    Raises
    ------
    ModelInputError
        If a country has fewer than 3 frontier models since then, or a value is
        missing.
    """
    require_replications(replications)
    sides = read_sides(
        frame, since=since, date=date, leader=leader, follower=follower, top=top, score=score
    )
    return fit_sides(sides, rng=rng, replications=replications, level=level)


@dataclass(frozen=True)
class FrontierSides:
    """Two countries' models as their frontiers are fitted; what draws lines needs no table.

    Attributes
    ----------
    leader, follower : Side
        Models in order of date.
    top : int
        Models that were among so many of their country at release are its frontier.
    start, now : float
        Decimal years since which models are fitted, and at which the gap of the lines is read.
    """

    leader: Side
    follower: Side
    top: int
    start: float
    now: float

    def line(self, side: Side | Steps) -> tuple[float, float, int]:
        """Return slope, level now and number of models of a frontier; NaN if it is too small."""
        return _frontier_line(side, self.top, self.start, self.now)


def read_sides(
    frame: pd.DataFrame,
    *,
    since: Moment,
    date: Moment,
    leader: str = "USA",
    follower: str = "CHN",
    top: int = 3,
    score: str = "eci",
) -> FrontierSides:
    """Read what `fit_sides` fits; parameters as `fit_frontier_trend`.

    Raises
    ------
    ModelInputError
        As `fit_frontier_trend`.
    """
    pair = _scored(frame, (leader, follower), score, minimum=3)
    ahead, behind = (read_side(pair[pair["country"] == c], score) for c in (leader, follower))
    sides = FrontierSides(ahead, behind, top, to_decimal_year(since), to_decimal_year(date))
    for code, side in ((leader, ahead), (follower, behind)):
        slope, _, n = sides.line(side)
        if not np.isfinite(slope):
            raise ModelInputError(f"needs 3 frontier models of {code} since {since}, got {n}")
    return sides


def fit_sides(
    sides: FrontierSides, *, rng: np.random.Generator, replications: int, level: float
) -> FrontierTrend:
    """Fit both frontiers, and resample their developers; parameters as `fit_frontier_trend`."""
    fits = [sides.line(side) for side in (sides.leader, sides.follower)]
    drawn = [
        np.array([sides.line(s)[:2] for s in _side_draws(side, rng, replications)])
        for side in (sides.leader, sides.follower)
    ]
    usable = np.isfinite(drawn[0]).all(axis=1) & np.isfinite(drawn[1]).all(axis=1)
    ahead, behind = drawn[0][usable], drawn[1][usable]
    n_ahead, n_behind = fits[0][2], fits[1][2]

    def rate(value: float, draws: FloatArray, n: int, unit: str) -> Estimate:
        return estimate_by_percentiles(value, draws, level=level, n=n, unit=unit)

    per_year, both = units.POINTS_A_YEAR, n_ahead + n_behind
    return FrontierTrend(
        leader=rate(fits[0][0], ahead[:, 0], n_ahead, per_year),
        follower=rate(fits[1][0], behind[:, 0], n_behind, per_year),
        closing=rate(fits[1][0] - fits[0][0], behind[:, 0] - ahead[:, 0], both, per_year),
        gap=rate(fits[0][1] - fits[1][1], ahead[:, 1] - behind[:, 1], both, units.POINTS),
        n_leader=n_ahead,
        n_follower=n_behind,
    )


@dataclass(frozen=True)
class Steps:
    """Models of one country in order of date, as arrays."""

    years: FloatArray
    scores: FloatArray


def _scored(
    frame: pd.DataFrame, countries: tuple[str, ...], score: str, minimum: int = 1
) -> pd.DataFrame:
    return select_countries(frame, countries, complete=[*_COLUMNS, score], minimum=minimum)


def select_scored_until(
    frame: pd.DataFrame,
    end: Moment,
    countries: tuple[str, ...],
    score: str,
    minimum: int = 1,
) -> pd.DataFrame:
    """Return the countries' models with a score that were released by a day, by date.

    Raises
    ------
    ModelInputError
        If a country has fewer than `minimum` of them.
    """
    pair = _scored(frame, countries, score)
    known = pair[pair["date"] <= pd.Timestamp(end)].sort_values("date", kind="stable")
    return _scored(known, countries, score, minimum)


def read_steps(frame: pd.DataFrame, score: str) -> Steps:
    """Read dates and scores of models that stand in order of date."""
    return Steps(to_decimal_years(frame["date"]), frame[score].to_numpy(dtype=float))


def read_side(frame: pd.DataFrame, score: str) -> Side:
    """Read one country's models in order of date, with their developers."""
    rows = frame.sort_values("date", kind="stable")
    steps = read_steps(rows, score)
    return Side(steps.years, steps.scores, rows["organization"].to_numpy(dtype=object))


def _side_draws(side: Side, rng: np.random.Generator, replications: int) -> list[Steps]:
    rows = resample_rows(side.developers, rng, replications)
    ordered = [np.sort(picked) for picked in rows]
    return [Steps(side.years[i], side.scores[i]) for i in ordered]


def _frontier_line(
    steps: Side | Steps, top: int, start: float, now: float
) -> tuple[float, float, int]:
    """Slope, level at `now` and size of the top-n frontier since `start`; NaN if too small."""
    keep = trace_running_top(steps.scores, steps.years, top) & (steps.years >= start)
    years, scores = steps.years[keep] - now, steps.scores[keep]
    if len(years) < 3 or np.ptp(years) == 0:  # noqa: PLR2004
        return float("nan"), float("nan"), len(years)
    slope, level = np.polyfit(years, scores, 1)
    return float(slope), float(level), len(years)
