"""Dated questions that would move the judgements on EUV and on electricity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.core.dated_events import DatedEvent, compute_chance_of_rise
from models.core.timescale import to_decimal_year
from models.supply.dated_supply import ADDED, CHIPS, list_yearly_additions

from chapters.shared.dated import LAST_FULL_YEAR, WATCHED_UNTIL

if TYPE_CHECKING:
    import pandas as pd
    from models.core.predictive import Predictive

SETTLED_BY = "models.supply.dated_supply:settle"
"""Function that says later what came of a forecast."""
_ADDED_TWH = 100.0
_PAST_YEARS = 10


@dataclass(frozen=True)
class Asked:
    """What the chapter asks of the next twelve months.

    Attributes
    ----------
    chips : DatedEvent
        Report of working chips from the Chinese EUV tool by 30 September 2027.
    electricity : DatedEvent
        American generation of electricity rises by much.
    """

    chips: DatedEvent
    electricity: DatedEvent

    @property
    def events(self) -> tuple[DatedEvent, ...]:
        """All of them, as the log takes them."""
        return (self.chips, self.electricity)


def ask_questions(
    working_chips: Predictive,
    electricity: pd.DataFrame,
    *,
    milestones_until: str,
    electricity_until: str,
) -> Asked:
    """Answer the questions.

    Parameters
    ----------
    working_chips : Predictive
        Calendar year of the first working chips.
    electricity : DataFrame
        Table ``electricity``.
    milestones_until, electricity_until : str
        Days to which the tables reach that settle them.
    """
    chips = DatedEvent(
        "Is a Chinese EUV tool reported to have made working chips by "
        f"{WATCHED_UNTIL}? (from data until {milestones_until})",
        CHIPS, "at least", 1.0, milestones_until, WATCHED_UNTIL, "reports",
        "lithography_milestones",
        working_chips.measure_share_between(-math.inf, to_decimal_year(WATCHED_UNTIL)),
    )  # fmt: skip
    past = list_yearly_additions(electricity, years=_PAST_YEARS)
    year = LAST_FULL_YEAR[:4]
    added = DatedEvent(
        f"Does American generation of electricity rise by {_ADDED_TWH:g} TWh or more in {year}? "
        f"(from data until {electricity_until})",
        ADDED, "at least", _ADDED_TWH, electricity_until, LAST_FULL_YEAR, "TWh", "electricity",
        compute_chance_of_rise(past, _ADDED_TWH),
    )  # fmt: skip
    return Asked(chips, added)
