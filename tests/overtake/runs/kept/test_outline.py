"""Outlines: what a module defines, as importing it would tell."""

import ast
import importlib
import inspect
import types
from pathlib import Path

import pytest

from overtake.runs.kept.outline import Named, Outlines
from tests.conftest import ROOT

SOURCE = """
from math import pi
import os as system

LIMIT = 3
NAMES: tuple[str, ...] = ("a", "b")
LISTED = [1, 2]
COMPUTED = LIMIT + 1
TWICE = 1
TWICE = 2
if LIMIT:
    BRANCHED = 1
    def within(): ...


def plain(a, /, b, *, c=1): ...


@staticmethod
def decorated(): ...


def replaced(): ...


replaced = 3


class Shape:
    width: float
    height: float = 2.0
"""


@pytest.fixture
def outlines(tmp_path: Path) -> Outlines:
    (tmp_path / "made.py").write_text(SOURCE, encoding="utf-8")
    return Outlines(tmp_path, {"made": ""})


def test_only_what_a_name_stands_for_for_certain_is_told(outlines: Outlines) -> None:
    found = outlines.of("made")
    assert set(found.definitions) == {"plain", "Shape"}
    assert found.constants == {"LIMIT": 3, "NAMES": ("a", "b")}
    assert found.definitions["plain"].arguments == ("a", "b")
    assert found.definitions["Shape"].arguments == ("width", "height")


@pytest.mark.parametrize("package", ["chapters", "models"])
def test_outlines_of_the_book_agree_with_its_modules(package: str) -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.name != "__init__.py"
    ]
    outlines = Outlines(ROOT, dict.fromkeys(names, ""))
    for name in names:
        module, outline = importlib.import_module(name), outlines.of(name)
        for each, value in outline.constants.items():
            assert getattr(module, each) == value, (name, each)
        for each, named in outline.definitions.items():
            found = getattr(module, each)
            assert isinstance(found, types.FunctionType | type), (name, each)
            assert (found.__module__, found.__qualname__) == (named.__module__, each)


def test_a_named_function_is_the_function() -> None:
    named = Named("models.core.random_streams", "seed_streams", ("seed",))
    stream = named(1)
    assert stream("a").random() == named.load()(1)("a").random()
    assert list(inspect.signature(named.load()).parameters) == ["seed"]
    assert isinstance(ast.parse(inspect.getsource(named.load())), ast.Module)
