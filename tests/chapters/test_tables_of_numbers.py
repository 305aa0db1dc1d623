"""A table that moves a headline number is named with the number."""

from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest

from overtake.chapter import figures, results, session
from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing.numbers import provenance
from overtake.runs import chapter_source
from tests.chapters.perturbed import SLIGHTLY

PROJECT = Project(Path(__file__).parents[2])
QUICK = ("delivery-and-cash", "infrastructure", "published-lags", "risk-culture")
"""Chapters that a few seconds compute."""
load = tables.load


def with_moved(table: str) -> Any:
    """Return what loads tables, one of them with its numbers moved a little."""

    def loaded(name: str) -> pd.DataFrame:
        found = load(name)
        if name != table:
            return found
        rows = pd.Series(data=True, index=found.index)
        floats = found.select_dtypes("floating").columns
        columns = {c: SLIGHTLY(found[c], rows, n) for n, c in enumerate(floats)}
        return found.assign(**columns)

    return loaded


def numbers(chapter: str, moved: str, folder: Path) -> dict[str, tuple[float, ...]]:
    """Return the chapter's headline numbers with one of its tables moved; none if it refuses."""
    notebook = chapter_source.read(PROJECT.chapter(chapter))
    code = "\n".join(cell.source for cell in chapter_source.code_cells(notebook))
    folder.mkdir()
    with (
        mock.patch.dict("os.environ", {session.FOLDER_VARIABLE: str(folder)}),
        mock.patch.object(figures, "publish"),
        mock.patch.object(tables, "load", with_moved(moved)),
    ):
        try:
            exec(compile(code, chapter, "exec"), {"__name__": "__main__"})
        except (OvertakeError, ValueError):
            return {}
    found = results.read(folder / results.FILE_NAME).numbers.items()
    return {name: (n.estimate.value, n.estimate.low, n.estimate.high) for name, n in found}


@pytest.mark.slow
@pytest.mark.parametrize("chapter", QUICK)
def test_a_table_that_moves_a_number_is_named_with_it(chapter: str, tmp_path: Path) -> None:
    plain = numbers(chapter, "", tmp_path / "plain")
    notebook = chapter_source.read(PROJECT.chapter(chapter))
    moving = [
        (name, table)
        for table in chapter_source.dependencies_of(notebook, PROJECT.root, chapter).tables
        for name, value in numbers(chapter, table, tmp_path / table).items()
        if value != plain[name]
    ]
    assert moving
    missed = [
        (name, table)
        for name, table in moving
        if table not in provenance.of_number(PROJECT, chapter, name).tables
    ]
    assert not missed
