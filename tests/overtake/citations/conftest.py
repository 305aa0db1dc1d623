"""A catalogue of made-up runs over the real tables: nothing is executed."""

import json
import shutil
from datetime import date
from typing import Any

import pytest

from overtake import runs
from overtake.citations.catalogue import Catalogue
from overtake.paths import Project
from overtake.publication import Author, Publication
from overtake.runs import RunInputs
from tests.conftest import ROOT

PUBLICATION = Publication(
    title="Overtake: will it?",
    authors=(Author("The Overtake authors"),),
    version="0.1.0",
    released=date(2026, 11, 24),
    site="https://example.org/book",
)
INPUTS = RunInputs(
    chapter="hardware-bottleneck",
    parameters={},
    source="",
    tables={"electricity": "", "ai_models": ""},
    modules={},
    lock="",
    python="3.11",
)


def figure_record(id: str, title: str) -> dict[str, Any]:
    """Return a figure's record, as far as citations look at it."""
    return {"id": id, "title": title, "tables": ["electricity"], "files": {}}


def write_run(project: Project, figures: list[dict[str, Any]]) -> None:
    """Put a finished run into the store."""
    folder = project.runs / INPUTS.id
    (folder / "figures").mkdir(parents=True)
    for record in figures:
        path = folder / "figures" / f"{record['id']}.json"
        path.write_text(json.dumps(record), encoding="utf-8")
    runs.write_record(INPUTS, folder)


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    root = tmp_path_factory.mktemp("cited")
    shutil.copy(ROOT / "references.bib", root)
    (root / "chapters").mkdir()
    shutil.copy(ROOT / "chapters" / "hardware-bottleneck.ipynb", root / "chapters")
    project = Project(root)
    write_run(project, [figure_record("power", "China adds 80% & more")])
    return Catalogue(project, PUBLICATION, (INPUTS,))
