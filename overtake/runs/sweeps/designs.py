"""Points of a design, and the runs that they ask for."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from overtake.chapter import parameters
from overtake.chapter.parameters import ParameterDescription
from overtake.core.errors import ParameterError, SweepError
from overtake.core.paths import Project
from overtake.runs import chapter_parameters, runs
from overtake.runs.runs import RunInputs
from overtake.runs.sweeps.spec import Sweep, Varied

Point = Mapping[str, Any]
"""Value of each varied parameter."""

_SIGNIFICANT_DIGITS = 6  # enough for any assumption, and short enough to type
_MOST_PROBLEMS = 20


@dataclass(frozen=True)
class PlannedRun:
    """One chapter at one point.

    Attributes
    ----------
    point : int
        Number of the point, from 0.
    assigned : mapping of str to object
        Values of the varied parameters that the chapter has.
    inputs : RunInputs
        The run.
    """

    point: int
    assigned: Point
    inputs: RunInputs


def points(sweep: Sweep) -> list[Point]:
    """Return the design's points, each with a value for every varied parameter.

    Values of a range are rounded to six significant digits, whole numbers to
    equal shares of the unit interval.
    """
    if sweep.design.kind == "grid":
        columns = [varied.values or () for varied in sweep.vary.values()]
        return [dict(zip(sweep.vary, row, strict=True)) for row in itertools.product(*columns)]
    scales = [(name, varied, sweep.describe(name)) for name, varied in sweep.vary.items()]
    return [
        {name: _at(u, varied, kind) for u, (name, varied, kind) in zip(row, scales, strict=True)}
        for row in _unit_sample(sweep)
    ]


def plan(project: Project, sweep: Sweep) -> list[PlannedRun]:
    """Plan the runs of every chapter at every point; nothing is executed.

    Raises
    ------
    SweepError
        If a value is not allowed or a chapter's values contradict each other;
        the message lists the first twenty problems.
    """
    planned: list[PlannedRun] = []
    problems: list[str] = []
    baselines = {chapter: runs.plan(project, chapter) for chapter in sweep.chapters}
    for number, point in enumerate(points(sweep)):
        for chapter, baseline in baselines.items():
            try:
                planned.append(_planned(number, point, sweep, baseline))
            except ParameterError as error:
                problems += [f"point {number}, {chapter}: {p}" for p in str(error).splitlines()]
    if problems:
        raise SweepError("\n".join(_distinct(problems)))
    return planned


def _planned(number: int, point: Point, sweep: Sweep, baseline: RunInputs) -> PlannedRun:
    declaration = chapter_parameters.of_chapter(baseline.chapter)
    known = declaration.model_fields
    values = {name: value for name, value in point.items() if name in known}
    fixed = {name: value for name, value in sweep.fixed.items() if name in known}
    complete = parameters.resolve(declaration, {**fixed, **values})
    typed = {name: complete[name] for name in values}
    return PlannedRun(number, typed, replace(baseline, parameters=complete))


def _distinct(problems: Sequence[str]) -> Iterator[str]:
    """Yield problems, each complaint once though many points may share it."""
    seen: set[str] = set()
    for problem in problems:
        complaint = problem.split(": ", 1)[1]
        if complaint not in seen:
            seen.add(complaint)
            yield problem
        if len(seen) == _MOST_PROBLEMS:
            yield f"and more: {len(problems)} problems in all"
            return


def _unit_sample(sweep: Sweep) -> list[list[float]]:
    import numpy as np
    from scipy.stats import qmc

    rng = np.random.default_rng(sweep.design.seed)
    n, dimensions = sweep.design.points or 1, len(sweep.vary)
    if sweep.design.kind == "sobol":
        return qmc.Sobol(dimensions, rng=rng).random_base2(int(math.log2(n))).tolist()
    return qmc.LatinHypercube(dimensions, rng=rng).random(n).tolist()


def _at(u: float, varied: Varied, declared: ParameterDescription) -> Any:  # noqa: ANN401
    if varied.values is not None:
        return varied.values[min(int(u * len(varied.values)), len(varied.values) - 1)]
    assert varied.low is not None
    assert varied.high is not None
    if declared.type == "int":
        low, high = int(varied.low), int(varied.high)
        return min(low + int(u * (high - low + 1)), high)
    return float(f"{varied.low + u * (varied.high - varied.low):.{_SIGNIFICANT_DIGITS}g}")
