"""Whatever stands in a YAML file: texts, lists and mappings, or an error that names the place."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from overtake.chapter.parameters import JUDGEMENT, ChapterParameters, parameter
from overtake.core import plain_yaml
from overtake.core.errors import ParameterError, RequestError
from overtake.core.paths import Project
from overtake.runs import scenarios
from tests.conftest import declare

MANY = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
)
HOSTILE = [
    BOMB,
    "a: !!python/object/apply:os.system ['touch owned']",
    "a: !!python/name:os.system ''",
    "a: !include /etc/passwd",
    "%TAG ! tag:yaml.org,2002:python/\n---\na: !object/apply:os.system [x]",
    "%YAML 9.9\n---\na: 1",
    "<<: {a: 1}\na: 2",
    "a: 1\n...\nb: 2",
    "a: " + "[" * 10_000,
    "a:\n" + "".join(" " * i + "- \n" for i in range(50)),
    "? " * 5000,
    "- " * 5000,
    "{" * 5000,
    "a: |\n  x\n\x85y",
    "a: \x00",
    "a: \x1b[31m",
    "\ufeffa: 1",
    "a: 1\nａ: 2",
    "a: \ud800",
    "null: 1",
    "~: 1",
    "1: x",
    "a: " + "9" * 100_000,
    "a: 1e999",
    "a: .nan",
    "a\t: 1",
    "\ta: 1",
    "a: 'unterminated",
    'a: "\\ud83d"',
    'a: "\\x00"',
]
PIECES = st.lists(
    st.sampled_from(
        ["a", "b: ", ": ", "- ", "\n", "\n  ", "[", "]", "{", "}", "&x ", "*x", "!!str ", "!t ",
         "|", ">", "'", '"', "#", "%", "? ", "<<: ", "1e999", ".nan", "---\n", "...\n", "\t", ",",
         "ｎame", "\u2028", "\ufeff", "\\", "`", "@", "~", "é"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


def examples(function):  # noqa: ANN001, ANN201
    for text in HOSTILE:
        function = example(text)(function)
    return function


def leaves(value: Any) -> list[Any]:
    match value:
        case dict():
            return [leaf for key, inner in value.items() for leaf in [key, *leaves(inner)]]
        case list():
            return [leaf for inner in value for leaf in leaves(inner)]
        case _:
            return [value]


def counted(path: Path) -> tuple[str, dict[str, Any], int]:
    """Read a file; return what was told, what was read, and how many calls that took."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        return "", plain_yaml.read(path, ParameterError), calls
    except ParameterError as error:
        return str(error), {}, calls
    finally:
        sys.setprofile(None)


@MANY
@examples
@given(st.text() | PIECES)
def test_a_file_holds_texts_or_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "set.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    told, read, calls = counted(path)
    if told:
        assert "set.yml" in told
        assert len(told) < 2000
    else:
        assert all(type(leaf) is str for leaf in leaves(read))
        assert sum(len(leaf) for leaf in leaves(read)) <= len(text) * 8
    assert calls < 2000 + 200 * len(text), "the work grows with the file, and no faster"
    assert not (tmp_path / "owned").exists()


@MANY
@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "set.yml"
    path.write_bytes(content)
    try:
        assert isinstance(plain_yaml.read(path, ParameterError), dict)
    except ParameterError as error:
        assert "set.yml" in str(error)


class Growth(ChapterParameters):
    """A chapter's declaration."""

    factor: float = parameter(
        2.0, unit="1", meaning="Factor.", source=JUDGEMENT, minimum=1, maximum=9
    )
    count: int = parameter(1, unit="1", meaning="Count.", source=JUDGEMENT)


VALUES = st.sampled_from(
    ["2.5", "nan", ".nan", "1e999", "9" * 400, "-1", "１", "", "[1]", "{a: 1}", "yes", "2.5 # x",
     "'<script>'", '"\\ud800"', "2\u200b"]
) | st.text(max_size=12)  # fmt: skip
NAMES = st.sampled_from(["factor", "count", "fаctor", "ｆactor", "seed", "", "__class__", "a b"])
CHAPTERS = st.sampled_from(["growth", "Growth", "../growth", "growth\u200b", "gгowth", "none"])


@MANY
@given(CHAPTERS, NAMES, VALUES, st.sampled_from(["what-if", "What-If", "other", "../what-if", ""]))
def test_a_scenario_fits_the_chapters_or_is_refused(
    tmp_path: Path, chapter: str, parameter_name: str, value: str, name: str
) -> None:
    project = Project(tmp_path)
    project.scenarios.mkdir(exist_ok=True)
    text = (
        f"name: {name}\ntitle: T\nargument: Why.\nparameters:\n"
        f"  {chapter}:\n    {parameter_name}: {value}\n"
    )
    (project.scenarios / "what-if.yml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.MonkeyPatch.context() as patch:
        declare(patch, {"growth": Growth})
        _load(project, chapter)


def _load(project: Project, chapter: str) -> None:
    try:
        scenario = scenarios.load(project, "what-if")
    except RequestError as error:
        assert "what-if.yml" in str(error)
    else:
        assert (scenario.name, chapter) == ("what-if", "growth")
        (typed,) = scenario.parameters.values()
        assert set(typed) <= {"factor", "count"}


@MANY
@given(st.text() | st.sampled_from(["../x", "..", "/etc/passwd", "baseline\x00", "BASELINE"]))
def test_a_scenario_is_named_by_a_file_that_is_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "scenarios").mkdir(exist_ok=True)
    with pytest.raises(RequestError, match=r"no scenario is called|there is no such file"):
        scenarios.load(Project(tmp_path), name)


def test_the_bomb_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yml"
    path.write_text(BOMB, encoding="utf-8")
    with pytest.raises(ParameterError, match=re.escape("line 1: anchors and aliases")):
        plain_yaml.read(path, ParameterError)
