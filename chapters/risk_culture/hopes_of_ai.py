"""How many adults expect that AI will mostly help, in China and in the United States."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.society.investment import align_amounts

from chapters.shared.countries import PAIR

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Hope:
    """A year's answers.

    Attributes
    ----------
    year : int
        Year of the poll.
    china : float
        Chinese adults, %.
    usa : float
        American adults, %.
    """

    year: int
    china: float
    usa: float


@dataclass(frozen=True)
class HopesOfAi:
    """What adults expect of AI.

    Attributes
    ----------
    polls : tuple of Hope
        Adults who expect that AI will mostly help, by year with polls of both countries.
    """

    polls: tuple[Hope, ...]

    @property
    def higher_in_china(self) -> bool:
        """Whether the Chinese were the more hopeful in every poll."""
        return all(poll.china > poll.usa for poll in self.polls)


def read_hopes(attitudes: pd.DataFrame) -> HopesOfAi:
    """Read what adults of both countries expect of AI.

    Parameters
    ----------
    attitudes : pandas.DataFrame
        Table ``ai_risk_attitudes``.
    """
    both = align_amounts(attitudes, PAIR, value="mostly_help_percent")
    return HopesOfAi(
        tuple(
            Hope(int(year), float(china), float(usa))
            for year, china, usa in zip(both.index, both["CHN"], both["USA"], strict=True)
        )
    )
