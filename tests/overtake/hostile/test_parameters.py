"""Whatever is given as a parameter: a value as declared, or an error that names it."""

import math
from typing import Literal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from overtake.chapter import parameters
from overtake.chapter.parameters import JUDGEMENT, ChapterParameters, parameter
from overtake.core.errors import ParameterError

MANY = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Declared(ChapterParameters):
    """One parameter of each type."""

    share: float = parameter(
        0.5, unit="1", meaning="Share.", source=JUDGEMENT, minimum=0, maximum=1
    )
    count: int = parameter(3, unit="1", meaning="Count.", source=JUDGEMENT, minimum=1, maximum=9)
    mode: Literal["slow", "fast"] = parameter("slow", unit="", meaning="Mode.", source=JUDGEMENT)
    label: str = parameter("a", unit="", meaning="Label.", source=JUDGEMENT)
    open_end: float = parameter(1.0, unit="1", meaning="No bounds.", source=JUDGEMENT)


NAMES = list(Declared.model_fields)
LOOK_ALIKES = ["ѕhare", "ｓhare", "share\u200b", "sh\u0430re", "SHARE", "share ", "ſhare", "coսnt"]
JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NUMBERS_AS_TEXT = st.sampled_from(
    [
        "nan", "-nan", "inf", "1e999", "-1e999", "1e-999", "0x10", "1_0", "１", "٣", "½", "²",
        "1,5", "1.0.0", "--1", "+0.25", " 0.5 ", "0.5\n", "", "-", "true", "null", "1/2",
        "9" * 5000,
        "0" * 5000 + "1", "1e" + "9" * 400, "\x00", "0.5\x00", "𝟎.𝟓",
    ]
)  # fmt: skip


@MANY
@example("share", 10**5000)
@example("count", 10**5000)
@example("open_end", 10**400)
@example("label", 10**5000)
@example("count", -(10**5000))
@given(st.sampled_from(NAMES), JSON_LIKE | NUMBERS_AS_TEXT | st.text())
def test_a_value_is_taken_as_declared_or_refused_by_name(name: str, value: object) -> None:
    try:
        values = parameters.resolve(Declared, {name: value})
    except ParameterError as error:
        assert name in str(error)
        assert len(str(error)) < 500
        return
    assert list(values) == NAMES
    assert math.isfinite(values["share"])
    assert 0 <= values["share"] <= 1
    assert type(values["count"]) is int
    assert 1 <= values["count"] <= 9
    assert values["mode"] in {"slow", "fast"}
    assert type(values["label"]) is str
    assert math.isfinite(values["open_end"])


@MANY
@given(st.text() | st.sampled_from(LOOK_ALIKES))
@example("rules")
@example("model_config")
@example("__class__")
@example("model_fields")
def test_an_unknown_name_is_refused_also_one_that_looks_like_a_known_one(name: str) -> None:
    if name in NAMES:
        return
    with pytest.raises(ParameterError, match="no such parameter") as caught:
        parameters.resolve(Declared, {name: "1"})
    assert len(str(caught.value)) < 500


@MANY
@given(st.lists(st.text() | st.builds("{}={}".format, st.sampled_from(NAMES), st.text())))
def test_what_stands_on_the_command_line_is_read_or_told(given_texts: list[str]) -> None:
    values, problems = parameters.parse_assignments(given_texts)
    assert len(values) + len(problems) == len(given_texts)
    try:
        parameters.resolve(Declared, values, problems)
    except ParameterError as error:
        assert str(error)
    else:
        assert not problems
