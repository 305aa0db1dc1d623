"""A dated question that would move the judgement on leaner models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.capability.dated_premium import PREMIUM, compute_chance_of_premium
from models.core import units
from models.core.dated_events import DatedEvent

from chapters.shared.dated import WATCHED_UNTIL

if TYPE_CHECKING:
    from models.core.estimates import Estimate

    from chapters.efficiency_through_scarcity.compared_models import ComparedModels

SETTLED_BY = "models.capability.dated_premium:settle"
"""Function that says later what came of a forecast."""


@dataclass(frozen=True)
class Asked:
    """What the chapter asks of the next twelve months.

    Attributes
    ----------
    premium : DatedEvent
        Whether the premium at equal compute is above zero.
    n_new : int
        Models that are taken to come, as many as in the twelve months before.
    """

    premium: DatedEvent
    n_new: int


def ask_question(models: ComparedModels, premium: Estimate) -> Asked:
    """Answer the question.

    Parameters
    ----------
    models : ComparedModels
        The models compared.
    premium : Estimate
        At equal compute and date, points.
    """
    until = models.dated["date"].max()
    n_new = int((models.known["date"] > until - pd.DateOffset(years=1)).sum())
    event = DatedEvent(
        f"Will this book's estimate of what Chinese models score over American ones at equal "
        f"training compute, over those of known compute released by {WATCHED_UNTIL}, be above 0?",
        PREMIUM, "at least", 0.0, f"{until:%Y-%m-%d}", WATCHED_UNTIL, units.POINTS,
        "capability_index", compute_chance_of_premium(premium, n_new=max(n_new, 1)),
    )  # fmt: skip
    return Asked(event, n_new)
