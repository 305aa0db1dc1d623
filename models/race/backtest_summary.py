"""What the scores of past forecasts say: member by member, horizon by horizon, and in a test."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.forecast_tests import ComparisonTest, compare_forecasts
from models.race.backtest import POOL, Backtest
from models.race.past_days import HORIZONS_MONTHS

if TYPE_CHECKING:
    from collections.abc import Mapping

NAIVE = "no_change"
_RULE = {"crps": "crps", "log_score": "log_score", "coverage_50": "inside_50",
         "coverage_90": "inside_90"}  # fmt: skip

_MONTHS_LEFT_OUT = 6
"""Days next to one another know nearly the same: whole half-years are left out."""


@dataclass(frozen=True)
class Scored:
    """How a forecast did.

    Attributes
    ----------
    crps : float
        Mean continuous ranked probability score in points; smaller is better.
    log_score : float
        Mean negative logarithm of the density at the outcome; smaller is better.
    coverage_50 : float
        Share of outcomes inside the 50% prediction intervals.
    coverage_90 : float
        Share of outcomes inside the 90% prediction intervals.
    n : int
        Forecasts; they overlap, so that they are fewer independent ones.
    """

    crps: float
    log_score: float
    coverage_50: float
    coverage_90: float
    n: int


@dataclass(frozen=True)
class MemberScore:
    """How a member, or the pool, did.

    Attributes
    ----------
    member : str
        Its name.
    overall : Scored
        Over all forecasts.
    by_horizon : mapping of int to Scored
        By months ahead.
    from_files : Scored or None
        Over those from files of the time; None if there is none.
    """

    member: str
    overall: Scored
    by_horizon: Mapping[int, Scored]
    from_files: Scored | None


@dataclass(frozen=True)
class BacktestSummary:
    """How all forecasts did.

    Attributes
    ----------
    members : mapping of str to MemberScore
        By name, the pool left out.
    pool : MemberScore
        The mean of all methods.
    ratio_to_naive : Estimate
        CRPS of the pool over that of "no change"; range when half a year of days is left out.
    tests : mapping of int to ComparisonTest
        Pool against "no change" by horizon, where forecasts outnumber the months ahead.
    origins : tuple of Timestamp
        Days of the forecasts.
    n_from_files : int
        Of these days, those of which a file is kept.
    """

    members: Mapping[str, MemberScore]
    pool: MemberScore
    ratio_to_naive: Estimate
    tests: Mapping[int, ComparisonTest]
    origins: tuple[pd.Timestamp, ...]
    n_from_files: int

    @property
    def best(self) -> MemberScore:
        """The member with the smallest CRPS: known afterwards alone."""
        return min(self.members.values(), key=lambda member: member.overall.crps)

    @property
    def ratio_to_best(self) -> float:
        """Error (CRPS) of the mean of all methods over that of the best one, times."""
        return self.pool.overall.crps / self.best.overall.crps

    @property
    def ratio_to_naive_from_files(self) -> float | None:
        """Error of the mean of all methods over that of no change, times, by kept files.

        Both are taken over the days of which a file of the index is kept.
        """
        pool, naive = self.pool.from_files, self.members[NAIVE].from_files
        return pool.crps / naive.crps if pool and naive else None


def summarise_backtest(backtest: Backtest, *, level: float = 0.90) -> BacktestSummary:
    """Average the scores, and test the pool against "no change".

    Parameters
    ----------
    backtest : Backtest
        From `models.race.backtest.score_past_forecasts`.
    level : float
        Level that the range over days left out is labelled with.

    Raises
    ------
    ModelInputError
        If "no change" was never fitted, or there are fewer than two days.
    """
    scores = backtest.scores
    names = list(dict.fromkeys(scores["member"]))
    origins = tuple(pd.Timestamp(day) for day in scores["origin"].unique())
    if NAIVE not in names or len(origins) < 2:  # noqa: PLR2004
        raise ModelInputError(f"needs {NAIVE} and two days or more, got {names} on {len(origins)}")
    found = {name: _score_member(scores, name) for name in names}
    pool = found.pop(POOL)
    files = scores.loc[scores["source"] == "vintage", "origin"].nunique()
    return BacktestSummary(
        found, pool, _ratio_range(scores, level), _test_each(scores), origins, int(files)
    )


def write_backtest(summary: BacktestSummary, data: Mapping[str, str]) -> dict[str, Any]:
    """Return the summary as it is published for programs, with its horizons as text.

    Parameters
    ----------
    summary : BacktestSummary
        The scores.
    data : mapping of str to str
        What the forecasts rest on, said in words.
    """
    return {
        "pool": _written(summary.pool),
        "members": {name: _written(member) for name, member in summary.members.items()},
        "pool_over_no_change": summary.ratio_to_naive.value,
        "pool_over_best_member": summary.ratio_to_best,
        "best_member": summary.best.member,
        "origins": [f"{day:%Y-%m-%d}" for day in summary.origins],
        "origins_from_files": summary.n_from_files,
        "test": {
            "name": "Diebold-Mariano with the correction of Harvey, Leybourne and Newbold",
            "compares": "CRPS of the pool less that of no_change, months ahead as horizon",
            **next((asdict(test) for test in summary.tests.values()), {}),
            "by_horizon": {str(months): asdict(test) for months, test in summary.tests.items()},
        },
        "data": dict(data),
    }


def _written(member: MemberScore) -> dict[str, Any]:
    return {
        **asdict(member.overall),
        "by_horizon": {str(months): asdict(x) for months, x in member.by_horizon.items()},
        "real_time_files_only": asdict(member.from_files) if member.from_files else None,
    }


def _score_member(scores: pd.DataFrame, name: str) -> MemberScore:
    rows = scores[scores["member"] == name]
    files = rows[rows["source"] == "vintage"]
    return MemberScore(
        name,
        _average(rows),
        {
            months: _average(rows[rows["horizon_months"] == months])
            for months in HORIZONS_MONTHS
            if (rows["horizon_months"] == months).any()
        },
        _average(files) if len(files) else None,
    )


def _average(rows: pd.DataFrame) -> Scored:
    return Scored(**{name: float(rows[column].mean()) for name, column in _RULE.items()},
                  n=len(rows))  # fmt: skip


def _ratio_range(scores: pd.DataFrame, level: float) -> Estimate:
    """Ratio of the pool's score to that of no change, and its range without half a year each."""
    months = scores["origin"].dt.year * 12 + scores["origin"].dt.month - 1
    halves = months // _MONTHS_LEFT_OUT
    value = _ratio(scores)
    others = [_ratio(scores[halves != half]) for half in halves.unique()]
    ends = min(*others, value), max(*others, value)
    return Estimate(value, *ends, level, "range", scores["origin"].nunique(), units.TIMES)


def _ratio(scores: pd.DataFrame) -> float:
    means = scores.groupby("member")["crps"].mean()
    return float(means[POOL] / means[NAIVE])


def _test_each(scores: pd.DataFrame) -> dict[int, ComparisonTest]:
    wide = scores.pivot_table(index=["horizon_months", "origin"], columns="member", values="crps")
    pairs = wide[[POOL, NAIVE]].dropna()
    tests = {}
    for months in HORIZONS_MONTHS:
        if months in pairs.index.get_level_values(0):
            rows = pairs.loc[months]
            if len(rows) > months:
                tests[months] = compare_forecasts(rows[POOL], rows[NAIVE], horizon=months)
    return tests
