"""Who leads by a date, under a chosen definition of leading.

A contest is a gap that is known with error at a day, closes at a rate that is
known with error, and is shaken by shocks. The chances are the closed forms of
`models.race.closed_form_race`, averaged over draws of what is estimated; what is judged
stays fixed. This random walk with drift is the benchmark of `models.race.joint_race`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.frontier import running_maximum
from models.core.input_checks import require_level
from models.core.random_draws import normal_draws
from models.core.timescale import DAYS_PER_YEAR, Moment
from models.race.closed_form_race import first_passage_probability, terminal_probability

FloatArray = npt.NDArray[np.float64]
QUARTERS_PER_YEAR = 4
_FEWEST_CHANGES = 4


@dataclass(frozen=True)
class Contest:
    """One definition of leading, and where the two sides stand on it.

    Attributes
    ----------
    definition : str
        What leading means.
    gap : Estimate
        Leader minus follower on `as_of`, in points or orders of magnitude.
    past_closing : Estimate
        Rate at which the gap closed in the past, per year; negative if it widened.
    weight : float
        Share of the past rate that goes on, between 0 and 1.
    volatility : float
        Standard deviation of a year's change of the gap that no trend explains.
    as_of : Moment
        Day on which the gap holds.
    """

    definition: str
    gap: Estimate
    past_closing: Estimate
    weight: float
    volatility: float
    as_of: Moment

    @property
    def closing(self) -> Estimate:
        """Rate at which the gap is taken to close from now on, per year."""
        return scaled(self.past_closing, self.weight)


@dataclass(frozen=True)
class LeadForecast:
    """Chance that the follower leads, by date.

    Attributes
    ----------
    definition : str
        What leading means.
    dates : tuple of str
        ISO dates.
    terminal : tuple of Estimate
        Chance that the follower is ahead on that day: mean over the draws, with
        the credible interval of the chance over what is estimated.
    ever : tuple of Estimate
        Chance that it has been ahead on some day by then.
    """

    definition: str
    dates: tuple[str, ...]
    terminal: tuple[Estimate, ...]
    ever: tuple[Estimate, ...]

    def on(self, date: str) -> tuple[Estimate, Estimate]:
        """Terminal and first-passage chance on a date of the forecast.

        Raises
        ------
        ModelInputError
            If the forecast has no such date.
        """
        if date not in self.dates:
            raise ModelInputError(f"needs one of {self.dates}, got {date!r}")
        at = self.dates.index(date)
        return self.terminal[at], self.ever[at]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a date: definition, date, and both chances with their ends."""
        rows = []
        for date, terminal, ever in zip(self.dates, self.terminal, self.ever, strict=True):
            rows.append(
                {
                    "definition": self.definition,
                    "date": date,
                    "terminal": terminal.value,
                    "terminal_low": terminal.low,
                    "terminal_high": terminal.high,
                    "ever": ever.value,
                    "ever_low": ever.low,
                    "ever_high": ever.high,
                }
            )
        return pd.DataFrame(rows)


def lead_probability(
    contest: Contest,
    dates: Sequence[str],
    *,
    rng: np.random.Generator,
    n_draws: int = 20_000,
    level: float = 0.90,
) -> LeadForecast:
    """Chance that the follower leads on each date, and that it ever has by then.

    Parameters
    ----------
    contest : Contest
        Where the two sides stand.
    dates : sequence of str
        ISO dates after the contest's day.
    rng : numpy.random.Generator
        Source of the draws of gap and closing rate, taken as independent.
    n_draws : int
        Draws; the Monte Carlo error of a chance is below 0.5 / sqrt(n_draws).
    level : float
        Level of the credible intervals.

    Raises
    ------
    ModelInputError
        If a date is not after the contest's day, or draws are too few.
    """
    require_level(level)
    if n_draws < 100:  # noqa: PLR2004
        raise ModelInputError(f"needs 100 draws or more, got {n_draws}")
    years = [years_between(contest.as_of, date) for date in dates]
    gap = normal_draws(contest.gap, rng.standard_normal(n_draws))
    closing = normal_draws(contest.closing, rng.standard_normal(n_draws))
    n = min(contest.gap.n, contest.closing.n)

    def chance(formula: Callable[..., FloatArray], t: float) -> Estimate:
        return _summary(formula(gap, closing, contest.volatility, t), level, n)

    return LeadForecast(
        contest.definition,
        tuple(dates),
        tuple(chance(terminal_probability, t) for t in years),
        tuple(chance(first_passage_probability, t) for t in years),
    )


def scaled(estimate: Estimate, weight: float) -> Estimate:
    """Multiply an estimate and its interval by a weight between 0 and 1.

    A rate that is carried forward in part only: 0 assumes that both sides grow
    alike from now on, 1 that the past difference goes on in full.

    Raises
    ------
    ModelInputError
        If the weight is outside [0, 1].
    """
    if not 0 <= weight <= 1:
        raise ModelInputError(f"needs a weight between 0 and 1, got {weight}")
    return replace(
        estimate,
        value=weight * estimate.value,
        low=weight * estimate.low,
        high=weight * estimate.high,
    )


def difference(first: Estimate, second: Estimate) -> Estimate:
    """First minus second, for independent estimates of one unit and level.

    Half-widths add in quadrature, each side of the interval on its own.

    Raises
    ------
    ModelInputError
        If levels differ.
    """
    if first.level != second.level:
        raise ModelInputError(f"needs one level, got {first.level} and {second.level}")
    value = first.value - second.value
    down = np.hypot(first.value - first.low, second.high - second.value)
    up = np.hypot(first.high - first.value, second.value - second.low)
    n = first.n + second.n
    return Estimate(
        value, float(value - down), float(value + up), first.level, first.kind, n, first.unit
    )


def gap_series(
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
    sides = [running_maximum(frame[frame["country"] == c], value=value) for c in (leader, follower)]
    best = [[side.loc[side["date"] <= day, value].max() for day in ends] for side in sides]
    gaps = np.subtract(*(np.asarray(b, dtype=float) for b in best))
    if not len(ends) or not np.all(np.isfinite(gaps)):
        raise ModelInputError(
            f"needs models of {leader} and {follower} before the quarter after {since}"
        )
    return pd.DataFrame({"date": ends, "gap": gaps})


def yearly_volatility(gaps: "pd.Series[float]", *, step_quarters: int = 4) -> float:
    """Estimate the standard deviation of a year's change of a quarterly series.

    From changes over `step_quarters` (overlapping where that is more than one),
    scaled to a year as those of a random walk. A series that is noisy but has a
    level it returns to gives a smaller value at longer steps; for a forecast of
    years, the longer step is the relevant one.

    Parameters
    ----------
    gaps : Series, shape (n,)
        Values at ends of quarters, in order.
    step_quarters : int
        Length of the changes.

    Raises
    ------
    ModelInputError
        If there are fewer than four changes, or none varies.
    """
    values = np.asarray(gaps, dtype=float)
    changes = values[step_quarters:] - values[:-step_quarters]
    if changes.size < _FEWEST_CHANGES or not np.std(changes) > 0:
        raise ModelInputError(
            f"needs {_FEWEST_CHANGES} changes or more that vary, got {changes.tolist()}"
        )
    return float(np.std(changes, ddof=1) * np.sqrt(QUARTERS_PER_YEAR / step_quarters))


def years_between(start: Moment, end: str) -> float:
    """Return the years of 365.25 days from one day to a later one.

    Raises
    ------
    ModelInputError
        If the second day is not later.
    """
    years = (pd.Timestamp(end) - pd.Timestamp(start)).days / DAYS_PER_YEAR
    if not years > 0:
        raise ModelInputError(f"needs a date after {start}, got {end}")
    return years


def _summary(chances: FloatArray, level: float, n: int) -> Estimate:
    low, high = np.quantile(chances, [0.5 - level / 2, 0.5 + level / 2])
    return Estimate(
        float(chances.mean()), float(low), float(high), level, "credible", n, units.SHARE
    )
