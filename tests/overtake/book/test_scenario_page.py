"""What the scenarios page shows, from runs in a folder."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from overtake.book import scenario_page
from overtake.book.scenario_page import Outcome, Scenarios
from overtake.core.errors import ResultError
from overtake.core.paths import Project
from overtake.runs.scenarios import Range, Scenario
from tests.made_runs import headline, judged, write_run

if TYPE_CHECKING:
    from overtake.runs.words.told import Figure


def outcome(folder: Path, name: str, value: float, verdict: str) -> Outcome:
    numbers = [headline("gap", value, value - 1, value + 1), headline("still", 1, 1, 1)]
    run = write_run(
        folder, name.ljust(16, "0"), numbers=numbers, claims=[judged("gap", verdict)],
        tables={"ai_chips": "0" * 64},
    )  # fmt: skip
    scenario = Scenario(name=name, title=name.capitalize(), argument="So.", parameters={})
    return Outcome(scenario, {"chips": run})


@pytest.fixture
def outcomes(tmp_path: Path) -> list[Outcome]:
    return [
        outcome(tmp_path, "baseline", 10, "supported"),
        outcome(tmp_path, "early", 4, "undetermined"),
        outcome(tmp_path, "late", 20, "supported"),
    ]


def test_a_table_holds_the_numbers_that_differ(outcomes: list[Outcome]) -> None:
    table = scenario_page.number_table(outcomes, "chips", []).replace("\\", "")
    assert "| [Early](#scenario-early) | 4.0 times (3.0 to 5.0) |" in table
    assert "still" not in table
    assert ":name: tab-scenarios-chips" in table


def test_a_table_holds_the_numbers_asked_for(outcomes: list[Outcome]) -> None:
    table = scenario_page.number_table(outcomes, "chips", ["still", "gap"]).replace("\\", "")
    assert "| [Late](#scenario-late) | 1.0 times | 20 times (19 to 21) |" in table


@pytest.mark.parametrize(
    ("other", "told", "marks"),
    [
        ("gap", "Early: 4.0 times (3.0 to 5.0).", "Dots are estimates, lines "),
        ("still", "Early: 4.0 times; 1.0 times.", "Dots are estimates; lines are "),
    ],
)
def test_a_figure_has_the_interval_of_its_number_or_of_another(
    outcomes: list[Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    other: str, told: str, marks: str,
) -> None:  # fmt: skip
    found: list[Figure] = []
    monkeypatch.setattr(scenario_page.shown_words, "figure", lambda shown, _: found.append(shown))
    scenario_page.figure(Project(tmp_path), outcomes, "chips", "gap", other)
    (shown,) = found
    assert told in shown.alt
    assert marks in shown.caption
    assert ("centre" in shown.columns) == (other != "gap")


def test_where_a_number_is_lowest_and_highest(outcomes: list[Outcome]) -> None:
    gap = Scenarios(outcomes).extremes("chips", "gap")
    assert (gap.low.estimate.value, gap.low_title) == (4, "Early")
    assert (gap.high.estimate.value, gap.high_title) == (20, "Late")
    assert gap.differ
    assert not Scenarios(outcomes).extremes("chips", "still").differ


def test_verdicts_that_differ_are_named_with_their_scenarios(outcomes: list[Outcome]) -> None:
    table = scenario_page.verdict_table(outcomes)
    row = "| [It is wide.](#claim-gap) | supported | undetermined: [Early](#scenario-early) |"
    assert row in table
    assert "the same" in scenario_page.verdict_table([outcomes[0], outcomes[2]])


def test_the_scenarios_that_change_a_verdict_are_named(outcomes: list[Outcome]) -> None:
    base, early, late = outcomes
    found = Scenarios(outcomes)
    assert (found.changing_verdicts, found.all_change_verdicts) == (["Early"], False)
    none = Scenarios([base, late])
    assert (none.changing_verdicts, none.all_change_verdicts) == ([], False)
    assert Scenarios([base, early, early]).all_change_verdicts
    assert not Scenarios([base, early]).all_change_verdicts, "one is not all of several"


@pytest.mark.parametrize(
    ("chapter", "number", "complaint"),
    [("chips", "gapp", "there are: gap, still"), ("chps", "gap", "there are: chips")],
)
def test_what_is_not_there_is_told_with_what_is(
    outcomes: list[Outcome], chapter: str, number: str, complaint: str
) -> None:
    with pytest.raises(ResultError, match=complaint):
        Scenarios(outcomes).extremes(chapter, number)


def test_a_card_names_the_range_of_which_the_book_takes_the_middle() -> None:
    ranges = {"overtake-forecast": {"us_compute_growth": Range(low=1.2, high=2)}}
    scenario = Scenario(name="own", title="Own", argument="So.", parameters={}, ranges=ranges)
    card = scenario_page.cards([Outcome(scenario, {})])
    assert "`us_compute_growth` `1.6`, the middle of 1.2 to 2, instead of `1.6`" in card.replace(
        "\\", ""
    )
