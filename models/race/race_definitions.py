"""What leading can mean, and what is asked by which day."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.errors import ModelInputError
from models.race.race_parameters import (
    CAPABILITY,
    LeadingDefinition,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.arrays import FloatArray
    from models.core.timescale import Moment
    from models.race.lead_forecast import LeadForecast
    from models.race.race_simulation import LeadPaths

LARGEST_RUN: Literal["largest_run"] = "largest_run"
DEFINITIONS: Mapping[LeadingDefinition, str] = MappingProxyType(
    {
        CAPABILITY: "Capability index",
        LARGEST_RUN: "Largest training run",
        "compute_stock": "Compute owned",
        "revenue": "Revenue",
        "valuation": "Valuation",
    }
)
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "euv_volume_year": "EUV volume year",
        "us_compute_growth": "US inflow growth",
        "china_domestic_growth": "Chinese wafer growth",
        "memory_growth": "Chinese memory growth",
        "import_regime": "Import regime",
        "unseen_h100e_thousand": "Unseen chips",
        "delivery_share_china": "Delivery share, China",
        "delivery_share_us": "Delivery share, US",
        "efficiency_gain_oom_per_year": "Efficiency gain",
        "diffusion_lag_years": "Lag of ideas",
        "diffusion_rate": "Pull of ideas",
        "trend_weight": "Past gain goes on",
        "volatility_factor": "Volatility",
        "power_share_usa": "US share of new power",
        "equal_compute_gain": "Past gain, points a year",
        "gap": "Gap today, points",
        "relative_points": "Points for ten times",
        "china_stock": "Chinese chips today, H100e",
        "gap_permanent": "Lasting shocks, points",
    }
)
LIN = 0.20
"""Lin Junyang put the chance of a leapfrog below it."""


@dataclass(frozen=True)
class DatedQuestion:
    """A question that a day will settle, and the model's chance of yes.

    Attributes
    ----------
    question : str
        With its metric and threshold.
    date : str
        ISO date by which it is settled.
    probability : float
        Chance that the answer is yes.
    """

    question: str
    date: str
    probability: float


@dataclass(frozen=True)
class VolatilityCheck:
    """Shares of simulated paths whose changes spread wider than those of the past.

    Attributes
    ----------
    quarter : float
        Share of simulated paths whose changes over a quarter spread wider than past ones.
    year : float
        Share of simulated paths whose changes over a year spread wider than past ones.
    """

    quarter: float
    year: float

    @property
    def fits(self) -> bool:
        """Whether the past is unusual by neither, at a level of 10%."""
        return all(0.05 <= share <= 0.95 for share in (self.quarter, self.year))  # noqa: PLR2004


def trace_steps(frontiers: Mapping[str, pd.DataFrame], *, until: Moment) -> pd.DataFrame:
    """Return the frontiers as steps: each country's records, held until a day.

    Raises
    ------
    ModelInputError
        If there is no country.
    """
    if not frontiers:
        raise ModelInputError("needs a frontier, got none")
    parts = []
    for country, frontier in frontiers.items():
        held = frontier[["date", "eci"]].sort_values("date")
        end = pd.DataFrame({"date": [pd.Timestamp(until)], "eci": [held["eci"].iloc[-1]]})
        parts.append(pd.concat([held, end], ignore_index=True).assign(country=country))
    return pd.concat(parts, ignore_index=True)[["country", "date", "eci"]]


def tabulate_by_definition(
    forecasts: Mapping[LeadingDefinition, LeadForecast], date: str
) -> pd.DataFrame:
    """Return the forecasts of one date, a row for each definition."""
    frames = [
        forecast.to_frame().assign(definition=DEFINITIONS[name])
        for name, forecast in forecasts.items()
    ]
    rows = pd.concat(frames, ignore_index=True)
    return rows[rows["date"] == date].reset_index(drop=True)


def ask_dated_questions(paths: Mapping[str, Sequence[LeadPaths]]) -> list[DatedQuestion]:
    """Questions by which the forecast will be scored, with its chances.

    All are about what a table holds; compute owned is no such thing.

    Parameters
    ----------
    paths : mapping of str to sequence of LeadPaths
        By meaning of leading, one entry for each member of the pool; all count alike.
    """
    index, runs = paths[CAPABILITY], paths[LARGEST_RUN]
    return [
        _on_index("within 5 points of", "2026-12-31", [p.at(2027.0) > -5 for p in index]),  # noqa: PLR2004
        _on_index("15 points or more behind", "2026-12-31", [p.at(2027.0) <= -15 for p in index]),  # noqa: PLR2004
        _on_index("ahead of", "2027-12-31", [p.at(2028.0) > 0 for p in index]),
        DatedQuestion(
            "Has a Chinese model been ahead on the index on the last day of some quarter?",
            "2028-12-31",
            float(np.mean([_ever(p, 2029.0) for p in index])),
        ),
        DatedQuestion(
            "Is the largest known Chinese training run within a factor of 10 of the American?",
            "2027-12-31",
            _mean_share([p.at(2028.0) > -1 for p in runs]),
        ),
    ]


def check_volatility(paths: LeadPaths, gaps: Sequence[float]) -> VolatilityCheck:
    """How unusual the past volatility is among simulated paths of the same length.

    A posterior predictive check (Gelman et al. 2013, *Bayesian Data Analysis*,
    section 6.3) of what the model was not fitted on one by one: the spread of
    changes over one quarter and over four.

    Raises
    ------
    ModelInputError
        If the past is shorter than six quarters, or longer than the paths.
    """
    past, steps_ahead = np.asarray(gaps, dtype=float), paths.lead.shape[2]
    if not 6 <= past.size <= steps_ahead:  # noqa: PLR2004
        raise ModelInputError(f"needs 6 to {steps_ahead} quarters of the past, got {past.size}")
    simulated = paths.lead.reshape(-1, steps_ahead)[:, : past.size]
    quarter, year = (
        float(np.mean(_spread(simulated, length) > _spread(past[np.newaxis], length)))
        for length in (1, 4)
    )
    return VolatilityCheck(quarter, year)


def _spread(series: FloatArray, length: int) -> FloatArray:
    return np.asarray((series[:, length:] - series[:, :-length]).std(axis=1))


def _on_index(place: str, date: str, events: Sequence[npt.NDArray[np.bool_]]) -> DatedQuestion:
    question = f"Is the best Chinese model {place} the best American one on the index?"
    return DatedQuestion(question, date, _mean_share(events))


def _mean_share(events: Sequence[npt.NDArray[np.bool_]]) -> float:
    """Return the mean of the members' shares."""
    return float(np.mean([event.mean() for event in events]))


def _ever(paths: LeadPaths, time: float) -> float:
    until = paths.times <= time
    return float((paths.lead[:, :, until] > 0).any(axis=2).mean())
