"""The chips that several chapters count: on which day, what is judged of them, which clusters."""

from dataclasses import dataclass

import pandas as pd
from models.compute.percentile_gap import Percentiles

STOCK_DAY = pd.Timestamp("2025-12-31")
"""The day for which stocks are counted: the end of the last full year before the claim."""

_CERTAIN = ("Confirmed", "Likely")
_THOUSAND = 1000


@dataclass(frozen=True)
class JudgedChips:
    """Chinese chips that no record of sales holds, thousand H100e on `STOCK_DAY`.

    Attributes
    ----------
    domestic : float
        Chips of Chinese make at the end of 2025, thousand H100e.
    smuggled : float
        Smuggled chips in China at the end of 2025, thousand H100e.
    rented : float
        Chips rented abroad at the end of 2025, thousand H100e.
    factor : float
        The true amount lies within this factor of the judged one with 90% credence.
    """

    domestic: float
    smuggled: float
    rented: float
    factor: float

    @property
    def total(self) -> float:
        """All of them."""
        return self.domestic + self.smuggled + self.rented

    def spread(
        self, thousand: float, low: float | None = None, high: float | None = None
    ) -> tuple[Percentiles, ...]:
        """Return percentiles of a judged amount, in H100e; none for an amount of zero.

        Parameters
        ----------
        thousand : float
            The amount, thousand H100e.
        low, high : float, optional
            Published ends; without them the amount over and times the factor.
        """
        if not thousand:
            return ()
        ends = low or thousand / self.factor, high or thousand * self.factor
        numbers = min(ends[0], thousand), thousand, max(ends[1], thousand)
        return (Percentiles(*(_THOUSAND * number for number in numbers)),)

    def percentiles_in_china(self) -> tuple[Percentiles, ...]:
        """Return the percentiles of what stands in China, in H100e: all but what is rented."""
        return self.spread(self.domestic) + self.spread(self.smuggled)


def existing_clusters(gpu_clusters: pd.DataFrame) -> pd.DataFrame:
    """Return the clusters that exist with a known capacity, each once.

    A phase that a later one includes is left out, and so is a row that may repeat another.
    """
    return gpu_clusters[
        (gpu_clusters["status"] == "Existing")
        & ~gpu_clusters["superseded"]
        & ~gpu_clusters["possible_duplicate"]
        & (gpu_clusters["h100e"] > 0)
    ]


def standard_clusters(gpu_clusters: pd.DataFrame) -> pd.DataFrame:
    """Return the existing clusters that the publisher's own analysis counts, none in doubt."""
    existing = existing_clusters(gpu_clusters)
    certain = existing["certainty"].isin(_CERTAIN)
    return existing[existing["in_standard_analysis"] & certain]
