"""Notebooks that are read without nbformat are read as nbformat reads them, or not at all."""

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from overtake.runs import chapter_source, notebooks
from tests.conftest import GROWTH_CELLS, ROOT, notebook

GOOD: dict[str, Any] = json.loads(nbformat.writes(notebook(GROWTH_CELLS, "# Growth")))
"""Its first cell is text, its second code."""
BOOKS = (ROOT, ROOT / "tests" / "second_book")
NOTEBOOKS = [path for book in BOOKS for path in sorted(book.glob("chapters/*.ipynb"))]


def changed(*place: str | int, to: object) -> bytes:
    content = copy.deepcopy(GOOD)
    inner = content
    for each in place[:-1]:
        inner = inner[each]
    inner[place[-1]] = to
    return json.dumps(content).encode()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_usual_notebook_is_what_nbformat_reads(path: Path) -> None:
    found = notebooks.read_usual(path.read_bytes())
    node = nbformat.read(path, as_version=4)
    assert found is not None
    assert found.metadata == node.metadata
    assert [vars(cell) for cell in found.cells] == [
        {name: cell[name] for name in ("cell_type", "id", "metadata", "source")}
        for cell in node.cells
    ]
    assert chapter_source.read_node(path) == node


@pytest.mark.parametrize(
    "content",
    [
        changed("cells", 0, "attachments", to={}),
        changed("cells", 0, "metadata", to={"name": "title"}),
        changed("cells", 1, "execution_count", to=3),
        changed("metadata", "title", to="Growth"),
        changed("metadata", "language_info", to={"name": "python", "version": "3.11"}),
        changed(
            "cells", 1, "outputs", to=[{"output_type": "stream", "name": "stdout", "text": ""}]
        ),
    ],
)
def test_nbformat_reads_an_unusual_notebook(content: bytes) -> None:
    assert notebooks.read_usual(content) is None
    found = chapter_source.parse(content, "growth")
    assert [cell.source for cell in found.cells] == [
        cell.source for cell in nbformat.reads(content.decode(), as_version=4).cells
    ]


@pytest.mark.parametrize(
    "content",
    [
        changed("cells", 0, "id", to="a b"),
        changed("cells", 0, "id", to="a" * 65),
        changed("cells", 0, "id", to=GOOD["cells"][1]["id"]),
        changed("cells", 0, "source", to=[1]),
        changed("cells", 0, "outputs", to=[]),
        changed("cells", 0, "metadata", to={"tags": ["a", "a"]}),
        changed("cells", 0, "metadata", to={"tags": ["a,b"]}),
        changed("cells", 1, "execution_count", to="3"),
        changed("metadata", "kernelspec", to={"name": "python3"}),
        changed("metadata", "language_info", to=None),
        changed("metadata", "language_info", to={}),
        changed("nbformat_minor", to=True),
    ],
)
def test_what_breaks_the_schema_is_refused_with_its_place(content: bytes) -> None:
    assert notebooks.read_usual(content) is None
    with pytest.raises(chapter_source.ChapterSourceError, match="chapter growth"):
        chapter_source.parse(content, "growth")
