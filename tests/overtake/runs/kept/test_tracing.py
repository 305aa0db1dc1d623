"""Stand-ins: in a cell they do what the value would do."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.runs.kept.entries import Entries
from overtake.runs.kept.keys import Keys, ModuleDigests
from overtake.runs.kept.tracing import Traced
from overtake.runs.kept.values import Lookup, Origin, unwrapped

NOWHERE = Lookup(Entries(__file__), Keys(ModuleDigests({}, "")))  # type: ignore[arg-type]


class Here(Origin):
    """A value that is there."""

    def __init__(self, value: object) -> None:
        super().__init__(NOWHERE)
        self.hold(value)

    def _key(self) -> str:
        return "here"


def stand_in(value: object) -> Traced:
    return Traced(Here(value))


@given(st.floats(-1e6, 1e6), st.floats(0.5, 9))
def test_numbers_are_reckoned_with_on_either_side(one: float, other: float) -> None:
    for found, wanted in (
        (stand_in(one) + other, one + other),
        (other - stand_in(one), other - one),
        (stand_in(one) * stand_in(other), one * other),
        (one / stand_in(other), one / other),
        (2 ** stand_in(other), 2**other),
        (-stand_in(one), -one),
        (abs(stand_in(one)), abs(one)),
        (round(stand_in(one), 2), round(one, 2)),
    ):
        assert found == wanted
    assert (stand_in(one) < other) == (one < other)
    assert float(stand_in(one)) == one
    assert f"{stand_in(one):.2f} {stand_in(one)}" == f"{one:.2f} {one}"
    assert hash(stand_in(one)) == hash(one)
    assert bool(stand_in(one)) == bool(one)


def test_libraries_take_them_for_the_value() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    both = pd.concat([stand_in(frame), frame], ignore_index=True)
    assert both["a"].tolist() == [1, 2, 1, 2]
    assert np.asarray(stand_in([1, 2])).sum() == 3
    assert stand_in(frame)["a"].sum() == 3
    assert isinstance(stand_in(frame), pd.DataFrame)
    assert [*stand_in({"x": 1})] == ["x"]
    assert "x" in stand_in({"x": 1})
    assert len(stand_in("abc")) == 3


def test_a_part_that_is_missing_is_missing_at_once() -> None:
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        stand_in(1).absent  # noqa: B018
    with pytest.raises(KeyError, match="absent"):
        stand_in({})["absent"]


def test_values_come_out_of_whatever_holds_them() -> None:
    held = unwrapped([{"a": (stand_in(1), 2)}, stand_in([3])])
    assert json.dumps(held) == '[{"a": [1, 2]}, [3]]'


def test_one_that_is_hidden_in_another_object_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="a stand-in can't be pickled"):
        pickle.dumps(stand_in(1))


def test_what_a_cell_has_altered_is_known_by_its_content() -> None:
    for alter in (
        lambda frame: frame.__setitem__("a", 9),
        lambda frame: frame["a"].__setitem__(0, 9),
        lambda frame: frame.loc.__setitem__((0, "a"), 9),
        lambda frame: frame.insert(0, "b", 9),
        lambda frame: setattr(frame, "attrs", {"x": 1}),
    ):
        frame = stand_in(pd.DataFrame({"a": [1, 2]}))
        origin = frame.__overtake_origin__()
        part = frame["a"].__overtake_origin__()
        assert origin.key() == "here"
        alter(frame)
        changed = origin.key()
        assert changed != "here"
        assert changed == NOWHERE.keys.of(origin.get())
        assert part.is_altered
