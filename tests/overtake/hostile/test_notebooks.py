"""Whatever lies in chapters/: a notebook that can be run, or an error with place and remedy."""

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from overtake.core.errors import ChapterSourceError, DependencyError
from overtake.runs import chapter_source
from tests.conftest import GROWTH_CELLS, notebook

MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
GOOD: dict[str, Any] = json.loads(nbformat.writes(notebook(GROWTH_CELLS, "# Growth")))


def written(content: object) -> bytes:
    return json.dumps(content).encode()


def with_changes(**changes: object) -> bytes:
    return written({**GOOD, **changes})


def with_tags(*tagged: int) -> bytes:
    """Return the notebook in which the cells of these numbers, from 1, are tagged."""
    content = copy.deepcopy(GOOD)
    for number, cell in enumerate(content["cells"], 1):
        cell["metadata"] = {"tags": ["parameters"]} if number in tagged else {}
    return written(content)


def with_kernel(name: object) -> bytes:
    return with_changes(metadata={"kernelspec": {"name": name, "display_name": "X"}})


def test_a_good_notebook_is_read() -> None:
    read = chapter_source.parse(written(GOOD), "growth")
    assert [cell.source for cell in read.cells][1] == GROWTH_CELLS[0]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "line 1, column 1: no JSON"),
        (b"not JSON", "line 1, column 1: no JSON"),
        (b'{"cells": [', "line 1, column 12: no JSON"),
        (b"\xff\xfe{}", "byte 0: not UTF-8"),
        (b"\xef\xbb\xbf{}", "no JSON: Unexpected UTF-8 BOM"),
        (b"[]", "no notebook"),
        (b"{}", "`cells` or `nbformat` is missing"),
        (b"NaN", "NaN is no JSON"),
        (b"[" * 100_000, "no notebook"),
        (with_changes(nbformat=3), "format 3, and 4 is what is read"),
        (with_changes(nbformat=5), "format 5"),
        (with_changes(nbformat="4"), "format '4'"),
        (with_changes(nbformat=None), "format None"),
        (with_changes(nbformat_minor="x"), "nbformat_minor"),
        (with_changes(nbformat_minor=10**30), "nbformat_minor"),
        (with_changes(cells=None), "cells"),
        (with_changes(cells=[1]), "cell 1 is of no type"),
        (with_changes(cells=[]), "no cell is tagged 'parameters'"),
        (with_changes(metadata=[]), "metadata"),
        (with_kernel("ir"), "the kernel 'ir'; chapters run on 'python3'"),
        (with_kernel("python3; rm -rf /"), "the kernel"),
        (with_kernel(None), "metadata.kernelspec.name"),
        (with_tags(), "no cell is tagged"),
        (with_tags(2, 4), "cells 2, 4 are tagged"),
        (with_tags(1), "cell 1 is tagged 'parameters' but is no code cell"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(content: bytes, told: str) -> None:
    with pytest.raises(ChapterSourceError, match="chapter growth") as caught:
        chapter_source.parse(content, "growth")
    assert told in str(caught.value)
    assert len(str(caught.value)) < 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)
PATHS = [
    ("nbformat",), ("nbformat_minor",), ("metadata",), ("metadata", "kernelspec"),
    ("metadata", "kernelspec", "name"), ("cells",), ("cells", 1), ("cells", 1, "metadata"),
    ("cells", 1, "metadata", "tags"), ("cells", 1, "source"), ("cells", 1, "cell_type"),
    ("cells", 1, "id"), ("cells", 2, "outputs"), ("cells", 2, "execution_count"),
    ("cells", 0, "attachments"),
]  # fmt: skip


@MANY
@example(("cells", 1, "source"), "x = '\ud800'")
@example(("cells", 1, "source"), "x = \x00")
@example(("cells", 1, "source"), "(" * 5000)
@example(("cells", 1, "source"), "-" * 100_000 + "1")
@example(("cells", 1, "source"), "9" * 10_000)
@example(("cells", 1, "source"), "%matplotlib inline")
@example(("cells", 1, "source"), "!touch owned")
@example(("cells", 1, "id"), "title")
@given(st.sampled_from(PATHS), JSON)
def test_a_notebook_with_any_part_replaced_is_read_or_refused(
    path: tuple[str | int, ...], value: object
) -> None:
    content = copy.deepcopy(GOOD)
    *parents, last = path
    holder: Any = content
    for step in parents:
        holder = holder[step]
    holder[last] = value
    try:
        read = chapter_source.parse(written(content), "growth")
        needs = chapter_source.dependencies_of(read, Path("nowhere"), "growth")
    except DependencyError as error:
        assert "chapter growth" in str(error)
        assert len(str(error)) < 700
    else:
        assert needs.tables in {("points",), ()}


@MANY
@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused(content: bytes) -> None:
    with pytest.raises(ChapterSourceError, match="chapter growth"):
        chapter_source.parse(content, "growth")


@MANY
@given(st.data())
def test_a_notebook_cut_short_or_with_a_flipped_byte_is_read_or_refused(
    data: st.DataObject,
) -> None:
    content = bytearray(written(GOOD))
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content = content[:place]
    else:
        content[place] ^= data.draw(st.integers(1, 255))
    try:
        read = chapter_source.parse(bytes(content), "growth")
        chapter_source.dependencies_of(read, Path("nowhere"), "growth")
    except DependencyError as error:
        assert "chapter growth" in str(error)


def test_a_missing_notebook_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChapterSourceError, match=r"growth\.ipynb: No such file"):
        chapter_source.read(tmp_path / "growth.ipynb")
