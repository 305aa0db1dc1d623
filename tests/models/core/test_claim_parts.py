"""Every part of every claim: its rule, moved across its threshold, and what has no data."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.claim_parts import (
    Part,
    Verdict,
    count_same_verdicts,
    judge_part,
    read_parts,
    report_no_data,
)
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.predictive import Predictive, spread_estimate, state_fact
from models.core.verdicts import Rule
from overtake.data import tables

TABLE = tables.load("claim_parts")
PARTS = read_parts(TABLE)
RULED = sorted(name for name, part in PARTS.items() if part.rule)


def rule_of(name: str) -> Rule:
    rule = PARTS[name].rule
    assert rule is not None
    return rule


def fact(rule: Rule, value: float) -> Predictive:
    return state_fact(Estimate(value, value, value, 0.9, "range", 1, rule.unit))


@pytest.mark.parametrize("name", RULED)
@given(step=st.floats(1e-6, 1e3))
def test_a_quantity_moved_across_the_threshold_turns_the_verdict(name: str, step: float) -> None:
    rule = rule_of(name)
    over, under = rule.threshold + step, rule.threshold - step
    held = {"at least": over, "above": over, "at most": under, "below": under}
    if rule.upper is not None:
        held["between"] = rule.threshold + min(step, rule.upper - rule.threshold)
        beyond = judge_part(PARTS[name], fact(rule, rule.upper + step), confidence="low")
        assert beyond.verdict == "clearly against"
    inside = held[rule.direction]
    outside = under if inside > rule.threshold else over
    found = [
        judge_part(PARTS[name], fact(rule, value), confidence="low") for value in (inside, outside)
    ]
    assert [each.verdict for each in found] == ["clearly for", "clearly against"]
    assert [each.probability_true for each in found] == [1.0, 0.0]
    assert [each.said for each in found] == ["speak clearly for it", "speak clearly against it"]


@pytest.mark.parametrize("name", RULED)
def test_a_wide_interval_about_the_threshold_cannot_tell(name: str) -> None:
    rule = rule_of(name)
    wide = Estimate(rule.threshold, rule.threshold - 1, rule.threshold + 1, 0.9, "credible", 9,
                    rule.unit)  # fmt: skip
    one_end = replace(PARTS[name], rule=replace(rule, direction="at least", upper=None))
    assert judge_part(one_end, spread_estimate(wide), confidence="low").verdict == "can't tell"


def test_without_data_there_is_no_probability_and_no_confidence() -> None:
    found = report_no_data(PARTS["risk-taking-young"])
    assert (found.verdict, found.said) == ("no data", "are missing")
    assert (found.probability_true, found.confidence, found.likelihood) == (None, None, None)


def test_what_has_no_data_must_say_what_would_settle_it() -> None:
    with pytest.raises(ModelInputError, match="what would settle it"):
        report_no_data(replace(PARTS["risk-taking-young"], settled_by=" "))


def test_a_part_without_a_rule_is_not_judged() -> None:
    known = fact(rule_of("power-generation"), 2.0)
    with pytest.raises(ModelInputError, match="no rule"):
        judge_part(PARTS["state-helps"], known, confidence="low")


@pytest.mark.parametrize(
    ("verdict", "probability", "confidence"),
    [("no data", None, "low"), ("no data", 0.5, None), ("for", None, "low"), ("for", 0.9, None)],
)
def test_confidence_beside_no_data_is_refused(
    verdict: str, probability: float | None, confidence: str | None
) -> None:
    known = None if verdict == "no data" else fact(rule_of("power-generation"), 2.0)
    part = PARTS["power-generation"]
    with pytest.raises(ModelInputError, match="none of them"):
        Verdict(part, verdict, probability, known, confidence)  # type: ignore[arg-type]


def test_other_choices_that_give_the_same_verdict_are_counted() -> None:
    rule = rule_of("power-generation")
    values = (2.0, 3.0, 0.5)
    assert count_same_verdicts(rule, fact(rule, 9.0), [fact(rule, value) for value in values]) == 2


def test_parts_belong_to_claims_and_each_claim_has_one() -> None:
    assert {part.claim for part in PARTS.values()} == set(tables.load("claims")["claim"])
    for part in PARTS.values():
        assert part.id == part.claim or part.id.startswith(f"{part.claim}-")


def test_a_table_with_a_part_twice_or_a_column_missing_is_refused() -> None:
    with pytest.raises(ModelInputError, match="comes twice: production"):
        read_parts(pd.concat([TABLE, TABLE[TABLE["part"] == "production"]]))
    with pytest.raises(ModelInputError, match="'tested'"):
        read_parts(TABLE.drop(columns="tested"))


def test_thresholds_are_those_that_the_claims_state() -> None:
    """Lin's one to two orders of magnitude, as the book's table of published figures has it."""
    claimed = tables.load("published_estimates").set_index("id").loc["claimed-gap"]
    rule = rule_of("compute-gap-chips")
    assert (rule.threshold, rule.upper) == (claimed["low"], claimed["high"])
    assert isinstance(PARTS["compute-gap-chips"], Part)
