from dataclasses import fields, replace
from types import SimpleNamespace as Facts

import pytest

from chapters.risk_culture.findings import Found
from chapters.risk_culture.guidance_funds import HALF
from chapters.risk_culture.judged_claims import _MEASURES, judge_claims
from models.core.estimates import Estimate
from models.society.risk_claims import RecentGrowths
from tests.chapters.judged_parts import PARTS, parts_of, words_of


def estimate(value: float) -> Estimate:
    return Estimate(value, value - 1, value + 1, 0.9, "range", 2, "%")


def growths(value: float) -> RecentGrowths:
    growth = Estimate(value, value - 1, value + 1, 0.9, "confidence", 5, "percent a year")
    every = dict.fromkeys(_MEASURES.values(), growth)
    return RecentGrowths(every, {4: every, 6: every})


@pytest.fixture
def found() -> Found:
    share = replace(estimate(5.0), unit="% of the gap")
    known = Facts(
        measures=Facts(recent=growths(2.0)),
        funds=Facts(shares=(share,), lowest=4.0, highest=6.0),
        debuts=Facts(
            zhipu=Facts(first_day=estimate(13.0), raised_hkd_billion=4.3481),
            minimax=Facts(first_day=estimate(109.0)),
        ),
    )
    unread = {each.name: None for each in fields(Found) if each.name not in vars(known)}
    return Found(**vars(known), **unread)


def test_every_part_of_the_three_claims_is_judged_once(found: Found) -> None:
    words = words_of(judge_claims(PARTS, found))
    assert set(words) == parts_of("risk-taking", "listings", "state")
    assert {name for name, word in words.items() if word == "no data"} == {
        "risk-taking-young",
        "state-helps",
    }


@pytest.mark.parametrize(("value", "word"), [(2.0, "clearly for"), (-2.0, "clearly against")])
def test_a_measure_that_turns_turns_its_part(found: Found, value: float, word: str) -> None:
    turned = replace(found, measures=Facts(recent=growths(value)))
    words = words_of(judge_claims(PARTS, turned))
    # Chinese intentions are above the American: there a rise makes the distance grow.
    apart = words.pop("risk-taking-intentions-us")
    assert {words[part] for part in _MEASURES if part in words} == {word}
    assert {word, apart} == {"clearly for", "clearly against"}


@pytest.mark.parametrize(
    ("first_day", "raised", "words"),
    [
        (13.0, 4.3481, ("clearly for", "clearly for")),
        (-1.0, 4.3481, ("clearly against", "clearly for")),
        (13.0, 4.36, ("clearly for", "clearly against")),
    ],
)
def test_each_fact_of_the_listings_is_judged_by_itself(
    found: Found, first_day: float, raised: float, words: tuple[str, str]
) -> None:
    zhipu = Facts(first_day=estimate(first_day), raised_hkd_billion=raised)
    debuts = Facts(zhipu=zhipu, minimax=found.debuts.minimax)
    judged = words_of(judge_claims(PARTS, replace(found, debuts=debuts)))
    assert (judged["listings-debuts"], judged["listings-sum"]) == words


@pytest.mark.parametrize(("share", "word"), [(5.0, "clearly against"), (60.0, "clearly for")])
def test_public_money_is_held_against_half_of_the_gap(
    found: Found, share: float, word: str
) -> None:
    closed = replace(estimate(share), unit="% of the gap")
    funds = Facts(shares=(closed,), lowest=closed.low, highest=closed.high)
    assert words_of(judge_claims(PARTS, replace(found, funds=funds)))["state-size"] == word


def test_the_line_in_the_figure_is_the_threshold_of_the_rule() -> None:
    rule = PARTS["state-size"].rule
    assert rule is not None
    assert rule.threshold == HALF
