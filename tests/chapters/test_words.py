"""Every word of the book renders: under every scenario, and through every branch."""

import ast
import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2 import meta, nodes

from overtake.book.plain import PlainNames
from overtake.core.paths import Project
from overtake.runs import chapter_source, pools, runs, scenarios
from overtake.runs.runs import Run
from overtake.runs.words import expressions
from overtake.runs.words.chapter import texts_of
from tests.chapters import forced_branches
from tests.conftest import ROOT

PROJECT = Project(ROOT)
CHAPTERS = PROJECT.chapter_names()
MODULES = ["chapters.shared.evidence", "chapters.shared.quantities"]
EVIDENCE = {PROJECT.evidence(name) for name in CHAPTERS}
PLAIN = [ROOT / "index.md", *sorted({*(ROOT / "chapters").glob("*.md")} - EVIDENCE)]
_NO_WORD = re.compile(r"\bnan\b|\bUndefined\b|object at 0x|\{\{|\{%")


def texts(chapter: str) -> list[tuple[str, str]]:
    """Return the Markdown cells of a chapter and its page of evidence, each with its place."""
    source, page = chapter_source.read(PROJECT.chapter(chapter)), PROJECT.evidence(chapter)
    evidence = page.read_text(encoding="utf-8") if page.is_file() else ""
    return texts_of(source, evidence, chapter)


@cache
def baseline(chapter: str) -> Run:
    """Return the run that the book shows."""
    return pools.ensure(PROJECT, runs.plan(PROJECT, chapter))


@cache
def outcomes() -> list[Any]:
    """Return every scenario with its runs, as the book's pages see them."""
    from overtake.book.scenario_page import Outcome

    return [
        Outcome(
            scenarios.load(PROJECT, name),
            {chapter: pools.ensure(PROJECT, inputs) for chapter, inputs in chapters.items()},
        )
        for name, chapters in scenarios.plans(PROJECT).items()
    ]


@pytest.fixture(scope="module")
def plain_names() -> PlainNames:
    shown = {name: baseline(name) for name in CHAPTERS}
    return PlainNames(ROOT, shown, outcomes, MODULES)


def test_every_chapter_has_its_words_under_every_scenario() -> None:
    for outcome in outcomes():
        for chapter, run in outcome.runs.items():
            told = [
                *run.words.cells,
                run.words.evidence,
                *(figure.alt for figure in run.figures.values()),
            ]
            told += [number.definition for number in run.headline.values()]
            told += [claim.would_change for claim in run.claims.values()]
            told += [test.name for test in run.tests.values()]
            wrong = [text for text in told if _NO_WORD.search(text)]
            assert not wrong, f"{chapter} under {outcome.scenario.name}: {wrong[0]}"


@pytest.mark.parametrize("page", PLAIN, ids=lambda path: path.stem)
def test_every_plain_page_renders(page: Path, plain_names: PlainNames) -> None:
    told = plain_names.render(page.read_text(encoding="utf-8"), page.stem)
    assert not _NO_WORD.search(told)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_branch_of_a_chapter_renders_both_ways(chapter: str) -> None:
    names = baseline(chapter).facts
    tried = 0
    for place, text in texts(chapter):
        tried += _try_branches(text, names, place)
    assert tried or chapter == "forecast-explorer"


@pytest.mark.parametrize("page", PLAIN, ids=lambda path: path.stem)
def test_every_branch_of_a_plain_page_renders_both_ways(
    page: Path, plain_names: PlainNames
) -> None:
    _try_branches(page.read_text(encoding="utf-8"), plain_names.names, page.stem)


def _try_branches(text: str, names: Any, place: str) -> int:
    found = forced_branches.branches(text)
    for branch in found:
        try:
            told = forced_branches.render(text, names, branch)
        except Exception as error:  # noqa: BLE001  (whatever it is, the place is what is asked for)
            way = "holding" if branch.taken else "not holding"
            pytest.fail(f"{place}, line {branch.line}, condition {way}: {error!r}")
        assert not _NO_WORD.search(told), f"{place}, line {branch.line}"
    return len(found)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_section_that_a_chapter_publishes_is_told(chapter: str) -> None:
    published = {path.stem for path in (baseline(chapter).folder / "facts").glob("*.json")}
    called = set().union(
        *(meta.find_undeclared_variables(expressions.parse(text)) for _, text in texts(chapter))
    )
    elsewhere = set().union(*(_attributes(path.read_text(encoding="utf-8")) for path in PLAIN))
    assert published <= called | elsewhere


def test_every_decision_of_a_section_is_used() -> None:
    used = set(itertools.chain.from_iterable(_attributes(text) for text in _all_words()))
    for path in [*ROOT.glob("chapters/*/*.py"), *ROOT.glob("chapters/*.ipynb")]:
        used |= _python_attributes(path)
    unused = {
        f"{path.parent.name}/{path.name}: {name}"
        for path in ROOT.glob("chapters/*/*.py")
        for name in _properties(path)
        if name not in used
    }
    assert not unused


def _all_words() -> Iterator[str]:
    yield from (text for chapter in CHAPTERS for _, text in texts(chapter))
    yield from (path.read_text(encoding="utf-8") for path in PLAIN)


def _attributes(text: str) -> set[str]:
    """Return the names that a text asks of facts, directly or by a filter that maps."""
    tree = expressions.parse(text)
    asked = {node.attr for node in tree.find_all(nodes.Getattr)}
    constants = {node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)}
    return asked | {part for text in constants for part in text.split(".")}


def _python_attributes(path: Path) -> set[str]:
    if path.suffix == ".ipynb":
        cells = chapter_source.code_cells(chapter_source.read(path))
        code = "\n".join(cell.source for cell in cells)
    else:
        code = path.read_text(encoding="utf-8")
    return {node.attr for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Attribute)}


def _properties(path: Path) -> set[str]:
    """Return the public properties that a module's classes define."""
    return {
        member.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        for member in node.body
        if isinstance(member, ast.FunctionDef)
        and not member.name.startswith("_")
        and any("property" in ast.unparse(each) for each in member.decorator_list)
    }
