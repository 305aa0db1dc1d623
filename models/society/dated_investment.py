"""A dated question on money: how many times the Chinese private investment the American is."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from models.core.dated_events import Measure, SettledEvent, compute_chance_of_rise, settle_event
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.timescale import Moment

RATIO = "investment_ratio"
SERIES = "private_quid"


def list_log_ratios(investment: pd.DataFrame) -> pd.Series[float]:
    """Return the logarithm of American over Chinese private investment by year."""
    rows = investment[investment["series"] == SERIES]
    pair = rows.pivot_table(index="year", columns="country", values="investment_usd")
    ratios = (pair["USA"] / pair["CHN"]).dropna()
    return pd.Series(np.log(ratios.to_numpy(dtype=float)), index=ratios.index)


def measure_ratio(investment: pd.DataFrame, due: pd.Timestamp) -> float | None:
    """Return the ratio in the year of a day; None until it is known."""
    ratios = list_log_ratios(investment)
    return math.exp(ratios[due.year]) if due.year in ratios.index else None


def compute_chance_of_ratio(investment: pd.DataFrame, *, year: int, at_least: float) -> float:
    """Chance that the ratio of a year to come reaches a threshold, from its past yearly changes.

    Parameters
    ----------
    investment : DataFrame
        Table ``ai_investment``.
    year : int
        After the last one with data.
    at_least : float
        Times.

    Raises
    ------
    ModelInputError
        If the year is not to come, or there are too few years.
    """
    ratios = list_log_ratios(investment)
    last = int(ratios.index.max())
    if year <= last:
        raise ModelInputError(f"needs a year after {last}, got {year}")
    changes = tuple(map(float, ratios.diff().dropna()))
    needed = math.log(at_least) - float(ratios.loc[last])
    return compute_chance_of_rise(changes, needed, steps=year - last)


MEASURES: Mapping[str, Measure] = MappingProxyType({RATIO: measure_ratio})


def settle(
    forecast: Mapping[str, Any], table: pd.DataFrame, *, reached: Moment
) -> SettledEvent | None:
    """Settle a question of this module; see `models.core.dated_events.settle_event`."""
    return settle_event(forecast, table, reached=reached, measures=MEASURES)
