"""When a Chinese EUV tool might go into volume, quarter by quarter and without draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.core.timescale import to_decimal_year

from chapters.hardware_bottleneck.euv_classes import (
    CLASSES,
    Choices,
    average_chances,
    follow,
    learn,
    measure_classes,
)

if TYPE_CHECKING:
    import pandas as pd
    from models.core.arrays import FloatArray

LAST_YEAR = 2100.0
"""Stands for this year or any later one, or never."""

QUARTERS = 4
HALF_A_QUARTER = 1 / 8
_ANY_LEVEL = 0.9  # chances have no interval


@dataclass(frozen=True)
class ByQuarter:
    """Chance that volume production begins in each quarter, both classes mixed.

    Attributes
    ----------
    middles : ndarray
        Decimal year of the middle of each quarter; the last stands for any later one.
    weights : ndarray
        Its chance; they sum to 1.
    """

    middles: FloatArray
    weights: FloatArray


def mix_by_quarter(
    lithography_milestones: pd.DataFrame, process_ramps: pd.DataFrame, *, speed_up: float
) -> ByQuarter:
    """Mix the classes' chances of volume with equal weights, by quarter, without draws.

    Parameters
    ----------
    lithography_milestones, process_ramps : DataFrame
        As `chapters.hardware_bottleneck.euv_chances.estimate_euv` takes them.
    speed_up : float
        How many times as fast the follower moves as the class.
    """
    follower = follow(lithography_milestones, speed_up=speed_up, level=_ANY_LEVEL)
    first = np.floor(QUARTERS * to_decimal_year(follower.last_seen)) / QUARTERS
    starts = np.arange(first, LAST_YEAR + 1 / QUARTERS, 1 / QUARTERS)
    usual = Choices()
    classes = measure_classes(lithography_milestones, process_ramps, usual.asml_start)
    models = [learn(classes[name], usual).model for name in CLASSES]
    reached = [average_chances(model.volume, follower, starts) for model in models]
    weights = np.diff(np.mean(reached, axis=0), append=1.0)
    return ByQuarter(starts + HALF_A_QUARTER, weights)
