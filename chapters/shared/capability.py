"""The lag in capability and the progress of algorithms: measured once, for every chapter.

*The lag* is how many months ago the United States had what China has now: from the release of
the first American model with at least the score of China's best, to the newest release of either
country in the index. That is what "so many months behind" means to a reader, and it can be
checked by the names of two models. It grows by a day a day until a better Chinese model comes.

*The rate of progress* is by how much less compute a fixed score needs each year: one regression
of the index on the logarithm of compute and on the date, all countries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.capability.algorithmic_progress import (
    AlgorithmicProgress,
    estimate_algorithmic_progress,
)
from models.capability.capability_gap import CapabilityLag, estimate_capability_lag
from overtake.data.used import Used

from chapters.shared.countries import PAIR

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LAG_STREAM = "capability-lag"
"""Name of the stream of random numbers behind the lag's interval, the same in every chapter."""
COMPUTE = "training_compute_flop"
DEVELOPER = "developer"
"""Column that clusters models: one name for a developer that renames itself."""
SCORES = Used("capability_index", columns=("organization", "country", "date", "eci"))
"""The index without the compute of its models."""
FIRST_YEAR = 2023
"""First year of the models that progress is measured on, where no parameter says otherwise."""
_RENAMED = {"Microsoft Research": "Microsoft"}


def estimate_lag_now(
    index: pd.DataFrame, *, level: float, rng: np.random.Generator
) -> CapabilityLag:
    """Estimate how many months ago the United States had what China has now.

    Parameters
    ----------
    index : DataFrame
        Table ``capability_index``; models without day or country are left aside.
    level : float
        Of the interval.
    rng : numpy.random.Generator
        Resamples models: the chapter's stream `LAG_STREAM`.

    Raises
    ------
    ModelInputError
        If a country has fewer than 2 models.
    """
    pair = index[index["country"].isin(PAIR)].dropna(subset=["date"])
    return estimate_capability_lag(pair, date=pair["date"].max(), rng=rng, level=level)


def estimate_progress(
    index: pd.DataFrame, *, start_year: int = FIRST_YEAR, level: float
) -> AlgorithmicProgress:
    """Estimate how fast a fixed score gets cheaper in compute, all countries.

    Parameters
    ----------
    index : DataFrame
        Table ``capability_index``.
    start_year : int
        First year of release that counts.
    level : float
        Of the interval.

    Raises
    ------
    ModelInputError
        If there are fewer than 6 models with known compute.
    """
    recent = index[(index["date"].dt.year >= start_year) & (index[COMPUTE] > 0)]
    named = recent.assign(**{DEVELOPER: name_developers(recent["organization"])})
    return estimate_algorithmic_progress(named, cluster=DEVELOPER, level=level)


def name_developers(organizations: pd.Series[str]) -> pd.Series[str]:
    """Return one name for each developer: the first that a model names, as it is called now."""
    return organizations.str.split(",").str[0].replace(_RENAMED)
