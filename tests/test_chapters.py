"""Every chapter keeps the rules of CONTRIBUTING.md."""

import ast
import inspect
import re
from typing import Any

import nbformat
import pytest

from overtake import chapter_parameters, dependencies, parameters, tables
from overtake.citations.citable import BOOK
from overtake.paths import Project
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
    assert sorted(chapter_parameters.DECLARATIONS) == CHAPTERS


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


def test_a_name_that_is_no_homonym_means_one_thing() -> None:
    known = {f for d in chapter_parameters.DECLARATIONS.values() for f in d.model_fields}
    assert known >= chapter_parameters.HOMONYMS


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
    needs = dependencies.of_notebook(source(name), ROOT, name)
    assert set(needs.tables) <= set(tables.names())
    assert "overtake/figures.py" in needs.modules
    assert any(module.startswith("models/") for module in needs.modules)


@pytest.mark.parametrize("name", CHAPTERS)
def test_what_is_cited_is_in_the_bibliography(name: str) -> None:
    text = "\n".join(cell.source for cell in source(name).cells)
    cited = {
        key.strip() for keys in re.findall(r"\{cite\}`([^`]+)`", text) for key in keys.split(",")
    }
    assert cited <= bibliography_keys()


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_code_cell_only_tells_the_story(name: str) -> None:
    """Helpers of a few lines may name a repeated phrase or colour; logic belongs in models/."""
    for cell in source(name).cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                assert not isinstance(node, ast.ClassDef | ast.While | ast.Try), node
                if isinstance(node, ast.FunctionDef):
                    lines = len(ast.unparse(node).splitlines())
                    assert lines <= 12, f"{name}: {node.name} has {lines} lines"


def bibliography_keys() -> set[str]:
    text = (ROOT / "references.bib").read_text(encoding="utf-8")
    return set(re.findall(r"^@\w+\{([^,\s]+),", text, flags=re.MULTILINE))


def figure_ids(name: str) -> list[str]:
    code = [c.source for c in source(name).cells if c.cell_type == "code"]
    calls = [node for text in code for node in ast.walk(ast.parse(text))]
    return [
        ast.literal_eval(keyword.value)
        for call in calls
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "figures.publish"
        for keyword in call.keywords
        if keyword.arg == "id"
    ]


def test_no_id_names_two_things_that_can_be_cited() -> None:
    figures = [found for name in CHAPTERS for found in figure_ids(name)]
    ids = [BOOK, *CHAPTERS, *tables.names(), *figures]
    assert len(figures) > len(CHAPTERS)
    assert sorted(ids) == sorted(set(ids))
