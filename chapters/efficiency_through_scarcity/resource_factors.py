"""How many times each resource of a Chinese model a US model needs for the same score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.capability.benchmark_panel import compute_logit_above_chance
from models.capability.compute_efficiency import Premium, estimate_excess_of_one, estimate_premium
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.compared_models import COMPUTE, DEVELOPER
from chapters.efficiency_through_scarcity.marks import new_forest
from chapters.efficiency_through_scarcity.sides import SideCounts, count_sides, holds_reference

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from models.core.estimates import Estimate

    from chapters.efficiency_through_scarcity.equal_compute import EqualCompute
    from chapters.efficiency_through_scarcity.model_choices import ModelChoices

AXIS_END = 400
"""Times the resource at which the figure's axis ends."""

_MMLU_CHANCE = 0.25  # four answers to choose from
_MATH_CHANCE = 0.0
_FIRST_CHINESE_MODEL = "GLM 130B"  # with a score and compute before the first controls
_TICKS = (0.1, 0.3, 1, 3, 10, 30, 100)


@dataclass(frozen=True)
class Resource:
    """What Chinese models need less, or more, of one resource.

    Attributes
    ----------
    name : str
        The resource, and the score.
    factor : Estimate
        Times the resource that a US model needs for the same score.
    n_country, n_base : int
        Chinese and US models.
    p_value : float
        Of no premium, uncorrected.
    """

    name: str
    factor: Estimate
    n_country: int
    n_base: int
    p_value: float

    @property
    def leaves_the_axis(self) -> bool:
        """Whether the interval goes on beyond the figure's axis."""
        return self.factor.high >= AXIS_END


@dataclass(frozen=True)
class Resources:
    """The factors of all resources, and the one Chinese model from before the controls.

    Attributes
    ----------
    rows : tuple of Resource
        Training compute on the index first; resources whose factor is not bounded are missing.
    on_mmlu : Premium
        Chinese over US models at equal training compute on MMLU, log odds.
    first_model : Estimate
        Log odds on MMLU of GLM-130B above US models' line at its training compute and date.
    n_priced : int
        Chinese models behind the factor of the price.
    """

    rows: tuple[Resource, ...]
    on_mmlu: Premium
    first_model: Estimate
    n_priced: int

    @property
    def table(self) -> pd.DataFrame:
        """One row for each resource, as it is drawn."""
        return pd.DataFrame(
            [(r.name, *_ends(r.factor), r.n_country, r.n_base, r.p_value) for r in self.rows],
            columns=["resource", "factor", "low", "high", "n_chn", "n_usa", "p_value"],
        )

    @property
    def sides(self) -> SideCounts:
        """How many intervals lie above 1, below it, and around it."""
        return count_sides(self.table, 1)

    @property
    def least(self) -> float:
        """Times as much of a resource as US models need for the same score, smallest of all."""
        return min(row.factor.value for row in self.rows)

    @property
    def most(self) -> float:
        """Times as much of a resource as US models need for the same score, largest of all."""
        return max(row.factor.value for row in self.rows)

    @property
    def first_model_lies_lower(self) -> bool:
        """Whether the premium is larger for all Chinese models than for the first one."""
        return self.first_model.value < self.on_mmlu.premium.value

    @property
    def mmlu_factor_is_bounded(self) -> bool:
        """Whether the premium on MMLU can be said as a factor of compute."""
        return self.on_mmlu.compute_multiplier is not None

    @property
    def axis_end(self) -> int:
        """Times the resource at which the figure's axis ends."""
        return AXIS_END


def estimate_resources(
    active_parameters: pd.DataFrame,
    token_prices: pd.DataFrame,
    premium: EqualCompute,
    choices: ModelChoices,
    *,
    level: float,
) -> Resources:
    """Estimate how many times each resource a US model needs for the same score.

    Parameters
    ----------
    active_parameters : pandas.DataFrame
        Table ``active_parameters``: MMLU, compute and active parameters.
    token_prices : pandas.DataFrame
        Table ``token_prices``: MATH-500 and price.
    premium, choices
        The premium on the index, at equal compute and at equal active parameters.
    level : float
        Of the intervals.

    Raises
    ------
    ModelInputError
        If a country has fewer than 3 models with a score.
    """
    scored = _on_mmlu(active_parameters)
    on_mmlu = _measure_on_mmlu(scored, COMPUTE, level)
    price = _measure_price(token_prices, level)
    measured = {
        "Training compute (index)": premium.fit,
        "Training compute (MMLU, to 2024)": on_mmlu,
        "Active parameters (index)": choices.equal_active,
        "Active parameters (MMLU, to 2024)": _measure_on_mmlu(scored, "active_parameters", level),
        "Price of a token (MATH-500, one firm)": price,
    }
    first = estimate_excess_of_one(
        scored.dropna(subset=[COMPUTE]), _FIRST_CHINESE_MODEL, score="logit", level=level
    )
    return Resources(
        _factors(measured), _in_log_odds(on_mmlu), replace(first, unit=""), price.n_country
    )


def draw_resources(resources: Resources) -> Drawing:
    """Draw the factor of each resource; coloured if its interval leaves out 1.

    Parameters
    ----------
    resources : Resources
        What was estimated.
    """
    table = resources.table
    figure, axes = new_forest(
        table,
        value="factor",
        labels=table["resource"].str.replace(" (", "\n(", regex=False),
        colours=[style.TEXT_COLOUR] * len(table),
        faces=np.where(holds_reference(table, 1), "white", style.TEXT_COLOUR),
        height_inches=3.6,
        reference=1,
    )
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    axes.set_xlim(0.08, AXIS_END)
    _point_beyond(axes, resources)
    axes.set(xlabel="Times the resource a US model needs")
    tables = ("capability_index", "ai_models", "active_parameters", "token_prices")
    return Drawing(figure, table, tables)


def _point_beyond(axes: Axes, resources: Resources) -> None:
    for height, row in enumerate(reversed(resources.rows)):
        if row.leaves_the_axis:
            axes.annotate(
                "→", (1, height), xycoords=("axes fraction", "data"), ha="right", va="center"
            )


def _on_mmlu(active_parameters: pd.DataFrame) -> pd.DataFrame:
    scored = active_parameters.assign(
        developer=active_parameters["organization"],
        logit=compute_logit_above_chance(active_parameters["mmlu"], _MMLU_CHANCE),
    )
    return scored.dropna(subset=["logit"])


def _measure_on_mmlu(scored: pd.DataFrame, quantity: str, level: float) -> Premium:
    return estimate_premium(
        scored.dropna(subset=[quantity]),
        quantity=quantity,
        score="logit",
        cluster=DEVELOPER,
        level=level,
    )


def _measure_price(token_prices: pd.DataFrame, level: float) -> Premium:
    priced = token_prices.assign(
        logit=compute_logit_above_chance(token_prices["math500_percent"] / 100, _MATH_CHANCE)
    ).dropna(subset=["logit"])
    return estimate_premium(
        priced,
        quantity="usd_per_million_tokens",
        score="logit",
        covariance="hc3",
        cluster="maker",
        level=level,
    )


def _factors(measured: dict[str, Premium | None]) -> tuple[Resource, ...]:
    return tuple(
        Resource(name, factor, found.n_country, found.n_base, found.p_value)
        for name, found in measured.items()
        if found is not None and (factor := found.compute_multiplier) is not None
    )


def _ends(factor: Estimate) -> tuple[float, float, float]:
    return factor.value, factor.low, factor.high


def _in_log_odds(premium: Premium) -> Premium:
    """Take the unit away: log odds have none, and the model knows scores in points alone."""
    return replace(premium, premium=replace(premium.premium, unit=""))
