"""What the race draws of its drivers: each parameter's middle, and how far the truth may lie off.

A parameter is the middle of what is drawn. How far the draws lie off it comes from the
book's own estimates where there is one, or is judged, and each prior says which.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from models.core.errors import ModelInputError
from models.core.priors import Basis, Prior

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate

JUDGED: Mapping[str, Prior] = MappingProxyType(
    {
        # Replaced by `learn_growth` where the table of sales is at hand.
        "us_compute_growth": Prior(1.25, 1.25, "judgement"),
        "china_domestic_growth": Prior(1.3, 1.3, "judgement"),
        "memory_growth": Prior(1.8, 1.8, "judgement"),
        # Years since the prototype of 2025, as wide as the hardware chapter's equal mix of EUV
        # programmes and all lithography.
        "euv_volume_year": Prior(3.8, 3.7, "estimate", origin=2025.1),
        # As wide as the chapter on delivery finds ByteDance's share of mid-2026.
        "delivery_share_china": Prior(5.0, 5.0, "estimate", "odds"),
        "delivery_share_us": Prior(5.0, 5.0, "estimate", "odds"),
        "diffusion_lag_years": Prior(2.0, 2.0, "judgement"),
        "diffusion_rate": Prior(3.0, 3.0, "judgement"),
        # Wide: nine in ten draws between 0.6% and 68% at a middle of a tenth.
        "trend_weight": Prior(19.0, 19.0, "judgement", "odds"),
    }
)
"""Priors of the drivers by the parameter that is their middle, before any table is read."""
DRIVERS: tuple[str, ...] = tuple(JUDGED)


@dataclass(frozen=True)
class Priors:
    """Priors of all drivers.

    Attributes
    ----------
    by_name : mapping of str to Prior
        One for each of `DRIVERS`.
    shared_growth : float
        Correlation of the two countries' growth, from the world's demand.

    Raises
    ------
    ModelInputError
        If a driver has no prior, or something else has one.
    """

    by_name: Mapping[str, Prior] = field(default_factory=lambda: JUDGED)
    shared_growth: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a driver without a prior."""
        if set(self.by_name) != set(DRIVERS):
            raise ModelInputError(f"needs priors of {DRIVERS}, got {tuple(self.by_name)}")

    def names_by_basis(self, *bases: Basis) -> tuple[str, ...]:
        """Return the drivers whose priors rest on one of these."""
        return tuple(name for name in DRIVERS if self.by_name[name].basis in bases)

    def correlate(self, scores: FloatArray) -> dict[str, FloatArray]:
        """Return the scores that each driver is drawn with, by name.

        Parameters
        ----------
        scores : ndarray, shape (number of drivers, n)
            Independent standard normal scores, a row for each of `DRIVERS`.
        """
        rows = dict(zip(DRIVERS, scores, strict=True))
        own = (1 - self.shared_growth**2) ** 0.5
        rows["china_domestic_growth"] = (
            self.shared_growth * rows["us_compute_growth"] + own * rows["china_domestic_growth"]
        )
        return rows


def learn_growth(priors: Priors, growth: Estimate) -> Priors:
    """Return priors in which American growth lies as far off as an estimate's interval.

    Parameters
    ----------
    priors : Priors
        Of all drivers.
    growth : Estimate
        Mean growth of the inflow over the years of the race, with its interval at 90%, as
        `models.supply.inflow_growth.estimate_coming_growth` gives it.

    Raises
    ------
    ModelInputError
        If the estimate is not positive.
    """
    if growth.low <= 0:
        raise ModelInputError(f"needs a growth above 0, got {growth.low}")
    learned = Prior(growth.value / growth.low, growth.high / growth.value, "data")
    return replace(priors, by_name={**priors.by_name, "us_compute_growth": learned})
