"""Mean months by which one country's records follow another's, all resamples at once."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from models.capability.frontier_draws import Side, draw_frontiers
from models.core import units
from models.core.bootstrap import estimate_by_deviations
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_replications, select_countries
from models.core.monte_carlo import FEWEST_DRAWS, count_digits, measure_end_error
from models.core.regression import FloatArray
from models.core.timescale import MONTHS_PER_YEAR, Moment, to_decimal_year, to_decimal_years

Censoring = Literal["normal", "at_bound", "dropped"]
BoolArray = npt.NDArray[np.bool_]
MINIMUM_OBSERVED = 2
_EM_STEPS = 500
_EM_TOLERANCE = 1e-5  # months
_SMALLEST_SD = 0.25  # months: a week, under the precision of release dates


@dataclass(frozen=True)
class AverageLag:
    """Mean lag over the follower's record-setting models.

    Attributes
    ----------
    mean : Estimate
        Months; the interval is of the mean to be expected of as many models, from draws
        as in `models.capability.frontier_draws` with records selected anew. Records are
        where the follower has just caught up, so that this mean is shorter than the time
        between two rising lines, by about half of that from one record to the next.
    without_one_developer : Estimate
        Range of the mean when each developer in turn is left out.
    most_influential_developer : str
        The developer whose removal moves the mean most.
    shortest, longest : float
        Extremes over the observed records, in months, bounds included.
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
class _Samples:
    """One country's models in every sample, in order of date (samples by models)."""

    years: FloatArray
    scores: FloatArray
    present: BoolArray


@dataclass(frozen=True)
class _Lags:
    """Lags of every model of the follower in every sample (samples by models).

    `record` marks the ones that count; `longer` and `shorter` those whose true
    lag is known only to exceed, or to fall short of, the months.
    """

    months: FloatArray
    record: BoolArray
    longer: BoolArray
    shorter: BoolArray


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
    require_replications(replications)
    if models_needed < 1:
        raise ModelInputError(f"models_needed must be at least 1, got {models_needed}")
    columns = ["date", score, cluster]
    pair = select_countries(frame, (leader, follower), complete=columns, minimum=2)
    ahead, behind = (
        _side(pair[pair["country"] == code], score, cluster) for code in (leader, follower)
    )
    start, end = to_decimal_year(since), to_decimal_year(frame["date"].max())

    def lags_of(first: _Samples, second: _Samples) -> _Lags:
        return _lags(first, second, (start, end), models_needed)

    seen, names = lags_of(*_leave_out(ahead, behind)), _names(ahead, behind)
    means = _means(seen, censoring)
    observed, left_out = float(means[0]), means[1:]
    own = seen.months[0][seen.record[0]]
    if not len(own):
        raise ModelInputError(f"needs a record of {follower} since {since}, got none")
    if not np.isfinite(observed):
        raise ModelInputError(f"needs {MINIMUM_OBSERVED} records of {follower} with a seen lag")
    drawn = draw_frontiers(ahead, behind, rng, replications)
    samples = (_Samples(d.years, d.scores, np.ones(d.years.shape, dtype=bool)) for d in drawn)
    redrawn = _means(lags_of(*samples), censoring)
    deviations = redrawn[np.isfinite(redrawn)]
    deviations -= deviations.mean()
    mean = estimate_by_deviations(observed, deviations, level=level, n=len(own), unit=units.MONTHS)
    kept = np.isfinite(left_out)
    found = np.append(left_out[kept], observed)
    moved = np.where(kept, np.abs(left_out - observed), -1)
    return AverageLag(
        mean=mean,
        without_one_developer=Estimate(
            observed,
            float(found.min()),
            float(found.max()),
            level,
            "range",
            int(kept.sum()),
            units.MONTHS,
        ),
        most_influential_developer=str(names[moved.argmax()]),
        shortest=float(own.min()),
        longest=float(own.max()),
        n_records=len(own),
        n_censored=int((seen.longer[0] | seen.shorter[0]).sum()),
        digits=_count_digits(mean, deviations, level),
    )


def estimate_lags_by_benchmark(
    panel: pd.DataFrame,
    *,
    since: Moment,
    rng: np.random.Generator,
    cluster: str = "organization",
    replications: int = 200,
    level: float = 0.90,
) -> pd.DataFrame:
    """Mean lag on each benchmark that has enough records to tell.

    Parameters
    ----------
    panel : DataFrame
        One row for each model and benchmark: columns benchmark, score, date, country
        and `cluster`.

    Returns
    -------
    DataFrame
        Columns benchmark, lag, low and high (months) and n_records, shortest lag first.

    Raises
    ------
    ModelInputError
        If no benchmark has two records of the follower whose lag is seen.
    """
    found = []
    for name, rows in panel.groupby("benchmark"):
        try:
            fit = estimate_average_lag(
                rows,
                since=since,
                rng=rng,
                score="score",
                cluster=cluster,
                replications=replications,
                level=level,
            )
        except ModelInputError:  # too few models or records on this one
            continue
        found.append((name, fit.mean.value, fit.mean.low, fit.mean.high, fit.n_records))
    if not found:
        raise ModelInputError(f"needs a benchmark with {MINIMUM_OBSERVED} records, got none")
    columns = ["benchmark", "lag", "low", "high", "n_records"]
    return pd.DataFrame(found, columns=columns).sort_values("lag", ignore_index=True)


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


def _leave_out(ahead: Side, behind: Side) -> tuple[_Samples, _Samples]:
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
            _Samples(
                np.broadcast_to(side.years, shape), np.broadcast_to(side.scores, shape), present
            )
        )
    return samples[0], samples[1]


def _count_digits(mean: Estimate, deviations: FloatArray, level: float) -> int:
    if len(deviations) < FEWEST_DRAWS:
        return 1
    return count_digits(mean, measure_end_error(deviations, level=level))


def _lags(
    ahead: _Samples, behind: _Samples, bounds: tuple[float, float], models_needed: int
) -> _Lags:
    start, end = bounds
    best = np.maximum.accumulate(np.where(behind.present, behind.scores, -np.inf), axis=1)
    before = np.concatenate([np.full((len(best), 1), -np.inf), best[:, :-1]], axis=1)
    record = behind.present & (behind.scores > before) & (behind.years >= start)
    reached_on, already = _reached(ahead, behind.scores, models_needed)
    never = np.isnan(reached_on)
    months = MONTHS_PER_YEAR * (behind.years - np.where(never, end, reached_on))
    return _Lags(months, record, record & already & (months > 0), record & never)


def _reached(
    ahead: _Samples, scores: FloatArray, models_needed: int
) -> tuple[FloatArray, BoolArray]:
    """When so many of the leader's models had each score, and whether from the start on."""
    on = np.full(scores.shape, np.nan)
    already = np.zeros(on.shape, dtype=bool)
    # The first day on which the table holds as many of the leader's models as are needed.
    row = (np.cumsum(ahead.present, axis=1) >= models_needed).argmax(axis=1)
    first_day = np.take_along_axis(ahead.years, row[:, np.newaxis], axis=1)
    at_first = ahead.present & (ahead.years <= first_day)
    for column in range(scores.shape[1]):
        score = scores[:, column, np.newaxis]
        enough = np.cumsum(ahead.present & (ahead.scores >= score), axis=1) >= models_needed
        row = enough.argmax(axis=1)
        found = enough.any(axis=1)
        on[found, column] = ahead.years[found, row[found]]
        already[:, column] = (at_first & (ahead.scores > score)).sum(axis=1) >= models_needed
    return on, already


def _means(lags: _Lags, censoring: Censoring) -> FloatArray:
    """Mean of each sample; NaN where too few lags are seen."""
    exact = lags.record & ~lags.longer & ~lags.shorter
    used = exact if censoring == "dropped" else lags.record
    count = used.sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean = np.where(used, lags.months, 0).sum(axis=1) / count
    if censoring != "normal":
        return np.asarray(mean)
    return _censored_means(lags, exact, mean)


def _censored_means(lags: _Lags, exact: BoolArray, start: FloatArray) -> FloatArray:
    """Maximum likelihood mean of normal lags known up to bounds, by EM, sample by sample."""
    enough = exact.sum(axis=1) >= MINIMUM_OBSERVED
    mean = np.where(enough, start, 0.0)[:, None]
    months, record = lags.months, lags.record
    count = np.maximum(record.sum(axis=1), 1)[:, None]
    spread = np.where(record, (months - mean) ** 2, 0).sum(axis=1)[:, None] / count
    sd = np.maximum(np.sqrt(spread), _SMALLEST_SD)
    side = np.where(lags.longer, 1.0, -1.0)
    bound = lags.longer | lags.shorter
    for _ in range(_EM_STEPS):
        z = side * (months - mean) / sd
        # Mean and variance of a normal beyond a bound, by Mills' ratio.
        ratio = np.exp(stats.norm.logpdf(z) - stats.norm.logsf(z))
        expected = np.where(bound, mean + side * sd * ratio, months)
        extra = np.where(bound, sd**2 * (1 + z * ratio - ratio**2), 0.0)
        before, mean = mean, np.where(record, expected, 0).sum(axis=1)[:, None] / count
        squares = np.where(record, (expected - mean) ** 2 + extra, 0).sum(axis=1)[:, None]
        sd = np.maximum(np.sqrt(squares / count), _SMALLEST_SD)
        if np.abs(mean - before)[enough].max(initial=0) < _EM_TOLERANCE:
            break
    return np.where(enough, mean[:, 0], np.nan)
