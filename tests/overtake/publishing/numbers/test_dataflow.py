"""What values are made of, read from small pieces of code."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.publishing.numbers.dataflow.follower import Follower
from overtake.publishing.numbers.dataflow.meanings import Names, Place
from overtake.publishing.numbers.dataflow.origins import Origin, joined, listing
from overtake.publishing.numbers.dataflow.sources import Sources, outline

MODEL = """
def fit(frame, level): ...
def to_percent(share): ...
"""
SECTION = """
from dataclasses import dataclass, replace
from models.trend import fit, to_percent

@dataclass(frozen=True)
class Found:
    slope: float
    count: int

    @property
    def share(self):
        return to_percent(self.slope)

def estimate(frame, other, *, level):
    return Found(slope=_slope(frame, level), count=len(other))

def _slope(frame, level):
    return fit(frame, level)

def hand_on(found, frame):
    return Found(found.slope, len(frame))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with one model and one section."""
    for package, module, source in (("models", "trend", MODEL), ("chapters", "paces", SECTION)):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("", encoding="utf-8")
        (tmp_path / package / f"{module}.py").write_text(source, encoding="utf-8")
    return tmp_path


def made(root: Path, code: str) -> Origin:
    """Return what `found` is made of after a cell."""
    names: Names = {each: Origin(parameters=frozenset({each})) for each in ("level", "year")}
    head = (
        "from chapters import paces\nfrom models import trend\nfrom overtake.data import tables\n"
    )
    place = Place(outline(ast.Module([], [])))
    Follower(Sources(root)).follow(ast.parse(head + code).body, names, place)
    found = names["found"]
    assert isinstance(found, Origin)
    return found


LOADED = 'a, b = tables.load("a"), tables.load("b")\n'
ESTIMATED = LOADED + "facts = paces.estimate(a, b, level=level)\n"


def test_fields_of_a_result_are_told_apart(root: Path) -> None:
    slope, count = (
        made(root, ESTIMATED + "found = facts.slope"),
        made(root, ESTIMATED + "found = facts.count"),
    )
    assert (slope.tables, slope.parameters) == ({"a"}, {"level"})
    assert (count.tables, count.parameters) == ({"b"}, frozenset())
    assert [each.function.dotted for each in slope.steps] == [
        "chapters.paces.estimate",
        "models.trend.fit",
    ]
    assert slope.steps[1].section == "chapters.paces.estimate"
    assert [each.function.dotted for each in count.steps] == ["chapters.paces.estimate"]


def test_what_is_only_handed_on_comes_from_where_it_was_made(root: Path) -> None:
    code = ESTIMATED + "again = paces.hand_on(facts, b)\nfound = again.slope"
    assert [each.function.name for each in made(root, code).steps] == ["estimate", "fit"]


def test_a_property_that_works_something_out_is_a_section(root: Path) -> None:
    steps = made(root, ESTIMATED + "found = facts.share").steps
    assert [each.function.name for each in steps] == [
        "Found.share",
        "to_percent",
        "estimate",
        "fit",
    ]


@pytest.mark.parametrize(
    ("code", "tables"),
    [
        ('found = {"x": a, "y": b}["x"]', {"a"}),
        ('found = {**{"x": a}, "x": b}["x"]', {"b"}),
        ('rest = {"y": b}\nfound = {"x": a, **rest}["y"]', {"b"}),
        ('found = {f"{k}_z": v for k, v in {"x": a, "y": b}.items()}["x_z"]', {"a"}),
        ("found = [each for each in (a, b)][0]", {"a", "b"}),
        ("first, second = a, b\nfound = second", {"b"}),
        ("found = []\nfor each in (a, b):\n    found.append(each)", {"a", "b"}),
        ("found = 1\nif a.empty:\n    found = b", {"a", "b"}),
        ("found = [1]\nfound += [a]", {"a"}),
        ("found = (lambda x: x.sum())(a)", {"a"}),
        ("found = list(map(lambda x: x + b, [a]))", {"a", "b"}),
        ("from functools import partial\nfound = partial(trend.fit, a)(b)", {"a", "b"}),
        ("found = sum(1 for _ in range(len(a)))", {"a"}),
        ("found = a.pipe(lambda x: x.join(b))", {"a", "b"}),
        ("def f(x):\n    if x.empty:\n        return 1\n    return 2\nfound = f(a)", {"a"}),
        ("def f(x):\n    return f(x)\nfound = f(a)", {"a"}),
        ("found = {len('x'): a, len('y'): b}", {"a", "b"}),
        ("found = b\nif a.empty:\n    found = found[found]", {"a", "b"}),
        ("found = {'x': []}\nfor one in found.values():\n    one.append(a)", {"a"}),
        ("found = {'x': [b]}\nfor n, one in enumerate(found['x']):\n    one.append(a)", {"a", "b"}),
        ("found = {'x': b}\nfound['x'].rows[0] = a", {"a", "b"}),
        ("found = {'x': b}\nfound['x'].rows.append(a)", {"a", "b"}),
        ("while a.size:\n    found = b", {"a", "b"}),
        ("match a:\n    case [x]:\n        found = x", {"a"}),
        ("try:\n    found = a\nexcept KeyError:\n    found = b", {"a", "b"}),
    ],
)
def test_what_decides_or_makes_a_value_counts(root: Path, code: str, tables: set[str]) -> None:
    assert made(root, LOADED + code).whole.tables == tables


names = st.sets(st.sampled_from("abc")).map(frozenset)
origins = st.recursive(
    st.builds(Origin, tables=names, parameters=names),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(listing),
    max_leaves=6,
)


@given(origins, origins)
def test_joining_loses_nothing(first: Origin, second: Origin) -> None:
    both = joined([first, second]).whole
    assert both.tables == first.whole.tables | second.whole.tables
    assert both.parameters == first.whole.parameters | second.whole.parameters
