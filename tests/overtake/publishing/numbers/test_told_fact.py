"""What is said of a number among facts: by its docstrings, its interval, its provenance."""

import shutil
from pathlib import Path

import pytest

from overtake.chapter.results import RecordedEstimate
from overtake.core.paths import Project
from overtake.publishing.numbers import provenance, told_fact
from overtake.publishing.numbers.definitions import Meaning, attributes
from overtake.publishing.numbers.told_fact import ToldFact, ToldFacts
from overtake.runs import runs
from tests.conftest import ROOT

SECOND = ROOT / "tests" / "second_book"
PACE = RecordedEstimate(4.5, 3.2, 6.5, 0.9, "confidence", 103, "times a year")
DOCSTRING = """
Growth in both countries.

Attributes
----------
usa, china : Pace
    The countries' own trends.
level : float
    Of the `intervals`,
    0 to 1.
rows
    Without a type.

Notes
-----
Names : here
    are none.
"""


def test_attributes_are_read_as_numpydoc_has_them() -> None:
    assert attributes(DOCSTRING) == {
        "usa": Meaning("The countries' own trends (usa).", tells_apart=True),
        "china": Meaning("The countries' own trends (china).", tells_apart=True),
        "level": Meaning("Of the intervals, 0 to 1."),
        "rows": Meaning("Without a type."),
    }
    assert attributes("Nothing of attributes.") == {}


def fact(*meanings: Meaning, held: float | RecordedEstimate = PACE) -> ToldFact:
    return ToldFact("chips/growth.usa.pace", meanings, held, "", None)


@pytest.mark.parametrize(
    ("meanings", "said"),
    [
        ([Meaning("A whole sentence that says by itself what a number is.")],
         "A whole sentence that says by itself what a number is"),
        ([Meaning("Of all models."), Meaning("Times a year.")], "Of all models. Times a year"),
        ([Meaning("Of all models."),
          Meaning("A whole sentence that says by itself what a number is.")],
         "A whole sentence that says by itself what a number is"),
        ([Meaning("H20.", tells_apart=True), Meaning("Of all models."),
          Meaning("A whole sentence that says by itself what a number is.")],
         "H20. A whole sentence that says by itself what a number is"),
    ],
)  # fmt: skip
def test_a_number_is_called_in_as_few_words_as_tell_it_apart(
    meanings: list[Meaning], said: str
) -> None:
    assert fact(*meanings).meaning == said


def test_a_number_is_written_with_its_interval_or_with_four_digits() -> None:
    named = Meaning("Pace.")
    whole = fact(named)
    assert (whole.value, whole.interval) == (
        "4.5 times a year", "90% confidence interval 3.2 to 6.5, n = 103",
    )  # fmt: skip
    assert (fact(named, held=0.756789).value, fact(named, held=0.756789).interval) == ("0.7568", "")
    assert fact(named, held=2844).value == "2,844"
    assert fact(named, held=0.756789).plain() == {"value": 0.756789}
    assert told_fact.as_number("x", 0.756789).estimate.value == 0.756789


@pytest.mark.parametrize(
    ("path", "section", "tables", "meaning"),
    [
        ("growth.usa.hc3", "training_growth.estimate_growth", ("ai_models",),
         "The countries' own trends (usa). The same growth with errors that only allow for uneven "
         "scatter"),
        ("specifications.curve.median", "gap_specifications.estimate_specifications", None,
         "All estimates, smallest first. Middle estimate, in unit"),
    ],
)  # fmt: skip
def test_the_book_s_numbers_are_defined_by_their_docstrings(
    path: str, section: str, tables: tuple[str, ...] | None, meaning: str
) -> None:
    project = Project(ROOT)
    run = runs.find_facts(project, runs.plan(project, "hardware-bottleneck"))
    if run is None:
        pytest.skip("the book has not been built")
    found = ToldFacts(project, run).find(path)
    assert found.meaning == meaning
    assert found.behind is not None
    assert found.behind.section is not None
    assert found.behind.section.dotted.endswith(section)
    assert tables in {None, found.behind.tables}


def test_a_fact_of_a_small_book_comes_from_its_section(tmp_path: Path) -> None:
    book = Project(shutil.copytree(SECOND, tmp_path / "book"))
    found = provenance.of_chapter(book, "tides").provenance_of_fact("water.mean")
    assert found.section is not None
    assert found.section.dotted == "chapters.tides.high_water.estimate_level"
    assert found.tables == ("sea_levels",)
    assert found.parameters == ("first_year", "surge")
    assert found.figures == ("high-water",)
    unknown = provenance.of_chapter(book, "tides").provenance_of_fact("nothing.at.all")
    assert unknown.tables == found.tables, "what is not known may come from all"
