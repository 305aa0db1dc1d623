"""What the summary says of the last release, with two releases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from overtake.book import ledger
from overtake.publishing.releases import Archive, Release, ReleasedFigure


@dataclass(frozen=True)
class State:
    figures: Mapping[str, ReleasedFigure]
    tables: Mapping[str, str]


def told(releases: list[Release], now: State) -> str:
    return ledger.since_last_release(releases, now.figures, now.tables)


def figure(title: str, content: str = "a") -> ReleasedFigure:
    return ReleasedFigure("growth", "0" * 16, title, {"x.svg": content})


def release(version: str, day: date, state: State) -> Release:
    archive = Archive("x.zip", "0", 1)
    return Release(version, day, "c" * 40, state.figures, state.tables, {}, {}, (), archive)


OLD = State({"gap": figure("The gap is 20"), "gone": figure("Gone")}, {"chips": "1", "power": "1"})
FIRST = release("1.0.0", date(2026, 2, 3), OLD)
NOW = State(
    {"gap": figure("The gap is 16", "b"), "new": figure("New")},
    {"chips": "2", "power": "1", "x": "1"},
)
SECOND = release("1.1.0", date(2026, 11, 5), NOW)


def test_without_a_release_it_is_the_first_edition() -> None:
    assert told([], NOW) == ledger.FIRST_EDITION


def test_changes_are_those_since_the_newest_release() -> None:
    text = told([FIRST], NOW)
    assert "Since version 1.0.0 of 3 February 2026:" in text
    assert "{numref}`fig-gap` now says “The gap is 16”; it said “The gap is 20”." in text
    assert "New: 1 figure (`new`)." in text
    assert "Gone: 1 figure (`gone`)." in text
    assert "New: 1 table (`x`)." in text
    assert "Tables with other data: [chips](#table-chips)." in text
    assert "power" not in text
    nothing = told([SECOND, FIRST], NOW)
    assert "has changed since version 1.1.0 of 5 November 2026" in nothing


def test_a_picture_that_says_the_same_is_counted_as_redrawn() -> None:
    redrawn = replace(NOW, figures={**NOW.figures, "new": figure("New", "c")})
    text = told([SECOND], redrawn)
    assert "Redrawn with the same finding: 1 figure." in text
    assert "now says" not in text


def test_long_lists_are_cut_and_say_so() -> None:
    many = State({f"f{i}": figure(f"It is {i}") for i in range(15)}, {})
    other = State({f"f{i}": figure(f"It is {i + 1}") for i in range(15)}, {})
    text = told([release("1.0.0", date(2026, 2, 3), many)], other)
    assert text.count("now says") == 12
    assert "3 figures more say something else" in text
