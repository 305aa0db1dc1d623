"""What the scenarios page shows, from runs in a folder."""

from pathlib import Path

import pytest

from overtake import scenario_page
from overtake.errors import ResultError
from overtake.scenario_page import Outcome
from overtake.scenarios import Scenario
from tests.overtake.test_compare import make_run, row


def outcome(folder: Path, name: str, value: float, verdict: str) -> Outcome:
    rows = [row("gap", value, value - 1, value + 1), row("still", 1, 1, 1)]
    scenario = Scenario(name=name, title=name.capitalize(), argument="So.", parameters={})
    return Outcome(scenario, {"chips": make_run(folder / name, rows, verdict)})


@pytest.fixture
def outcomes(tmp_path: Path) -> list[Outcome]:
    return [
        outcome(tmp_path, "baseline", 10, "supported"),
        outcome(tmp_path, "early", 4, "undetermined"),
        outcome(tmp_path, "late", 20, "supported"),
    ]


def test_a_table_holds_the_numbers_that_differ(outcomes: list[Outcome]) -> None:
    table = scenario_page.number_table(outcomes, "chips", [])
    assert "| [Early](#scenario-early) | 4.0 (3.0 to 5.0) |" in table
    assert "still" not in table
    assert ":name: tab-scenarios-chips" in table


def test_a_table_holds_the_numbers_asked_for(outcomes: list[Outcome]) -> None:
    table = scenario_page.number_table(outcomes, "chips", ["still", "gap"])
    assert "| [Late](#scenario-late) | 1.0 | 20 (19 to 21) |" in table


def test_where_a_number_is_lowest_and_highest(outcomes: list[Outcome]) -> None:
    told = scenario_page.spread(outcomes, "chips", "gap")
    assert told == "runs from 4.0 times (Early) to 20 times (Late)"
    assert scenario_page.spread(outcomes, "chips", "still") == "is 1.0 times under every scenario"
    assert scenario_page.extent(outcomes, "chips", "gap") == "4.0 to 20 times"
    assert scenario_page.extent(outcomes, "chips", "still") == "1.0 times"


def test_verdicts_that_differ_are_named_with_their_scenarios(outcomes: list[Outcome]) -> None:
    statement = {"gap": "It is | wide."}.__getitem__
    table = scenario_page.verdict_table(outcomes, statement)
    row = "| [It is \\| wide.](#claim-gap) | supported | undetermined: [Early](#scenario-early) |"
    assert row in table
    assert "the same" in scenario_page.verdict_table([outcomes[0], outcomes[2]], statement)


def test_the_scenarios_that_change_a_verdict_are_named(outcomes: list[Outcome]) -> None:
    assert scenario_page.verdict_finding(outcomes) == "“Early” changes a verdict"
    base, early, late = outcomes
    assert scenario_page.verdict_finding([base, late]) == "No scenario changes a verdict"
    every = scenario_page.verdict_finding([base, early, early])
    assert every == "Every scenario changes a verdict"
    assert scenario_page.verdict_finding([base, early, early, late]).startswith(
        "“Early” and “Early"
    )


@pytest.mark.parametrize(
    ("chapter", "number", "complaint"),
    [("chips", "gapp", "there are: gap, still"), ("chps", "gap", "there are: chips")],
)
def test_what_is_not_there_is_told_with_what_is(
    outcomes: list[Outcome], chapter: str, number: str, complaint: str
) -> None:
    with pytest.raises(ResultError, match=complaint):
        scenario_page.spread(outcomes, chapter, number)
