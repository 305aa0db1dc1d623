"""Which section makes a number, by which models, of which tables, and who shows it."""

import ast
import csv
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from overtake.chapter.figures import FOLDER
from overtake.chapter.results import RecordedEstimate
from overtake.core.paths import Project
from overtake.publishing.numbers.dataflow.calls import ROWS
from overtake.publishing.numbers.dataflow.follower import Follower
from overtake.publishing.numbers.dataflow.meanings import (
    CHAPTERS,
    COLLECTING,
    MODELS,
    Named,
    Names,
    Place,
)
from overtake.publishing.numbers.dataflow.origins import NOTHING, Origin, Step
from overtake.publishing.numbers.dataflow.sources import Function, Sources, outline
from overtake.runs import chapter_source, digested
from overtake.runs.notebooks import Notebook

_PUBLISH, _NUMBERS = "results.publish", "numbers"
_SHOW, _FACTS = "figures.publish", "facts.publish"
_SCALES = (1, 0.01)
"""A headline in percent may be drawn as a share."""
_ROUNDED = 1e-5
"""Figures' rows are rounded to so much of a number."""
_SINGLE = ("Estimate", "FloatArray", "npt.ArrayLike", "Moment", "float", "Sequence[float]")
_FOUND = re.compile("Estimate|Frame|Series|Array|Generator|Mapping|Sequence")
"""Annotations of arguments that were found in data."""


@dataclass(frozen=True)
class Provenance:
    """Where a number comes from, read from the source.

    Whatever it depends on is named; what is named may turn out not to matter. Of a number that
    can't be found in the source there are no sections, and all tables and parameters.

    Attributes
    ----------
    chapter, name : str
        Of the number; that of a fact is its path.
    section : Function or None
        The chapter's function that computes it; None if that can't be told. What a result only
        works out of itself counts with the function of its module that made the result.
    sections : tuple of Function
        Functions that the notebook calls and through which the number went, the last first.
    models : tuple of Function
        Functions of models that its section calls for it, the main one first.
    tables, parameters : tuple of str
        What it is computed from, sorted.
    figures : tuple of str
        Ids of the figures drawn from what its section found, those of the section's module first.
    """

    chapter: str
    name: str
    section: Function | None
    sections: tuple[Function, ...]
    models: tuple[Function, ...]
    tables: tuple[str, ...]
    parameters: tuple[str, ...]
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A figure.

    Attributes
    ----------
    id : str
        Its own.
    module : str
        Module of the function that draws it; "" if it is drawn in a cell.
    sections : tuple of str
        Dotted names of the functions through which its rows went.
    """

    id: str
    module: str
    sections: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Chapter:
    """A chapter's source, followed to its end.

    Attributes
    ----------
    numbers : Origin
        What its headline numbers are made of, by name.
    facts : Origin
        What its sections' facts are made of, by the name under which words call them.
    shown : tuple of Shown
        Its figures, in their order.
    """

    name: str
    sources: Sources
    numbers: Origin
    facts: Origin
    shown: tuple[Shown, ...]

    def provenance(self, number: str) -> Provenance:
        """Return where one of its headline numbers comes from."""
        found = self.numbers.part(number)
        made_of = NOTHING if found is None else found.whole
        if made_of.is_nothing:
            made_of = replace(self.numbers.whole, steps=())
        return self._of(number, made_of)

    def provenance_of_fact(self, path: str) -> Provenance:
        """Return where a number among its facts comes from, as far along its path as is known."""
        made_of = self.facts
        for step in path.split("."):
            found = made_of.part(step)
            if found is None or found.whole.is_nothing:
                break
            made_of = found
        return self._of(path, made_of.whole)

    def _of(self, number: str, made_of: Origin) -> Provenance:
        sections = tuple(dict.fromkeys(e.function for e in made_of.steps if not e.section))
        section = _section(sections, made_of.steps)
        return Provenance(
            self.name,
            number,
            section,
            sections,
            tuple(_models(made_of.steps, sections, self.sources)),
            tuple(sorted(made_of.tables)),
            tuple(sorted(made_of.parameters)),
            tuple(self._figures(section, sections)),
        )

    def _figures(self, section: Function | None, sections: Sequence[Function]) -> list[str]:
        """Return the figures drawn from what the number's section found, its own module's first."""
        if section is None:
            return []
        on_the_way = {each.dotted for each in sections}
        found = [
            each
            for each in self.shown
            if section.dotted in each.sections
            or (each.module == section.module and on_the_way & set(each.sections))
        ]
        return [each.id for each in sorted(found, key=lambda each: each.module != section.module)]


def _section(sections: Sequence[Function], steps: Sequence[Step]) -> Function | None:
    own = [each for each in sections if each.module.startswith(CHAPTERS)]
    if not own or not own[0].is_of_a_class:
        return own[0] if own else None
    calling = {each.section for each in steps}
    made = [each for each in own if each.module == own[0].module and not each.is_of_a_class]
    return next((each for each in made if each.dotted in calling), (made or own)[0])


def holding(figures: Sequence[str], estimate: RecordedEstimate, folder: Path) -> list[str]:
    """Return those figures of a run's folder whose rows hold a number, with its interval first."""
    fits = {each: _fit(estimate, _rows(folder / FOLDER / f"{each}.csv")) for each in figures}
    return sorted((each for each, fit in fits.items() if fit), key=lambda each: -fits[each])


def _rows(path: Path) -> list[list[float]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [[*_numbers_of(row)] for row in csv.reader(file)]


def _numbers_of(row: Sequence[str]) -> Iterator[float]:
    for cell in row:
        with suppress(ValueError):
            yield float(cell)


def _fit(estimate: RecordedEstimate, rows: Sequence[Sequence[float]]) -> int:
    """Return how many of value and ends stand in one row, none without the value."""
    return max((_held(estimate, row, scale) for row in rows for scale in _SCALES), default=0)


def _held(estimate: RecordedEstimate, row: Sequence[float], scale: float) -> int:
    def holds(number: float) -> bool:
        return any(math.isclose(each, number * scale, rel_tol=_ROUNDED) for each in row)

    ends = holds(estimate.low) + holds(estimate.high)
    return 1 + ends if holds(estimate.value) else 0


def of_number(project: Project, chapter: str, name: str) -> Provenance:
    """Return where a headline number of a chapter comes from."""
    return of_chapter(project, chapter).provenance(name)


def of_chapter(project: Project, chapter: str) -> Chapter:
    """Follow a chapter's source; the same source is followed once."""
    notebook = chapter_source.read(project.chapter(chapter))
    needs = chapter_source.dependencies_of(notebook, project.root, chapter)
    modules = digested.of_modules(project, needs.modules)
    return _followed(project.root, chapter, _Kept(notebook, tuple(modules.items())))


@dataclass(frozen=True)
class _Kept:
    """A notebook that is known by its code, and by that of the modules that it leads to."""

    notebook: Notebook
    modules: tuple[tuple[str, str], ...]

    def __hash__(self) -> int:
        return hash((chapter_source.code_digest(self.notebook), self.modules))


@lru_cache(maxsize=64)
def _followed(root: Path, name: str, kept: _Kept) -> Chapter:
    follower, names = Follower(Sources(root)), Names()
    numbers, facts, shown = NOTHING, dict[str, Origin](), list[Shown]()
    place = Place(outline(ast.Module([], [])))
    for cell in chapter_source.code_cells(kept.notebook):
        tree = ast.parse(cell.source)
        if chapter_source.holds_parameters(cell):
            names |= {
                each: Origin(parameters=frozenset({each})) for each in outline(tree).constants
            }
            continue
        for statement in tree.body:
            for call in _published(statement, _SHOW):
                shown += _drawing(call, follower, names, place)
            for call in _published(statement, _PUBLISH):
                given = [each.value for each in call.keywords if each.arg == _NUMBERS]
                collecting = replace(place, section=COLLECTING)
                numbers = follower.origin([*call.args, *given][0], names, collecting)
            for call in _published(statement, _FACTS):
                for each in call.keywords:
                    facts[each.arg or ""] = follower.origin(each.value, names, place)
            follower.follow([statement], names, place)
    return Chapter(name, follower.sources, numbers, Origin(parts=facts), tuple(shown))


def _published(statement: ast.stmt, function: str) -> Iterator[ast.Call]:
    match statement:
        case ast.Expr(value=ast.Call(func=called) as call) if ast.unparse(called) == function:
            yield call


def _drawing(call: ast.Call, follower: Follower, names: Names, place: Place) -> Iterator[Shown]:
    match call.args:
        case [ast.Constant(value=str() as id), drawn]:
            drawing = follower.origin(drawn, names, place)
            rows = drawing.part(ROWS) or drawing
            by = follower.meaning(drawn.func, names, place) if isinstance(drawn, ast.Call) else None
            module = by.dotted.rpartition(".")[0] if isinstance(by, Named) else ""
            sections = (each.function.dotted for each in rows.whole.steps if not each.section)
            yield Shown(id, module, tuple(dict.fromkeys(sections)))


def _models(
    steps: Sequence[Step], sections: Sequence[Function], sources: Sources
) -> list[Function]:
    """Return the models of the nearest section that calls any; those that only convert, last.

    What a result works out of itself counts with the function of its module that made it.
    """
    own = [
        each
        for each in steps
        if each.function.module.startswith(MODELS) and each.section != COLLECTING
    ]
    module = next((_module_of(each, sections) for each in own), "")
    called = [each.function for each in own if _module_of(each, sections) == module]
    return sorted(dict.fromkeys(called), key=lambda function: _converts(function, sources))


def _module_of(step: Step, sections: Sequence[Function]) -> str:
    return next((each.module for each in sections if each.dotted == step.section), "")


def _converts(function: Function, sources: Sources) -> bool:
    """Whether a model takes one number, day or list of numbers, and nothing else that was found."""
    module = sources.module(function.module)
    node = module.functions.get(function.name) if module else None
    if node is None:
        return False
    taken = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    first, *others = [ast.unparse(each.annotation) for each in taken if each.annotation] or [""]
    return first in _SINGLE and not any(_FOUND.search(each) for each in others)
