"""What changed between two runs of a chapter, or between two states of the book, and its words."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from overtake.chapter.figures import DrawingRecord
from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core import prose
from overtake.core.errors import OvertakeError, ReferenceToRunError
from overtake.core.paths import Project
from overtake.runs import pools, runs, scenarios
from overtake.runs.explain import InputChange, input_changes
from overtake.runs.kept.report import UNKNOWN_DRAWING
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run
from overtake.runs.scenarios import Scenario

NOT_JUDGED = "not judged"
"""Stands for the verdict on a claim in a run that doesn't judge it."""
_NOT_COMPARABLE = "not comparable"
_OVERLAP = {True: "yes", False: "no", None: _NOT_COMPARABLE}


@dataclass(frozen=True)
class NumberChange:
    """One headline number in two runs; None where a run lacks it."""

    name: str
    label: str
    unit: str
    baseline: RecordedNumber | None
    other: RecordedNumber | None

    @property
    def difference(self) -> float | None:
        """The other run's estimate less the baseline's, in `unit`; None if not comparable."""
        return self._pair[1].value - self._pair[0].value if self._pair else None

    @property
    def widths(self) -> float | None:
        """How far the estimate moved, in widths of the baseline's interval; None if unknown."""
        if self._pair is None or self._pair[0].high == self._pair[0].low:
            return None
        first, second = self._pair
        return abs(second.value - first.value) / (first.high - first.low)

    @property
    def moved(self) -> bool:
        """Whether value or interval differ, or the number is in one of the runs only."""
        return not self._pair or self._pair[0] != self._pair[1]

    @property
    def intervals_overlap(self) -> bool | None:
        """Whether the two intervals share a point; None if not comparable."""
        if self._pair is None:
            return None
        first, second = self._pair
        return first.low <= second.high and second.low <= first.high

    @property
    def told_widths(self) -> str:
        """How far the number moved, as a text."""
        if self.widths is None:
            return _NOT_COMPARABLE if self.difference is None else "no interval"
        return prose.number(self.widths)

    @property
    def told_difference(self) -> str:
        """By how much the number changes, as a text."""
        if self._pair is None or self.difference is None:
            return _NOT_COMPARABLE
        return prose.shown_change(self._pair[0], self.difference) if self.difference else "none"

    @property
    def told_overlap(self) -> str:
        """Whether the intervals overlap, as a text."""
        return _OVERLAP[self.intervals_overlap]

    @property
    def _pair(self) -> tuple[RecordedEstimate, RecordedEstimate] | None:
        """Both estimates, if they can be compared."""
        if not self.baseline or not self.other:
            return None
        first, second = self.baseline.estimate, self.other.estimate
        return (first, second) if first.unit == second.unit else None


@dataclass(frozen=True)
class FigurePair:
    """One figure in two runs.

    `first` and `second` are the records of its pictures, None where a run lacks them; `same` is
    whether the pictures are equal to the byte or, where they are not drawn, would be drawn by
    the same code from the same values.
    """

    id: str
    first: DrawingRecord | None
    second: DrawingRecord | None
    same: bool


@dataclass(frozen=True)
class ChapterComparison:
    """Two runs of one chapter.

    It holds the parameters and verdicts that differ, as (first, second) by name, the other
    inputs that differ, and every headline number and figure of either run.
    """

    chapter: str
    first: Run
    second: Run
    parameters: dict[str, tuple[Any, Any]]
    inputs: tuple[InputChange, ...]
    numbers: tuple[NumberChange, ...]
    verdicts: dict[str, tuple[str, str]]
    figures: tuple[FigurePair, ...]


@dataclass(frozen=True)
class Comparison:
    """Two states of the book, or of one chapter: what each is called, and the chapters of both."""

    first: str
    second: str
    chapters: tuple[ChapterComparison, ...]


def told_estimate(number: RecordedNumber | None) -> str:
    """Write one run's number with its interval."""
    return "not in this run" if number is None else prose.short(number.estimate, number.digits)


def compare(project: Project, first: str, second: str, chapter: str | None = None) -> Comparison:
    """Compare what two words stand for; runs that the store lacks are executed.

    A word is ``baseline``, the name of a scenario, or the beginning of a run's id;
    `chapter` is the only one to look at, by default that of the run, or all.
    """
    sides = [_named(project, word) for word in (first, second)]
    chapters = _chapters(project, [side for side in sides if isinstance(side, Run)], chapter)
    wanted = [each for side in sides for each in _wanted(project, side, chapters)]
    made = iter(
        pools.ensure_facts(project, [each for each in wanted if isinstance(each, RunInputs)])
    )
    found = [each if isinstance(each, Run) else next(made) for each in wanted]
    pairs = map(compare_runs, found[: len(chapters)], found[len(chapters) :])
    return Comparison(first, second, tuple(pairs))


def compare_runs(first: Run, second: Run) -> ChapterComparison:
    """Return what differs between two runs of one chapter."""
    before, after = first.record.inputs, second.record.inputs
    changes = input_changes(before, after)
    return ChapterComparison(
        chapter=after.chapter,
        first=first,
        second=second,
        parameters={c.name: (c.before, c.after) for c in changes if c.kind == "parameter"},
        inputs=tuple(c for c in changes if c.kind != "parameter"),
        numbers=tuple(headline_changes(first, second)),
        verdicts=verdict_changes(first, second),
        figures=tuple(_figure_pairs(first, second)),
    )


def draw(project: Project, comparison: Comparison) -> Comparison:
    """Return a comparison with pictures, which are drawn now where they are missing."""
    sides = [run for pair in comparison.chapters for run in (pair.first, pair.second)]
    drawn = iter(pools.ensure_each(project, [run.record.inputs for run in sides]))
    pairs = tuple(compare_runs(first, next(drawn)) for first in drawn)
    return replace(comparison, chapters=pairs)


def _figure_pairs(first: Run, second: Run) -> Iterator[FigurePair]:
    before, after = first.drawings, second.drawings
    if first.is_whole and second.is_whole:
        for name in {**before, **after}:
            one, other = before.get(name), after.get(name)
            yield FigurePair(name, one, other, bool(one and other and one.files == other.files))
        return
    drawn = first.report.drawn, second.report.drawn
    for name in {**drawn[0], **drawn[1]}:
        keys = {drawn[0].get(name, UNKNOWN_DRAWING), drawn[1].get(name, UNKNOWN_DRAWING)}
        same = len(keys) == 1 and UNKNOWN_DRAWING not in keys
        yield FigurePair(name, before.get(name), after.get(name), same)


def headline_changes(baseline: Run, other: Run) -> list[NumberChange]:
    """Return each headline number of either run beside its counterpart."""
    first, second = baseline.results.numbers, other.results.numbers
    labels = {**_labels(baseline), **_labels(other)}
    return [
        NumberChange(
            name, labels.get(name, name), number.estimate.unit, first.get(name), second.get(name)
        )
        for name, number in {**first, **second}.items()
    ]


def _labels(run: Run) -> dict[str, str]:
    """Return what a run's numbers are called; nothing if today's book doesn't fit its facts."""
    try:
        return {name: words.label for name, words in run.words.numbers.items()}
    except OvertakeError:  # the words call something else, or a table or the chapter is gone
        return {}


def verdict_changes(baseline: Run, other: Run) -> dict[str, tuple[str, str]]:
    """Return the verdicts that differ, as (baseline, other) by claim."""
    first, second = (
        {name: claim.verdict for name, claim in run.results.claims.items()}
        for run in (baseline, other)
    )
    both = {k: (first.get(k, NOT_JUDGED), second.get(k, NOT_JUDGED)) for k in {**first, **second}}
    return {claim: pair for claim, pair in both.items() if pair[0] != pair[1]}


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data, for programs."""
    return {
        "first": comparison.first,
        "second": comparison.second,
        "chapters": {pair.chapter: _chapter_as_json(pair) for pair in comparison.chapters},
    }


def _chapter_as_json(pair: ChapterComparison) -> dict[str, Any]:
    return {
        "runs": [pair.first.id, pair.second.id],
        "parameters": {name: list(values) for name, values in pair.parameters.items()},
        "inputs": [asdict(change) for change in pair.inputs],
        "headline": [
            {
                "name": number.name,
                "label": number.label,
                "unit": number.unit,
                "first": _number_as_json(number.baseline),
                "second": _number_as_json(number.other),
                "difference": number.difference,
                "widths": number.widths,
                "intervals_overlap": number.intervals_overlap,
            }
            for number in pair.numbers
        ],
        "verdicts": {claim: list(words) for claim, words in pair.verdicts.items()},
        "figures": [
            {
                "id": figure.id,
                "same": figure.same,
                "first": _picture(pair.first, figure.first),
                "second": _picture(pair.second, figure.second),
            }
            for figure in pair.figures
        ],
    }


def _number_as_json(number: RecordedNumber | None) -> dict[str, Any] | None:
    if number is None:
        return None
    flat = asdict(number)
    return {"name": flat.pop("name"), **flat.pop("estimate"), **flat}


def _picture(run: Run, record: DrawingRecord | None) -> str | None:
    return str(run.folder / "figures" / f"{record.id}.svg") if record else None


def _named(project: Project, word: str) -> Run | Scenario | None:
    """Return what a word stands for; the baseline is None."""
    if word == scenarios.BASELINE:
        return None
    if word in scenarios.names(project):
        return scenarios.load(project, word)
    try:
        return runs.by_prefix(project, word)
    except ReferenceToRunError as error:
        known = ", ".join(dict.fromkeys([scenarios.BASELINE, *scenarios.names(project)]))
        raise ReferenceToRunError(f"{error}; besides ids there are: {known}") from None


def _chapters(project: Project, given: list[Run], wanted: str | None) -> list[str]:
    """Return the chapters to compare: that of the runs, that asked for, or all."""
    of_runs = {run.chapter: run.id for run in given}
    if wanted is not None:
        project.chapter(wanted)  # says which there are
        of_runs.setdefault(wanted, "the chapter asked for")
    if len(of_runs) > 1:
        told = " and ".join(f"{who} is {chapter}" for chapter, who in of_runs.items())
        raise ReferenceToRunError(f"only runs of one chapter can be compared: {told}")
    return list(of_runs) or project.chapter_names()


def _wanted(
    project: Project, side: Run | Scenario | None, chapters: list[str]
) -> Sequence[Run | RunInputs]:
    """Return a run or the inputs of one for each chapter."""
    if isinstance(side, Run):
        return [side]  # which is of the only chapter
    return [scenarios.plan(project, side, chapter) for chapter in chapters]
