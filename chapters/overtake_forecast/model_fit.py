"""What the joint model takes from data, and whether its paths move as the past did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.core import units
from models.core.random_streams import stream
from models.race.race_calibration import estimate_scores
from models.race.race_definitions import VolatilityCheck, check_volatility
from models.race.race_simulation import LeadPaths, simulate_leads
from models.race.race_stocks import project_race_stocks
from models.race.race_words import to_millions
from models.supply.world_stocks import N_PATHS, STOCKS_STREAM
from overtake.core import prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.estimates import Estimate
    from models.race.race_parameters import JointCalibration, JointParameters

    from chapters.overtake_forecast.race_inputs import Race


@dataclass(frozen=True)
class GainSince:
    """What Chinese models gained at equal compute, counted from one year on.

    Attributes
    ----------
    year : int
        First year of the models.
    gain : Estimate
        Index points a year.
    """

    year: int
    gain: Estimate


@dataclass(frozen=True)
class Range:
    """Where nine in ten draws of a driver lie, in the driver's unit.

    Attributes
    ----------
    low : float
        Lower end of nine draws in ten.
    high : float
        Upper end of nine draws in ten.
    """

    low: float
    high: float


@dataclass(frozen=True)
class Fitted:
    """What is fitted, with a check of what was not fitted one by one.

    Attributes
    ----------
    compute : Estimate
        Index points that ten times the training compute adds to a model.
    year : Estimate
        Index points that models gain in a year at equal training compute.
    premium : Estimate
        Index points of Chinese models over American ones at equal compute and date.
    closing : Estimate
        Past closing of the gap, points a year.
    equal_compute_gain : Estimate
        Index points a year that Chinese models gained on American ones at equal compute.
    gains : tuple of GainSince
        What Chinese models gained on American ones at equal compute, from a year on.
    goes_on : Range
        Share of the past Chinese gain at equal compute that goes on.
    relative : Estimate
        Index points that a firm gains on the frontier for ten times the frontier's compute.
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
    stock_first : float
        American over Chinese AI chips in use at the end of 2025, times (median of paths).
    stock_last : float
        American over Chinese AI chips in use at the end of 2030, times (median of paths).
    check : VolatilityCheck
        Whether simulated gaps move as the past one did.
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


@dataclass(frozen=True)
class SimulatedFit:
    """What the fit comes to on paths.

    Attributes
    ----------
    lead : LeadPaths
        Lead on the capability index.
    stock_first, stock_last : float
        American chips in use over Chinese, medians at the first and the last end of a year.
    """

    lead: LeadPaths
    stock_first: float
    stock_last: float


def simulate_fit(race: Race) -> SimulatedFit:
    """Simulate the lead on the capability index, and both countries' chips.

    Parameters
    ----------
    race : Race
        What is simulated.
    """
    lead = simulate_leads([race.parameters], race.calibration, seed=race.seed)[0]
    return SimulatedFit(lead, *_median_stock_ratios(race))


def describe_fit(
    parameters: JointParameters,
    found: JointCalibration,
    simulated: SimulatedFit,
    past_gaps: Sequence[float],
    gains: Mapping[int, Estimate],
    *,
    level: float,
) -> Fitted:
    """Describe what is fitted, and check the spread of the simulated gaps.

    Parameters
    ----------
    parameters : JointParameters
        What is judged.
    found : JointCalibration
        What is fitted, with intervals of the level.
    simulated : SimulatedFit
        From `simulate_fit`.
    past_gaps : sequence of float
        The gap by quarter, points.
    gains : mapping of int to Estimate
        What was gained at equal compute, by the year from which it is counted.
    level : float
        Level of the credible intervals; those of the regression are of 90%.

    Raises
    ------
    ModelInputError
        If the past is shorter than six quarters.
    """
    compute, year, premium = estimate_scores(found.fit)
    return Fitted(
        compute=compute,
        year=year,
        premium=premium,
        relative=found.relative_points,
        closing=found.closing,
        equal_compute_gain=found.equal_compute_gain,
        gains=tuple(GainSince(*by_year) for by_year in gains.items()),
        goes_on=Range(
            *found.priors.by_name["trend_weight"].ends(
                parameters.trend_weight, parameters.prior_spread
            )
        ),
        run_gap=found.run_gap.estimate("level", level, units.ORDERS),
        us_stock=to_millions(found.us_stock),
        china_stock=to_millions(found.china_stock),
        share_volatility=found.share_volatility,
        n_runs=found.run_gap.n,
        n_judged=len(found.priors.names_by_basis("estimate", "judgement")),
        stock_first=simulated.stock_first,
        stock_last=simulated.stock_last,
        check=check_volatility(simulated.lead, past_gaps),
        past_gaps=tuple(past_gaps),
        lead=simulated.lead,
    )


def _median_stock_ratios(race: Race) -> tuple[float, float]:
    """At the ends of the first and of the last year."""
    world = project_race_stocks(
        race.parameters,
        race.calibration,
        rng=stream(race.seed, STOCKS_STREAM),
        n_paths=N_PATHS,
    )
    medians = np.median(world.ratio_in_use, axis=0)
    return float(medians[0]), float(medians[-1])
