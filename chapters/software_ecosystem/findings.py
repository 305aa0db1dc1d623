"""What the chapter finds: headline numbers, the verdict on the claim, and the formal test."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from chapters.software_ecosystem.model_waits import ModelWaits
from chapters.software_ecosystem.peak_shares import PeakShares
from chapters.software_ecosystem.release_lags import ReleaseLags
from models.core import verdicts
from models.core.estimates import Estimate
from models.core.verdicts import Verdict
from overtake.chapter.results import FormalTest, Judgement, Number

CLAIM = "software"
_FRAMEWORK, _MODELS = "wait for PyTorch", "wait for models"
_SERVING, _TRAINING = "share of peak in serving", "share of peak in training"


@dataclass(frozen=True)
class Cost:
    """One cost of software at the same task, judged by itself.

    Attributes
    ----------
    name : str
        Which cost.
    estimate : Estimate
        Days, or times the share of peak of American chips.
    verdict : str
        Whether it is an obstacle, by the claim's threshold.
    """

    name: str
    estimate: Estimate
    verdict: str


@dataclass(frozen=True)
class Obstacle:
    """Whether software is an obstacle, cost by cost and together.

    Attributes
    ----------
    framework, models, serving, training : Cost
        The four costs.
    other_framework, other_models : Cost
        The two waits, where trial versions and mentions in code count as support.
    verdict : Verdict
        On the claim.
    """

    framework: Cost
    models: Cost
    serving: Cost
    training: Cost
    other_framework: Cost
    other_models: Cost
    verdict: Verdict

    @property
    def costs(self) -> tuple[Cost, ...]:
        """The four costs that the verdict rests on."""
        return self.framework, self.models, self.serving, self.training

    @property
    def n_costs(self) -> int:
        """Costs that are obstacles by their threshold."""
        return sum(cost.verdict == "supported" for cost in self.costs)

    @property
    def n_costs_judged(self) -> int:
        """All costs that are judged."""
        return len(self.costs)

    @property
    def n_flipped(self) -> int:
        """Of the two waits, those whose verdict hangs on what counts as support."""
        pairs = ((self.framework, self.other_framework), (self.models, self.other_models))
        return sum(first.verdict != other.verdict for first, other in pairs)

    @property
    def waits_cost(self) -> bool:
        """Whether both waits are obstacles by the threshold."""
        return self.framework.verdict == self.models.verdict == "supported"

    @property
    def serving_costs(self) -> bool:
        """Whether the share of peak in serving is an obstacle by the threshold."""
        return self.serving.verdict == "supported"

    @property
    def training_open(self) -> bool:
        """Whether the data can't tell if training loses performance."""
        return self.training.verdict == "undetermined"


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
    judged = {
        _FRAMEWORK: _judge_wait(lags.ascend, long_wait),
        _MODELS: _judge_wait(waits.median, long_wait),
        _SERVING: _judge_share(shares.serving_ratio, small_share),
        _TRAINING: _judge_share(shares.training_ratio, small_share),
    }
    others = {
        _FRAMEWORK: _judge_wait(lags.ascend_any_tag, long_wait),
        _MODELS: _judge_wait(waits.median_with_code, long_wait),
    }
    flipped = sum(judged[name].verdict != other.verdict for name, other in others.items())
    words = [each.verdict for each in judged.values()]
    confidence = verdicts.judge_confidence(
        n=waits.n,
        measures_agreeing=max(map(words.count, words)),
        measures=len(words),
        checks_flipping=flipped,
        checks=len(others),
    )
    return Obstacle(
        framework=Cost(_FRAMEWORK, lags.ascend, judged[_FRAMEWORK].verdict),
        models=Cost(_MODELS, waits.median, judged[_MODELS].verdict),
        serving=Cost(_SERVING, shares.serving_ratio, judged[_SERVING].verdict),
        training=Cost(_TRAINING, shares.training_ratio, judged[_TRAINING].verdict),
        other_framework=Cost(_FRAMEWORK, lags.ascend_any_tag, others[_FRAMEWORK].verdict),
        other_models=Cost(_MODELS, waits.median_with_code, others[_MODELS].verdict),
        verdict=verdicts.join_verdicts(CLAIM, judged, confidence=confidence),
    )


def collect_numbers(
    lags: ReleaseLags, waits: ModelWaits, shares: PeakShares, *, vintage: Mapping[str, str]
) -> dict[str, Number]:
    """Return the chapter's headline numbers by name.

    Parameters
    ----------
    lags, waits, shares
        Facts of the chapter's sections.
    vintage : mapping of str to str
        Date of each table.
    """
    return {
        "model_wait": Number(waits.median, vintage["model_support"]),
        "framework_wait": Number(lags.ascend, vintage["port_releases"]),
        "serving_share": Number(shares.serving_ratio, vintage["serving_benchmarks"]),
        "training_share": Number(shares.training_ratio, vintage["training_hardware"]),
    }


def judge_claims(obstacle: Obstacle) -> list[Judgement]:
    """Return the verdict on the claim with its figure and model."""
    return [Judgement(obstacle.verdict, "software-waits", "models.core.survival")]


def list_tests(waits: ModelWaits) -> dict[str, FormalTest]:
    """Return the chapter's formal test by id."""
    return {"software-origins": FormalTest(waits.test, claim=CLAIM)}


def _judge_wait(wait: Estimate, long_wait: float) -> Verdict:
    return verdicts.judge_interval(CLAIM, wait, long_wait, math.inf, confidence="low")


def _judge_share(ratio: Estimate, small_share: float) -> Verdict:
    return verdicts.judge_interval(CLAIM, ratio, -math.inf, small_share, confidence="low")
