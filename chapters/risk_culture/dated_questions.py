"""A dated question that would move the judgement on risk-taking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.core import units
from models.core.dated_events import DatedEvent
from models.society.dated_investment import RATIO, compute_chance_of_ratio

from chapters.shared.dated import LAST_FULL_YEAR

if TYPE_CHECKING:
    import pandas as pd

SETTLED_BY = "models.society.dated_investment:settle"
"""Function that says later what came of a forecast."""
_AT_LEAST = 10.0


@dataclass(frozen=True)
class Asked:
    """What the chapter asks of the next twelve months.

    Attributes
    ----------
    investment : DatedEvent
        Whether American private investment in AI is ten times the Chinese or more.
    """

    investment: DatedEvent


def ask_question(investment: pd.DataFrame, *, data_until: str) -> Asked:
    """Answer the question.

    Parameters
    ----------
    investment : DataFrame
        Table ``ai_investment``.
    data_until : str
        Day to which it reaches.
    """
    year = int(LAST_FULL_YEAR[:4])
    event = DatedEvent(
        f"Is American private investment in AI in {year} {_AT_LEAST:g} times the Chinese or more? "
        f"(from data until {data_until})",
        RATIO, "at least", _AT_LEAST, data_until, LAST_FULL_YEAR, units.TIMES, "ai_investment",
        compute_chance_of_ratio(investment, year=year, at_least=_AT_LEAST),
    )  # fmt: skip
    return Asked(event)
