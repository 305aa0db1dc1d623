"""Whether software is an obstacle: four costs at the same task, each by its own rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.core import verdicts
from models.core.claim_parts import Part, Verdict, judge_part, report_no_data
from models.core.predictive import Predictive, spread_estimate, summarise_draws
from overtake.chapter.results import Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.estimates import Estimate

    from chapters.software_ecosystem.model_waits import ModelWaits
    from chapters.software_ecosystem.peak_shares import PeakShares
    from chapters.software_ecosystem.release_lags import ReleaseLags

CLAIM = "software"
_LIKELY, _UNLIKELY = 0.8, 0.2
"""Ends of the scale of verdicts between which the data lean at most."""


@dataclass(frozen=True)
class Cost:
    """One cost of software at the same task, judged by itself.

    Attributes
    ----------
    name : str
        Which cost.
    known : Predictive
        Days, or times the share of peak of American chips.
    verdict : Verdict
        Whether it is an obstacle, by the rule of its part of the claim.
    """

    name: str
    known: Predictive
    verdict: Verdict

    @property
    def estimate(self) -> Estimate:
        """Size of the cost: days, or times the share of peak of American chips."""
        return self.known.estimate

    @property
    def chance(self) -> float:
        """Probability that it is an obstacle by its threshold."""
        return 0.0 if self.verdict.probability_true is None else self.verdict.probability_true

    @property
    def passes(self) -> bool:
        """Whether the data speak for it, and more than lean."""
        return self.chance > _LIKELY

    @property
    def fails(self) -> bool:
        """Whether the data speak against it, and more than lean."""
        return self.chance < _UNLIKELY


@dataclass(frozen=True)
class Obstacle:
    """Whether software is an obstacle, cost by cost.

    Attributes
    ----------
    framework : Cost
        Median wait for the release of PyTorch for Ascend.
    models : Cost
        Median wait of models for documented support on Ascend.
    serving : Cost
        Share of peak that Chinese chips reach in serving.
    training : Cost
        Share of peak that Chinese chips reach in training.
    framework_with_trials : Cost
        Median wait for PyTorch for Ascend, trial versions counted.
    models_with_code : Cost
        Median wait of models for support on Ascend, mentions in code counted.
    writing_by_bandwidth : Cost
        In serving, what writing reaches for each unit of memory bandwidth; a check.
    long_wait : float
        Threshold from which a wait counts as an obstacle, days.
    small_share : float
        Share of peak up to which it counts as an obstacle, times that of American chips.
    """

    framework: Cost
    models: Cost
    serving: Cost
    training: Cost
    framework_with_trials: Cost
    models_with_code: Cost
    writing_by_bandwidth: Cost
    long_wait: float
    small_share: float

    @property
    def costs(self) -> tuple[Cost, ...]:
        """The four costs that are judged."""
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
    def waits_pass(self) -> bool:
        """Whether both waits are obstacles by the threshold."""
        return self.framework.passes and self.models.passes

    @property
    def waits_pass_looser(self) -> bool:
        """Whether both waits are obstacles if they count."""
        return self.framework_with_trials.passes and self.models_with_code.passes

    @property
    def serving_clears(self) -> bool:
        """Whether serving is no obstacle, by all pairs and by bandwidth in writing."""
        return self.serving.fails and self.writing_by_bandwidth.fails

    @property
    def bandwidth_is_same(self) -> bool:
        """Whether serving is judged the same by what writing reaches of bandwidth."""
        return _word(self.writing_by_bandwidth) == _word(self.serving)

    @property
    def training_open(self) -> bool:
        """Whether the data can't tell, or lean only, if training loses performance."""
        return not self.training.passes and not self.training.fails


def judge_obstacle(
    parts: Mapping[str, Part], lags: ReleaseLags, waits: ModelWaits, shares: PeakShares
) -> Obstacle:
    """Judge what software costs at the same task.

    Parameters
    ----------
    parts : mapping of str to Part
        Of all claims.
    lags, waits, shares
        Facts of the chapter's sections.
    """
    pytorch, models = parts["software-pytorch"], parts["software-models"]
    serving, training = parts["software-serving"], parts["software-training"]
    any_tag, with_code = _wait(lags.ascend_any_tag), _wait(waits.median_with_code)
    paired = summarise_draws(shares.serving_ratios, shares.serving_ratio)
    writing = summarise_draws(shares.bandwidth_ratios, shares.decode_by_bandwidth)
    trained = summarise_draws(shares.training_ratios, shares.training_ratio)
    return Obstacle(
        _cost("wait for PyTorch", pytorch, _wait(lags.ascend), [any_tag]),
        _cost("wait for models", models, _wait(waits.median), [with_code]),
        _cost("share of peak in serving", serving, paired, [writing]),
        _cost("share of peak in training", training, trained, []),
        _cost("wait for PyTorch, trial versions", pytorch, any_tag, []),
        _cost("wait for models, in code", models, with_code, []),
        _cost("bandwidth in writing", serving, writing, []),
        long_wait=_threshold(models),
        small_share=_threshold(serving),
    )


def judge_claims(parts: Mapping[str, Part], judged: Obstacle) -> list[Judgement]:
    """List the verdicts on the parts of the claim, each with its figure and model.

    Parameters
    ----------
    parts : mapping of str to Part
        Of all claims.
    judged : Obstacle
        The costs.
    """
    waits = ("software-waits", "models.core.survival")
    peak = ("software-peak", "models.serving.realised_share")
    shown = (waits, waits, peak, peak)
    tables = (("port_releases",), (), (), ())
    return [
        *(
            Judgement(cost.verdict, *where, beside)
            for cost, where, beside in zip(judged.costs, shown, tables, strict=True)
        ),
        Judgement(report_no_data(parts["software-main"])),
    ]


def _wait(median: Estimate) -> Predictive:
    return spread_estimate(median, scale="log")


def _cost(name: str, part: Part, known: Predictive, others: Sequence[Predictive]) -> Cost:
    """Judge one cost; another reading of the same records that turns it takes confidence."""
    verdict = judge_part(part, known, confidence="low")
    turned = sum(_word_by(part, each) != verdict.verdict for each in others)
    confidence = verdicts.judge_confidence(
        n=known.estimate.n,
        measures_agreeing=1,
        measures=1,
        checks_flipping=turned,
        checks=len(others),
    )
    return Cost(name, known, judge_part(part, known, confidence=confidence))


def _word(cost: Cost) -> str:
    return cost.verdict.verdict


def _word_by(part: Part, known: Predictive) -> str:
    return judge_part(part, known, confidence="low").verdict


def _threshold(part: Part) -> float:
    return part.rule.threshold if part.rule else 0.0
