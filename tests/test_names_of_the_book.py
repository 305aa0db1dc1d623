"""The machinery names no chapter, table or country of the book."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.names_of_the_book import countries, notebooks, tables

NAMES = {*notebooks(), *countries(), *(name for name in tables() if "_" in name)}
"""Names that mean one thing only, wherever they stand in a text."""
WORDS = {name for name in tables() if "_" not in name}
"""Tables called by a plain word, which may mean something else: a run has `claims` too."""
ASKING = {"load", "describe", "credit", "table_path"}
"""Functions that take tables by their names."""
_PATTERN = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, sorted(NAMES))) + r")(?![\w-])")


def test_the_machinery_names_nothing_of_the_book() -> None:
    paths = sorted((ROOT / "overtake").rglob("*.py"))
    assert len(paths) > 50
    found = {
        path.relative_to(ROOT).as_posix(): names
        for path in paths
        if (names := sorted(set(named(path.read_text(encoding="utf-8")))))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("ORDER = ('risk-culture', 'other')", ["risk-culture"]),
        ("from chapters.risk_culture import surveys", ["risk_culture"]),
        ("title = f'{n} of China, {m} elsewhere'", ["China"]),
        ("COLOURS = {'CHN': 'red'}", ["CHN"]),
        ("note = 'see table-token_prices, or token_prices'", ["token_prices"]),
        ("rows = tables.load('claims')", ["claims"]),
        ("Drawing(figure, rows, ('electricity',))", ["electricity"]),
        ("NEEDED = ['electricity', 'claims']", ["electricity", "claims"]),
        ("claims = content['claims']; FIELDS = ('numbers', 'claims')", []),
        ('def f():\n    """Draw China from risk-culture."""', []),
    ],
)
def test_a_name_is_seen_in_code_and_not_in_what_explains_it(code: str, names: list[str]) -> None:
    assert list(named(code)) == names


def named(code: str) -> Iterator[str]:
    """Yield the names of the book that stand in code, docstrings and comments left out."""
    tree = ast.parse(code)
    explained = set(map(id, docstrings(tree)))
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in explained:
                yield from _PATTERN.findall(text)
            case ast.Import() | ast.ImportFrom():
                yield from _PATTERN.findall(ast.unparse(node))
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in ASKING:
                yield from (text for text in texts(node.args) if text in WORDS)
            case ast.Tuple() | ast.List() | ast.Set():
                listed = texts(node.elts)
                yield from listed if set(listed) <= WORDS else ()


def docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the texts that explain: those that stand alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def texts(nodes: list[ast.expr]) -> list[str]:
    """Return the literal texts among some expressions."""
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
