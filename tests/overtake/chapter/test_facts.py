"""Facts are written as a section found them, and read back for the words."""

import json
import math
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.estimates import Estimate
from overtake.chapter import facts
from overtake.chapter.results import RecordedEstimate
from overtake.core.errors import ResultError
from overtake.runs.words import facts as read_facts
from overtake.runs.words.facts import Facts, decode

ESTIMATE = Estimate(4.2, 3.1, 5.6, 0.9, "confidence", 97, "times a year")


class Direction(StrEnum):
    """A choice that words can tell."""

    UP = "up"


@dataclass(frozen=True)
class Holder:
    """Facts of one field, whatever it is."""

    value: Any


def read_back(value: object) -> Any:
    """Return a value as words see it after it has been through a file."""
    text = json.dumps(facts.encode(Holder(value)), allow_nan=False)
    return decode(json.loads(text)).value


NUMBERS = st.integers() | st.floats() | st.booleans()
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
LEAVES = st.none() | NUMBERS | st.text() | DAYS
KEYS = st.text() | st.integers() | st.tuples(st.text(), st.integers())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def same(found: Any, given: Any) -> bool:
    """Compare values and their types; a number that is none equals itself."""
    if isinstance(given, float) and math.isnan(given):
        return isinstance(found, float) and math.isnan(found)
    if isinstance(given, dict):
        return found.keys() == given.keys() and all(same(found[k], given[k]) for k in given)
    if isinstance(given, list):
        return len(found) == len(given) and all(map(same, found, given))
    return type(found) is type(given) and bool(found == given)


@given(VALUES)
def test_numbers_texts_days_sequences_and_mappings_come_back(value: Any) -> None:
    assert same(read_back(value), value)


@given(st.tuples(NUMBERS, st.text()))
def test_a_tuple_comes_back_as_a_list_and_a_dataclass_as_facts(value: tuple[Any, ...]) -> None:
    found = read_back((Holder(value),))
    assert isinstance(found[0], Facts)
    assert same(found[0].value, list(value))


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e308, 5e-324, -0.0])
def test_extreme_floats_come_back(value: float) -> None:
    assert repr(read_back(value)) == repr(value)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (np.float64(0.1), 0.1),
        (np.int64(3), 3),
        (np.bool_(True), True),  # noqa: FBT003  (numpy's own)
        (np.array(2.5), 2.5),
        (pd.Timestamp("2022-10-07 12:00"), date(2022, 10, 7)),
        (pd.NaT, None),
        (Direction.UP, "up"),
    ],
)
def test_what_tables_give_is_told_as_plain_values(given: object, told: object) -> None:
    found = read_back(given)
    assert found == told
    assert type(found) is type(told)


def test_an_estimate_comes_back_as_one() -> None:
    found = read_back({("usa", 2024): ESTIMATE})["usa", 2024]
    assert isinstance(found, RecordedEstimate)
    assert asdict(found) == asdict(ESTIMATE)


@dataclass(frozen=True)
class Base:
    """What all growths have."""

    level: float

    @property
    def tail(self) -> float:
        """Share outside of the interval on one side."""
        return (1 - self.level) / 2


@dataclass(frozen=True)
class Growth(Base):
    """A section's facts with all that words can't tell."""

    pace: Estimate
    models: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"x": [1]}))
    column: pd.Series = field(default_factory=lambda: pd.Series([1.0]))  # type: ignore[type-arg]
    draws: np.ndarray[Any, Any] = field(default_factory=lambda: np.ones(3))
    mixed: tuple[object, ...] = (1, pd.DataFrame(), "two")

    @property
    def paces_differ(self) -> bool:
        """A decision."""
        return self.tail < 1

    @cached_property
    def rows(self) -> tuple[Holder, ...]:
        """Rows of a table."""
        return (Holder(1), Holder("b"))

    @property
    def _hidden(self) -> float:
        raise AssertionError("a property of the section's own is not evaluated")

    def scaled(self) -> float:
        """Return what is no fact: a function."""
        return 1.0


def test_fields_and_properties_are_told_and_nothing_else(run_folder: Path) -> None:
    facts.publish(growth=Growth(0.9, ESTIMATE))
    found = read_facts.read(run_folder)["growth"]
    assert dir(found) == ["level", "mixed", "pace", "paces_differ", "rows", "tail"]
    assert found.tail == pytest.approx(0.05)
    assert found.paces_differ is True
    assert found.mixed == [1, "two"]
    assert [row.value for row in found.rows] == [1, "b"]


def test_each_section_has_a_file_and_the_same_bytes(run_folder: Path) -> None:
    facts.publish(growth=Growth(0.9, ESTIMATE), gap=Holder(1))
    first = {p.name: p.read_bytes() for p in (run_folder / facts.FOLDER).iterdir()}
    assert set(first) == {"growth.json", "gap.json"}
    facts.publish(gap=Holder(1))
    facts.publish(growth=Growth(0.9, ESTIMATE))
    assert {p.name: p.read_bytes() for p in (run_folder / facts.FOLDER).iterdir()} == first


@pytest.mark.parametrize("name", sorted(facts.RESERVED))
def test_names_that_mean_something_else_in_words_are_refused(run_folder: Path, name: str) -> None:
    with pytest.raises(ResultError, match=f"can't be called '{name}'"):
        facts.publish(**{name: Holder(1)})
    assert read_facts.read(run_folder) == {}


@pytest.mark.parametrize("value", [3.0, {"a": 1}, Holder, None])
def test_what_is_no_dataclass_is_refused(run_folder: Path, value: Any) -> None:
    with pytest.raises(ResultError, match="facts 'growth' must be a dataclass"):
        facts.publish(growth=value)
    assert read_facts.read(run_folder) == {}


def test_a_key_that_words_cannot_name_is_refused() -> None:
    with pytest.raises(TypeError, match="words can't tell a frozenset"):
        facts.encode({frozenset(): 1})
