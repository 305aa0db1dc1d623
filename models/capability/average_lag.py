"""Mean months by which one country's records follow another's, all resamples at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.capability.frontier_draws import Side, draw_frontiers
from models.capability.record_lags import (
    MINIMUM_OBSERVED,
    Censoring,
    Samples,
    average_lags,
    find_lags,
)
from models.core import units
from models.core.bootstrap import estimate_by_deviations
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_replications, select_countries
from models.core.monte_carlo import FEWEST_DRAWS, count_digits, measure_end_error
from models.core.timescale import Moment, to_decimal_year, to_decimal_years

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.regression import FloatArray


@dataclass(frozen=True)
class AverageLag:
    """Mean lag over the follower's record-setting models.

    The interval of the mean is of the mean to be expected of as many models, from draws as in
    `models.capability.frontier_draws` with records selected anew. Records are where the
    follower has just caught up, so that this mean is shorter than the time between two rising
    lines, by about half of that from one record to the next.

    Attributes
    ----------
    mean : Estimate
        Mean lag of the records, months.
    without_one_developer : Estimate
        Range of the mean lag when each developer in turn is left out, months.
    most_influential_developer : str
        The developer whose removal moves the mean most.
    shortest : float
        Shortest lag of an observed record, months, bounds included.
    longest : float
        Longest lag of an observed record, months, bounds included.
    n_records, n_censored : int
        Records, and those of them whose months are only a bound.
    digits : int
        Significant digits of the mean and its interval that another seed would not change.
    """

    mean: Estimate
    without_one_developer: Estimate
    most_influential_developer: str
    shortest: float
    longest: float
    n_records: int
    n_censored: int
    digits: int


@dataclass(frozen=True)
class DrawnLag:
    """A mean lag and its draws, from which an interval of any level is read.

    Attributes
    ----------
    observed : float
        Mean lag, months.
    deviations : array, shape (n,)
        Of the draws that have a mean, from the mean of them all, months.
    without_one_developer : array, shape (n,)
        The mean where one developer is left out, months; where it has one.
    most_influential_developer, shortest, longest, n_records, n_censored
        As in `AverageLag`.
    """

    observed: float
    deviations: FloatArray
    without_one_developer: FloatArray
    most_influential_developer: str
    shortest: float
    longest: float
    n_records: int
    n_censored: int

    def summarise(self, level: float) -> AverageLag:
        """Return the mean with its interval.

        Raises
        ------
        ModelInputError
            If the level is not in (0, 1).
        """
        mean = estimate_by_deviations(
            self.observed, self.deviations, level=level, n=self.n_records, unit=units.MONTHS
        )
        found = np.append(self.without_one_developer, self.observed)
        return AverageLag(
            mean=mean,
            without_one_developer=Estimate(
                self.observed,
                float(found.min()),
                float(found.max()),
                level,
                "range",
                len(self.without_one_developer),
                units.MONTHS,
            ),
            most_influential_developer=self.most_influential_developer,
            shortest=self.shortest,
            longest=self.longest,
            n_records=self.n_records,
            n_censored=self.n_censored,
            digits=_count_digits(mean, self.deviations, level),
        )


@dataclass(frozen=True)
class LagPair:
    """The models of two countries whose lag is measured.

    Attributes
    ----------
    ahead, behind : Side
        Models of the leader and of the follower, in order of date.
    end : float
        Decimal year of the last model of any country.
    follower : str
        Code of the follower.
    """

    ahead: Side
    behind: Side
    end: float
    follower: str


def estimate_average_lag(
    frame: pd.DataFrame,
    *,
    since: Moment,
    rng: np.random.Generator,
    leader: str = "USA",
    follower: str = "CHN",
    score: str = "eci",
    censoring: Censoring = "normal",
    models_needed: int = 1,
    cluster: str = "organization",
    replications: int = 2000,
    level: float = 0.90,
) -> AverageLag:
    """Mean over the follower's records of the time since the leader had that score.

    The measure of Epoch AI's "Chinese AI models have lagged the US frontier". Where
    the leader's first model in the table was already better, the lag is longer
    than the months seen; where the leader has not reached the record, it is a
    lead of at least the months since.

    Parameters
    ----------
    frame : DataFrame
        Columns date, country, `score` and `cluster`; rows of other countries, or
        of several, are left aside.
    since : str, date or Timestamp
        First day of the records that count.
    censoring : {"normal", "at_bound", "dropped"}
        What a bound counts for. "normal": the lags follow a normal distribution,
        whose mean maximises the likelihood with the bounds (Tobin 1958; by the
        EM algorithm, Dempster, Laird and Rubin 1977). "at_bound": the bound is
        taken for the lag. "dropped": it is left out.
    models_needed : int
        How many of the leader's models must have reached a score before it counts
        as reached.

    Raises
    ------
    ModelInputError
        If a country has fewer than 2 models, the follower set no record since
        then or fewer than 2 whose lag is seen, or a value is missing.
    """
    drawn = resample_average_lag(
        read_lag_pair(frame, leader=leader, follower=follower, score=score, cluster=cluster),
        since=since,
        rng=rng,
        censoring=censoring,
        models_needed=models_needed,
        replications=replications,
    )
    return drawn.summarise(level)


def read_lag_pair(
    frame: pd.DataFrame,
    *,
    leader: str = "USA",
    follower: str = "CHN",
    score: str = "eci",
    cluster: str = "organization",
) -> LagPair:
    """Read the models of two countries.

    Parameters
    ----------
    frame : DataFrame
        As in `estimate_average_lag`.

    Raises
    ------
    ModelInputError
        If a country has fewer than 2 models, or a value is missing.
    """
    columns = ["date", score, cluster]
    pair = select_countries(frame, (leader, follower), complete=columns, minimum=2)
    ahead, behind = (
        _side(pair[pair["country"] == code], score, cluster) for code in (leader, follower)
    )
    return LagPair(ahead, behind, to_decimal_year(frame["date"].max()), follower)


def resample_average_lag(
    pair: LagPair,
    *,
    since: Moment,
    rng: np.random.Generator,
    censoring: Censoring = "normal",
    models_needed: int = 1,
    replications: int = 2000,
) -> DrawnLag:
    """Draw the mean lag anew, for `DrawnLag.summarise`.

    Parameters
    ----------
    pair : LagPair
        The models.
    since, censoring, models_needed
        As in `estimate_average_lag`.

    Raises
    ------
    ModelInputError
        If the follower set no record since then, or fewer than 2 whose lag is seen.
    """
    require_replications(replications)
    if models_needed < 1:
        raise ModelInputError(f"models_needed must be at least 1, got {models_needed}")
    ahead, behind = pair.ahead, pair.behind
    bounds = to_decimal_year(since), pair.end
    seen, names = (
        find_lags(*_leave_out(ahead, behind), bounds, models_needed),
        _names(ahead, behind),
    )
    means = average_lags(seen, censoring)
    observed, left_out = float(means[0]), means[1:]
    own = seen.months[0][seen.record[0]]
    if not len(own):
        raise ModelInputError(f"needs a record of {pair.follower} since {since}, got none")
    if not np.isfinite(observed):
        raise ModelInputError(
            f"needs {MINIMUM_OBSERVED} records of {pair.follower} with a seen lag"
        )
    kept = np.isfinite(left_out)
    moved = np.where(kept, np.abs(left_out - observed), -1)
    drawn = draw_frontiers(ahead, behind, rng, replications)
    samples = [Samples(d.years, d.scores, np.ones(d.years.shape, dtype=bool)) for d in drawn]
    redrawn = average_lags(find_lags(samples[0], samples[1], bounds, models_needed), censoring)
    deviations = redrawn[np.isfinite(redrawn)]
    return DrawnLag(
        observed,
        deviations - deviations.mean(),
        left_out[kept],
        str(names[moved.argmax()]),
        float(own.min()),
        float(own.max()),
        len(own),
        int((seen.longer[0] | seen.shorter[0]).sum()),
    )


def resample_lags_by_benchmark(
    panel: pd.DataFrame,
    *,
    since: Moment,
    rng: np.random.Generator,
    cluster: str = "organization",
    replications: int = 200,
) -> dict[str, DrawnLag]:
    """Draw the mean lag on each benchmark that has enough records to tell, for `tabulate_lags`.

    Parameters
    ----------
    panel : DataFrame
        One row for each model and benchmark: columns benchmark, score, date, country
        and `cluster`.

    Raises
    ------
    ModelInputError
        If no benchmark has two records of the follower whose lag is seen.
    """
    found = {}
    for name, rows in panel.groupby("benchmark"):
        try:
            pair = read_lag_pair(rows, score="score", cluster=cluster)
            found[str(name)] = resample_average_lag(
                pair, since=since, rng=rng, replications=replications
            )
        except ModelInputError:  # too few models or records on this one
            continue
    if not found:
        raise ModelInputError(f"needs a benchmark with {MINIMUM_OBSERVED} records, got none")
    return found


def tabulate_lags(drawn: Mapping[str, DrawnLag], *, level: float) -> pd.DataFrame:
    """Tabulate mean lags by benchmark, the shortest first.

    Parameters
    ----------
    drawn : mapping of str to DrawnLag
        By benchmark.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        Columns benchmark, lag, low and high (months) and n_records.

    Raises
    ------
    ModelInputError
        If the level is not in (0, 1).
    """
    means = [(name, each.summarise(level).mean, each.n_records) for name, each in drawn.items()]
    return pd.DataFrame(
        [(name, mean.value, mean.low, mean.high, n) for name, mean, n in means],
        columns=["benchmark", "lag", "low", "high", "n_records"],
    ).sort_values("lag", ignore_index=True)


def _side(frame: pd.DataFrame, score: str, cluster: str) -> Side:
    # The best of a day first: the others of that day set no record.
    rows = frame.sort_values(["date", score], ascending=[True, False], kind="stable")
    return Side(
        to_decimal_years(rows["date"]),
        rows[score].to_numpy(dtype=float),
        rows[cluster].to_numpy(dtype=object),
    )


def _names(ahead: Side, behind: Side) -> list[str]:
    """Developers, the leader's first, each country's in the order of their first model."""
    return [str(name) for side in (ahead, behind) for name in pd.unique(side.developers)]


def _leave_out(ahead: Side, behind: Side) -> tuple[Samples, Samples]:
    """All models, then those without each developer in turn, the leader's first."""
    names = [pd.unique(side.developers) for side in (ahead, behind)]
    count = 1 + sum(map(len, names))
    begins = (1, 1 + len(names[0]))
    samples = []
    for side, own, begin in zip((ahead, behind), names, begins, strict=True):
        present = np.ones((count, len(side.years)), dtype=bool)
        present[begin : begin + len(own)] = side.developers != own[:, np.newaxis]
        shape = present.shape
        samples.append(
            Samples(
                np.broadcast_to(side.years, shape), np.broadcast_to(side.scores, shape), present
            )
        )
    return samples[0], samples[1]


def _count_digits(mean: Estimate, deviations: FloatArray, level: float) -> int:
    if len(deviations) < FEWEST_DRAWS:
        return 1
    return count_digits(mean, measure_end_error(deviations, level=level))
