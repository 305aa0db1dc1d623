"""How far one country's best models trail another's, in points and in months."""

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core import units
from models.core.bootstrap import percentile_estimate, resampled_rows
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.frontier import running_maximum, running_top
from models.core.input_checks import require_level, require_replications, rows_of_countries
from models.core.regression import FloatArray
from models.core.timescale import MONTHS_PER_YEAR, Moment, decimal_year, decimal_years

LagStatus = Literal["lag", "lag_at_least", "lead", "lead_at_least"]
_COLUMNS = ("model", "organization", "date")


@dataclass(frozen=True)
class CapabilityLag:
    """How many months the follower's frontier trails the leader's at a date.

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
        Months, bootstrap over models within country; a bound where `status` says so.
    without_one_developer : Estimate
        Range over all fits that leave out one developer.
    subsampled : Estimate
        Interval by subsampling n^0.7 models per country, which stays valid for
        maxima where the bootstrap may not; no rescaling, so it is wide.
    censored_share : float
        Share of the bootstrap draws in which the months are only a bound.
    follower_model, leader_model : str
        The follower's frontier at the date, and the first model of the leader to
        reach it (for a lead: the leader's frontier and the follower's model).
    n_leader, n_follower : int
        Models up to the date.
    """

    status: LagStatus
    lag: Estimate
    without_one_developer: Estimate
    subsampled: Estimate
    censored_share: float
    follower_model: str
    leader_model: str
    n_leader: int
    n_follower: int


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


def capability_frontier(frame: pd.DataFrame, *, country: str, score: str = "eci") -> pd.DataFrame:
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
    return running_maximum(_scored(frame, (country,), score), value=score)


def capability_lag_series(
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
    seen = _scored_until(frame, last, (leader, follower), score)
    steps = capability_frontier(seen, country=leader, score=score).reset_index(drop=True)
    records = capability_frontier(seen, country=follower, score=score)
    lags, statuses, first = _record_lags(
        _steps(records, score), _steps(steps, score), decimal_year(last)
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


def capability_lag(
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
    `models.capability.average_lag` over records does not. Both are read from running maxima, which
    are not smooth in the data: the bootstrap (Bickel and Freedman 1981) is shown
    with subsampling (Politis and Romano 1994) and with each developer left out.
    Error in the scores themselves is outside all three.

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
    seen = _scored_until(frame, date, (leader, follower), score, minimum=2)
    sides = [seen[seen["country"] == code] for code in (leader, follower)]
    ahead, behind = (_steps(side, score) for side in sides)
    now = decimal_year(date)
    months, status, (row_ahead, row_behind) = _lag_now(ahead, behind, now)
    draws = [
        _lag_now(a, b, now) for a, b in _resamples(ahead, behind, replications, rng, power=1.0)
    ]
    small = [
        _lag_now(a, b, now)[0] for a, b in _resamples(ahead, behind, replications, rng, power=0.7)
    ]
    n = len(seen)
    return CapabilityLag(
        status=status,
        lag=percentile_estimate(months, [d[0] for d in draws], level=level, n=n, unit=units.MONTHS),
        without_one_developer=_lag_without_one(sides, score, now, months, level),
        subsampled=percentile_estimate(months, small, level=level, n=n, unit=units.MONTHS),
        censored_share=float(np.mean([d[1].endswith("at_least") for d in draws])),
        follower_model=str(sides[1]["model"].iloc[row_behind]),
        leader_model=str(sides[0]["model"].iloc[row_ahead]),
        n_leader=len(sides[0]),
        n_follower=len(sides[1]),
    )


def frontier_gap(
    frame: pd.DataFrame,
    *,
    date: Moment,
    rng: np.random.Generator,
    leader: str = "USA",
    follower: str = "CHN",
    score: str = "eci",
    replications: int = 2000,
    level: float = 0.90,
) -> Estimate:
    """Points between the best models of two countries at a date.

    Percentile interval over models resampled within country; see the trap in
    `capability_lag`.

    Raises
    ------
    ModelInputError
        If a country has fewer than 2 models by the date, or a value is missing.
    """
    require_replications(replications)
    seen = _scored_until(frame, date, (leader, follower), score, minimum=2)
    scores = [
        seen.loc[seen["country"] == code, score].to_numpy(dtype=float)
        for code in (leader, follower)
    ]
    best = [rng.choice(s, size=(replications, len(s))).max(axis=1) for s in scores]
    value = float(scores[0].max() - scores[1].max())
    n = len(scores[0]) + len(scores[1])
    return percentile_estimate(value, best[0] - best[1], level=level, n=n, unit=units.POINTS)


def frontier_trend(
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
    pair = _scored(frame, (leader, follower), score, minimum=3)
    sides = [_side(pair, code, score) for code in (leader, follower)]
    start, now = decimal_year(since), decimal_year(date)
    fits = [_frontier_line(side, top, start, now) for side in sides]
    for code, (slope, _, n) in zip((leader, follower), fits, strict=True):
        if not np.isfinite(slope):
            raise ModelInputError(f"needs 3 frontier models of {code} since {since}, got {n}")
    drawn = [
        np.array(
            [_frontier_line(s, top, start, now)[:2] for s in _side_draws(side, rng, replications)]
        )
        for side in sides
    ]
    usable = np.isfinite(drawn[0]).all(axis=1) & np.isfinite(drawn[1]).all(axis=1)
    ahead, behind = drawn[0][usable], drawn[1][usable]
    n_ahead, n_behind = fits[0][2], fits[1][2]

    def rate(value: float, draws: FloatArray, n: int, unit: str) -> Estimate:
        return percentile_estimate(value, draws, level=level, n=n, unit=unit)

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
class _Steps:
    """Models of one country in order of date, as arrays."""

    years: FloatArray
    scores: FloatArray


@dataclass(frozen=True)
class _Side:
    """`_Steps` with the developer of each model."""

    steps: _Steps
    developers: npt.NDArray[np.object_]


def _scored(
    frame: pd.DataFrame, countries: tuple[str, ...], score: str, minimum: int = 1
) -> pd.DataFrame:
    return rows_of_countries(frame, countries, complete=[*_COLUMNS, score], minimum=minimum)


def _scored_until(
    frame: pd.DataFrame,
    end: Moment,
    countries: tuple[str, ...],
    score: str,
    minimum: int = 1,
) -> pd.DataFrame:
    pair = _scored(frame, countries, score)
    known = pair[pair["date"] <= pd.Timestamp(end)].sort_values("date", kind="stable")
    return _scored(known, countries, score, minimum)


def _steps(frame: pd.DataFrame, score: str) -> _Steps:
    return _Steps(decimal_years(frame["date"]), frame[score].to_numpy(dtype=float))


def _side(frame: pd.DataFrame, code: str, score: str) -> _Side:
    rows = frame[frame["country"] == code].sort_values("date", kind="stable")
    return _Side(_steps(rows, score), rows["organization"].to_numpy(dtype=object))


def _side_draws(side: _Side, rng: np.random.Generator, replications: int) -> list[_Steps]:
    rows = resampled_rows(side.developers, rng, replications)
    ordered = [np.sort(picked) for picked in rows]
    return [_Steps(side.steps.years[i], side.steps.scores[i]) for i in ordered]


def _first_to_reach(steps: _Steps, scores: FloatArray) -> npt.NDArray[np.intp]:
    """Row at which a running maximum first reaches each score; len(steps) if never."""
    return np.searchsorted(np.maximum.accumulate(steps.scores), scores, side="left")


def _record_lags(
    records: _Steps, ahead: _Steps, end: float
) -> tuple[FloatArray, list[LagStatus], npt.NDArray[np.intp]]:
    first = _first_to_reach(ahead, records.scores)
    reached = first < len(ahead.years)
    at = np.where(reached, ahead.years[np.minimum(first, len(ahead.years) - 1)], end)
    lags = np.asarray(MONTHS_PER_YEAR * (records.years - at))
    statuses = _record_statuses(first, lags, ahead, records)
    return lags, statuses, np.where(reached, first, -1)


def _record_statuses(
    first: npt.NDArray[np.intp], lags: FloatArray, ahead: _Steps, records: _Steps
) -> list[LagStatus]:
    never = first == len(ahead.years)
    already = (first == 0) & (ahead.scores[0] > records.scores) & (lags > 0)
    words = np.select(
        [never, already, lags >= 0], ["lead_at_least", "lag_at_least", "lag"], default="lead"
    )
    return [cast("LagStatus", str(word)) for word in words]


def _lag_now(ahead: _Steps, behind: _Steps, now: float) -> tuple[float, LagStatus, tuple[int, int]]:
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


def _resamples(
    ahead: _Steps, behind: _Steps, replications: int, rng: np.random.Generator, power: float
) -> list[tuple[_Steps, _Steps]]:
    draws = [_row_draws(len(s.years), replications, rng, power) for s in (ahead, behind)]
    return [
        (_Steps(ahead.years[i], ahead.scores[i]), _Steps(behind.years[j], behind.scores[j]))
        for i, j in zip(*draws, strict=True)
    ]


def _row_draws(
    n: int, replications: int, rng: np.random.Generator, power: float
) -> npt.NDArray[np.intp]:
    """Rows in order of date: with replacement at power 1, else n^power without."""
    if power == 1:
        return np.sort(rng.integers(n, size=(replications, n)), axis=1)
    size = max(1, round(n**power))
    shuffled = rng.random((replications, n)).argsort(axis=1)
    return np.sort(shuffled[:, :size], axis=1)


def _lag_without_one(
    sides: list[pd.DataFrame], score: str, now: float, months: float, level: float
) -> Estimate:
    found = [months]
    for index in (0, 1):
        for name in sides[index]["organization"].unique():
            kept = [*sides]
            kept[index] = kept[index][kept[index]["organization"] != name]
            if not kept[index].empty:
                found.append(_lag_now(_steps(kept[0], score), _steps(kept[1], score), now)[0])
    return Estimate(months, min(found), max(found), level, "range", len(found) - 1, units.MONTHS)


def _frontier_line(
    side: "_Side | _Steps", top: int, start: float, now: float
) -> tuple[float, float, int]:
    """Slope, level at `now` and size of the top-n frontier since `start`; NaN if too small."""
    steps = side.steps if isinstance(side, _Side) else side
    keep = running_top(steps.scores, steps.years, top) & (steps.years >= start)
    years, scores = steps.years[keep] - now, steps.scores[keep]
    if len(years) < 3 or np.ptp(years) == 0:  # noqa: PLR2004
        return float("nan"), float("nan"), len(years)
    slope, level = np.polyfit(years, scores, 1)
    return float(slope), float(level), len(years)
