"""What the joint model takes from data, and whether its paths move as the past did."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from chapters.overtake_forecast.joint_model import JointForecast
from models.core import units
from models.core.estimates import Estimate
from models.core.random_streams import stream
from models.core.timescale import Moment
from models.race.equal_compute_gain import list_gains_by_start
from models.race.race_calibration import (
    estimate_scores,
    list_quarterly_gaps,
)
from models.race.race_definitions import VolatilityCheck, check_volatility
from models.race.race_simulation import LeadPaths, simulate_leads
from models.race.race_stocks import project_race_stocks
from models.race.race_words import to_millions
from models.supply.world_stocks import N_PATHS, STOCKS_STREAM
from overtake.core import prose


@dataclass(frozen=True)
class GainSince:
    """What Chinese models gained at equal compute, counted from one year on.

    Attributes
    ----------
    year : int
        First year of the models.
    gain : Estimate
        Points a year.
    """

    year: int
    gain: Estimate


@dataclass(frozen=True)
class Range:
    """Where nine in ten draws of a driver lie, in the driver's unit.

    Attributes
    ----------
    low, high : float
        Its 5th and 95th percentile.
    """

    low: float
    high: float


@dataclass(frozen=True)
class Fitted:
    """What is fitted, with a check of what was not fitted one by one.

    Attributes
    ----------
    compute, year, premium : Estimate
        Points for ten times the training compute; for a year at equal compute; of Chinese
        models over American ones at equal compute and date.
    closing : Estimate
        Past closing of the gap, points a year.
    equal_compute_gain : Estimate
        What Chinese models gained on American ones at equal compute, points a year.
    gains : tuple of GainSince
        The same by the year from which it is counted.
    goes_on : Range
        Where nine in ten draws lie of the share of it that goes on.
    relative : Estimate
        Points that a firm gains on the frontier for ten times the frontier's compute.
    run_gap : Estimate
        Gap in the largest runs without passing luck, orders of magnitude.
    us_stock, china_stock : Estimate
        Chips at the end of 2025, millions of H100 equivalents.
    share_volatility : float
        A year's change of an owner's share, orders of magnitude.
    n_runs : int
        Quarters of the gap between the largest runs.
    n_judged : int
        Drivers that no table settles.
    stock_first, stock_last : float
        American chips in use over Chinese, medians at the ends of 2025 and of 2030.
    check : VolatilityCheck
        Shares of simulated gaps that change more than the past one.
    past_gaps : tuple of float
        The gap by quarter, points.
    lead : LeadPaths
        Simulated lead on the capability index.
    """

    compute: Estimate
    year: Estimate
    premium: Estimate
    relative: Estimate
    closing: Estimate
    equal_compute_gain: Estimate
    gains: tuple[GainSince, ...]
    goes_on: Range
    run_gap: Estimate
    us_stock: Estimate
    china_stock: Estimate
    share_volatility: float
    n_runs: int
    n_judged: int
    stock_first: float
    stock_last: float
    check: VolatilityCheck
    past_gaps: tuple[float, ...]
    lead: LeadPaths

    @property
    def stock_ratio_stays(self) -> bool:
        """Whether the ratio of compute reads the same at both ends."""
        return prose.number(self.stock_first) == prose.number(self.stock_last)


def describe_fit(
    joint: JointForecast, index: pd.DataFrame, *, since: Moment, level: float
) -> Fitted:
    """Describe what is fitted, and check the spread of the simulated gaps.

    Parameters
    ----------
    joint : JointForecast
        With the calibration.
    index : DataFrame
        Models of known day and country on the capability index.
    since : date
        First day of the models that the past gap is taken from.
    level : float
        Level of the credible intervals; those of the regression are of 90%.

    Raises
    ------
    ModelInputError
        If the past is shorter than six quarters.
    """
    found = joint.calibration
    compute, year, premium = estimate_scores(found.fit)
    lead = simulate_leads([joint.by_capability], found, seed=joint.seed)[0]
    past_gaps = list_quarterly_gaps(index, since=since, value="eci")
    first, last = _median_stock_ratios(joint)
    return Fitted(
        compute=compute,
        year=year,
        premium=premium,
        relative=found.relative_points,
        closing=found.closing,
        equal_compute_gain=found.equal_compute_gain,
        gains=tuple(
            GainSince(*by_year) for by_year in list_gains_by_start(index, level=level).items()
        ),
        goes_on=Range(
            *found.priors.by_name["trend_weight"].ends(
                joint.parameters.trend_weight, joint.parameters.prior_spread
            )
        ),
        run_gap=found.run_gap.estimate("level", level, units.ORDERS),
        us_stock=to_millions(found.us_stock),
        china_stock=to_millions(found.china_stock),
        share_volatility=found.share_volatility,
        n_runs=found.run_gap.n,
        n_judged=len(found.priors.names_by_basis("estimate", "judgement")),
        stock_first=first,
        stock_last=last,
        check=check_volatility(lead, past_gaps),
        past_gaps=tuple(past_gaps),
        lead=lead,
    )


def _median_stock_ratios(joint: JointForecast) -> tuple[float, float]:
    """At the ends of the first and of the last year."""
    world = project_race_stocks(
        joint.parameters,
        joint.calibration,
        rng=stream(joint.seed, STOCKS_STREAM),
        n_paths=N_PATHS,
    )
    medians = np.median(world.ratio_in_use, axis=0)
    return float(medians[0]), float(medians[-1])
