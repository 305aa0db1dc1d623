"""The comparison of two folders finds every difference, and names the first."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reproducibility.differences import first_difference


def folder(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def test_same_files_differ_nowhere(tmp_path: Path) -> None:
    files = {"a.txt": b"one", "sub/b.bin": bytes(range(256))}
    assert first_difference(folder(tmp_path / "a", files), folder(tmp_path / "b", files)) is None


@given(content=st.binary(min_size=1, max_size=300), data=st.data())
def test_a_flipped_bit_is_found_where_it_is(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, data: st.DataObject
) -> None:
    tmp_path = tmp_path_factory.mktemp("flip")
    offset = data.draw(st.integers(0, len(content) - 1))
    flipped = bytearray(content)
    flipped[offset] ^= 1 << data.draw(st.integers(0, 7))
    first = folder(tmp_path / "a", {"same": b"x", "z/y.bin": content})
    second = folder(tmp_path / "b", {"same": b"x", "z/y.bin": bytes(flipped)})
    found = first_difference(first, second)
    assert found is not None
    assert (found.file, found.place, found.count) == ("z/y.bin", f"byte {offset}", 1)


def test_a_longer_file_differs_where_the_shorter_ends(tmp_path: Path) -> None:
    found = first_difference(
        folder(tmp_path / "a", {"f": b"abc"}), folder(tmp_path / "b", {"f": b"abcd"})
    )
    assert found is not None
    assert found.place == "byte 3"


def test_the_first_of_several_by_name_is_named_and_the_rest_counted(tmp_path: Path) -> None:
    found = first_difference(
        folder(tmp_path / "a", {"b": b"1", "a": b"1", "c": b""}),
        folder(tmp_path / "b", {"b": b"2", "a": b"2"}),
    )
    assert found is not None
    assert (found.file, found.count) == ("a", 3)
    assert "3 files differ" in str(found)


def test_a_missing_file_is_a_difference(tmp_path: Path) -> None:
    first = folder(tmp_path / "a", {"f": b"", "g": b""})
    second = folder(tmp_path / "b", {"g": b""})
    found, mirrored = first_difference(first, second), first_difference(second, first)
    assert found is not None
    assert mirrored is not None
    assert (found.place, found.first, found.second) == (
        "which the second lacks",
        "present",
        "absent",
    )
    assert (mirrored.place, mirrored.first) == ("which the first lacks", "absent")


def test_a_notebook_is_named_by_the_path_of_the_value(tmp_path: Path) -> None:
    notebooks = [
        json.dumps({"cells": [{"id": "a"}, {"id": "b", "outputs": [word]}]}).encode()
        for word in ("yesterday", "today")
    ]
    found = first_difference(
        folder(tmp_path / "a", {"n.ipynb": notebooks[0]}),
        folder(tmp_path / "b", {"n.ipynb": notebooks[1]}),
    )
    assert found is not None
    assert found.place.endswith("value $.cells[1].outputs[0]")
    assert "yesterday" in found.first
    assert "today" in found.second


def test_keys_in_another_order_differ_by_byte_only(tmp_path: Path) -> None:
    found = first_difference(
        folder(tmp_path / "a", {"n.json": b'{"a": 1, "b": 2}'}),
        folder(tmp_path / "b", {"n.json": b'{"b": 2, "a": 1}'}),
    )
    assert found is not None
    assert found.place == "byte 2"


def test_what_is_ignored_is_ignored_wherever_it_lies(tmp_path: Path) -> None:
    first = folder(tmp_path / "a", {"x/.doctrees/p": b"1", "f": b""})
    second = folder(tmp_path / "b", {"x/.doctrees/p": b"2", "f": b""})
    assert first_difference(first, second, [".doctrees"]) is None
    assert first_difference(first, second) is not None


def test_nothing_to_compare_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    full = folder(tmp_path / "a", {"f": b""})
    with pytest.raises(ValueError, match="empty holds no file"):
        first_difference(full, tmp_path / "empty")
