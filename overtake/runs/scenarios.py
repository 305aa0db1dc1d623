"""Scenarios: named sets of parameters across the chapters, with an argument for each.

A scenario is a file ``scenarios/<name>.yml``. It decides nothing by itself:
under it each chapter has a run like any other, with these parameters.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from overtake.chapter import parameters
from overtake.core import plain_yaml
from overtake.core.errors import OvertakeError, RequestError
from overtake.core.paths import NAME_PATTERN, Project
from overtake.runs import chapter_parameters, runs
from overtake.runs.recorded import RunInputs

BASELINE = "baseline"
"""The scenario of the published book: every default."""

VARIABLE = "OVERTAKE_SCENARIO"
"""Environment variable that names the scenario to build the book under."""


class Scenario(BaseModel):
    """One scenario: why it might come true, in MyST Markdown, and its values by chapter and name.

    The values are typed, once `load` has checked them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str = Field(min_length=1, max_length=40)
    argument: str = Field(min_length=1)
    parameters: dict[str, dict[str, Any]]

    def of_chapter(self, chapter: str) -> dict[str, Any]:
        """Return the values that this scenario gives to a chapter."""
        return self.parameters.get(chapter, {})


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
    problems = list(_naming_problems(scenario, name))
    typed: dict[str, dict[str, Any]] = {}
    for chapter, given in scenario.parameters.items():
        try:
            complete = parameters.resolve(chapter_parameters.of_chapter(chapter), given)
            typed[chapter] = {k: complete[k] for k in given}
        except OvertakeError as error:
            problems += [f"{chapter}: {line}" for line in str(error).splitlines()]
    checked = scenario.model_copy(update={"parameters": typed})
    problems = problems or list(_contradictions(checked))
    if problems:
        raise RequestError("\n".join(f"{path}: {p}" for p in problems))
    return checked


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


def _naming_problems(scenario: Scenario, file: str) -> Iterator[str]:
    if scenario.name != file:
        yield f"name: {scenario.name!r} is not the file's name"
    if not re.fullmatch(NAME_PATTERN, file):
        yield "name: may hold small letters, digits and single hyphens only"


def _contradictions(scenario: Scenario) -> Iterator[str]:
    """Yield what is not one state of the world."""
    if scenario.name == BASELINE and any(scenario.parameters.values()):
        yield "parameters: the baseline changes no default"
    for name, places in shared_parameters().items():
        values = {place: _value(scenario, *place) for place in places}
        if len(set(values.values())) > 1:
            told = ", ".join(f"{value} in {chapter}" for (chapter, _), value in values.items())
            yield f"{name}: must be the same everywhere, but is {told}"


def _value(scenario: Scenario, chapter: str, name: str) -> Any:  # noqa: ANN401
    default = chapter_parameters.of_chapter(chapter).model_fields[name].default
    return scenario.of_chapter(chapter).get(name, default)
