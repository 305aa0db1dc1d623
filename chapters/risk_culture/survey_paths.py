"""A country's answers to a survey, from the first year to the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SurveyPath:
    """A country's share of adults from its first to its last year, in percent.

    Attributes
    ----------
    first_year, last_year, lowest_year : int
        Years.
    first : float
        Share in the first year, %.
    last : float
        Share in the last year, %.
    lowest : float
        Lowest share, %.
    """

    first_year: int
    last_year: int
    lowest_year: int
    first: float
    last: float
    lowest: float

    @property
    def rose(self) -> bool:
        """Whether the last share is the higher one; the survey's error is not in it."""
        return self.last > self.first


def read_path(rows: pd.DataFrame, country: str, value: str) -> SurveyPath:
    """Read a country's shares.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns `country`, `year` and `value`, in percent; a year without a share is left out.
    country : str
        ISO 3166 alpha-3 code.
    value : str
        Column of the share.
    """
    shares = rows[rows["country"] == country].set_index("year")[value].dropna().sort_index()
    years = [int(year) for year in shares.index]
    lowest = int(shares.to_numpy().argmin())
    return SurveyPath(
        years[0], years[-1], years[lowest],
        float(shares.iloc[0]), float(shares.iloc[-1]), float(shares.iloc[lowest]),
    )  # fmt: skip
