"""The joint forecast's headline numbers for many sets of parameters, without the chapter.

The same functions as the chapter calls, on the same random numbers: the numbers
are the chapter's own, to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from models.capability.frontier_gap import fit_frontier_trend
from models.compute.chip_counts import count_chips
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, to_percent
from models.core.random_streams import stream
from models.core.recent import Recent
from models.race.gap_history import trace_monthly_gaps
from models.race.gap_pool import JOINT, Failure, count_chances, pool_chances, simulate_members
from models.race.race_calibration import (
    JUDGED_CHIPS,
    build_sales_contests,
    calibrate,
    select_known_scores,
    write_first_day,
)
from models.race.race_forecasts import sweep
from models.race.race_parameters import (
    CAPABILITY,
    END_YEAR,
    STOCK_YEAR,
    JointCalibration,
    JointParameters,
    list_forecast_dates,
    list_quarters,
)
from models.race.race_priors import learn_growth
from models.race.ruler_error import measure_ruler_error
from models.supply.inflow_growth import InflowGrowth, estimate_coming_growth
from models.supply.power_data import PowerJudged, PowerTables, estimate_world_power
from models.supply.world_stocks import CHIPS_STREAM, POWER_STREAM

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from models.race.lead_forecast import LeadForecast
    from models.race.race_simulation import LeadPaths

HKD_PER_USD = 7.8
"""The Hong Kong dollar is pegged to the US dollar."""
STOCK_DAY = f"{STOCK_YEAR}-12-31"
"""Day for which stocks are counted."""
LEVEL = 0.90
"""Of the intervals that draws are made from; those that are shown may have another level."""
OF_CALIBRATION = ("seed", "trend_start_year", "sales_volatility", "lead_margin_errors")
"""Parameters that `calibrate_race` and `simulate_past_members` read."""
OF_JOINT = tuple(field.name for field in fields(JointParameters))
"""Parameters that `read_joint_parameters` reads."""
_OF_LEARNED = (*OF_CALIBRATION, "interval_level")
_OF_SWEEP = (*_OF_LEARNED, "n_draws")

ComputeHeadlines = Callable[[Sequence[Mapping[str, Any]]], list[dict[str, Estimate]]]
"""From complete sets of parameters to the numbers of each, by name."""


@dataclass(frozen=True)
class PastMembers:
    """The members of the pool that know the gap's past alone.

    Attributes
    ----------
    paths : dict of str to LeadPaths
        By member.
    failed : tuple of Failure
        Members that could not be fitted.
    n_months : int
        Months of the gap that they know.
    """

    paths: dict[str, LeadPaths]
    failed: tuple[Failure, ...]
    n_months: int

    def count_chances(self, margin: float, level: float) -> dict[str, LeadForecast]:
        """Return each member's chances, a lead being held by a margin in points."""
        return {
            name: count_chances(name, each, margin=margin, level=level, n=self.n_months)
            for name, each in self.paths.items()
        }


def prepare_headlines(tables: Mapping[str, pd.DataFrame]) -> ComputeHeadlines:
    """Return a function that gives the model's headline numbers for sets of parameters.

    What is calibrated is kept for the next sets.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables ``capability_index``, ``index_scores``, ``index_vintages``, ``ai_models``,
        ``chips_owned``, ``chips_sold``, ``published_estimates`` and ``listings``, and those
        of power (`models.supply.power_data.TABLES`).

    Returns
    -------
    callable
        Takes a sequence of complete parameters of the chapter `overtake-forecast`, and returns
        in their order, by the headline's name: the chances by year and kind, and the rate at
        which the gap closed. The benchmarks, the past gap and the backtest are the chapter's
        alone. It raises a `ModelInputError` if a parameter is missing or out of bounds, or a
        table is too short.
    """
    return _Headlines(tables).compute


@dataclass(frozen=True)
class _Learned:
    """What the tables say: the race, the chances of the pool's other members, past closing."""

    calibration: JointCalibration
    members: dict[str, LeadForecast]
    closing: Estimate


class _Headlines:
    """Computes headline numbers, calibrating once for all parameters that need the same."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = tables
        self._learned: Recent[_Learned] = Recent()

    def compute(self, parameters: Sequence[Mapping[str, Any]]) -> list[dict[str, Estimate]]:
        groups: dict[tuple[Hashable, ...], list[int]] = {}
        for number, values in enumerate(parameters):
            groups.setdefault(_values(values, _OF_SWEEP), []).append(number)
        found: dict[int, dict[str, Estimate]] = {}
        for numbers in groups.values():
            each = self._compute_alike([parameters[i] for i in numbers])
            found |= zip(numbers, each, strict=True)
        return [found[number] for number in range(len(parameters))]

    def _compute_alike(self, group: Sequence[Mapping[str, Any]]) -> list[dict[str, Estimate]]:
        """Compute for parameters that share what is calibrated and the number of draws."""
        first = group[0]
        level = first["interval_level"]
        learned = self._learned.get(_values(first, _OF_LEARNED), lambda: self._learn(first))
        forecasts = sweep(
            [read_joint_parameters(values) for values in group],
            learned.calibration,
            seed=first["seed"],
            n_draws=first["n_draws"],
            level=level,
        )
        shown = [choose_forecast(learned.members, each, level=level) for each in forecasts]
        return [{**name_chances(each), "closing_rate": learned.closing} for each in shown]

    def _learn(self, parameters: Mapping[str, Any]) -> _Learned:
        calibration = calibrate_race(self._tables, parameters)
        past = simulate_past_members(self._tables, parameters, calibration)
        level = parameters["interval_level"]
        index = select_known_scores(self._tables["capability_index"])
        trend = fit_frontier_trend(
            index,
            since=write_first_day(parameters["trend_start_year"]),
            date=index["date"].max(),
            rng=stream(parameters["seed"], "calibration"),
            level=level,
        )
        members = past.count_chances(calibration.lead_margin, level)
        return _Learned(calibration, members, trend.closing)


def calibrate_race(
    tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, Any]
) -> JointCalibration:
    """Calibrate the race as the chapter's parameters say.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        As `prepare_headlines`.
    parameters : mapping
        At least those of `OF_CALIBRATION`.

    Raises
    ------
    ModelInputError
        As `models.race.race_calibration.calibrate`.
    """
    seed, year, volatility, errors = _values(parameters, OF_CALIBRATION)
    counted = count_chips(
        tables["chips_owned"],
        tables["chips_sold"],
        JUDGED_CHIPS,
        day=STOCK_DAY,
        rng=stream(seed, CHIPS_STREAM),
    )
    ruler_error = measure_ruler_error(
        tables["index_scores"], tables["index_vintages"], rng=stream(seed, "ruler error")
    )
    found = calibrate(
        select_known_scores(tables["capability_index"]),
        tables["ai_models"],
        tables["chips_owned"],
        since=write_first_day(year),
        sales=build_sales_contests(
            tables["published_estimates"],
            tables["listings"],
            hkd_per_usd=HKD_PER_USD,
            volatility=volatility,
        ),
        level=LEVEL,
        lead_margin=errors * ruler_error,
        rng=stream(seed, "calibration"),
        counted=counted,
        power=estimate_world_power(
            PowerTables.pick(tables),
            PowerJudged(),
            day=STOCK_DAY,
            us_chips=counted.usa.p50,
            level=LEVEL,
            rng=stream(seed, POWER_STREAM),
        ),
    )
    growth = estimate_american_growth(tables["chips_sold"], rng=stream(seed, "inflow growth"))
    return replace(found, priors=learn_growth(found.priors, growth.mean))


def estimate_american_growth(sold: pd.DataFrame, *, rng: np.random.Generator) -> InflowGrowth:
    """Growth of the inflow of chips over the years of the race.

    The world's sales reach farther than the table of owners, and American firms are most of it.

    Parameters
    ----------
    sold : DataFrame
        Table ``chips_sold``.
    rng : numpy.random.Generator
        Source of the draws.

    Raises
    ------
    ModelInputError
        As `models.supply.inflow_growth.estimate_coming_growth`.
    """
    return estimate_coming_growth(sold, first_year=STOCK_YEAR + 1, last_year=END_YEAR - 1, rng=rng)


def simulate_past_members(
    tables: Mapping[str, pd.DataFrame],
    parameters: Mapping[str, Any],
    calibration: JointCalibration,
) -> PastMembers:
    """Simulate the members that know the gap's past alone, on the grid of the joint race.

    Parameters
    ----------
    tables, parameters
        As `calibrate_race`.
    calibration : JointCalibration
        Of the joint race.

    Raises
    ------
    ModelInputError
        If the index has no model of a country.
    """
    gaps = trace_monthly_gaps(
        select_known_scores(tables["capability_index"]),
        until=calibration.as_of,
        since=write_first_day(parameters["trend_start_year"]),
    )
    times = list_quarters(calibration.start)
    paths, failed = simulate_members(gaps, times, rng=stream(parameters["seed"], "members"))
    return PastMembers(paths, failed, gaps.size)


def choose_forecast(
    members: Mapping[str, LeadForecast], joint: LeadForecast, *, level: float
) -> LeadForecast:
    """Return what is published: the pool by capability, the joint race by any other meaning.

    Parameters
    ----------
    members : mapping of str to LeadForecast
        The members beside the joint race, by capability.
    joint : LeadForecast
        Of the joint race, by the chosen meaning of leading.
    level : float
        Level of the intervals.
    """
    if joint.definition != CAPABILITY:
        return joint
    return pool_chances({**members, JOINT: joint}, level)


def read_joint_parameters(values: Mapping[str, Any]) -> JointParameters:
    """Return those of the chapter's parameters that the race takes.

    Raises
    ------
    ModelInputError
        If one is missing or out of bounds.
    """
    return JointParameters(**dict(zip(OF_JOINT, _values(values, OF_JOINT), strict=True)))


def name_chances(forecast: LeadForecast) -> dict[str, Estimate]:
    """Return the chances in percent by the name of their headline."""
    return {
        f"probability_{day[:4]}_{kind}": to_percent(forecast.on(day)[place])
        for place, kind in ((2, "lead"), (1, "ever"), (0, "terminal"))
        for day in list_forecast_dates()
    }


def _values(values: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    if missing := [name for name in names if name not in values]:
        raise ModelInputError(f"needs parameters {', '.join(missing)}, got {', '.join(values)}")
    return tuple(values[name] for name in names)
