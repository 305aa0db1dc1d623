"""How the premium depends on which models are compared, and by what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.capability.compute_efficiency import Premium, estimate_curved_premium
from models.capability.premium_specifications import FEWEST_MODELS
from models.core.predictive import Predictive, pool_equally, spread_estimate
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.compared_models import (
    COMPUTE,
    DEVELOPER,
    ComparedModels,
    fill_silent_models,
    measure_premium,
    read_active_shares,
)
from chapters.efficiency_through_scarcity.marks import new_forest
from chapters.efficiency_through_scarcity.sides import SideCounts, count_sides, holds_reference
from chapters.shared.countries import PAIR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.estimates import Estimate

    from chapters.efficiency_through_scarcity.equal_compute import EqualCompute

LARGE_RUN_FLOP = 1e24
RECENT_YEAR = 2024
_AT_TREND = "Silent US models at trend"
_EQUAL_ACTIVE = "Equal active parameters"
_SQUARED = "Compute with its square"
_SILENT = {f"{_AT_TREND} / 10": 0.1, _AT_TREND: 1.0, f"{_AT_TREND} × 10": 10.0}


@dataclass(frozen=True)
class Choice:
    """The premium under one choice of models.

    Attributes
    ----------
    label : str
        The models compared.
    premium : Estimate
        Chinese models' premium over US ones, index points.
    n_country, n_base : int
        Chinese and US models.
    """

    label: str
    premium: Estimate
    n_country: int
    n_base: int


@dataclass(frozen=True)
class ModelChoices:
    """The premium under each choice of models.

    With too few models of known active parameters `equal_active` is None.

    Attributes
    ----------
    rows : tuple of Choice
        The chapter's own choice first.
    silent_at_trend : Premium
        Chinese over US models, silent ones put on the trend of compute of the known ones.
    equal_active : Premium or None
        Chinese over US models at equal active parameters, index points.
    """

    rows: tuple[Choice, ...]
    silent_at_trend: Premium
    equal_active: Premium | None

    @property
    def table(self) -> pd.DataFrame:
        """One row for each choice, as it is drawn."""
        return pd.DataFrame(
            [
                (r.label, r.premium.value, r.premium.low, r.premium.high, r.n_country, r.n_base)
                for r in self.rows
            ],
            columns=["choice", "premium", "low", "high", "n_chn", "n_usa"],
        )

    @property
    def sides(self) -> SideCounts:
        """How many intervals lie above zero, below it, and around it."""
        return count_sides(self.table)

    @property
    def lowest(self) -> Choice:
        """The choice of models with the smallest premium."""
        return min(self.rows, key=lambda row: row.premium.value)

    @property
    def highest(self) -> Choice:
        """The choice of models with the largest premium."""
        return max(self.rows, key=lambda row: row.premium.value)

    @property
    def with_silent(self) -> tuple[Choice, ...]:
        """Training compute assumed for silent models.

        From the least to the most.
        """
        return tuple(row for row in self.rows if row.label in _SILENT)

    @property
    def silence(self) -> Estimate:
        """The chapter's own premium, and how far silent models can move it, in points.

        The range is of premiums, without their sampling error: what could be hidden, not what
        chance could do (Manski 2003).
        """
        own = self.rows[0].premium
        values = [own.value, *(row.premium.value for row in self.with_silent)]
        return replace(own, low=min(values), high=max(values), kind="range")

    @property
    def sign_is_identified(self) -> bool:
        """Whether the premium has one sign whatever silent models used."""
        return not self.silence.low <= 0 <= self.silence.high

    @property
    def whatever_silent_models_used(self) -> Predictive:
        """The premium over what silent models may have used, each assumption counted alike.

        An equal mix of the chapter's own premium, which leaves silent models out, and of those
        with silent models at each assumed compute, sampling error included.
        """
        own = self.rows[0].premium
        cases = [own, *(row.premium for row in self.with_silent)]
        spread = [spread_estimate(case) for case in cases]
        low, high = np.quantile(
            np.concatenate([each.values for each in spread]),  # noqa: PD011 (a field)
            [0.5 - own.level / 2, 0.5 + own.level / 2],
        )
        within = replace(own, low=min(low, own.value), high=max(high, own.value), kind="range")
        return pool_equally(spread, within)

    @property
    def strongest_for(self) -> Choice:
        """The choice whose interval begins highest."""
        return max(self.rows, key=lambda row: row.premium.low)

    @property
    def strongest_against(self) -> Choice:
        """The choice whose interval ends lowest."""
        return min(self.rows, key=lambda row: row.premium.high)


def estimate_model_choices(
    models: ComparedModels, ai_models: pd.DataFrame, premium: EqualCompute, *, level: float
) -> ModelChoices:
    """Estimate the premium under each choice of models.

    Choices that leave fewer than five models of a country are left out.

    Parameters
    ----------
    models : ComparedModels
        The models.
    ai_models : pandas.DataFrame
        Table ``ai_models``, from which active parameters are read.
    premium : EqualCompute
        The chapter's own premium, whose most influential developer is left out in one row.
    level : float
        Of the intervals.

    Raises
    ------
    ModelInputError
        If the compute of silent models can't be assumed.
    """
    most = premium.fit.most_influential_developer
    fits = {
        label: measure_premium(frame, level=level)
        for label, frame in _choose(models, most).items()
        if _is_enough(frame)
    }
    active = _with_active_parameters(models, ai_models)
    if _is_enough(active):
        fits[_EQUAL_ACTIVE] = measure_premium(active, level=level, quantity="active_parameters")
    curved = estimate_curved_premium(models.known, cluster=DEVELOPER, level=level)
    rows = [Choice(label, f.premium, f.n_country, f.n_base) for label, f in fits.items()]
    rows.append(Choice(_SQUARED, curved, premium.fit.n_country, premium.fit.n_base))
    return ModelChoices(tuple(rows), fits[_AT_TREND], fits.get(_EQUAL_ACTIVE))


def draw_model_choices(choices: ModelChoices) -> Drawing:
    """Draw the premium's interval under each choice; filled if it leaves out zero, hollow if not.

    Parameters
    ----------
    choices : ModelChoices
        What was estimated.
    """
    table = choices.table
    faces = np.where(holds_reference(table), "white", style.TEXT_COLOUR)
    figure, axes = new_forest(
        table,
        value="premium",
        labels=table["choice"],
        colours=[style.TEXT_COLOUR] * len(table),
        faces=faces,
        height_inches=4.9,
    )
    axes.set(xlabel="Chinese premium, index points")
    return Drawing(figure, table, ("capability_index", "ai_models"))


def _choose(models: ComparedModels, most_influential: str) -> Mapping[str, pd.DataFrame]:
    known = models.known
    return {
        "All with known compute": known,
        "Open weights only": known[known["open_weights"]],
        "Compute known with confidence": known[known["compute_confidence"] == "Confident"],
        "Without coding models": known[~known["coding"]],
        f"Without {most_influential}": known[known["developer"] != most_influential],
        f"Released since {RECENT_YEAR}": known[known["date"].dt.year >= RECENT_YEAR],
        "Compute of 10²⁴ FLOP or more": known[known[COMPUTE] >= LARGE_RUN_FLOP],
        **{label: fill_silent_models(models.pair, factor) for label, factor in _SILENT.items()},
    }


def _with_active_parameters(models: ComparedModels, ai_models: pd.DataFrame) -> pd.DataFrame:
    shares = read_active_shares(ai_models)
    return models.pair.merge(shares[["model", "active_parameters", "active_share"]], on="model")


def _is_enough(frame: pd.DataFrame) -> bool:
    counts = frame["country"].value_counts().reindex(list(PAIR), fill_value=0)
    return bool(counts.min() >= FEWEST_MODELS)
