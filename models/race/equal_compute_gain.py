"""What the follower's models gained on the leader's at equal compute, which may go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.capability.compute_efficiency import COMPUTE, estimate_premium_trend
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    import pandas as pd

    from models.core.estimates import Estimate

_FEWEST_MODELS = 10  # of either country, for a trend


def estimate_equal_compute_gain(index: pd.DataFrame, *, level: float) -> Estimate:
    """Estimate what the follower's models gained on the leader's at equal compute, points a year.

    The trend of the premium (`models.capability.compute_efficiency.estimate_premium_trend`),
    from the models since the year after the follower's first, or since that where so few are
    left: that a country entered with weak models is no trend that goes on.

    Parameters
    ----------
    index : DataFrame
        Capability index, complete in country and date.
    level : float
        Level of the interval.

    Raises
    ------
    ModelInputError
        As `models.capability.compute_efficiency.estimate_premium_trend`.
    """
    complete, entry = _find_entry(index)
    later = _select_since(complete, entry + 1)
    frame = _select_since(complete, entry) if later is None else later
    return estimate_premium_trend(
        complete if frame is None else frame, covariance="cluster", level=level
    ).per_year


def list_gains_by_start(index: pd.DataFrame, *, level: float) -> dict[int, Estimate]:
    """Return that gain as it would be from the models of another year on, by first year.

    From the year of the follower's first model to the last from which each country has ten
    models of known compute.

    Parameters
    ----------
    index, level
        As `estimate_equal_compute_gain`.
    """
    complete, entry = _find_entry(index)
    frames = {
        year: _select_since(complete, year)
        for year in range(entry, int(complete["date"].dt.year.max()) + 1)
    }
    return {
        year: estimate_premium_trend(frame, covariance="cluster", level=level).per_year
        for year, frame in frames.items()
        if frame is not None
    }


def _find_entry(index: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Models of known compute and developer, and the year of the follower's first."""
    complete = index.dropna(subset=[COMPUTE, "organization"])
    years = complete.loc[complete["country"] == "CHN", "date"].dt.year
    if years.empty:
        raise ModelInputError("needs Chinese models of known compute, got none")
    return complete, int(years.min())


def _select_since(models: pd.DataFrame, year: int) -> pd.DataFrame | None:
    """Models of a year and later, or None where a country has too few for a trend."""
    later = models[models["date"].dt.year >= year]
    sides = [int((later["country"] == country).sum()) for country in ("CHN", "USA")]
    return later if min(sides) >= _FEWEST_MODELS else None
