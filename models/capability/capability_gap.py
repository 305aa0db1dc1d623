"""How far one country's best models trail another's, in points and in months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.capability.frontier_draws import Drawn, Side, draw_frontiers
from models.capability.frontier_gap import (
    Steps,
    read_side,
    read_steps,
    select_scored_until,
    trace_frontier,
)
from models.core import units
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_replications
from models.core.monte_carlo import count_digits
from models.core.timescale import MONTHS_PER_YEAR, Moment, to_decimal_year

if TYPE_CHECKING:
    from models.core.regression import FloatArray

_GRID_MONTHS = 0.25
LagStatus = Literal["lag", "lag_at_least", "lead", "lead_at_least"]


@dataclass(frozen=True)
class CapabilityLag:
    """How many months the follower's frontier trails the leader's at a date.

    The months are a bound where `status` says so. Their interval holds every lag at which the
    leader's frontier of so many months ago and the follower's of today cannot be told apart;
    it ends where the table does.

    Attributes
    ----------
    status : {"lag", "lag_at_least", "lead", "lead_at_least"}
        What the data say at the date: a lag (0 where the frontiers are level); a
        lag of which only a lower bound is seen, since the leader's first model in
        the table already exceeds the follower's frontier; a lead (negative months:
        how long the leader's present frontier has been surpassed).
        "lead_at_least": the follower's first model already exceeds the leader's
        frontier.
    lag : Estimate
        Months by which the follower trails the leader; below zero for a lead.
    without_one_developer : Estimate
        Range over all fits that leave out one developer.
    follower_model, leader_model : str
        The follower's frontier at the date, and the first model of the leader to
        reach it (for a lead: the leader's frontier and the follower's model).
    n_leader, n_follower : int
        Models up to the date.
    """

    status: LagStatus
    lag: Estimate
    without_one_developer: Estimate
    follower_model: str
    leader_model: str
    n_leader: int
    n_follower: int

    @property
    def digits(self) -> int:
        """Digits that the steps in which the ends are sought leave."""
        return count_digits(self.lag, _GRID_MONTHS)


def track_capability_lag(
    frame: pd.DataFrame,
    *,
    leader: str = "USA",
    follower: str = "CHN",
    score: str = "eci",
    end: Moment | None = None,
) -> pd.DataFrame:
    """Lag of each record of the follower behind the leader's frontier.

    For a record of the follower on day t with score s, the leader's frontier
    first reached s on day u. The lag is t - u. If the leader reached s only
    later, the lag is negative (a lead). If the leader's first model in the table
    already exceeds s, the lag is at least t - u ("lag_at_least"). If the leader
    has not reached s by `end`, the lead is at least `end` - t ("lead_at_least").

    Parameters
    ----------
    frame : DataFrame
        Columns model, organization, country, date and `score`; rows of other
        countries, or of several, are left aside.
    end : date, optional
        Last day that the table observes; the latest date in it by default.

    Returns
    -------
    DataFrame
        One row per record: model, date, score, leader_model (empty where none),
        leader_date, lag_months, status.

    Raises
    ------
    ModelInputError
        If a country has no model, or a value is missing.
    """
    last = frame["date"].max() if end is None else pd.Timestamp(end)
    seen = select_scored_until(frame, last, (leader, follower), score)
    steps = trace_frontier(seen, country=leader, score=score).reset_index(drop=True)
    records = trace_frontier(seen, country=follower, score=score)
    lags, statuses, first = _record_lags(
        read_steps(records, score), read_steps(steps, score), to_decimal_year(last)
    )
    matched = steps.reindex(first)
    return pd.DataFrame(
        {
            "model": records["model"].to_numpy(),
            "date": records["date"].to_numpy(),
            "score": records[score].to_numpy(dtype=float),
            "leader_model": matched["model"].to_numpy(),
            "leader_date": matched["date"].to_numpy(),
            "lag_months": lags,
            "status": statuses,
        }
    )


def estimate_capability_lag(
    frame: pd.DataFrame,
    *,
    date: Moment,
    rng: np.random.Generator,
    leader: str = "USA",
    follower: str = "CHN",
    score: str = "eci",
    replications: int = 1000,
    level: float = 0.90,
) -> CapabilityLag:
    """How long ago the leader's frontier first reached the follower's, at a date.

    This lag grows by a month a month while the follower sets no record; the
    `models.capability.average_lag` over records does not. Running maxima are not smooth in
    the data, so that the interval inverts a test: that of no gap between the leader's
    frontier of some months ago and the follower's of today, with the draws of
    `models.capability.frontier_draws`. Error in the scores themselves is outside it.

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
    require_level(level)
    require_replications(replications)
    seen = select_scored_until(frame, date, (leader, follower), score, minimum=2)
    sides = [seen[seen["country"] == code] for code in (leader, follower)]
    ahead, behind = (read_steps(side, score) for side in sides)
    now = to_decimal_year(date)
    months, status, (row_ahead, row_behind) = _lag_now(ahead, behind, now)
    pair = read_side(sides[0], score), read_side(sides[1], score)
    drawn = draw_frontiers(*pair, rng, replications)
    possible = [months, *_list_possible_lags(*pair, drawn, now, level)]
    return CapabilityLag(
        status=status,
        lag=Estimate(
            months,
            min(possible),
            max(possible),
            level,
            "confidence",
            len(seen),
            units.MONTHS,
        ),
        without_one_developer=_lag_without_one(sides, score, now, months, level),
        follower_model=str(sides[1]["model"].iloc[row_behind]),
        leader_model=str(sides[0]["model"].iloc[row_ahead]),
        n_leader=len(sides[0]),
        n_follower=len(sides[1]),
    )


def _list_possible_lags(
    ahead: Side, behind: Side, drawn: tuple[Drawn, Drawn], now: float, level: float
) -> list[float]:
    """Months at which the gap between one frontier then and the other now may be nothing.

    A lag sets the leader's frontier back, a lead the follower's.
    """
    tail = np.array([0.5 - level / 2, 0.5 + level / 2])
    spread_now = [each.spread_best(now) for each in drawn]
    possible = []
    for sign, mover, other in ((1, 0, 1), (-1, 1, 0)):
        moved, still = (ahead, behind)[mover], (ahead, behind)[other]
        first = float(moved.years.min())
        longest = MONTHS_PER_YEAR * (now - first)
        back = np.arange(0, longest + _GRID_MONTHS, _GRID_MONTHS)
        then = np.maximum(now - back / MONTHS_PER_YEAR, first)
        best = [moved.scores[moved.years <= until].max() for until in then]
        gaps = np.array(best) - still.scores.max()
        low, high = _ends(drawn[mover].trace_spread(then) - spread_now[other], tail)
        within = (low <= gaps) & (gaps <= high)
        possible += [float(sign * months) for months in np.minimum(back, longest)[within]]
    return possible


def _ends(draws: FloatArray, tail: FloatArray) -> FloatArray:
    """Quantiles of the finite draws of each row, shape (2, rows)."""
    are_finite = np.isfinite(draws)
    whole = are_finite.all(axis=1)
    ends = np.empty((len(tail), len(draws)))
    ends[:, whole] = np.quantile(draws[whole], tail, axis=1)
    for row in np.flatnonzero(~whole):
        ends[:, row] = np.quantile(draws[row][are_finite[row]], tail)
    return ends


def _first_to_reach(steps: Steps, scores: FloatArray) -> npt.NDArray[np.intp]:
    """Row at which a running maximum first reaches each score; len(steps) if never."""
    return np.searchsorted(np.maximum.accumulate(steps.scores), scores, side="left")


def _record_lags(
    records: Steps, ahead: Steps, end: float
) -> tuple[FloatArray, list[LagStatus], npt.NDArray[np.intp]]:
    first = _first_to_reach(ahead, records.scores)
    reached = first < len(ahead.years)
    at = np.where(reached, ahead.years[np.minimum(first, len(ahead.years) - 1)], end)
    lags = np.asarray(MONTHS_PER_YEAR * (records.years - at))
    statuses = _record_statuses(first, lags, ahead, records)
    return lags, statuses, np.where(reached, first, -1)


def _record_statuses(
    first: npt.NDArray[np.intp], lags: FloatArray, ahead: Steps, records: Steps
) -> list[LagStatus]:
    never = first == len(ahead.years)
    already = (first == 0) & (ahead.scores[0] > records.scores) & (lags > 0)
    words = np.select(
        [never, already, lags >= 0], ["lead_at_least", "lag_at_least", "lag"], default="lead"
    )
    return [cast("LagStatus", str(word)) for word in words]


def _lag_now(ahead: Steps, behind: Steps, now: float) -> tuple[float, LagStatus, tuple[int, int]]:
    """Months, status, and the rows of leader and follower that decide them."""
    if behind.scores.max() > ahead.scores.max():
        months, status, (winner, trailing) = _lag_now(behind, ahead, now)
        flipped: LagStatus = "lead" if status == "lag" else "lead_at_least"
        return -months, flipped, (trailing, winner)
    best = behind.scores.max()
    first = int(_first_to_reach(ahead, np.array([best]))[0])
    bound = first == 0 and ahead.scores[0] > best
    status = "lag_at_least" if bound else "lag"
    months = MONTHS_PER_YEAR * (now - ahead.years[first])
    if best == ahead.scores.max():  # level: nobody trails
        months, status = 0.0, "lag"
    return float(months), status, (first, int(behind.scores.argmax()))


def _lag_without_one(
    sides: list[pd.DataFrame], score: str, now: float, months: float, level: float
) -> Estimate:
    found = [months]
    for index in (0, 1):
        for name in sides[index]["organization"].unique():
            kept = [*sides]
            kept[index] = kept[index][kept[index]["organization"] != name]
            if not kept[index].empty:
                found.append(
                    _lag_now(read_steps(kept[0], score), read_steps(kept[1], score), now)[0]
                )
    return Estimate(months, min(found), max(found), level, "range", len(found) - 1, units.MONTHS)
