"""How far an evaluator's scale can be rebuilt from the results that it published."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.capability.lag_measures import measure_lag
from models.capability.task_scale import (
    Alignment,
    Slopes,
    TaskScale,
    align_scale,
    fit_task_scale,
    link_scores,
    weigh_domains,
)
from models.core import units
from models.core.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from chapters.published_lags.lag_list import PublishedLag

_PUBLISHED_POINTS_PER_LOGIT = 200 / math.log(3)  # "200 points ... a 3x increase in the odds"


@dataclass(frozen=True)
class Evaluation:
    """The results of one evaluator, and the index's for models that it left out.

    Attributes
    ----------
    own, linked, looser : DataFrame
        Columns model, benchmark and score, a share beyond guessing; `looser` also has the
        models with one result less than is asked for.
    weights : mapping of str to float, or None
        What a result on each benchmark counts; None for 1.
    n_shared : int
        Benchmarks that the index has, too.
    """

    own: pd.DataFrame
    linked: pd.DataFrame
    looser: pd.DataFrame
    weights: Mapping[str, float] | None
    n_shared: int

    @property
    def n_models(self) -> int:
        """Models that the evaluator scored."""
        return int(self.own["model"].nunique())

    @property
    def n_benchmarks(self) -> int:
        """Benchmarks of the evaluator with published results."""
        return int(self.own["benchmark"].nunique())

    @property
    def n_linked(self) -> int:
        """Models on the linked scale."""
        return int(self.linked["model"].nunique())


@dataclass(frozen=True)
class HeldOut:
    """How far a model is behind the next one up on held-out and on open benchmarks.

    Attributes
    ----------
    reference : str
        The next model up on the evaluator's own rating.
    held_out : float
        Mean distance on held-out benchmarks, percentage points.
    open : float
        Mean distance on open benchmarks, percentage points.
    n_held_out, n_open : int
        Benchmarks.
    """

    reference: str
    held_out: float
    open: float
    n_held_out: int
    n_open: int

    @property
    def is_wider_held_out(self) -> bool:
        """Whether the model is farther behind where developers could not see the tasks."""
        return self.held_out > self.open


@dataclass(frozen=True)
class EvaluatorScale:
    """An evaluator's rating, rebuilt.

    Attributes
    ----------
    evaluation : Evaluation
        Its results.
    alignment : Alignment
        The evaluator's scale, rebuilt and laid on its published rating.
    half_widths : mapping of str to float
        Half the published 95% interval of each model's rating, points.
    held_out : HeldOut
        The evaluated model behind the next one up on the rating.
    lag : Estimate
        Lag behind the line through US records on the linked scale, months; its range is
        that with each benchmark left out in turn.
    lag_looser : float
        Lag behind the line through US records if models with one result fewer count, months.
    """

    evaluation: Evaluation
    alignment: Alignment
    half_widths: Mapping[str, float]
    held_out: HeldOut
    lag: Estimate
    lag_looser: float

    @property
    def stretch(self) -> float:
        """Rating points for a unit of log odds, over those that the evaluator defines, times."""
        return self.alignment.points_per_logit / _PUBLISHED_POINTS_PER_LOGIT

    @property
    def farthest_half_width(self) -> float:
        """Half the published 95% interval of the model whose rating comes back worst, points."""
        return self.half_widths[self.alignment.farthest]

    @property
    def n_inside(self) -> int:
        """Ratings that come back to within half their own published interval."""
        off = self.alignment.residual
        return sum(abs(off[model]) <= half for model, half in self.half_widths.items())

    @property
    def is_rebuilt(self) -> bool:
        """Whether each rating comes back to within half its own published interval."""
        return self.n_inside == len(self.half_widths)


def read_evaluation(
    evaluator_scores: pd.DataFrame,
    index_scores: pd.DataFrame,
    *,
    evaluator: str,
    is_by_domain: bool,
    fewest: int,
) -> Evaluation:
    """Read an evaluator's results and link the index's to them.

    Parameters
    ----------
    evaluator_scores : DataFrame
        Table ``evaluator_scores``.
    index_scores : DataFrame
        One vintage of the table ``index_scores``.
    evaluator : str
        Whose results.
    is_by_domain : bool
        Whether each domain counts the same; otherwise each benchmark does.
    fewest : int
        Fewest results of a model.
    """
    rows = evaluator_scores[
        (evaluator_scores["evaluator"] == evaluator) & (evaluator_scores["unit"] == "share")
    ]
    beyond = ((rows["value"] - rows["chance"]) / (1 - rows["chance"])).clip(0, 1)
    own = rows[["model", "benchmark"]].assign(score=beyond).reset_index(drop=True)
    domains = dict(zip(rows["benchmark"], rows["domain"], strict=True))
    return Evaluation(
        own=own,
        linked=link_scores(own, index_scores, minimum=fewest),
        looser=link_scores(own, index_scores, minimum=fewest - 1),
        weights=weigh_domains(domains) if is_by_domain else None,
        n_shared=int(own["benchmark"].drop_duplicates().isin(index_scores["benchmark"]).sum()),
    )


def read_evaluations(
    evaluator_scores: pd.DataFrame,
    index_scores: pd.DataFrame,
    lags: Sequence[PublishedLag],
    *,
    fewest: int,
) -> dict[str, Evaluation]:
    """Read the results of every evaluator that a published lag rests on.

    Parameters
    ----------
    evaluator_scores, index_scores, fewest
        As in `read_evaluation`.
    lags : sequence of PublishedLag
        They say how an evaluator's results are weighed.
    """
    known = set(evaluator_scores["evaluator"])
    return {
        lag.results: read_evaluation(
            evaluator_scores,
            index_scores,
            evaluator=lag.results,
            is_by_domain=lag.is_by_domain,
            fewest=fewest,
        )
        for lag in lags
        if lag.results in known
    }


def estimate_scale(
    evaluator_scores: pd.DataFrame,
    evaluation: Evaluation,
    models: pd.DataFrame,
    *,
    lag: PublishedLag,
    first_year: int,
    fewest: int,
    level: float,
) -> EvaluatorScale:
    """Rebuild the rating of the evaluator's models, and the lag of one of them.

    The range of the lag is over all fits that leave out one benchmark.

    Parameters
    ----------
    evaluator_scores : DataFrame
        Table ``evaluator_scores``, with the ratings.
    evaluation : Evaluation
        The evaluator's results.
    models : DataFrame
        Columns model, date and country of every model that the index knows.
    lag : PublishedLag
        The evaluator's lag: of which model, as of which day.
    first_year : int
        First year of the line through US records.
    fewest : int
        Fewest results of a model; one less where a benchmark is left out.
    level : float
        Level that estimates carry; a range claims none.
    """
    rows = evaluator_scores[evaluator_scores["evaluator"] == lag.results]
    ratings = rows[rows["unit"] != "share"].set_index("model")
    points = {str(name): float(found) for name, found in ratings["value"].items()}
    halves = {str(name): float(found) for name, found in ratings["half_width"].items()}
    alone = fit_task_scale(evaluation.own, slopes="one", weights=evaluation.weights)

    since = f"{first_year}-01-01"

    def months(linked: pd.DataFrame) -> float:
        scale = fit_task_scale(linked, slopes="one", weights=evaluation.weights)
        frame = place_models(scale, models)
        return measure_lag(
            frame, measure="trend_line", date=lag.as_of, since=since, model=lag.model
        )

    found = months(evaluation.linked)
    names = sorted(evaluation.own["benchmark"].unique())
    without = [months(_leave_out(evaluation.linked, name, fewest - 1)) for name in names]
    estimate = Estimate(
        found, min(found, *without), max(found, *without), level, "range", len(names), units.MONTHS
    )
    return EvaluatorScale(
        evaluation=evaluation,
        alignment=align_scale(alone, points),
        half_widths=halves,
        held_out=_compare_held_out(rows, points, lag.model or max(points, key=points.__getitem__)),
        lag=estimate,
        lag_looser=months(evaluation.looser),
    )


def fit_linked(evaluation: Evaluation, models: pd.DataFrame, slopes: Slopes) -> pd.DataFrame:
    """Return every model's score on the evaluator's benchmarks: model, date, country, score."""
    scale = fit_task_scale(evaluation.linked, slopes=slopes, weights=evaluation.weights)
    return place_models(scale, models)


def place_models(scale: TaskScale, models: pd.DataFrame) -> pd.DataFrame:
    """Return the models of known day and country that a scale holds, with their score."""
    scores = models["model"].map(dict(scale.ability))
    return models.assign(score=scores).dropna(subset=["score"]).reset_index(drop=True)


def _leave_out(linked: pd.DataFrame, benchmark: str, fewest: int) -> pd.DataFrame:
    """Return the linked results without a benchmark, of models that still have enough."""
    left = linked[linked["benchmark"] != benchmark]
    counts = left.groupby("model")["benchmark"].transform("size")
    return left[counts >= fewest]


def _compare_held_out(rows: pd.DataFrame, ratings: Mapping[str, float], model: str) -> HeldOut:
    above = {name: found for name, found in ratings.items() if found > ratings[model]}
    reference = min(above, key=lambda name: above[name])
    shares = rows[rows["unit"] == "share"]
    wide = shares.pivot_table(index=["benchmark", "access"], columns="model", values="value")
    behind = 100 * (wide[reference] - wide[model]).dropna()
    sides = {side: behind.xs(side, level="access") for side in ("held out", "open")}
    return HeldOut(
        reference,
        float(sides["held out"].mean()),
        float(sides["open"].mean()),
        len(sides["held out"]),
        len(sides["open"]),
    )
