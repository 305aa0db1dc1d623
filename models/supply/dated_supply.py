"""Dated questions on supply: working chips from EUV, and what electricity a year adds."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from models.core.dated_events import Measure, SettledEvent, settle_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from models.core.timescale import Moment

CHIPS, ADDED = "euv_working_chips", "added_electricity"
CANDIDATE, WORKING_CHIPS = "china-euv", "first_working_chips"


def count_working_chips(milestones: pd.DataFrame, due: pd.Timestamp) -> float:
    """Return 1 if the Chinese EUV programme is reported to have made working chips by a day."""
    rows = milestones[
        (milestones["programme"] == CANDIDATE) & (milestones["milestone"] == WORKING_CHIPS)
    ]
    seen = ~rows["censored"].astype(bool) & (rows["date"] <= due)
    return float(seen.any())


def measure_added_electricity(
    electricity: pd.DataFrame, due: pd.Timestamp, *, country: str = "USA"
) -> float | None:
    """Return by how much generation rose in the year of a day, TWh; None until it is known."""
    own = electricity[electricity["country"] == country]
    by_year = own.set_index("year")["generation_twh"].dropna()
    if not {due.year - 1, due.year} <= set(by_year.index):
        return None
    return float(by_year[due.year] - by_year[due.year - 1])


def list_yearly_additions(
    electricity: pd.DataFrame, *, years: int, country: str = "USA"
) -> tuple[float, ...]:
    """Return by how much generation rose in each of the last years, TWh."""
    own = electricity[electricity["country"] == country].sort_values("year")
    changes = own["generation_twh"].diff().dropna().tail(years)
    return tuple(map(float, changes))


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {CHIPS: count_working_chips, ADDED: measure_added_electricity}
)


def settle(
    forecast: Mapping[str, Any], table: pd.DataFrame, *, reached: Moment
) -> SettledEvent | None:
    """Settle a question of this module; see `models.core.dated_events.settle_event`."""
    return settle_event(forecast, table, reached=reached, measures=MEASURES)
