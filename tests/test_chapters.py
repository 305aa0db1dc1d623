"""Every chapter keeps the rules of CONTRIBUTING.md."""

import ast
import inspect
import re
import statistics
from typing import Any

import nbformat
import pytest

from overtake.chapter import parameters
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing.citations.catalogue import BOOK
from overtake.runs import chapter_parameters, chapter_source
from tests.conftest import ROOT

PROJECT = Project(ROOT)
CHAPTERS = PROJECT.chapter_names()


def source(name: str) -> nbformat.NotebookNode:
    return nbformat.read(PROJECT.chapter(name), as_version=4)


def parameters_cell(name: str) -> list[ast.stmt]:
    cells = [c for c in source(name).cells if "parameters" in c.metadata.get("tags", [])]
    assert len(cells) == 1, f"{name} has {len(cells)} cells tagged parameters"
    return ast.parse(cells[0].source).body


def test_every_chapter_is_declared_and_every_declaration_has_a_chapter() -> None:
    assert list(chapter_parameters.declared()) == CHAPTERS


@pytest.mark.parametrize("name", CHAPTERS)
def test_parameters_cell_and_declaration_agree(name: str) -> None:
    cell: dict[str, tuple[str, Any]] = {}
    for statement in parameters_cell(name):
        assert isinstance(statement, ast.AnnAssign), ast.unparse(statement)
        assert isinstance(statement.target, ast.Name)
        assert statement.value is not None
        cell[statement.target.id] = (
            ast.unparse(statement.annotation),
            ast.literal_eval(statement.value),
        )
    described = parameters.describe(chapter_parameters.of_chapter(name))
    declared = {p.name: ("str" if p.type == "choice" else p.type, p.default) for p in described}
    assert cell == declared


@pytest.mark.parametrize("name", CHAPTERS)
def test_rules_are_about_parameters_of_the_chapter_and_its_defaults_keep_them(name: str) -> None:
    declaration = chapter_parameters.of_chapter(name)
    for rule in declaration.rules:
        assert set(inspect.signature(rule).parameters) <= set(declaration.model_fields)
    parameters.resolve(declaration, {})


def test_what_is_called_alike_and_is_not_alike_says_what_it_is_about() -> None:
    """Two parameters of one name and one concept have one meaning and one default."""
    by_concept: dict[str, set[tuple[object, str]]] = {}
    for declaration in chapter_parameters.declared().values():
        about = parameters.concepts(declaration)
        for p in parameters.describe(declaration):
            by_concept.setdefault(about[p.name], set()).add((float_of(p.default), p.unit))
    assert {concept: seen for concept, seen in by_concept.items() if len(seen) > 1} == {}


def float_of(default: object) -> object:
    return float(default) if isinstance(default, int | float) else default


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_has_at_least_four_parameters_beside_its_seed(name: str) -> None:
    described = parameters.describe(chapter_parameters.of_chapter(name))
    assert "seed" in {p.name for p in described}
    assert len(described) >= 5
    assert all(p.meaning and p.source for p in described)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_parameters_source_is_a_judgement_a_table_or_a_reference(name: str) -> None:
    known = {parameters.JUDGEMENT, *tables.names(), *bibliography_keys()}
    for p in parameters.describe(chapter_parameters.of_chapter(name)):
        assert p.source in known, f"{p.name}: {p.source}"


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_notebook_holds_no_outputs_and_no_counts(name: str) -> None:
    for cell in source(name).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("name", CHAPTERS)
def test_dependencies_can_be_read_and_all_tables_exist(name: str) -> None:
    needs = chapter_source.dependencies_of(source(name), ROOT, name)
    assert set(needs.tables) <= set(tables.names())
    assert "overtake/chapter/figures.py" in needs.modules
    assert not any(module.startswith("overtake/runs/words/") for module in needs.modules)
    assert any(module.startswith("models/") for module in needs.modules)
    assert any(module.startswith("chapters/") for module in needs.modules)


@pytest.mark.parametrize("name", CHAPTERS)
def test_what_is_cited_is_in_the_bibliography(name: str) -> None:
    text = "\n".join(cell.source for cell in source(name).cells)
    cited = {
        key.strip() for keys in re.findall(r"\{cite\}`([^`]+)`", text) for key in keys.split(",")
    }
    assert cited <= bibliography_keys()


LONGEST_CELL, LONGEST_CHAPTER, MEDIAN_CELL, SENTENCE_WORDS = 10, 300, 4, 4


def story_cells(name: str) -> list[str]:
    """Return the code of a chapter's cells, without parameters and the list of tables."""
    cells = [c for c in source(name).cells if c.cell_type == "code"]
    return [
        c.source
        for c in cells
        if "parameters" not in c.metadata.get("tags", []) and "tables.load(" not in c.source
    ]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_tells_in_short_cells(name: str) -> None:
    sizes = [len(cell.splitlines()) for cell in story_cells(name)]
    assert max(sizes) <= LONGEST_CELL
    assert statistics.median(sizes) <= MEDIAN_CELL
    code = [c for c in source(name).cells if c.cell_type == "code"]
    assert sum(len(c.source.splitlines()) for c in code) <= LONGEST_CHAPTER


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_cell_holds_no_logic_and_no_sentence(name: str) -> None:
    """Logic belongs in a section or in models/, sentences in Markdown."""
    logic = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.If, ast.Lambda)
    for cell in story_cells(name):
        for node in ast.walk(ast.parse(cell)):
            assert not isinstance(node, logic), ast.unparse(node)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert len(node.value.split()) < SENTENCE_WORDS, node.value


def bibliography_keys() -> set[str]:
    text = (ROOT / "references.bib").read_text(encoding="utf-8")
    return set(re.findall(r"^@\w+\{([^,\s]+),", text, flags=re.MULTILINE))


def figure_ids(name: str) -> list[str]:
    code = [c.source for c in source(name).cells if c.cell_type == "code"]
    calls = [node for text in code for node in ast.walk(ast.parse(text))]
    return [
        ast.literal_eval(call.args[0])
        for call in calls
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "figures.publish"
    ]


def test_no_id_names_two_things_that_can_be_cited() -> None:
    figures = [found for name in CHAPTERS for found in figure_ids(name)]
    ids = [BOOK, *CHAPTERS, *tables.names(), *figures]
    assert len(figures) > len(CHAPTERS)
    assert sorted(ids) == sorted(set(ids))
