"""Chances to lead by date, and races of which only bounds are known.

A contest is a gap that is known with error, closes at a rate that is judged, and is shaken
by shocks. It is simulated and watched at the ends of quarters, as all races of the book
are, so that its chances are of the same events (`models.race.lead_events`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.frontier import select_records
from models.core.random_draws import draw_normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray
    from models.core.timescale import Moment


@dataclass(frozen=True)
class Contest:
    """One definition of leading, and where the two sides stand on it.

    Attributes
    ----------
    definition : str
        What leading means.
    gap : Estimate
        Leader minus follower at the start, in orders of magnitude.
    closing : float
        Rate at which it closes, orders of magnitude a year.
    volatility : float
        Standard deviation of a year's change of the gap that no trend explains.
    """

    definition: str
    gap: Estimate
    closing: float
    volatility: float


@dataclass(frozen=True)
class LeadForecast:
    """Chance that the follower leads, by date; the events are those of `lead_events`.

    Attributes
    ----------
    definition : str
        What leading means, or who forecasts.
    dates : tuple of str
        ISO dates; an event counts up to the end of a quarter nearest to them.
    terminal : tuple of Estimate
        Chance that the follower is ahead on that day: mean over the draws, with
        the credible interval of the chance over what is estimated.
    ever : tuple of Estimate
        Chance that it has been ahead at some end of a quarter by then.
    held : tuple of Estimate
        Chance that it has held first place at two of them in a row or more, by more than
        the margin. This is what leading means where nothing else is said.
    """

    definition: str
    dates: tuple[str, ...]
    terminal: tuple[Estimate, ...]
    ever: tuple[Estimate, ...]
    held: tuple[Estimate, ...]

    def on(self, date: str) -> tuple[Estimate, Estimate, Estimate]:
        """Chances to lead on a date, to have been ahead, and to have held the lead by then.

        Raises
        ------
        ModelInputError
            If the forecast has no such date.
        """
        if date not in self.dates:
            raise ModelInputError(f"needs one of {self.dates}, got {date!r}")
        at = self.dates.index(date)
        return self.terminal[at], self.ever[at], self.held[at]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a date: definition, date, and the chances with their ends."""
        rows = []
        for at, date in enumerate(self.dates):
            row: dict[str, object] = {"definition": self.definition, "date": date}
            for kind in ("terminal", "ever", "held"):
                chance: Estimate = getattr(self, kind)[at]
                row |= {kind: chance.value, f"{kind}_low": chance.low, f"{kind}_high": chance.high}
            rows.append(row)
        return pd.DataFrame(rows)


def simulate_contest(
    contest: Contest, quarters: int, *, draws: int, inner: int, rng: np.random.Generator
) -> FloatArray:
    """Simulate the follower's lead at the ends of quarters as a random walk with drift.

    Parameters
    ----------
    contest : Contest
        Where the two sides stand.
    quarters : int
        How many.
    draws, inner : int
        Draws of the gap, and paths of shocks for each.
    rng : numpy.random.Generator
        Source of all draws.

    Returns
    -------
    ndarray, shape (quarters, draws * inner)
        The paths of a draw side by side.
    """
    gap = np.repeat(draw_normal(contest.gap, rng.standard_normal(draws)), inner)
    step = contest.volatility / 2 * rng.standard_normal((quarters, draws * inner))
    return np.asarray(np.cumsum(contest.closing / 4 + step, axis=0) - gap)


def summarise_shares(shares: FloatArray, inner: int, n: int, level: float) -> tuple[Estimate, ...]:
    """Mean chances, each with the interval over draws, the noise of finite paths taken out.

    Parameters
    ----------
    shares : ndarray, shape (k, n_draws)
        Share of each draw's paths on which each of k events came.
    inner : int
        Paths of a draw.
    n : int
        Observations behind the draws.
    level : float
        Of the credible intervals.

    Returns
    -------
    tuple of Estimate
        One for each event.
    """
    ends = np.quantile(shares, [0.5 - level / 2, 0.5 + level / 2], axis=1).T
    noise = (shares * (1 - shares)).mean(axis=1) / (inner - 1)
    each = (x.tolist() for x in (shares.mean(axis=1), noise, shares.var(axis=1, ddof=1), ends))
    return tuple(
        _chance(mean, _kept(total, passing), between, n, level)
        for mean, passing, total, between in zip(*each, strict=True)
    )


def summarise_events(
    name: str, dates: Sequence[str], shares: FloatArray, inner: int, n: int, level: float
) -> LeadForecast:
    """Summarise what `models.race.lead_events.measure_event_shares` counted.

    Parameters
    ----------
    name : str
        What leading means, or who forecasts.
    dates : sequence of str
        ISO dates by which events were counted.
    shares : ndarray, shape (3, len(dates), n_draws)
        Shares of each draw's paths, by event, in the order of `lead_events.EVENTS`.
    inner, n, level
        As `summarise_shares`.
    """
    each = summarise_shares(shares.reshape(-1, shares.shape[2]), inner, n, level)
    terminal, ever, held = (
        each[first : first + len(dates)] for first in range(0, len(each), len(dates))
    )
    return LeadForecast(name, tuple(dates), terminal, ever, held)


def _kept(total: float, noise: float) -> float:
    """Share of the spread over draws that is not the noise of finite paths."""
    return (max(total - noise, 0) / total) ** 0.5 if total else 0.0


def _chance(mean: float, kept: float, ends: Sequence[float], n: int, level: float) -> Estimate:
    low, high = (min(max(mean + kept * (end - mean), 0.0), 1.0) for end in ends)
    return Estimate(mean, min(low, mean), max(high, mean), level, "credible", n, units.SHARE)


def track_gap(
    frame: pd.DataFrame,
    *,
    since: Moment,
    value: str,
    leader: str = "USA",
    follower: str = "CHN",
) -> pd.DataFrame:
    """Gap between two countries' running maxima at the end of each quarter.

    Parameters
    ----------
    frame : DataFrame
        Columns model, country, date and `value`, complete.
    since : date
        First day that counts; earlier models still set the bar.

    Returns
    -------
    DataFrame
        `date` and `gap` (leader minus follower, in the unit of `value`).

    Raises
    ------
    ModelInputError
        If a country has no model before the first quarter's end.
    """
    ends = pd.date_range(pd.Timestamp(since), frame["date"].max(), freq="QE")
    sides = [select_records(frame[frame["country"] == c], value=value) for c in (leader, follower)]
    gaps = np.subtract(*(_last_by(side, value, ends) for side in sides))
    if not len(ends) or not np.all(np.isfinite(gaps)):
        raise ModelInputError(
            f"needs models of {leader} and {follower} before the quarter after {since}"
        )
    return pd.DataFrame({"date": ends, "gap": gaps})


def _last_by(records: pd.DataFrame, value: str, days: pd.DatetimeIndex) -> FloatArray:
    """Return the last record by each day; NaN before the first."""
    values = np.append(records[value].to_numpy(dtype=float), np.nan)
    return np.asarray(values[records["date"].searchsorted(days, side="right") - 1])
