"""Whether software is an obstacle: four costs at the same task, each by its own threshold."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from chapters.software_ecosystem.model_waits import ModelWaits
from chapters.software_ecosystem.peak_shares import PeakShares
from chapters.software_ecosystem.release_lags import ReleaseLags
from models.core import verdicts
from models.core.estimates import Estimate
from models.core.verdicts import Confidence, Verdict, VerdictWord

CLAIM = "software"
_PASSES, _FAILS, _OPEN = "supported", "not supported", "undetermined"


@dataclass(frozen=True)
class Cost:
    """One cost of software at the same task, judged by itself.

    Attributes
    ----------
    name : str
        Which cost.
    estimate : Estimate
        Days, or times the share of peak of American chips.
    verdict : Verdict
        Whether it is an obstacle, by the claim's threshold.
    """

    name: str
    estimate: Estimate
    verdict: Verdict

    @property
    def passes(self) -> bool:
        """Whether it is an obstacle, its whole interval beyond the threshold."""
        return self.verdict.verdict == _PASSES


@dataclass(frozen=True)
class Obstacle:
    """Whether software is an obstacle, cost by cost and together.

    Attributes
    ----------
    framework, models, serving, training : Cost
        The four costs.
    framework_with_trials, models_with_code : Cost
        The two waits, where trial versions and mentions in code count as support.
    writing_by_bandwidth : Cost
        In serving, what writing reaches for each unit of memory bandwidth; a check.
    verdict : Verdict
        On the claim.
    looser_verdict : str
        The word on the claim if trial versions and mentions in code counted as support.
    """

    framework: Cost
    models: Cost
    serving: Cost
    training: Cost
    framework_with_trials: Cost
    models_with_code: Cost
    writing_by_bandwidth: Cost
    verdict: Verdict
    looser_verdict: VerdictWord

    @property
    def costs(self) -> tuple[Cost, ...]:
        """The four costs that the verdict rests on."""
        return self.framework, self.models, self.serving, self.training

    @property
    def n_costs(self) -> int:
        """Costs that are judged."""
        return len(self.costs)

    @property
    def n_passing(self) -> int:
        """Costs that are obstacles by their threshold."""
        return sum(cost.passes for cost in self.costs)

    @property
    def pairs(self) -> tuple[tuple[Cost, Cost], ...]:
        """Each cost, and what it is if trial versions and mentions in code count."""
        looser = (self.framework_with_trials, self.models_with_code, self.serving, self.training)
        return tuple(zip(self.costs, looser, strict=True))

    @property
    def n_passing_looser(self) -> int:
        """Costs that are obstacles if trial versions and mentions in code count."""
        return sum(looser.passes for _, looser in self.pairs)

    @property
    def looser_is_same(self) -> bool:
        """Whether the verdict on the claim is the same if they count."""
        return self.looser_verdict == self.verdict.verdict

    @property
    def waits_pass_looser(self) -> bool:
        """Whether both waits are obstacles if they count."""
        return self.framework_with_trials.passes and self.models_with_code.passes

    @property
    def serving_clears(self) -> bool:
        """Whether serving is no obstacle, by all pairs and by bandwidth in writing."""
        return self.serving.verdict.verdict == _FAILS and self.bandwidth_is_same

    @property
    def bandwidth_is_same(self) -> bool:
        """Whether serving is judged the same by what writing reaches of bandwidth."""
        return self.writing_by_bandwidth.verdict.verdict == self.serving.verdict.verdict

    @property
    def waits_pass(self) -> bool:
        """Whether both waits are obstacles by the threshold."""
        return self.framework.passes and self.models.passes

    @property
    def training_open(self) -> bool:
        """Whether the data can't tell if training loses performance."""
        return self.training.verdict.verdict == _OPEN


def judge_obstacle(
    lags: ReleaseLags,
    waits: ModelWaits,
    shares: PeakShares,
    *,
    long_wait: float,
    small_share: float,
) -> Obstacle:
    """Judge the claim that software is an obstacle, by what it costs at the same task.

    Parameters
    ----------
    lags, waits, shares
        Facts of the chapter's sections.
    long_wait : float
        Days from which a wait counts as an obstacle.
    small_share : float
        Share of peak over that of American chips up to which it counts as one.
    """
    framework = _judge_wait("wait for PyTorch", lags.ascend, long_wait)
    with_trials = _judge_wait("wait for PyTorch, trial versions", lags.ascend_any_tag, long_wait)
    models = _judge_wait("wait for models", waits.median, long_wait)
    with_code = _judge_wait("wait for models, in code", waits.median_with_code, long_wait)
    serving = _judge_share("share of peak in serving", shares.serving_ratio, small_share)
    training = _judge_share("share of peak in training", shares.training_ratio, small_share)
    writing = _judge_share("bandwidth in writing", shares.decode_by_bandwidth, small_share)
    costs = (framework, models, serving, training)
    words = [cost.verdict.verdict for cost in costs]
    checks = [(framework, with_trials), (models, with_code), (serving, writing)]
    confidence = verdicts.judge_confidence(
        n=waits.n,
        measures_agreeing=max(map(words.count, words)),
        measures=len(words),
        checks_flipping=_count_flipped(checks),
        checks=len(checks),
    )
    return Obstacle(
        *costs,
        with_trials,
        with_code,
        writing,
        _join(costs, confidence),
        _join((with_trials, with_code, serving, training), confidence).verdict,
    )


def _count_flipped(checks: Iterable[tuple[Cost, Cost]]) -> int:
    return sum(cost.verdict.verdict != other.verdict.verdict for cost, other in checks)


def _join(costs: Iterable[Cost], confidence: Confidence) -> Verdict:
    return verdicts.join_verdicts(
        CLAIM, {cost.name: cost.verdict for cost in costs}, confidence=confidence
    )


def _judge_wait(name: str, wait: Estimate, long_wait: float) -> Cost:
    verdict = verdicts.judge_interval(CLAIM, wait, long_wait, math.inf, confidence="low")
    return Cost(name, wait, verdict)


def _judge_share(name: str, ratio: Estimate, small_share: float) -> Cost:
    verdict = verdicts.judge_interval(CLAIM, ratio, -math.inf, small_share, confidence="low")
    return Cost(name, ratio, verdict)
