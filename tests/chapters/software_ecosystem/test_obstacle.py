"""The verdict follows from the four costs; the ledger's thresholds are the chapter's."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from chapters.software_ecosystem import obstacle
from chapters.software_ecosystem.obstacle import Obstacle
from chapters.software_ecosystem.parameters import SoftwareEcosystem
from models.core.estimates import Estimate
from overtake.data import tables

Span = tuple[float, float]
LONG, SHORT, OPEN_WAIT = (40.0, 90.0), (2.0, 9.0), (20.0, 90.0)
LOSS, NO_LOSS, OPEN_SHARE = (0.4, 0.7), (0.9, 1.5), (0.6, 1.2)


def estimate(span: Span, unit: str) -> Estimate:
    return Estimate(sum(span) / 2, *span, 0.9, "confidence", 28, unit)


def judge(
    framework: Span = LONG,
    models: Span = LONG,
    serving: Span = NO_LOSS,
    training: Span = OPEN_SHARE,
    *,
    with_trials: Span | None = None,
    with_code: Span | None = None,
    writing: Span | None = None,
) -> Obstacle:
    lags = SimpleNamespace(
        ascend=estimate(framework, "days"),
        ascend_any_tag=estimate(with_trials or framework, "days"),
    )
    waits = SimpleNamespace(
        median=estimate(models, "days"),
        median_with_code=estimate(with_code or models, "days"),
        n=28,
    )
    shares = SimpleNamespace(
        serving_ratio=estimate(serving, "times"),
        decode_by_bandwidth=estimate(writing or serving, "times"),
        training_ratio=estimate(training, "times"),
    )
    sections = cast("Any", (lags, waits, shares))
    return obstacle.judge_obstacle(*sections, long_wait=30, small_share=0.8)


@pytest.mark.parametrize(
    ("costs", "word", "confidence"),
    [
        ((LONG, LONG, LOSS, LOSS), "supported", "moderate"),
        ((SHORT, SHORT, NO_LOSS, NO_LOSS), "not supported", "moderate"),
        ((LONG, LONG, NO_LOSS, OPEN_SHARE), "partly supported", "low"),
        ((OPEN_WAIT, OPEN_WAIT, NO_LOSS, NO_LOSS), "undetermined", "low"),
        ((LONG, LONG, LOSS, OPEN_SHARE), "partly supported", "moderate"),
    ],
)
def test_the_verdict_is_that_of_the_costs_together(
    costs: tuple[Span, Span, Span, Span], word: str, confidence: str
) -> None:
    verdict = judge(*costs).verdict
    assert (verdict.claim, verdict.verdict, verdict.confidence) == ("software", word, confidence)


def test_a_verdict_that_hangs_on_what_counts_as_support_is_held_with_low_confidence() -> None:
    firm = judge(LONG, LONG, LOSS, LOSS)
    shaky = judge(LONG, LONG, LOSS, LOSS, with_trials=SHORT)
    assert (firm.verdict.confidence, shaky.verdict.confidence) == ("moderate", "low")
    assert shaky.verdict.verdict == firm.verdict.verdict


@pytest.mark.parametrize(
    ("with_trials", "with_code", "word", "passing"),
    [
        (LONG, LONG, "partly supported", 2),
        (SHORT, LONG, "partly supported", 1),
        (SHORT, OPEN_WAIT, "undetermined", 0),  # no cost left that supports the claim
    ],
)
def test_the_looser_reading_joins_the_looser_waits_with_the_same_shares(
    with_trials: Span, with_code: Span, word: str, passing: int
) -> None:
    judged = judge(with_trials=with_trials, with_code=with_code)
    assert (judged.looser_verdict, judged.n_passing_looser) == (word, passing)
    assert judged.looser_is_same is (word == "partly supported")
    assert judged.waits_pass_looser is (passing == 2)
    assert (judged.verdict.verdict, judged.n_passing) == ("partly supported", 2)
    assert judged.pairs[2:] == ((judged.serving,) * 2, (judged.training,) * 2)


def test_all_costs_may_fail_under_the_looser_reading_alone() -> None:
    judged = judge(LONG, LONG, NO_LOSS, NO_LOSS, with_trials=SHORT, with_code=SHORT)
    assert (judged.verdict.verdict, judged.looser_verdict) == ("partly supported", "not supported")


@pytest.mark.parametrize(
    ("writing", "confidence"), [(NO_LOSS, "moderate"), (OPEN_SHARE, "low"), (LOSS, "low")]
)
def test_bandwidth_in_writing_checks_serving_and_leaves_the_verdict(
    writing: Span, confidence: str
) -> None:
    judged = judge(SHORT, SHORT, NO_LOSS, NO_LOSS, writing=writing)
    assert judged.bandwidth_is_same is (writing == NO_LOSS)
    assert judged.serving_clears is (writing == NO_LOSS)
    assert not judge(serving=writing, writing=LOSS).serving_clears
    assert (judged.verdict.verdict, judged.verdict.confidence) == ("not supported", confidence)


def test_costs_that_pass_are_counted_and_named() -> None:
    both = judge()
    assert (both.n_passing, both.n_costs) == (2, 4)
    assert (both.waits_pass, both.serving.passes, both.training_open) == (True, False, True)
    other = judge(SHORT, LONG, LOSS, LOSS)
    assert (other.waits_pass, other.serving.passes, other.training_open) == (False, True, False)


def test_the_thresholds_are_those_of_the_claim() -> None:
    claim = tables.load("claims").set_index("claim").loc["software"]
    defaults = SoftwareEcosystem()
    assert f"{defaults.long_wait_days:g} days or longer" in claim["question"]
    assert f"at most {defaults.small_share:.0%} of the share of peak" in claim["question"]
    assert claim["chapter"] == "software-ecosystem"
