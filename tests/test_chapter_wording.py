"""Words that a number decides are computed, and figures name countries as readers do."""

import nbformat
import pytest

from overtake.paths import Project
from tests.conftest import ROOT

PROJECT = Project(ROOT)

# Each of these once stood in a chapter's text, true for one run's numbers alone.
TYPED = {
    "hardware-bottleneck": (
        "These data could hardly have shown it",
        "in compute the two fit together",
        "In capability they do not",
    ),
    "risk-culture": (
        "More people saw chances",
        "Venture capital did:",
        "the two countries parted",
        "Both countries fell together",
        "the gap in AI money is wider",
    ),
}


def cells(name: str, kind: str) -> list[str]:
    notebook = nbformat.read(PROJECT.chapter(name), as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


@pytest.mark.parametrize(
    ("name", "words"), [(name, words) for name, all_of in TYPED.items() for words in all_of]
)
def test_a_finding_that_depends_on_a_number_is_not_typed(name: str, words: str) -> None:
    assert not any(words in " ".join(text.split()) for text in cells(name, "markdown"))


def test_an_intention_is_told_as_one() -> None:
    source = "\n".join(cells("risk-culture", "markdown") + cells("risk-culture", "code")).lower()
    for words in ("means to start", "meant to start", "mean to start", "the wish"):
        assert words not in source


def test_a_text_beside_a_figure_of_countries_names_them() -> None:
    told = [text for text in cells("risk-culture", "code") if "figures.publish" in text]
    assert not any("{row.country} " in text for text in told)
