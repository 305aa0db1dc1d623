"""Pages say how far data reach, and warn of old ones in words."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from overtake.book import freshness, ledger
from overtake.book.plain import PlainNames
from overtake.data import tables
from overtake.data.reach import Reach
from tests.made_runs import figure, headline, judged, write_run

RELEASED = date(2026, 11, 28)
FRESH, OLD = Reach("2026-10-01", ("index",)), Reach("2026-03-05", ("index_of", "b"))
HISTORY = Reach("2019-12-31", ("study",), historical=True)


@pytest.mark.parametrize(
    ("data", "released", "told"),
    [
        (FRESH, RELEASED, "[Data until 1 October 2026.]{.overtake-until}"),
        (OLD, RELEASED, "[Old data: until 5 March 2026 (index\\_of, b), 268 days before this "
                        "release.]{.overtake-until .overtake-old}"),
        (
            replace(OLD, newest="2026-10-01"),
            RELEASED,
            "[Data until 1 October 2026, old in part: until 5 March 2026 (index\\_of, b), 268 days "
            "before this release.]{.overtake-until .overtake-old}",
        ),
        (
            replace(OLD, newest="2026-05-01"),
            RELEASED,
            "[Old data: until 5 March 2026 (index\\_of, b), 268 days before this release; the "
            "newest until 1 May 2026.]{.overtake-until .overtake-old}",
        ),
        (OLD, None, "[Data until 5 March 2026.]{.overtake-until}"),
        (HISTORY, RELEASED, "[Historical data, until 31 December 2019.]{.overtake-until}"),
        (None, RELEASED, ""),
    ],
)  # fmt: skip
def test_a_note_warns_of_old_data_in_words(
    data: Reach | None, released: date | None, told: str
) -> None:
    assert freshness.note(data, released) == told


def test_in_brief_old_data_are_marked_and_all_else_is_left_to_the_page_of_detail() -> None:
    assert freshness.brief(FRESH, RELEASED) == "[Data until 1 October 2026.]{.overtake-until}"
    assert freshness.brief(replace(OLD, newest="2026-10-01"), RELEASED) == (
        "[Oldest data until 5 March 2026.]{.overtake-until .overtake-old}"
    )
    assert freshness.brief(HISTORY, RELEASED) == "[Data until 31 December 2019.]{.overtake-until}"
    assert freshness.brief(None, RELEASED) == ""


@pytest.fixture
def names(tmp_path: Path) -> PlainNames:
    run = write_run(
        tmp_path,
        chapter="compute-gap",
        numbers=[headline("total", 14, 13, 15)],
        claims=[judged("wide", "supported")],
        figures=[figure("gap")],
    )
    return PlainNames(tmp_path, {"compute-gap": run}, list, released=RELEASED)


def test_a_page_asks_for_the_note_of_verdicts_figures_and_numbers(names: PlainNames) -> None:
    reached = freshness.day(Reach(tables.describe("electricity").reaches).day)
    for what in ("claims.wide", "figures.gap"):
        told = names.render(f"{{{{ data_until(compute_gap.{what}) }}}}", "page")
        assert f"until {reached} (Electricity generation and demand)" in told
        assert ".overtake-old" in told
    number = names.render("{{ data_until(compute_gap.numbers.total) }}", "page")
    assert number.startswith("[Old data: until 1 January 2026, 331 days before")
    both = names.render(
        "{{ data_until(compute_gap.numbers.total, compute_gap.claims.wide) }}", "page"
    )
    oldest = min(tables.describe("electricity").reaches, "2026-01-01")
    assert f"until {freshness.day(Reach(oldest).day)}" in both


def test_a_card_shows_how_far_the_data_reach(names: PlainNames) -> None:
    run = names.runs["compute-gap"]
    day = freshness.day(date.fromisoformat(tables.describe("electricity").reaches))
    claim = {"claim": "wide", "statement": "S", "speaker": "A", "speaker_role": "R",
             "source": "s", "said_on": RELEASED, "counter_statement": ""}  # fmt: skip
    card = ledger._card(claim, [run.claims["wide"]], RELEASED)
    assert f"[Old data: until {day} (Electricity" in card


def test_a_page_asks_for_the_day_in_brief(names: PlainNames) -> None:
    day = freshness.day(date.fromisoformat(tables.describe("electricity").reaches))
    told = names.render("{{ oldest_data(compute_gap.claims.wide) }}", "page")
    assert told == f"[Oldest data until {day}.]{{.overtake-until .overtake-old}}"


def test_a_verdict_whose_figure_is_not_at_hand_has_no_day(tmp_path: Path) -> None:
    run = write_run(tmp_path, claims=[judged("wide", "supported")])
    assert run.claims["wide"].data is None
