"""A catalogue of made-up runs over the real tables: nothing is executed."""

import shutil
from datetime import date

import pytest

from overtake.core.paths import Project
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.publication import Author, Publication
from overtake.runs.recorded import RunInputs
from tests.conftest import ROOT
from tests.made_runs import figure, headline, write_run

PUBLICATION = Publication(
    title="Overtake: will it?",
    authors=(Author("The Overtake authors"),),
    version="0.1.0",
    released=date(2026, 11, 24),
    site="https://example.org/book",
    is_being_released=True,
)
INPUTS = RunInputs(
    chapter="hardware-bottleneck",
    parameters={},
    source="0" * 64,
    tables={"electricity": "0" * 64, "ai_models": "0" * 64},
    modules={},
    lock="0" * 64,
    python="3.11",
)


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    root = tmp_path_factory.mktemp("cited")
    shutil.copy(ROOT / "references.bib", root)
    write_run(
        root,
        INPUTS.id,
        chapter=INPUTS.chapter,
        figures=[figure("power", title="China adds 80% & more")],
        numbers=[headline("power_gap", 8.0, 5.0, 12.0)],
        source=INPUTS.source,
        tables=INPUTS.tables,
    )
    return Catalogue(Project(root), PUBLICATION, (INPUTS,))
