"""Where China's intentions to start a business stand among all countries surveyed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.society import survey_shares
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.countries import COLOURS
from chapters.shared.marks import draw_level, draw_upright_intervals

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class YearlyRank:
    """China's rank in one year.

    Attributes
    ----------
    year : int
        Year of the survey.
    percent_below : float
        Other countries where a smaller share of adults intends to start a business, %.
    others : int
        Other countries surveyed.
    """

    year: int
    percent_below: float
    others: int


@dataclass(frozen=True)
class Rank:
    """China's rank by year.

    Attributes
    ----------
    first : YearlyRank
        China in the first year surveyed.
    last : YearlyRank
        China in the last year surveyed.
    by_year : pandas.DataFrame
        `year`, `rank` with `low` and `high` in percent, and `n`, the countries surveyed.
    """

    first: YearlyRank
    last: YearlyRank
    by_year: pd.DataFrame

    @property
    def fell(self) -> bool:
        """Whether China stands lower in the last year than in the first."""
        return self.last.percent_below < self.first.percent_below


def estimate_rank(
    worldwide: pd.DataFrame,
    *,
    sample_size: int,
    design_effect: float,
    level: float,
    rng: np.random.Generator,
) -> Rank:
    """Rank China among the countries surveyed, in every year that it was.

    Parameters
    ----------
    worldwide : pandas.DataFrame
        Table ``entrepreneurship``.
    sample_size : int
        Adults asked in each country and year.
    design_effect : float
        Variance of the survey's design over that of a simple random sample.
    level : float
        Level of the intervals, which hold sampling error only.
    rng : numpy.random.Generator
        Source of the draws.

    Raises
    ------
    ModelInputError
        If fewer than 2 other countries were surveyed in a year.
    """
    years = [int(year) for year in worldwide[worldwide["country"] == "CHN"]["year"]]
    ranks = [
        survey_shares.estimate_percentile_rank(
            worldwide,
            "CHN",
            year,
            rng,
            value="intentions_percent",
            sample_size=sample_size,
            design_effect=design_effect,
            level=level,
        )
        for year in years
    ]
    by_year = pd.DataFrame(
        [(year, r.value, r.low, r.high, r.n) for year, r in zip(years, ranks, strict=True)],
        columns=["year", "rank", "low", "high", "n"],
    )
    first, last = (YearlyRank(years[at], ranks[at].value, ranks[at].n - 1) for at in (0, -1))
    return Rank(first, last, by_year)


def draw_rank(rank: Rank) -> Drawing:
    """Draw the rank of every year with its interval, and the middle of all countries."""
    figure, axes = style.new_figure(3.0)
    ranks = rank.by_year
    draw_upright_intervals(axes, ranks, "year", "rank", colour=COLOURS["CHN"], width=3)
    draw_level(axes, 50, "half of the countries", 2001.7)
    style.whole_years(axes)
    axes.set_ylim(0, 105)
    axes.set_xlabel("Survey year")
    axes.set_ylabel("Countries below China, %")
    return Drawing(figure, ranks, ("entrepreneurship",))
