"""How past forecasts of every member and of their pool did, with what was known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from models.core.unit_root import UnitRootTest, check_unit_root
from models.race.backtest import POOL, Backtest, score_past_forecasts
from models.race.backtest_summary import NAIVE, BacktestSummary, MemberScore, summarise_backtest
from models.race.gap_history import FirstScores, measure_first_scores, read_past_index
from models.race.gap_pool import JOINT, Failure
from models.race.past_days import (
    HORIZONS_MONTHS,
    KnownDay,
    PastDay,
    PastTables,
    know_days,
    list_origins,
    measure_days,
)
from models.race.race_parameters import JointParameters
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.overtake_forecast.pooled import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.estimates import Estimate
    from models.core.forecast_tests import ComparisonTest
    from models.core.timescale import Moment

FIRST_ORIGIN = "2024-06-30"
"""End of the first month with a year of the gap behind it."""
TOLERATED = 1.05
"""Times the error of the best member, known afterwards, that the pool should stay within."""
TABLES = ("capability_index", "index_vintages", "index_scores", "ai_models", "chips_owned",
          "chips_in_china")  # fmt: skip
OF_IDEAS = (
    "efficiency_gain_oom_per_year",
    "diffusion_lag_years",
    "diffusion_rate",
    "trend_weight",
    "volatility_factor",
    "prior_spread",
)
"""Parameters that past forecasts depend on: growth of compute is that of the time."""
_ROOM = 1.25  # times the largest error, for its number
_DAYS_PER_MONTH = 30.44
_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class ShownScore:
    """How one forecast did, as the table shows it.

    Attributes
    ----------
    score : MemberScore
        Its scores.
    naive : MemberScore
        Those of "no change".
    """

    score: MemberScore
    naive: MemberScore

    @property
    def label(self) -> str:
        """What figures and tables call it."""
        return NAMES[self.score.member]

    @property
    def ratio(self) -> float:
        """Its error over that of no change."""
        return self.score.overall.crps / self.naive.overall.crps

    @property
    def ratio_from_files(self) -> float | None:
        """The same over the days of which a file is kept."""
        own, naive = self.score.from_files, self.naive.from_files
        return own.crps / naive.crps if own and naive else None


@dataclass(frozen=True)
class PastForecasts:
    """Scores of past forecasts.

    Attributes
    ----------
    scores : DataFrame
        A row for each day, horizon and member, from `models.race.backtest`.
    summary : BacktestSummary
        Past forecasts.
    failed : tuple of Failure
        Members that could not be fitted on some day.
    first_scores : FirstScores
        For past days of which no file of the index is kept.
    unit_root : UnitRootTest
        Test whether the quarterly gap wanders, from all quarters.
    without_first : UnitRootTest
        Test whether the quarterly gap wanders, without the first quarter.
    """

    scores: pd.DataFrame
    summary: BacktestSummary
    failed: tuple[Failure, ...]
    first_scores: FirstScores
    unit_root: UnitRootTest
    without_first: UnitRootTest

    @property
    def shown(self) -> tuple[ShownScore, ...]:
        """The pool and its members, smallest error first."""
        naive = self.summary.members[NAIVE]
        members = sorted(self.summary.members.values(), key=lambda score: score.overall.crps)
        return tuple(ShownScore(score, naive) for score in (self.summary.pool, *members))

    @property
    def ratio(self) -> Estimate:
        """Error of the pooled past forecasts over that of assuming no change, times."""
        return self.summary.ratio_to_naive

    @property
    def is_worse(self) -> bool:
        """Whether the pool did worse than no change."""
        return self.ratio.value > 1

    @property
    def joint_ratio(self) -> float:
        """Error of the joint model's past forecasts over that of assuming no change, times.

        It is 1 if the model was never fitted.
        """
        return next((s.ratio for s in self.shown if s.score.member == JOINT), 1.0)

    @property
    def joint_is_worst(self) -> bool:
        """Whether no other forecast had as large an error as the joint model."""
        return self.shown[-1].score.member == JOINT

    @property
    def n_better(self) -> int:
        """Methods whose past forecasts erred less than the pool of all."""
        pooled = self.summary.pool.overall.crps
        return sum(score.overall.crps < pooled for score in self.summary.members.values())

    @property
    def joint_bias(self) -> float:
        """Gap a year ahead as the joint model expected it, less what came; mean, points."""
        scores = self.scores
        rows = scores[(scores["member"] == JOINT) & (scores["horizon_months"] == _MONTHS_A_YEAR)]
        return float((rows["mean"] - rows["outcome"]).mean()) if len(rows) else 0.0

    @property
    def best_label(self) -> str:
        """The member with the smallest error."""
        return NAMES[self.summary.best.member]

    @property
    def is_near_best(self) -> bool:
        """Whether the pool is within five percent of its best member."""
        return self.summary.ratio_to_best <= self.tolerated

    @property
    def tolerated(self) -> float:
        """Times the error of the best member that the pool should stay within."""
        return TOLERATED

    @property
    def covers_too_much(self) -> bool:
        """Whether the pool's 90% intervals held more than 90%."""
        return self.summary.pool.overall.coverage_90 > 0.90  # noqa: PLR2004

    @property
    def shortest(self) -> ComparisonTest | None:
        """The pool (first) against assuming no change (second), six months ahead."""
        return self.summary.tests.get(HORIZONS_MONTHS[0])

    @property
    def tells_apart(self) -> bool:
        """Whether that test tells the two apart at 5%."""
        return self.shortest is not None and self.shortest.p_value < 0.05  # noqa: PLR2004

    @property
    def months_spanned(self) -> int:
        """Months from the first forecast to the last outcome."""
        ends = [
            origin + pd.DateOffset(months=months)
            for origin, months in zip(
                self.scores["origin"], self.scores["horizon_months"], strict=True
            )
        ]
        first: pd.Timestamp = self.scores["origin"].min()
        return round(int((max(ends) - first).days) / _DAYS_PER_MONTH)

    @property
    def spans_apart(self) -> int:
        """Spans of a year that fit into them side by side."""
        return self.months_spanned // 12

    @property
    def hangs_on_first(self) -> bool:
        """Whether only the first quarter makes the gap look as if it returned to a mean."""
        level = 0.05
        return self.unit_root.p_value < level <= self.without_first.p_value


@dataclass(frozen=True)
class KnownDays:
    """What was known of the index on past days.

    Attributes
    ----------
    days : tuple of KnownDay
        The index of each day.
    first_scores : FirstScores
        Delay and revision of scores, put on the days of which no file is kept.
    """

    days: tuple[KnownDay, ...]
    first_scores: FirstScores


def know_past(vintages: pd.DataFrame, scores: pd.DataFrame, index: pd.DataFrame) -> KnownDays:
    """Find what was known of the index on past days.

    Parameters
    ----------
    vintages, scores : DataFrame
        Tables ``index_vintages`` and ``index_scores``.
    index : DataFrame
        Models of known day and country on the capability index.

    Raises
    ------
    ModelInputError
        If there are too few files of the index.
    """
    first = measure_first_scores(vintages)
    past = read_past_index(vintages, scores, index, delay_days=first.delay.value)
    origins = list_origins(FIRST_ORIGIN, index)
    return KnownDays(know_days(past, origins, revision=first.revision.value), first)


def measure_past(
    known: KnownDays,
    index: pd.DataFrame,
    models: pd.DataFrame,
    chips: pd.DataFrame,
    chips_in_china: pd.DataFrame,
    *,
    since: Moment,
) -> tuple[PastDay, ...]:
    """Measure what forecasts of past days rest on, and what came; nothing is drawn.

    Parameters
    ----------
    known : KnownDays
        From `know_past`.
    index : DataFrame
        Models of known day and country on the capability index.
    models, chips, chips_in_china : DataFrame
        Tables ``ai_models``, ``chips_owned`` and ``chips_in_china``.
    since : date
        First day of the models that past growth is fitted on.
    """
    return measure_days(known.days, PastTables(index, models, chips, chips_in_china, since))


def score_pool(days: Sequence[PastDay], ideas: Mapping[str, Any], *, seed: int) -> Backtest:
    """Make past forecasts again with what was known, and score them.

    Parameters
    ----------
    days : sequence of PastDay
        From `measure_past`.
    ideas : mapping of str to value
        Those of the chapter's parameters that `OF_IDEAS` names.
    seed : int
        Seed of all draws.

    Raises
    ------
    ModelInputError
        If no day has enough models before it and an outcome after it.
    """
    return score_past_forecasts(days, parameters=JointParameters(**ideas), seed=seed)


def summarise_scores(
    found: Backtest, first_scores: FirstScores, gaps: list[float], *, level: float
) -> PastForecasts:
    """Average the scores, and ask whether the gap wanders.

    Parameters
    ----------
    found : Backtest
        From `models.race.backtest.score_past_forecasts`.
    first_scores : FirstScores
        Delay and revision of scores.
    gaps : list of float
        The gap by quarter, points.
    level : float
        Level that ranges over days left out are labelled with.

    Raises
    ------
    ModelInputError
        If there are fewer than two days, or seven quarters.
    """
    return PastForecasts(
        found.scores,
        summarise_backtest(found, level=level),
        found.failed,
        first_scores,
        check_unit_root(gaps),
        check_unit_root(gaps[1:]),
    )


def draw_past_forecasts(past: PastForecasts) -> Drawing:
    """Draw the mean error of each forecast, the smallest at the top; a line at "no change"."""
    shown = sorted(past.shown, key=lambda each: each.score.overall.crps)
    errors = [each.score.overall.crps for each in shown]
    figure, axes = style.new_figure(3.0)
    naive = past.summary.members[NAIVE].overall.crps
    axes.axvline(naive, color=style.REFERENCE_COLOUR, linestyle=":", linewidth=1)
    for row, (each, error) in enumerate(zip(shown, errors, strict=True)):
        size, weight = (10, "bold") if _is_pool(each) else (7, "normal")
        axes.plot(error, row, "o", color=_colour(each), markersize=size)
        axes.annotate(f"{error:.2f}", (_ROOM * max(errors), row), va="center", ha="right",
                      color=_colour(each), fontweight=weight)  # fmt: skip
    axes.set_yticks(range(len(shown)), [each.label.capitalize() for each in shown])
    axes.set(xlabel="Mean error of past forecasts (CRPS), points",
             xlim=(0, _ROOM * max(errors)))  # fmt: skip
    axes.grid(visible=False, axis="y")
    axes.invert_yaxis()
    return Drawing(figure, past.scores, tables=TABLES)


def _is_pool(shown: ShownScore) -> bool:
    return shown.score.member == POOL


def _colour(shown: ShownScore) -> str:
    return style.CATEGORY_COLOURS[0 if _is_pool(shown) else 4]
