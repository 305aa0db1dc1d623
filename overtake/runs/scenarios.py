"""Scenarios: named sets of parameters across the chapters, with an argument for each.

A scenario is a file ``scenarios/<name>.yml``, or one of the same form that a reader has written
or taken from a page. It decides nothing by itself: under it each chapter has a run like any
other, with these parameters. A parameter may have a range: a run takes its middle, a sweep goes
over all of it.
"""

import itertools
import math
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from overtake.chapter import parameters
from overtake.chapter.parameters import ChapterParameters
from overtake.core import plain_yaml
from overtake.core.errors import OvertakeError, ParameterError, RequestError
from overtake.core.paths import NAME_PATTERN, Project
from overtake.runs import chapter_parameters, runs
from overtake.runs.recorded import RunInputs

BASELINE = "baseline"
"""The scenario of the published book: every default."""

VARIABLE = "OVERTAKE_SCENARIO"
"""Environment variable that names the scenario to build the book under."""


_SIGNIFICANT_DIGITS = 6  # enough for any assumption, and short enough to type
_Places = Iterator[tuple[tuple[str, ...], str]]
"""Where in a file something is wrong, by the names that lead there, and what."""


class Range(BaseModel):
    """What a parameter may be: every value from `low` to `high` is as likely as another."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    low: float
    high: float

    def __str__(self) -> str:
        """Return both ends in words."""
        return f"{self.low:g} to {self.high:g}"

    @property
    def middle(self) -> float:
        """The value that a run takes, which can't take all of them."""
        return shortened((self.low + self.high) / 2)


class Scenario(BaseModel):
    """One scenario: why it might come true, in MyST Markdown, and its values by chapter and name.

    The values are typed, once `load` or `read` has checked them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str = Field(min_length=1, max_length=40)
    argument: str = Field(min_length=1)
    parameters: dict[str, dict[str, Any]]
    ranges: dict[str, dict[str, Range]] = Field(default_factory=dict)

    @property
    def chapters(self) -> tuple[str, ...]:
        """The chapters that it names, in their order."""
        return tuple(dict.fromkeys((*self.parameters, *self.ranges)))

    @property
    def changes(self) -> list[tuple[str, str, Any]]:
        """Chapter, name and value or `Range` of all that it sets."""
        both = (*self.parameters.items(), *self.ranges.items())
        return [(chapter, name, each) for chapter, given in both for name, each in given.items()]

    def of_chapter(self, chapter: str) -> dict[str, Any]:
        """Return the values that this scenario gives to a chapter, of a range its middle."""
        return {**self.parameters.get(chapter, {}), **self._middles(chapter)}

    def _middles(self, chapter: str) -> dict[str, Any]:
        ranges = self.ranges.get(chapter, {})
        if not ranges:
            return {}
        fields = chapter_parameters.of_chapter(chapter).model_fields
        return {
            name: math.floor(each.middle) if fields[name].annotation is int else each.middle
            for name, each in ranges.items()
        }


def names(project: Project) -> list[str]:
    """Return the names of all scenarios, the baseline first."""
    found = sorted(path.stem for path in project.scenarios.glob("*.yml"))
    return sorted(found, key=lambda name: name != BASELINE)


def load_all(project: Project) -> list[Scenario]:
    """Return all scenarios, the baseline first."""
    return [load(project, name) for name in names(project)]


def load(project: Project, name: str) -> Scenario:
    """Return the scenario called `name`, checked against the chapters.

    A `RequestError` lists all that is not as it must be: fields, chapters and values, a
    default that the baseline changes, one meaning with several values.
    """
    if name not in names(project):
        known = ", ".join(names(project)) or "none"
        raise RequestError(f"no scenario is called {name!r}; there are: {known}")
    path = project.scenarios / f"{name}.yml"
    scenario = plain_yaml.read_as(path, Scenario, RequestError)
    problems = [*_naming_problems(scenario, name), *_value_problems(scenario)]
    if not problems:
        scenario = _typed(scenario)
        problems = [*_baseline_problems(scenario), *_problems_together(scenario, _every_chapter())]
    if problems:
        raise RequestError(plain_yaml.refusal(path, problems))
    return scenario


def read(path: Path) -> Scenario:
    """Return the scenario that a reader's file holds, wherever it lies and whatever it is called.

    It is checked as `load` does; only the chapters that it names must agree.
    """
    scenario = plain_yaml.read_as(path, Scenario, RequestError)
    problems = [*_name_problems(scenario.name), *_value_problems(scenario)]
    if not problems:
        scenario = _typed(scenario)
        problems = list(_problems_together(scenario, scenario.chapters))
    if problems:
        raise RequestError(plain_yaml.refusal(path, problems))
    return scenario


def is_one(content: Mapping[str, Any]) -> bool:
    """Tell whether what a file holds is meant as a scenario."""
    return "parameters" in content or "ranges" in content


def shortened(value: float) -> float:
    """Return a value with as many digits as any assumption needs."""
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def shared_parameters() -> dict[str, list[tuple[str, str]]]:
    """Return chapter and name of each parameter that several chapters have, by its meaning."""
    having: dict[str, list[tuple[str, str]]] = {}
    for chapter, declaration in chapter_parameters.declared().items():
        for name, concept in parameters.concepts(declaration).items():
            having.setdefault(concept, []).append((chapter, name))
    return {name: places for name, places in having.items() if len(places) > 1}


def active(project: Project) -> Scenario | None:
    """Return the scenario that the environment builds the book under; None for the published."""
    name = os.environ.get(VARIABLE, "")
    return load(project, name) if name and name != BASELINE else None


def plan(project: Project, scenario: Scenario | None, chapter: str) -> RunInputs:
    """Return the inputs of a chapter's run under a scenario; None is the baseline."""
    return runs.plan(project, chapter, scenario.of_chapter(chapter) if scenario else {})


def plans(project: Project) -> dict[str, dict[str, RunInputs]]:
    """Return the inputs of every chapter under every scenario, by scenario and chapter.

    Where a scenario changes nothing in a chapter, its run is the baseline's.
    """
    baseline = {chapter: runs.plan(project, chapter) for chapter in project.chapter_names()}
    return {
        scenario.name: {
            chapter: replace(
                inputs, parameters={**inputs.parameters, **scenario.of_chapter(chapter)}
            )
            for chapter, inputs in baseline.items()
        }
        for scenario in load_all(project)
    }


def _naming_problems(scenario: Scenario, file: str) -> _Places:
    if scenario.name != file:
        yield ("name",), f"{scenario.name!r} is not the file's name"
    yield from _name_problems(file)


def _name_problems(name: str) -> _Places:
    if not re.fullmatch(NAME_PATTERN, name):
        yield ("name",), "may hold small letters, digits and single hyphens only"


def _value_problems(scenario: Scenario) -> _Places:
    """Yield what the chapters' declarations refuse."""
    for chapter in scenario.chapters:
        try:
            declaration = chapter_parameters.of_chapter(chapter)
        except OvertakeError as error:
            where = "parameters" if chapter in scenario.parameters else "ranges"
            yield (where, chapter), str(error)
            continue
        given = scenario.parameters.get(chapter, {})
        yield from _refused(declaration, given, ("parameters", chapter))
        for name, each in scenario.ranges.get(chapter, {}).items():
            yield from _range_problems(declaration, given, name, each, ("ranges", chapter))


def _refused(
    declaration: type[ChapterParameters], given: Mapping[str, Any], place: tuple[str, str]
) -> _Places:
    try:
        parameters.resolve(declaration, given)
    except ParameterError as error:
        for line in str(error).splitlines():
            name, _, why = line.partition(": ")
            yield ((*place, name), why) if name in given else (place, line)


def _range_problems(
    declaration: type[ChapterParameters],
    given: Mapping[str, Any],
    name: str,
    found: Range,
    place: tuple[str, str],
) -> _Places:
    """Yield what is wrong with a range: of both ends what is refused, and of itself."""
    at = (*place, name)
    if name in given:
        yield at, "has a value and a range; give one of them"
        return
    if name not in declaration.model_fields:
        yield from _refused(declaration, {name: found.low}, place)
        return
    wanted = declaration.model_fields[name].annotation
    if wanted not in {int, float}:
        yield at, "is no number and has no range; give it a value"
    elif not found.low < found.high:
        yield at, f"low must be below high, got {found.low:g} and {found.high:g}"
    elif wanted is int and not (found.low.is_integer() and found.high.is_integer()):
        yield at, "a whole number ranges between whole numbers"
    else:
        ends = [_refused(declaration, {name: end}, place) for end in (found.low, found.high)]
        yield from itertools.chain(*ends)


def _typed(scenario: Scenario) -> Scenario:
    """Return the scenario with values of the types that the chapters declare."""
    typed = {}
    for chapter, given in scenario.parameters.items():
        complete = parameters.resolve(chapter_parameters.of_chapter(chapter), given)
        typed[chapter] = {name: complete[name] for name in given}
    return scenario.model_copy(update={"parameters": typed})


def _every_chapter() -> Collection[str]:
    return chapter_parameters.declared().keys()


def _baseline_problems(scenario: Scenario) -> _Places:
    changed = (*scenario.parameters.values(), *scenario.ranges.values())
    if scenario.name == BASELINE and any(changed):
        yield ("parameters",), "the baseline changes no default"


def _problems_together(scenario: Scenario, chapters: Collection[str]) -> _Places:
    """Yield what is wrong with values that are right one by one."""
    for chapter in scenario.ranges:
        declaration = chapter_parameters.of_chapter(chapter)
        yield from _refused(declaration, scenario.of_chapter(chapter), ("ranges", chapter))
    yield from _contradictions(scenario, chapters)


def _contradictions(scenario: Scenario, chapters: Collection[str]) -> _Places:
    """Yield what is not one state of the world, as far as these chapters tell of it."""
    for name, places in shared_parameters().items():
        values = {place: _value(scenario, *place) for place in places if place[0] in chapters}
        if len(set(values.values())) > 1:
            told = ", ".join(f"{value} in {chapter}" for (chapter, _), value in values.items())
            yield (name,), f"must be the same everywhere, but is {told}"


def _value(scenario: Scenario, chapter: str, name: str) -> Any:  # noqa: ANN401
    """Return what a scenario gives to a parameter: a value, or both ends of a range."""
    if found := scenario.ranges.get(chapter, {}).get(name):
        return str(found)
    default = chapter_parameters.of_chapter(chapter).model_fields[name].default
    return scenario.of_chapter(chapter).get(name, default)
