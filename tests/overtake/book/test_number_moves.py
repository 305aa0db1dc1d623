"""A number's page tells what moves it, the furthest first, with its place on one scale."""

from pathlib import Path

import pytest
from lxml import html

from overtake.book import number_moves
from overtake.chapter.parameters import ChapterParameters, parameter
from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core.paths import Project
from overtake.publishing.numbers import moves
from overtake.publishing.numbers.moves import MeasuredChapter, MeasuredNumber, Moved
from tests.conftest import declare


class Growth(ChapterParameters):
    """Parameters of a chapter that exists for these tests alone."""

    year: int = parameter(2030, unit="year", meaning="A year.", source="judgement")
    pace: float = parameter(2.0, unit="times", meaning="A pace.", source="judgement")
    regime: str = parameter("open", unit="", meaning="A regime.", source="judgement")


NUMBER = RecordedNumber(
    "total", RecordedEstimate(10.0, 9.0, 11.0, 0.9, "confidence", 5, "%"), "2026-01-01", 2
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    declare(monkeypatch, {"growth": Growth})
    return Project(tmp_path)


def shown(project: Project, at: dict[str, tuple[float | None, ...]], value: float = 10.0) -> str:
    moved = {
        "year": Moved((2028, 2032), "as <judged>"),
        "pace": Moved((1.6, 2.4), "a fifth less and more"),
        "regime": Moved((), "a text"),
    }
    measured = MeasuredNumber(value, 0.2, at)
    moves.write(project, {"growth": MeasuredChapter(moved, {"total": measured})})
    return number_moves.render(project, "growth", NUMBER)


def text_of(fragment: str) -> str:
    return " ".join(html.fromstring(f"<div>{fragment}</div>").text_content().split())


def test_the_furthest_comes_first_with_its_place_on_the_scale(project: Project) -> None:
    fragment = shown(project, {"pace": (9.0, 11.0), "year": (6.0, 14.0)})
    rows = html.fromstring(f"<div>{fragment}</div>").xpath("//tbody/tr")
    assert [" ".join(row.text_content().split()) for row in rows] == [
        "Year 2028 to 2032, not 2030: as <judged> year 6.0% to 14%",
        "Pace 1.6 to 2.4 times, not 2: a fifth less and more pace 9.0% to 11%",
    ]
    places = [[int(dot.get("cx")) for dot in row.xpath(".//circle")] for row in rows]
    (low, high), (near_low, near_high) = places
    default = int(rows[0].xpath(".//line[@class]")[0].get("x1"))
    assert low < near_low < default < near_high < high
    assert near_low - low == pytest.approx(3 * (default - near_low), abs=3)
    assert rows[0].xpath(".//svg/@aria-hidden") == ["true"], "its numbers stand beside it"
    assert "Each of 2 parameters was moved" in text_of(fragment)
    assert "which is by 0.2%" in text_of(fragment)
    assert "Left as it is: Regime (a text)." in text_of(fragment)
    assert "This was measured" not in text_of(fragment)


def test_a_number_that_nothing_moves_says_so(project: Project) -> None:
    fragment = shown(project, {})
    assert "none moves the number further than chance does" in text_of(fragment)
    assert "<table" not in fragment


def test_a_number_that_has_moved_since_says_what_it_was(project: Project) -> None:
    fragment = shown(project, {"pace": (9.0, 11.0)}, value=8.0)
    assert "This was measured when the number was 8.0%." in text_of(fragment)


def test_what_was_not_measured_is_not_shown(project: Project) -> None:
    assert number_moves.render(project, "growth", NUMBER) == ""
