"""Which choices lead from this book's lag to each one that was published, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
from models.capability.lag_measures import name_first_to_reach
from models.core.shapley import attribute_difference
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.published_lags.questions import INDEX, Question, Scores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes

    from chapters.published_lags.lag_list import PublishedLag

CHOICES: Mapping[str, str] = {
    "date": "date",
    "model": "one model",
    "measure": "measure",
    "results": "benchmarks",
    "slopes": "scale",
}
"""What can be chosen otherwise, as the figure names it, in the order in which it is told."""
_REST = "not rebuilt"
_ROUNDING = 0.05  # months: published to one decimal
_UP, _DOWN, _LEFT_OVER = style.CATEGORY_COLOURS[1], style.CATEGORY_COLOURS[0], "#B5B5B5"
_WORDS_WIDE, _TOUCHING = 1.5, 0.1  # months: of the words beside a bar; next to the line
_ROW_INCHES, _HALF_BAR = 0.215, 0.34
_BELOW_NAME = 0.5  # rows: a publisher's name may take two lines


@dataclass(frozen=True)
class Step:
    """What one choice does, averaged over the orders in which choices can be made.

    Attributes
    ----------
    choice : str
        Which one, as the figure names it.
    months : float
        Months that it adds.
    """

    choice: str
    months: float


@dataclass(frozen=True)
class RebuiltLag:
    """The way from this book's lag to a published one.

    Attributes
    ----------
    published : PublishedLag
        The lag as published.
    start : float
        This book's, months.
    steps : tuple of Step
        The choices in which the two differ.
    """

    published: PublishedLag
    start: float
    steps: tuple[Step, ...]

    @property
    def months(self) -> float:
        """The published lag, months."""
        return self.published.months or 0.0

    @property
    def rebuilt(self) -> float:
        """Lag by the publisher's choices, rebuilt from the results at hand, months."""
        return self.start + sum(step.months for step in self.steps)

    @property
    def left(self) -> float:
        """Published less rebuilt, months."""
        return self.months - self.rebuilt

    @property
    def is_exact(self) -> bool:
        """Whether nothing is left but rounding."""
        return abs(self.left) <= _ROUNDING

    @property
    def widest(self) -> Step:
        """The choice that does most."""
        return max(self.steps, key=lambda step: abs(step.months))


@dataclass(frozen=True)
class SameModel:
    """One model on one day, by three sets of results.

    Where no US model had its score the matched one is None.

    Attributes
    ----------
    on_index : float
        Tested model on the public index: months after the first US model with its score.
    on_evaluator : float
        Tested model by the evaluator's results: months after the first US model with its score.
    on_developer : float
        Tested model by the developer's results: months after the first US model with its score.
    matched_on_index, matched_on_evaluator, matched_on_developer : str or None
        First US model with its score.
    best, matched_by_best : str or None
        The best Chinese model on the index that day, and the US model that it matches.
    best_on_index : float
        Best model on the public index: months after the first US model with its score.
    by_evaluator : float
        The lag that the evaluator published, months.
    """

    on_index: float
    on_evaluator: float
    on_developer: float
    matched_on_index: str | None
    matched_on_evaluator: str | None
    matched_on_developer: str | None
    best: str
    matched_by_best: str | None
    best_on_index: float
    by_evaluator: float

    @property
    def index_agrees(self) -> bool:
        """Whether the index comes to what the evaluator published, to within a month."""
        return abs(self.on_index - self.by_evaluator) <= 1

    @property
    def best_is_another(self) -> bool:
        """Whether the best model of the day was nearer to the frontier."""
        return self.best_on_index < self.on_index

    @property
    def developer_is_kindest(self) -> bool:
        """Whether the lag is the shortest by the developer's own results."""
        return self.on_developer < min(self.on_index, self.on_evaluator)


@dataclass(frozen=True)
class Ladder:
    """Every lag that can be rebuilt, from this book's.

    Attributes
    ----------
    start : float
        Lag of China behind the United States by this book, newest vintage of the index, months.
    day, vintage : Timestamp
        Last day of this book's lag, and the vintage.
    follower, leader : str, str or None
        Best Chinese model, and the first US model with its score.
    lags : tuple of RebuiltLag
        Shortest first.
    same_model : SameModel
        Chinese models on the day of CAISI's evaluation.
    """

    start: float
    day: pd.Timestamp
    vintage: pd.Timestamp
    follower: str
    leader: str | None
    lags: tuple[RebuiltLag, ...]
    same_model: SameModel

    @property
    def by_id(self) -> Mapping[str, RebuiltLag]:
        """A published lag.

        By id, with _ for -.
        """
        return {lag.published.id.replace("-", "_"): lag for lag in self.lags}

    @property
    def worst(self) -> RebuiltLag:
        """The one that is missed by most."""
        return max(self.lags, key=lambda lag: abs(lag.left))

    @property
    def largest_left_elsewhere(self) -> float:
        """By how much the others are missed at most, months."""
        return max(abs(lag.left) for lag in self.lags if lag is not self.worst)

    @property
    def n_within_a_month(self) -> int:
        """How many come back to within a month."""
        return sum(abs(lag.left) <= 1 for lag in self.lags)

    @property
    def mostly_explained(self) -> bool:
        """Whether more than half of them do."""
        return 2 * self.n_within_a_month > len(self.lags)

    @property
    def largest_scale_step(self) -> float:
        """The most that the scale alone does anywhere, months."""
        return self._largest(CHOICES["slopes"])

    @property
    def largest_results_step(self) -> float:
        """The most that the choice of benchmarks does anywhere, months."""
        return self._largest(CHOICES["results"])

    @property
    def scale_matters_less(self) -> bool:
        """Whether the scale does less than the benchmarks."""
        return self.largest_scale_step < self.largest_results_step

    def _largest(self, choice: str) -> float:
        steps = [step for lag in self.lags for step in lag.steps if step.choice == choice]
        return max((abs(step.months) for step in steps), default=0.0)


def climb(lags: Sequence[PublishedLag], scores: Scores) -> Ladder:
    """Go from this book's lag to each published one, one choice after the other.

    Parameters
    ----------
    lags : sequence of PublishedLag
        Those that can be rebuilt.
    scores : Scores
        All that they may ask for.
    """
    now = (scores.last_day, scores.newest)
    ours = Question(now, None, ("since_reached", 0.0), INDEX, "own")
    frame = scores.frame(ours)
    follower, leader = name_first_to_reach(frame, date=ours.day)
    answer = cache(scores.answer)  # the lags ask the same of their first steps
    climbed = [_climb_one(_ask(lag, ours, scores), lag, ours, answer) for lag in lags]
    return Ladder(
        start=answer(ours),
        day=ours.day,
        vintage=scores.newest,
        follower=follower,
        leader=leader,
        lags=tuple(sorted(climbed, key=lambda lag: lag.months)),
        same_model=_compare_results(lags, ours, scores),
    )


def _climb_one(
    theirs: Question, lag: PublishedLag, ours: Question, answer: Callable[[Question], float]
) -> RebuiltLag:
    changed = [c for c in CHOICES if getattr(theirs, c) != getattr(ours, c)]

    def value(taken: frozenset[str]) -> float:
        return answer(replace(ours, **{name: getattr(theirs, name) for name in taken}))

    parts = attribute_difference(value, changed)
    steps = tuple(Step(CHOICES[name], parts[name]) for name in changed)
    return RebuiltLag(lag, answer(ours), steps)


def _ask(lag: PublishedLag, ours: Question, scores: Scores) -> Question:
    """Return the question to which a published lag is the answer, as far as it can be asked."""
    known = ours.date[1] if lag.scores_of is None else scores.known_at(lag.scores_of)
    evaluated = (lag.results, lag.slopes) in scores.fitted and lag.results != INDEX
    return Question(
        date=(min(lag.as_of, ours.day), known),
        model=lag.model,
        measure=(lag.measure or "since_reached", lag.ahead_by),
        results=lag.results if evaluated else INDEX,
        slopes=lag.slopes if evaluated else "own",
    )


def _compare_results(lags: Sequence[PublishedLag], ours: Question, scores: Scores) -> SameModel:
    """Take the model that evaluator and developer both scored, on the evaluator's day."""
    by_results = {lag.results: lag for lag in lags if lag.model is not None}
    lag = by_results["caisi"]
    then = (min(lag.as_of, ours.day), ours.date[1])
    asked = replace(ours, date=then, measure=("at_release", 0.0))
    named = replace(asked, model=lag.model)
    questions = {
        INDEX: named,
        "caisi": replace(named, results="caisi", slopes="one"),
        "deepseek": replace(named, results="deepseek", slopes="one"),
    }
    months = {key: scores.answer(question) for key, question in questions.items()}
    matched = {
        key: name_first_to_reach(scores.frame(q), date=q.day, model=q.model)[1]
        for key, q in questions.items()
    }
    best, matched_by_best = name_first_to_reach(scores.frame(asked), date=asked.day)
    return SameModel(
        months[INDEX], months["caisi"], months["deepseek"],
        matched[INDEX], matched["caisi"], matched["deepseek"],
        best, matched_by_best, scores.answer(asked), lag.months or 0.0,
    )  # fmt: skip


def tabulate(ladder: Ladder) -> pd.DataFrame:
    """Return every step as it is drawn: one row each, the rest and the published lag last."""
    rows = []
    for lag in ladder.lags:
        at = lag.start
        for step in (*lag.steps, Step(_REST, lag.left)):
            rows.append((lag.published.publisher, step.choice, step.months, at, at + step.months))
            at += step.months
    return pd.DataFrame(rows, columns=["lag", "choice", "months", "starts", "ends"])


def draw_ladder(ladder: Ladder) -> Drawing:
    """Draw the steps from this book's lag to each published one."""
    table = tabulate(ladder)
    figure, axes = style.new_figure(
        _ROW_INCHES * (len(table) + (2 + _BELOW_NAME) * len(ladder.lags)) + 1.0
    )
    axes.axvline(ladder.start, color=style.REFERENCE_COLOUR, linewidth=1.2, zorder=1)
    at, ticks = 0.0, []
    for lag in ladder.lags:
        ticks.append((at, f"{lag.published.publisher}: {lag.months:g}", "bold"))
        axes.plot(lag.months, at, "D", color=style.TEXT_COLOUR, markersize=5, zorder=4)
        steps = table[table["lag"] == lag.published.publisher]
        at += _BELOW_NAME
        for place, step in enumerate((*lag.steps, Step(_REST, lag.left)), start=1):
            ticks.append((at + place, step.choice, "normal"))
            end = float(steps["ends"].iloc[place - 1])
            _draw_step(axes, at + place, end, step, clear_of=ladder.start)
        axes.vlines(steps["ends"].iloc[:-1], *_joints(at, len(steps)), color="#4A4A4A", lw=0.8)
        at += len(steps) + 1.6
    _set_axes(axes, ticks, right=max(float(table[["starts", "ends"]].to_numpy().max()), 10) + 1.4)
    style.label_line(
        axes, (ladder.start, -1.1), f"this book\nnow: {ladder.start:.2g}",
        colour="#5A5A5A", side="left",
    )  # fmt: skip
    rebuilt = Used("published_lags", {"id": tuple(lag.published.id for lag in ladder.lags)})
    return Drawing(figure, table, (rebuilt, "evaluator_scores", "index_vintages", "index_scores"))


def _joints(at: float, n: int) -> tuple[list[float], list[float]]:
    """Where the lines that join a lag's bars begin and end."""
    return (
        [at + place + _HALF_BAR for place in range(1, n)],
        [at + place + 1 - _HALF_BAR for place in range(1, n)],
    )


def _draw_step(axes: Axes, at: float, end: float, step: Step, *, clear_of: float) -> None:
    colour = _LEFT_OVER if step.choice == _REST else _UP if step.months > 0 else _DOWN
    start = end - step.months
    axes.barh(at, step.months, left=start, height=2 * _HALF_BAR, color=colour, zorder=3)
    text = f"{step.months:+.1f}".replace("-", "−")
    low, high = sorted((start, end))
    # To the right of the bar, unless the words would lie on the line.
    at_right = not high < clear_of + _TOUCHING < high + _WORDS_WIDE
    axes.annotate(
        "0.0" if text[1:] == "0.0" else text, (high if at_right else low, at),
        xytext=(4 if at_right else -4, 0), ha="left" if at_right else "right",
        textcoords="offset points", va="center", fontsize=8.5, color=style.TEXT_COLOUR,
        bbox=style.GROUND, zorder=5,
    )  # fmt: skip


def _set_axes(axes: Axes, ticks: Sequence[tuple[float, str, str]], *, right: float) -> None:
    axes.set_yticks([place for place, _, _ in ticks], [text for _, text, _ in ticks])
    for label, (_, _, weight) in zip(axes.get_yticklabels(), ticks, strict=True):
        label.set_fontweight(weight)
        label.set_fontsize(9)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set(xlim=(0, right), ylim=(ticks[-1][0] + 0.7, -2.2), xlabel="Lag in months")
    axes.set_xticks(range(0, int(right) + 1, 2))
