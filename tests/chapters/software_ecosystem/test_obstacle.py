"""Each cost of software is judged by itself; another reading of the same records checks it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from chapters.software_ecosystem import obstacle
from chapters.software_ecosystem.obstacle import Obstacle
from models.core.estimates import Estimate
from tests.chapters.judged_parts import PARTS, parts_of, words_of

Span = tuple[float, float]
LONG, SHORT, OPEN_WAIT = (40.0, 90.0), (2.0, 9.0), (20.0, 45.0)
LOSS, NO_LOSS, OPEN_SHARE = (0.4, 0.7), (0.9, 1.5), (0.6, 1.2)


def estimate(span: Span, unit: str) -> Estimate:
    return Estimate((span[0] * span[1]) ** 0.5, *span, 0.9, "confidence", 28, unit)


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
        median=estimate(models, "days"), median_with_code=estimate(with_code or models, "days")
    )
    shares = SimpleNamespace(
        serving_ratios=serving,
        bandwidth_ratios=writing or serving,
        training_ratios=training,
        serving_ratio=estimate(serving, "times"),
        decode_by_bandwidth=estimate(writing or serving, "times"),
        training_ratio=estimate(training, "times"),
    )
    return obstacle.judge_obstacle(PARTS, *cast("Any", (lags, waits, shares)))


def test_every_part_of_the_claim_is_judged_once() -> None:
    words = words_of(obstacle.judge_claims(PARTS, judge()))
    assert set(words) == parts_of("software")
    assert words["software-main"] == "no data"


@pytest.mark.parametrize(
    ("wait", "word"),
    [(LONG, "clearly for"), (SHORT, "clearly against"), (OPEN_WAIT, "can't tell")],
)
def test_a_wait_across_the_threshold_turns_its_part(wait: Span, word: str) -> None:
    assert judge(framework=wait).framework.verdict.verdict == word
    assert judge(models=wait).models.verdict.verdict == word


@pytest.mark.parametrize(
    ("share", "word"),
    [(LOSS, "clearly for"), (NO_LOSS, "clearly against"), (OPEN_SHARE, "can't tell")],
)
def test_pairs_across_the_threshold_turn_their_part(share: Span, word: str) -> None:
    assert judge(serving=share).serving.verdict.verdict == word
    assert judge(training=share).training.verdict.verdict == word


def test_a_verdict_that_hangs_on_what_counts_as_support_is_held_with_low_confidence() -> None:
    firm, shaky = judge(), judge(with_trials=SHORT)
    assert firm.framework.verdict.confidence == "moderate"
    assert shaky.framework.verdict.confidence == "low"
    assert shaky.framework.verdict.verdict == firm.framework.verdict.verdict


@pytest.mark.parametrize(
    ("with_trials", "with_code", "passing"),
    [(LONG, LONG, 2), (SHORT, LONG, 1), (SHORT, OPEN_WAIT, 0)],
)
def test_the_looser_reading_has_the_looser_waits_with_the_same_shares(
    with_trials: Span, with_code: Span, passing: int
) -> None:
    judged = judge(with_trials=with_trials, with_code=with_code)
    assert (judged.n_passing, judged.n_passing_looser) == (2, passing)
    assert judged.waits_pass_looser is (passing == 2)
    assert judged.pairs[2:] == ((judged.serving,) * 2, (judged.training,) * 2)


@pytest.mark.parametrize("writing", [NO_LOSS, OPEN_SHARE, LOSS])
def test_bandwidth_in_writing_checks_serving(writing: Span) -> None:
    judged = judge(writing=writing)
    assert judged.bandwidth_is_same is (writing == NO_LOSS)
    assert judged.serving_clears is (writing == NO_LOSS)
    assert judged.serving.verdict.confidence == ("moderate" if writing == NO_LOSS else "low")


def test_costs_that_pass_are_counted_and_named() -> None:
    both = judge()
    assert (both.n_passing, both.n_costs) == (2, 4)
    assert (both.waits_pass, both.serving.passes, both.training_open) == (True, False, True)
    other = judge(SHORT, LONG, LOSS, LOSS)
    assert (other.waits_pass, other.serving.passes, other.training_open) == (False, True, False)


def test_the_thresholds_are_those_of_the_table() -> None:
    assert (judge().long_wait, judge().small_share) == (30.0, 0.8)
