"""YAML files that people write: what is read, and what is refused."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from overtake.core import plain_yaml
from overtake.core.errors import ParameterError


def test_values_stay_the_text_that_stands_there() -> None:
    text = "day: 2023-10-17\nflag: yes\nyear: 010\nlarge: 1e3\nnone: null\nempty:\n"
    assert plain_yaml.parse(text) == {
        "day": "2023-10-17",
        "flag": "yes",
        "year": "010",
        "large": "1e3",
        "none": "null",
        "empty": "",
    }


def test_mappings_and_lists_may_be_nested() -> None:
    assert plain_yaml.parse("a: {b: [1, 2]}") == {"a": {"b": ["1", "2"]}}


def test_an_empty_file_names_nothing() -> None:
    assert plain_yaml.parse("# nothing yet\n") == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: a stands there twice"),
        ("a: {b: 1, b: 2}\n", "line 1: b stands there twice"),
        ("a: !!python/object/apply:os.system ['true']\n", "line 1: tags"),
        ("!mine\na: 1\n", "line 1: tags"),
        ("a: &x 1\nb: *x\n", "line 1: anchors and aliases"),
        ("? [a, b]\n: 1\n", "line 1: a name must be text"),
        ("- a\n- b\n", "names with values"),
        ("just a text\n", "names with values"),
        ("a: [\n", "while parsing"),
        ("a: " + "[" * 5000, "more than 8 levels"),
        ("a: 1\n---\na: 2\n", "single document"),
    ],
)
def test_what_else_a_file_may_hold_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "set.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        plain_yaml.read(path, ParameterError)
    assert "set.yml" in str(caught.value)
    assert complaint in str(caught.value)


def test_missing_huge_and_undecodable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no such file"):
        plain_yaml.read(tmp_path / "none.yml", ParameterError)
    with pytest.raises(ParameterError, match="no such file"):
        plain_yaml.read(tmp_path, ParameterError)
    path = tmp_path / "set.yml"
    path.write_bytes(b"a: " + b"x" * 300_000)
    with pytest.raises(ParameterError, match="larger than 256 KiB"):
        plain_yaml.read(path, ParameterError)
    path.write_bytes(b"a: \xff\xfe")
    with pytest.raises(ParameterError, match="utf-8"):
        plain_yaml.read(path, ParameterError)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=5))
def test_every_text_comes_back(values: dict[str, str]) -> None:
    quoted = {name: values[name] for name in values}
    text = yaml.dump(quoted, default_style='"', allow_unicode=False)
    assert plain_yaml.parse(text) == values
