"""What the race rests on: parameters that are judged, and what is fitted to the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from models.core.arrays import FloatArray, require_bounded
from models.core.errors import ModelInputError
from models.core.timescale import to_decimal_year
from models.race.race_priors import Priors

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from models.core.estimates import Estimate
    from models.core.local_level import LocalLevel
    from models.race.lead_forecast import Contest
    from models.supply.power_limit import WorldPower

LeadingDefinition = Literal["capability", "largest_run", "compute_stock", "revenue", "valuation"]
CAPABILITY: Literal["capability"] = "capability"
ImportRegime = Literal["closed", "as now", "open"]
STEPS_PER_YEAR = 4
END_YEAR = 2031
STOCK_YEAR = 2025
# Firms of each country that race.
FIRMS = 5
_DAY = "01-10"  # the claim was made on 10 January 2026


@dataclass(frozen=True)
class JointParameters:
    """What no data settle, and a reader may change.

    Of the drivers that `models.race.race_priors.DRIVERS` names it is the middle of what is
    drawn that stands here.

    Attributes
    ----------
    leading_definition : {"capability", "largest_run", "compute_stock", "revenue", "valuation"}
        What leading means.
    euv_volume_year : float
        Decimal year of the first volume production with Chinese EUV tools.
    us_compute_growth : float
        Growth factor a year of the American inflow of compute, the mean of five years.
    china_domestic_growth : float
        Growth factor a year of what Chinese wafers hold, before EUV: wafer starts
        times performance per wafer.
    memory_growth : float
        Growth factor a year of the compute that high-bandwidth memory at hand can equip.
    import_regime : {"closed", "as now", "open"}
        Chinese imports after 2025: none, at today's pace, or a share of what the
        United States adds; see `SupplyJudgements`.
    unseen_h100e_thousand : float
        Chinese accelerators outside the data at the end of 2025.
    delivery_share_china, delivery_share_us : float
        Shares of compute that delivery takes from 2028 on; reached evenly from today's.
    efficiency_gain_oom_per_year : float
        Chinese gain of effective compute beyond the past trend, factors of 10 a year.
    diffusion_lag_years : float
        Years until the leader's ideas reach a follower.
    diffusion_rate : float
        Share of the distance to these ideas that is closed, per year; 0 for none.
    trend_weight : float
        Share of the past Chinese gain at equal compute that goes on.
    volatility_factor : float
        Multiplies the lasting shocks that the past shows.
    prior_spread : float
        Multiplies how far the drivers are drawn off their middles; 0 holds each at its own.
    sales_closing_oom_per_year : float
        Rate at which the gaps in revenue and in valuation close.
    power_share_usa : float
        Share of new American generation that AI chips may take.
    """

    leading_definition: LeadingDefinition = "capability"
    euv_volume_year: float = 2037.0
    us_compute_growth: float = 1.6
    china_domestic_growth: float = 1.38
    memory_growth: float = 2.5
    import_regime: ImportRegime = "as now"
    unseen_h100e_thousand: float = 1500.0
    delivery_share_china: float = 0.33
    delivery_share_us: float = 0.46
    efficiency_gain_oom_per_year: float = 0.0
    diffusion_lag_years: float = 0.57
    diffusion_rate: float = 0.5
    trend_weight: float = 0.1
    volatility_factor: float = 1.0
    prior_spread: float = 1.0
    sales_closing_oom_per_year: float = 0.0
    power_share_usa: float = 0.75

    def __post_init__(self) -> None:
        """Refuse values outside their meaning."""
        for name, (low, high) in BOUNDS.items():
            require_bounded(getattr(self, name), name, low=low, high=high)
        for name, choices in (
            ("leading_definition", get_args(LeadingDefinition)),
            ("import_regime", get_args(ImportRegime)),
        ):
            if getattr(self, name) not in choices:
                raise ModelInputError(f"{name} must be one of {choices}: {getattr(self, name)!r}")

    def pick(self, names: Sequence[str]) -> tuple[Hashable, ...]:
        """Return the values of some parameters: the key of what depends on no others."""
        return tuple(getattr(self, name) for name in names)


BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "euv_volume_year": (2026.0, 2045.0),
        "us_compute_growth": (0.8, 4.0),
        "china_domestic_growth": (0.8, 4.0),
        "memory_growth": (0.8, 10.0),
        "unseen_h100e_thousand": (0.0, 10_000.0),
        "delivery_share_china": (0.05, 0.95),
        "delivery_share_us": (0.05, 0.95),
        "efficiency_gain_oom_per_year": (-1.0, 1.0),
        "diffusion_lag_years": (0.0, 3.0),
        "diffusion_rate": (0.0, 2.0),
        "trend_weight": (0.0, 1.0),
        "volatility_factor": (0.25, 4.0),
        "prior_spread": (0.0, 2.0),
        "sales_closing_oom_per_year": (-1.0, 1.0),
        "power_share_usa": (0.01, 1.0),
    }
)
"""Ends of every numeric parameter: the ends of its slider."""


@dataclass(frozen=True)
class SupplyJudgements:
    """What the hardware chapter assumes of chips, held fixed here.

    Attributes
    ----------
    euv_multiple : float
        Domestic output with EUV over that without, once ramped up.
    euv_ramp_years : float
        Years from the start of volume production to the full multiple.
    lifetime_years : float
        Years that a chip stays in use.
    growth_spread : float
        The true growth lies within this factor of its centre with 90% credence.
    shared_growth : float
        Correlation of the two countries' growth, from the world's demand.
    judgement_factor : float
        A judged amount or share lies within this factor of its centre with 90% credence.
    unseen_2025_h100e : tuple of float
        Chinese chips outside the data of owners by kind: domestic, smuggled, rented abroad.
    us_share_of_unnamed : float
        American share of the chips that were sold to no named owner.
    performance_growth : float
        Growth factor a year of performance per Chinese wafer, a part of
        `JointParameters.china_domestic_growth`.
    wafers_per_month, accelerator_share, dies_per_wafer, dies_per_chip, die_yield : float
        Of Chinese fabs in 2025, at nodes that accelerators can use.
    h100e_per_chip, utilisation : float
        Rated performance of a Chinese accelerator, and what it delivers of it.
    memory_limited_chips_2026 : float
        Accelerators that high-bandwidth memory can equip in 2026.
    imports_2025_h100e, import_growth : float
        Chinese imports "as now", legal, smuggled and rented abroad, and their growth.
    open_import_share : float
        Chinese imports over American additions where imports are "open".
    unseen_behind_inflow : float
        Chinese accelerators outside the data, thousands, that the output and the imports
        above go with: who counts more of them counts more of those that come in.
    delivery_today_china, delivery_today_us : float
        Shares of compute that delivery takes at the start: ByteDance's at the end of 2025,
        and OpenAI's spending in the first half of 2025, as the chapter on delivery reads them.
    delivery_shift_years : float
        Years in which the shares move from today's to the parameters'.
    lag_today_years : float
        Lag of ideas behind today's distance.
    shared_shocks : float
        Correlation of the two countries' lasting shocks.
    """

    euv_multiple: float = 4.0
    euv_ramp_years: float = 3.0
    lifetime_years: float = 6.0
    growth_spread: float = 1.25
    shared_growth: float = 0.5
    judgement_factor: float = 2.0
    unseen_2025_h100e: tuple[float, ...] = (740e3, 660e3, 100e3)
    us_share_of_unnamed: float = 0.5
    performance_growth: float = 1.15
    wafers_per_month: float = 50e3
    accelerator_share: float = 0.25
    dies_per_wafer: float = 80.0
    dies_per_chip: float = 2.0
    die_yield: float = 0.4
    h100e_per_chip: float = 800 / 989.4  # rated teraflop/s of an Ascend 910C and of an H100
    utilisation: float = 0.8
    memory_limited_chips_2026: float = 300e3
    imports_2025_h100e: float = 300e3
    import_growth: float = 1.2
    open_import_share: float = 0.25
    unseen_behind_inflow: float = 1500.0
    delivery_today_china: float = 0.14
    delivery_today_us: float = 0.46
    delivery_shift_years: float = 2.0
    lag_today_years: float = 0.6
    shared_shocks: float = 0.3


@dataclass(frozen=True)
class ScoreFit:
    """Coefficients of score on log10 compute, year and country, with their covariance.

    Attributes
    ----------
    coefficients : ndarray, shape (3,)
        Points per factor of 10 of compute; points a year; points of the follower
        over the leader at equal compute and date.
    covariance : ndarray, shape (3, 3)
        Clustered by developer.
    n : int
        Models.
    """

    coefficients: FloatArray
    covariance: FloatArray
    n: int


@dataclass(frozen=True)
class JointCalibration:
    """What the tables say, computed once by `models.race.race_calibration.calibrate`.

    Attributes
    ----------
    as_of : str
        ISO date of the latest model on the index.
    fit : ScoreFit
        What compute and time are worth.
    relative_points : Estimate
        Points that a firm gains on the frontier for ten times the frontier's compute.
    closing : Estimate
        Past growth of the follower's frontier less the leader's, points a year.
    equal_compute_gain : Estimate
        What the follower's models gained on the leader's at equal compute, points a year.
    capability_gap, run_gap : LocalLevel
        Leader minus follower, points and factors of 10, by quarter.
    records : tuple of float
        Best score so far of leader and follower, points.
    us_stock, china_stock : Estimate
        H100 equivalents at the end of 2025, all that is counted or judged.
    china_recorded : float
        Those of the Chinese ones that records of owners hold.
    us_inflow_share : float
        Share of the American stock that came in 2025.
    us_past_growth : float
        Growth factor of the American inflow from 2024 to 2025.
    firm_shares : tuple of float
        Shares of the largest owners in their country's compute, adding up to 1.
    share_volatility : float
        Standard deviation of a year's change of a share, factors of 10.
    sales : mapping of str to Contest
        Races in revenue and valuation.
    power : WorldPower, optional
        What limits the power of both countries' chips; None for no limit.
    priors : Priors
        What is drawn of the drivers.
    lead_margin : float
        Points by which a lead on the index must be held to count.
    """

    as_of: str
    fit: ScoreFit
    relative_points: Estimate
    closing: Estimate
    equal_compute_gain: Estimate
    capability_gap: LocalLevel
    run_gap: LocalLevel
    records: tuple[float, float]
    us_stock: Estimate
    china_stock: Estimate
    china_recorded: float
    us_inflow_share: float
    us_past_growth: float
    firm_shares: tuple[float, ...]
    share_volatility: float
    sales: Mapping[str, Contest]
    lead_margin: float
    power: WorldPower | None = None
    priors: Priors = field(default_factory=Priors)

    @property
    def start(self) -> float:
        """Decimal year at which the simulation begins: the quarter's end nearest to `as_of`."""
        return round(STEPS_PER_YEAR * to_decimal_year(self.as_of)) / STEPS_PER_YEAR

    @property
    def n(self) -> int:
        """Observations behind the scarcest of the fitted quantities."""
        return min(self.fit.n, self.capability_gap.n, self.run_gap.n, self.closing.n)


def list_forecast_dates() -> tuple[str, ...]:
    """ISO dates of the forecast: 10 January of 2027 to 2031."""
    return tuple(f"{year}-{_DAY}" for year in range(2027, END_YEAR + 1))


def list_quarters(start: float) -> FloatArray:
    """Decimal years at the ends of quarters from the start to the last date."""
    steps = round((END_YEAR - start) * STEPS_PER_YEAR)
    return start + np.arange(1, steps + 1) / STEPS_PER_YEAR
