"""What less training compute costs in loss, by a law of small runs."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

import pandas as pd
from models.capability import scaling_law
from overtake.chapter import style
from overtake.chapter.figures import Drawing

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from models.capability.scaling_law import (
        ComputePenalty,
        LikelihoodRatio,
        ScalingLaw,
        ScalingLawDraws,
    )
    from models.core.estimates import Estimate

GAPS = (1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100)
"""Gaps in compute of which the curve is made."""

_TICKS = (2, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class FittedLaws:
    """The law fitted to small runs.

    Attributes
    ----------
    law, absolute : ScalingLaw
        Fit by Huber's loss, and by absolute deviations.
    original_fit : LikelihoodRatio
        Whether the coefficients of Hoffmann et al. could have made the runs.
    largest_flop : float
        Training compute of the largest run.
    """

    law: ScalingLaw
    absolute: ScalingLaw
    original_fit: LikelihoodRatio
    largest_flop: float


@dataclass(frozen=True)
class LossPenalty:
    """The law fitted to small runs, and what it says of a gap in compute.

    Attributes
    ----------
    gap : float
        Training compute of the larger run over that of the smaller one, times.
    reference_flop : float
        Training compute of the larger of the two runs compared, FLOP.
    penalty : ComputePenalty
        What the gap in training compute costs in loss.
    gap_points : float
        What the gap in training compute is worth on the capability index at a fixed date, points.
    law : ScalingLaw
        Law of loss fitted to small runs by Huber's loss.
    absolute : ScalingLaw
        Law of loss fitted to small runs by absolute deviations.
    original : ScalingLaw
        Law of loss by Hoffmann et al.
    standard_errors : dict of str to float
        Of the coefficients of `law`, by name.
    alpha : Estimate
        Exponent of model size in the law of loss fitted to small runs.
    beta : Estimate
        Exponent of training data in the law of loss fitted to small runs.
    e : Estimate
        Loss that can't be reduced, by the law fitted to small runs, nats per token.
    original_fit : LikelihoodRatio
        Test whether Hoffmann et al.'s coefficients could have made the small runs.
    n_draws : int
        Bootstrap refits of the law of loss from which its intervals come, number.
    largest_flop : float
        Training compute of the largest run to which the law of loss was fitted, FLOP.
    curve : DataFrame
        Extra reducible loss over the gap.
    """

    gap: float
    reference_flop: float
    penalty: ComputePenalty
    gap_points: float
    law: ScalingLaw
    absolute: ScalingLaw
    original: ScalingLaw
    standard_errors: dict[str, float]
    alpha: Estimate
    beta: Estimate
    e: Estimate
    original_fit: LikelihoodRatio
    n_draws: int
    largest_flop: float
    curve: pd.DataFrame

    @property
    def optimal_size_exponent(self) -> float:
        """Power of compute with which the best model size grows, by absolute deviations."""
        return self.absolute.beta / (self.absolute.alpha + self.absolute.beta)


def fit_laws(runs: pd.DataFrame) -> FittedLaws:
    """Fit the law to small runs.

    Parameters
    ----------
    runs : DataFrame
        Columns parameters, training_compute_flop and loss, one training run a row.

    Raises
    ------
    ModelInputError
        If runs are fewer than 25, a value is missing or not positive, or no fit converges.
    """
    return FittedLaws(
        scaling_law.fit_scaling_law(runs),
        scaling_law.fit_absolute_deviations(runs),
        scaling_law.compare_likelihoods(runs, scaling_law.HOFFMANN_ET_AL),
        float(runs["training_compute_flop"].max()),
    )


def estimate_penalty(
    laws: FittedLaws,
    draws: ScalingLawDraws,
    *,
    gap: float,
    reference_flop: float,
    points_per_tenfold: float,
    level: float,
) -> LossPenalty:
    """Read off the law what a gap in compute costs.

    Parameters
    ----------
    laws : FittedLaws
        The law fitted to small runs.
    draws : ScalingLawDraws
        Its bootstrap refits.
    gap : float
        Times less compute.
    reference_flop : float
        Training compute of the larger run.
    points_per_tenfold : float
        Points of the capability index that ten times the compute is worth.
    level : float
        Level of the intervals.
    """
    law = laws.law

    def of_law(
        quantity: Callable[[ScalingLaw | ScalingLawDraws], npt.ArrayLike], unit: str = ""
    ) -> Estimate:
        return scaling_law.summarise_bootstrap(law, draws, quantity, level=level, unit=unit)

    def penalty_of(times: float) -> ComputePenalty:
        return scaling_law.estimate_compute_penalty(
            law, draws, compute_flop=reference_flop, gap=times, level=level
        )

    return LossPenalty(
        gap=gap,
        reference_flop=reference_flop,
        penalty=penalty_of(gap),
        gap_points=points_per_tenfold * log10(gap),
        law=law,
        absolute=laws.absolute,
        original=scaling_law.HOFFMANN_ET_AL,
        standard_errors=draws.standard_errors(),
        alpha=of_law(lambda one: one.alpha),
        beta=of_law(lambda one: one.beta),
        e=of_law(lambda one: one.e, "nats per token"),
        original_fit=laws.original_fit,
        n_draws=len(draws.alpha),
        largest_flop=laws.largest_flop,
        curve=_curve({times: penalty_of(times).share_of_reducible for times in GAPS}),
    )


def draw_penalty(found: LossPenalty) -> Drawing:
    """Draw the extra reducible loss over the gap, with the chosen gap as a dot."""
    figure, axes = style.new_figure(3.4)
    colour, curve = style.CATEGORY_COLOURS[0], found.curve
    axes.fill_between(
        curve["gap"], curve["low"], curve["high"], color=colour, alpha=0.25, linewidth=0
    )
    axes.plot(curve["gap"], curve["extra_loss"], color=colour)
    axes.plot(found.gap, found.penalty.share_of_reducible.value, "o", color=colour, ms=8)
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, [str(tick) for tick in _TICKS])
    axes.minorticks_off()
    axes.set(xlabel="Times less training compute", ylabel="Extra reducible loss, %")
    return Drawing(figure, curve, ("scaling_law_runs",))


def _curve(costs: dict[float, Estimate]) -> pd.DataFrame:
    return pd.DataFrame(
        [(float(gap), cost.value, cost.low, cost.high) for gap, cost in costs.items()],
        columns=["gap", "extra_loss", "low", "high"],
    )
