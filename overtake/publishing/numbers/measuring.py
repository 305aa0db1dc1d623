"""Moves each parameter of each chapter, one at a time, and notes how the headline numbers answer.

The rest is at its default. The seed is moved too, to other whole numbers: as far as that moves a
number, it is chance, and what moves it no further is not noted.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from overtake.chapter import parameters
from overtake.core.errors import ParameterError
from overtake.core.paths import Project
from overtake.publishing.numbers import ranges
from overtake.publishing.numbers.moves import MeasuredChapter, MeasuredNumber, Moved
from overtake.publishing.numbers.ranges import SEED, Range
from overtake.runs import chapter_parameters, runs, sweeps
from overtake.runs.designs import PlannedRun
from overtake.runs.recorded import RunInputs
from overtake.runs.sweeps import Executor

SEEDS = 4
"""Other seeds with which chance is measured."""
_DIGITS = 6
"""Significant digits of what is written: another machine may differ beyond them."""
_SAME = 1e-9

Tell = Callable[[int, int], None]
"""Hears how many runs there are, and how many have failed."""
Found = Mapping[str, float | None]
"""The headline numbers of a run, by name."""


@dataclass(frozen=True)
class Experiment:
    """The runs of one chapter with one parameter moved at a time.

    Attributes
    ----------
    baseline : RunInputs
        Every parameter at its default.
    moved : mapping of str to Range
        The values of each parameter.
    runs : mapping of (str, value) to RunInputs
        By parameter and value.
    """

    baseline: RunInputs
    moved: Mapping[str, Range]
    runs: Mapping[tuple[str, Any], RunInputs]

    @property
    def every(self) -> list[RunInputs]:
        """All its runs, the baseline first."""
        return [self.baseline, *self.runs.values()]


def plan(project: Project, chapter: str) -> Experiment:
    """Plan the runs of one chapter; nothing is executed."""
    baseline = runs.plan(project, chapter)
    moved = ranges.of_chapter(project, chapter)
    settings = [(name, value) for name, each in moved.items() for value in each.values]
    seeds = [(SEED, value) for value in _other_seeds(chapter, baseline)]
    return Experiment(
        baseline,
        moved,
        {
            (name, value): replace(baseline, parameters={**baseline.parameters, name: value})
            for name, value in (*settings, *seeds)
        },
    )


def measure(
    project: Project, experiments: Sequence[Experiment], executor: Executor, tell: Tell
) -> dict[str, MeasuredChapter]:
    """Execute what the store lacks; return by chapter how its numbers answered.

    A setting with which a chapter can't be computed has no numbers.
    """
    wanted = [inputs for each in experiments for inputs in each.every]
    planned = [PlannedRun(point, {}, inputs) for point, inputs in enumerate(wanted)]
    sweeps.execute(project, planned, executor, tries=1, tell=tell)
    return {each.baseline.chapter: _measured(project, each) for each in experiments}


def _measured(project: Project, experiment: Experiment) -> MeasuredChapter:
    baseline = _numbers(project, experiment.baseline)
    found = {place: _numbers(project, inputs) for place, inputs in experiment.runs.items()}
    moved = {name: Moved(each.values, each.because) for name, each in experiment.moved.items()}
    numbers = {
        name: _answers(name, value, found, experiment.moved)
        for name, value in baseline.items()
        if value is not None
    }
    return MeasuredChapter(moved, numbers)


def _answers(
    name: str,
    value: float,
    found: Mapping[tuple[str, Any], Found],
    moved: Mapping[str, Range],
) -> MeasuredNumber:
    """Return how one number answers to each parameter that moves it further than chance."""
    by_seed = [numbers.get(name) for (parameter, _), numbers in found.items() if parameter == SEED]
    chance = max((abs(each - value) for each in by_seed if each is not None), default=0.0)
    answers = {
        parameter: tuple(found[parameter, each].get(name) for each in given.values)
        for parameter, given in moved.items()
    }
    least = max(chance, _SAME * abs(value))
    return MeasuredNumber(
        _rounded(value),
        _rounded(chance),
        {
            parameter: tuple(None if each is None else _rounded(each) for each in values)
            for parameter, values in answers.items()
            if any(each is not None and abs(each - value) > least for each in values)
        },
    )


def _numbers(project: Project, inputs: RunInputs) -> Found:
    run = runs.find_numbers(project, inputs)
    if run is None:
        return {}
    values = {name: each.estimate.value for name, each in run.results.numbers.items()}
    return {name: each if math.isfinite(each) else None for name, each in values.items()}


def _other_seeds(chapter: str, baseline: RunInputs) -> Iterator[int]:
    declaration = chapter_parameters.of_chapter(chapter)
    if SEED not in declaration.model_fields:
        return
    for step in range(1, SEEDS + 1):
        value = baseline.parameters[SEED] + step
        try:
            parameters.resolve(declaration, {SEED: value})
        except ParameterError:
            continue
        yield value


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
