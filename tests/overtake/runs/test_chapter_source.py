"""A notebook in chapters/ can be run, or is refused with place and remedy."""

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from overtake.core.errors import ChapterSourceError
from overtake.runs import chapter_source
from tests.conftest import GROWTH_CELLS, notebook

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
        (with_changes(nbformat=3), "format 3, and 4 is what is read"),
        (with_changes(nbformat=5), "format 5"),
        (with_changes(cells=None), "cells"),
        (with_changes(cells=[1]), "cells.0: 1 is not"),
        (with_changes(cells=[]), "no cell is tagged 'parameters'"),
        (
            with_changes(cells=GOOD["cells"] + GOOD["cells"][:1]),
            "several cells have the id 'title'",
        ),
        (with_changes(metadata=[]), "metadata"),
        (with_kernel("ir"), "the kernel 'ir'; chapters run on 'python3'"),
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


def test_a_missing_notebook_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChapterSourceError, match=r"growth\.ipynb: No such file"):
        chapter_source.read(tmp_path / "growth.ipynb")
