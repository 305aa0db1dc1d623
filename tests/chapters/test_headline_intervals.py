"""Every headline number says how often its interval holds the truth, or why that isn't known."""

from functools import cache

import pandas as pd
import pytest

from chapters.shared import evidence
from chapters.shared.evidence import HeadlineInterval
from overtake.core.errors import ResultError
from tests.chapters.test_words import CHAPTERS, baseline
from tests.models.coverage_designs import ACCEPTED, Design
from tests.models.test_coverage import DESIGNS

BY_NAME: dict[str, Design] = {design.name: design for design in DESIGNS}


@cache
def headlines() -> list[HeadlineInterval]:
    """Return the headline numbers of the book, each with its row of the list."""
    return evidence.headline_intervals({name: baseline(name) for name in CHAPTERS})


def test_an_interval_with_a_sampling_theory_is_simulated_or_says_why_not() -> None:
    for each in headlines():
        name = f"{each.chapter}: {each.number}"
        assert bool(each.interval) != bool(each.reason), name
        assert (each.kind == "range") == each.reason.startswith("range: "), name
        assert not each.interval or each.interval in BY_NAME, name


def test_each_holds_the_truth_as_often_as_it_says_or_the_page_says_that_it_does_not() -> None:
    least, most = ACCEPTED
    measured = {each["name"]: each for each in evidence.measured_coverage()["intervals"]}
    for each in headlines():
        if each.interval and not BY_NAME[each.interval].note:
            found = measured[each.interval]  # what so many simulations leave open
            assert least <= found["high"], f"{each.chapter}: {each.number}"
            assert found["low"] <= most, f"{each.chapter}: {each.number}"


def test_every_row_of_the_list_is_about_a_headline_number() -> None:
    rows = pd.read_csv(evidence.INTERVALS, keep_default_na=False)
    used = {(each.chapter, each.interval, each.reason) for each in headlines()}
    listed = set(rows[["chapter", "interval", "reason"]].itertuples(index=False, name=None))
    assert listed == used


def test_a_number_that_the_list_lacks_is_refused(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = tmp_path_factory.mktemp("list") / "intervals.csv"
    rows = pd.read_csv(evidence.INTERVALS, keep_default_na=False)
    rows[rows["number"] != "cost_growth"].to_csv(short, index=False)
    monkeypatch.setattr(evidence, "INTERVALS", short)
    with pytest.raises(ResultError, match="cost_growth once, got 0 rows"):
        evidence.headline_intervals({"reproduction": baseline("reproduction")})
