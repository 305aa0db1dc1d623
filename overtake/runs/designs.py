"""What a sweep varies: a file of chapters, parameters and a design, and the runs it asks for.

A scenario may stand for such a file: its ranges are what varies, by a design of ours.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from overtake.chapter import parameters
from overtake.chapter.parameters import ChapterParameters, ParameterDescription
from overtake.core import plain_yaml
from overtake.core.errors import OvertakeError, ParameterError, RequestError
from overtake.core.paths import NAME_PATTERN, Project
from overtake.runs import chapter_parameters, runs, scenarios
from overtake.runs.recorded import RunInputs
from overtake.runs.scenarios import Scenario

Point = Mapping[str, Any]
"""Value of each varied parameter."""

_MOST_POINTS = 1_000_000
_MOST_PROBLEMS = 20


class Varied(BaseModel):
    """Values of one parameter: a list in any order, or all from `low` to `high`, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    values: tuple[Any, ...] | None = Field(None, min_length=1)
    low: float | None = None
    high: float | None = None


class Design(BaseModel):
    """How points are laid over the parameters' values.

    Attributes
    ----------
    kind : {"grid", "latin-hypercube", "sobol"}
        Every combination; a Latin hypercube (McKay, Beckman and Conover 1979);
        or a scrambled Sobol sequence (Sobol 1967, Owen 1998).
    points, seed : int
        Of the latter two; a power of two points for a Sobol sequence.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["grid", "latin-hypercube", "sobol"]
    points: int | None = Field(None, ge=1, le=_MOST_POINTS)
    seed: int = Field(0, ge=0)


RANGES_DESIGN = Design(kind="sobol", points=32, seed=0)
"""By which the ranges of a scenario are swept: each value as likely as another."""


class Sweep(BaseModel):
    """A design over parameters of one chapter or several, all of which run at every point.

    A parameter that several of the chapters have takes the same value in all of them;
    one that is `fixed` differs from its default and doesn't vary.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=f"^{NAME_PATTERN}$")
    chapters: tuple[str, ...] = Field(min_length=1)
    design: Design
    vary: dict[str, Varied]
    fixed: dict[str, Any] = Field(default_factory=dict)

    @property
    def declared(self) -> dict[str, ParameterDescription]:
        """Every parameter of the chapters, as the first of them that has it declares it."""
        found: dict[str, ParameterDescription] = {}
        for chapter in self.chapters:
            for description in parameters.describe(chapter_parameters.of_chapter(chapter)):
                found.setdefault(description.name, description)
        return found


def load(path: Path) -> Sweep:
    """Read a sweep and check it against the chapters; a `RequestError` lists all that is wrong.

    The file may hold a scenario instead: see `of_scenario`.
    """
    if scenarios.is_one(plain_yaml.read(path, RequestError)):
        sweep = of_scenario(scenarios.read(path))
    else:
        sweep = plain_yaml.read_as(path, Sweep, RequestError)
    if problems := list(_problems(sweep)):
        raise RequestError("\n".join(f"{path}: {problem}" for problem in problems))
    return sweep


def of_scenario(scenario: Scenario) -> Sweep:
    """Return the sweep of the chapters that a scenario names over its ranges.

    Without ranges it has one point. A `RequestError` tells which quantity has two names, and so
    would vary as if it were two.
    """
    named = [(c, n) for c, ranges in scenario.ranges.items() for n in ranges]
    for places in scenarios.shared_parameters().values():
        if len(twice := {name for chapter, name in places if (chapter, name) in named}) > 1:
            several = " and ".join(sorted(twice))
            raise RequestError(f"{several} are one quantity: sweep one of the chapters at a time")
    ranges = {name: scenario.ranges[chapter][name] for chapter, name in named}
    fixed: dict[str, Any] = {}
    for chapter, values in scenario.parameters.items():
        for name, value in values.items():
            if fixed.setdefault(name, value) != value:
                raise RequestError(f"{name} of {chapter} is another thing elsewhere: sweep one "
                                   "of the chapters at a time")  # fmt: skip
    return Sweep(
        name=scenario.name,
        chapters=scenario.chapters,
        design=RANGES_DESIGN if ranges else Design(kind="grid", points=None, seed=0),
        vary={
            name: Varied(values=None, low=each.low, high=each.high) for name, each in ranges.items()
        },
        fixed=fixed,
    )


@dataclass(frozen=True)
class PlannedRun:
    """One chapter at one point, counted from 0, with the varied parameters that it has."""

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
    declared = sweep.declared
    scales = [(name, varied, declared[name]) for name, varied in sweep.vary.items()]
    return [
        {name: _at(u, varied, kind) for u, (name, varied, kind) in zip(row, scales, strict=True)}
        for row in _unit_sample(sweep)
    ]


def plan(project: Project, sweep: Sweep) -> list[PlannedRun]:
    """Plan the runs of every chapter at every point, or refuse; nothing is executed."""
    planned: list[PlannedRun] = []
    problems: list[str] = []
    baselines = [
        (runs.plan(project, chapter), chapter_parameters.of_chapter(chapter))
        for chapter in sweep.chapters
    ]
    for number, point in enumerate(points(sweep)):
        for baseline, declaration in baselines:
            try:
                planned.append(_planned(number, point, sweep, baseline, declaration))
            except ParameterError as error:
                where = f"point {number}, {baseline.chapter}"
                problems += [f"{where}: {p}" for p in str(error).splitlines()]
    if problems:
        raise RequestError("\n".join(_distinct(problems)))
    return planned


def _problems(sweep: Sweep) -> Iterator[str]:
    unknown = list(_unknown_chapters(sweep))
    yield from unknown
    yield from _design_problems(sweep)
    if unknown:
        return
    declared = sweep.declared
    for name in (*sweep.vary, *sweep.fixed):
        if name not in declared:
            hint = parameters.nearest(name, list(declared))
            yield f"{name}: none of the chapters has such a parameter{hint}"
    for name in sorted(set(sweep.vary) & set(sweep.fixed)):
        yield f"{name}: is both varied and fixed"
    for name, varied in sweep.vary.items():
        if name in declared:
            yield from _value_problems(varied, declared[name])


def _unknown_chapters(sweep: Sweep) -> Iterator[str]:
    for chapter in sweep.chapters:
        try:
            chapter_parameters.of_chapter(chapter)
        except OvertakeError as error:
            yield f"chapters: {error}"
    if len(set(sweep.chapters)) < len(sweep.chapters):
        yield "chapters: one is named twice"


def _design_problems(sweep: Sweep) -> Iterator[str]:
    kind, points = sweep.design.kind, sweep.design.points
    if kind != "grid" and not sweep.vary:
        yield "vary: names no parameter"
    if kind == "grid":
        ranges = [name for name, varied in sweep.vary.items() if varied.values is None]
        yield from (f"vary.{name}: a grid needs values" for name in ranges)
        if points is not None:
            yield "design.points: a grid has as many points as combinations"
    elif points is None:
        yield f"design.points: a design {kind} needs a number of points"
    elif kind == "sobol" and points & (points - 1):
        yield f"design.points: a Sobol sequence needs a power of two, got {points}"


def _value_problems(varied: Varied, declared: ParameterDescription) -> Iterator[str]:
    name = declared.name
    if varied.values is not None:
        if varied.low is not None or varied.high is not None:
            yield f"vary.{name}: give values, or low and high, not both"
        return
    if varied.low is None or varied.high is None:
        yield f"vary.{name}: give values, or low and high"
    elif declared.type not in {"int", "float"}:
        yield f"vary.{name}: a {declared.type} has no range; give values ({declared.bounds})"
    elif not varied.low < varied.high:
        yield f"vary.{name}: low must be below high, got {varied.low:g} and {varied.high:g}"
    elif declared.type == "int" and not (varied.low.is_integer() and varied.high.is_integer()):
        yield f"vary.{name}: a whole number ranges between whole numbers"


def _planned(
    number: int,
    point: Point,
    sweep: Sweep,
    baseline: RunInputs,
    declaration: type[ChapterParameters],
) -> PlannedRun:
    known = declaration.model_fields
    values = {name: value for name, value in point.items() if name in known}
    fixed = {name: value for name, value in sweep.fixed.items() if name in known}
    complete = parameters.resolve(declaration, {**fixed, **values})
    typed = {name: complete[name] for name in values}
    return PlannedRun(number, typed, replace(baseline, parameters=complete))


def _distinct(problems: Sequence[str]) -> list[str]:
    """Return the first problems, each complaint once though many points may share it."""
    first: dict[str, str] = {}
    for problem in problems:
        first.setdefault(problem.split(": ", 1)[1], problem)
    more = [f"and more: {len(problems)} problems in all"] if len(first) > _MOST_PROBLEMS else []
    return [*itertools.islice(first.values(), _MOST_PROBLEMS), *more]


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
    return scenarios.shortened(varied.low + u * (varied.high - varied.low))
