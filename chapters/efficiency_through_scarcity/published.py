"""Estimates that others have published, to be held against the chapter's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Published:
    """A number that others have published, with its stated range.

    All are in the unit of the table's row; the value is missing where a range alone is published.

    Attributes
    ----------
    value : float
        The published value.
    low : float
        Lower end of the published range.
    high : float
        Upper end of the published range.
    """

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Tell whether the range holds a value, ends included."""
        return self.low <= value <= self.high


def read_published(published: pd.DataFrame, id: str) -> Published:
    """Read a published estimate.

    Parameters
    ----------
    published : pandas.DataFrame
        Table ``published_estimates``.
    id : str
        The row's id.

    Raises
    ------
    KeyError
        If there is no such row.
    """
    rows = published.set_index("id")[["value", "low", "high"]]
    value, low, high = rows.loc[id].to_numpy(dtype=float)
    return Published(float(value), float(low), float(high))
