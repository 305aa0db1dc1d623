"""A race in which everything is known."""

from typing import Any

import numpy as np

from models.core.estimates import Estimate
from models.core.local_level import LocalLevel
from models.core.priors import Prior
from models.race.race_parameters import (
    STEPS_PER_YEAR,
    JointCalibration,
    ScoreFit,
)
from models.race.race_priors import DRIVERS, Priors

EQUAL_SHARES = (0.2,) * 5
HELD = Priors(dict.fromkeys(DRIVERS, Prior(1.0, 1.0, "judgement")))
"""Every driver at its middle."""


def exactly(value: float, half: float = 0.0, unit: str = "") -> Estimate:
    return Estimate(value, value - half, value + half, 0.9, "confidence", 30, unit)


def state(level: float, permanent: float, transitory: float) -> LocalLevel:
    """Return a level that is known, with known spreads; the permanent one by year."""
    numbers = (level, permanent / STEPS_PER_YEAR**0.5, transitory)
    return LocalLevel(*(np.full(3, x) for x in numbers), n=12)


def calibration(
    gap: float = 5.0, volatility: float = 2.0, luck: float = 0.0, **changes: Any
) -> JointCalibration:
    """Return a race in which everything is known, and firms do not differ."""
    numbers = {
        "as_of": "2026-03-31",
        "fit": ScoreFit(np.array([10.0, 40.0, 0.0]), 1e-18 * np.eye(3), 60),
        "relative_points": exactly(10.0),
        "closing": exactly(0.0, unit="points a year"),
        "equal_compute_gain": exactly(0.0),
        "capability_gap": state(gap, volatility, luck),
        "run_gap": state(1.0, 0.3, 0.0),
        "records": (100.0 + gap, 100.0),
        "us_stock": exactly(14e6, 1e-3),
        "china_stock": exactly(1.9e6, 1e-3),
        "china_recorded": 400e3,
        "us_inflow_share": 0.7,
        "us_past_growth": 2.8,
        "firm_shares": EQUAL_SHARES,
        "share_volatility": 0.0,
        "sales": {},
        "priors": HELD,
        "lead_margin": 0.0,
    }
    return JointCalibration(**(numbers | changes))


def chance(value: float, low: float, high: float, n: int = 40) -> Estimate:
    return Estimate(value, low, high, 0.9, "credible", n, "")
