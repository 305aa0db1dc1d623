"""A dated question on the premium: which sign it has when more models are known."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from models.capability.compute_efficiency import COMPUTE, estimate_premium
from models.core.dated_events import Measure, SettledEvent, settle_event
from models.core.distributions import normal_quantile, normal_tail
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from models.core.estimates import Estimate
    from models.core.timescale import Moment

PREMIUM = "premium_at_equal_compute"
FIRST_YEAR, SMALLEST_FLOP = 2023, 1e21
"""As the efficiency chapter selects models."""


def measure_premium_by(index: pd.DataFrame, due: pd.Timestamp) -> float | None:
    """Return the premium over the models released by a day, points; None until they are known."""
    if index["date"].max() < due:
        return None
    out = index[(index["date"] <= due) & (index["date"].dt.year >= FIRST_YEAR)]
    pair = out[out["country"].isin(["USA", "CHN"]) & (out[COMPUTE] >= SMALLEST_FLOP)]
    return estimate_premium(pair).premium.value


def compute_chance_of_premium(premium: Estimate, *, n_new: int, threshold: float = 0.0) -> float:
    r"""Chance that an estimate is a threshold or more once further models are known.

    With a flat prior and m models more of the same spread beside the n of now, the new
    estimate less the old is normal with the old standard error times
    :math:`\sqrt{m / (n + m)}`.

    Parameters
    ----------
    premium : Estimate
        Of now, with a symmetric interval.
    n_new : int
        Models that are to come.
    threshold : float
        Points.

    Raises
    ------
    ModelInputError
        If no model is to come, or the interval has no width.
    """
    half = (premium.high - premium.low) / 2
    if n_new < 1 or not half > 0:
        raise ModelInputError(f"needs models to come and an interval, got {n_new} and {half}")
    error = half / float(normal_quantile(0.5 + premium.level / 2))
    spread = error * math.sqrt(n_new / (premium.n + n_new))
    return float(normal_tail((threshold - premium.value) / spread))


MEASURES: Mapping[str, Measure] = MappingProxyType({PREMIUM: measure_premium_by})


def settle(
    forecast: Mapping[str, Any], table: pd.DataFrame, *, reached: Moment
) -> SettledEvent | None:
    """Settle a question of this module; see `models.core.dated_events.settle_event`."""
    return settle_event(forecast, table, reached=reached, measures=MEASURES)
