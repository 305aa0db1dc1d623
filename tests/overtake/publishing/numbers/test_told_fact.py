"""What is said of a number among facts: by its docstrings, its interval, its provenance."""

import math
import shutil
from pathlib import Path

import pytest

from overtake.chapter.results import RecordedEstimate
from overtake.core.paths import Project
from overtake.publishing.numbers import provenance, told_fact
from overtake.publishing.numbers.dataflow.sources import Sources
from overtake.publishing.numbers.definitions import Definitions, attributes
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
        "usa": "The countries' own trends (usa).",
        "china": "The countries' own trends (china).",
        "level": "Of the intervals, 0 to 1.",
        "rows": "Without a type.",
    }
    assert attributes("Nothing of attributes.") == {}


def test_a_meaning_is_found_in_the_class_s_own_module_or_in_a_base(tmp_path: Path) -> None:
    """Two modules may have classes of one name, and a class a base of its own name."""
    for module, text in (
        ("base", 'class Power:\n    """A base."""\n    @property\n    def gw(self):\n'
                 '        """Power, GW."""\n'),
        ("left", "from models import base\n\nclass Power(base.Power):\n"
                 '    """Of the left.\n\n    More."""\n'),
        ("right", 'class Power:\n    """Of the right."""\n'),
        ("ring", "from models import ring\n\nclass Power(ring.Power):\n    pass\n"),
    ):  # fmt: skip
        path = tmp_path / "models" / f"{module}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    definitions = Definitions(Sources(tmp_path))
    assert definitions.find("models.left.Power", "gw") == "Power, GW."
    assert definitions.find("models.right.Power", "gw") == ""
    assert definitions.find("models.ring.Power", "gw") == ""
    assert definitions.find("models.nowhere.Power", "gw") == ""
    assert definitions.summary("models.left.Power") == "Of the left."
    assert definitions.summary("models.right.Power") == "Of the right."
    assert definitions.summary("models.right.Force") == ""


def fact(held: float | RecordedEstimate = PACE, path: str = "growth.usa.pace") -> ToldFact:
    return ToldFact(f"chips/{path}", ("Of the US.", "Pace of growth."), held, "", None)


def test_a_number_is_written_with_its_interval_or_with_four_digits() -> None:
    assert (fact().value, fact().interval) == (
        "4.5 times a year", "90% confidence interval 3.20 to 6.50, n = 103",
    )  # fmt: skip
    assert fact().meaning == "Of the US. Pace of growth"
    assert (fact(0.756789).value, fact(0.756789).interval) == ("0.7568", "")
    assert fact(0.756789).plain() == {"value": 0.756789}
    assert told_fact.as_number("x", 0.756789).estimate.value == 0.756789


@pytest.mark.parametrize(
    ("held", "path", "value"),
    [
        (5.0, "a.b", "5"), (0.46, "a.b", "0.46"), (0.105, "a.b", "0.105"), (110.0, "a.b", "110"),
        (2844, "a.b", "2,844"), (2844.0, "a.b", "2,844"), (2021, "a.first_year", "2021"),
        (2021, "a.year", "2021"), (2021, "a.years", "2,021"),
        (float("nan"), "a.b", "cannot be said"), (float("inf"), "a.b", "cannot be said"),
    ],
)  # fmt: skip
def test_a_number_is_written_without_digits_that_say_nothing(
    held: float, path: str, value: str
) -> None:
    assert fact(held, path).value == value
    assert fact(held, path).plain() == {"value": held if math.isfinite(held) else None}


@pytest.mark.parametrize(
    ("path", "section", "table"),
    [
        ("growth.usa.hc3", "training_growth.estimate_growth", "ai_models"),
        ("power.usa.running_gw", "power_supply.estimate_power", "chips_owned"),
        (
            "specifications.curve.median",
            "gap_specifications.estimate_specifications",
            "large_models",
        ),
    ],
)
def test_the_book_s_numbers_are_described_by_their_own_section(
    path: str, section: str, table: str
) -> None:
    project = Project(ROOT)
    run = runs.find_facts(project, runs.plan(project, "hardware-bottleneck"))
    if run is None:
        pytest.skip("the book has not been built")
    known = ToldFacts(project, run)
    found = known.find(path)
    module, _, _ = section.partition(".")
    text = (ROOT / "chapters" / "hardware_bottleneck" / f"{module}.py").read_text("utf-8")
    assert found.behind is not None
    assert found.behind.section is not None
    assert found.behind.section.dotted.endswith(section)
    assert table in found.behind.tables
    assert f'"""{known.heading(found.group)}.' in text, "two modules have a class Power"
    assert found.meanings[0].rstrip(".") in " ".join(text.split())


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
