"""The chapter's headline numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core.estimates import Estimate, to_percent
from models.race.race_batch import name_chances
from models.race.race_definitions import LARGEST_RUN
from overtake.chapter.results import Number

if TYPE_CHECKING:
    from chapters.overtake_forecast.definitions_of_leading import Definitions
    from chapters.overtake_forecast.frontiers import Standing
    from chapters.overtake_forecast.other_methods import Methods
    from chapters.overtake_forecast.past_forecasts import PastForecasts
    from chapters.overtake_forecast.pooled import Pooled


def collect_numbers(
    pooled: Pooled,
    methods: Methods,
    standing: Standing,
    past: PastForecasts,
    definitions: Definitions,
    *,
    closing: Estimate,
    data_until: str,
) -> dict[str, Number]:
    """Return the headline numbers by name, most important first.

    Parameters
    ----------
    pooled, methods, standing, past, definitions
        What the sections found.
    closing : Estimate
        Rate at which the gap closed, points a year.
    data_until : str
        Day to which the capability index reaches.
    """
    estimates = {
        **name_chances(pooled.chosen.forecast),
        **{f"{member.name}_2031_lead": to_percent(member.late.held) for member in pooled.members},
        "base_rate_2031_lead": to_percent(methods.base.late),
        "capability_gap_points": standing.gap,
        "capability_lag_months": standing.lag.lag,
        "closing_rate": closing,
        "backtest_crps_ratio": past.ratio,
        "largest_run_2031_lead": to_percent(definitions.by_name[LARGEST_RUN].outlook.late.held),
    }
    digits = {"capability_lag_months": standing.lag.digits}
    return {
        name: Number(estimate, data_until, digits.get(name, 2))
        for name, estimate in estimates.items()
    }
