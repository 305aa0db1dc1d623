r"""One model of the race, from chips to the best model of any firm.

For country c with stock of compute K (`models.supply.compute_stock`) and delivery share d, the
change of a firm's training compute in factors of 10 is that of its country's
research compute plus that of its share s of it:

.. math:: \Delta C_i = \Delta \log_{10} [K_c (1 - d_c)] + \Delta \log_{10} s_i

A firm's new model scores

.. math:: x_i = L_c + b\,\Delta C_i + A_c + v_i

with b points per factor of 10 and firm's luck v, new at every release. The
algorithmic levels A grow at one rate a and are shaken by lasting shocks. The
follower's moves towards what the leader's was one lag :math:`\ell` ago; the
leader's moves towards the follower's, once that is ahead:

.. math::
    dA_F &= a\,dt + \kappa [A_L(t - \ell) - A_F(t) - D]\,dt + \sigma\,dW_F
            + (w \delta + b e)\,dt \\
    dA_L &= a\,dt + \kappa \max(A_F(t - \ell) - A_L(t), 0)\,dt + \sigma\,dW_L

D is today's distance at today's lag, so that nothing changes unless something is
changed; w is the share of the past closing :math:`\delta` that goes on, e a gain of
the follower beyond the past. What is fitted (b, a, :math:`\delta`, today's gap, both
spreads) is drawn from its own interval or posterior in every path. Capability
feeds back into nothing: from whatever start, it grows linearly in time and in the
logarithm of compute, and no run can reach infinity.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Generic, Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt

from models.compute.compute_allocation import research_compute
from models.core import units
from models.core.arrays import FloatArray, Numbers, bounded, positive
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level
from models.core.local_level import LocalLevel
from models.core.random_draws import lognormal_draws, normal_draws
from models.core.timescale import decimal_year
from models.race.lead_forecast import Contest, LeadForecast, lead_probability
from models.supply.compute_stock import (
    FabAssumptions,
    SupplyAssumptions,
    project_stock,
    supply_from_fabs,
)

LeadingDefinition = Literal["capability", "largest_run", "compute_stock", "revenue", "valuation"]
ImportRegime = Literal["closed", "as now", "open"]
_Kept = TypeVar("_Kept")
# Firms' luck needs seven digits, not sixteen: half the memory, and faster.
SingleArray = npt.NDArray[np.float32]
STEPS_PER_YEAR = 4
END_YEAR = 2031
STOCK_YEAR = 2025
_DAY = "01-10"  # the claim was made on 10 January 2026
_PATHS_AT_ONCE = 5_000
_SMALLEST_INNER = 20
_KEYS_KEPT = 16  # scenarios that are neighbours share their parts; more would only take memory
# What stocks of compute depend on, and the levels of ideas.
_OF_STOCKS = (
    "euv_volume_year",
    "us_compute_growth",
    "china_domestic_growth",
    "memory_growth",
    "import_regime",
    "unseen_h100e_thousand",
)
_OF_IDEAS = (
    "leading_definition",
    "efficiency_gain_oom_per_year",
    "diffusion_lag_years",
    "diffusion_rate",
    "trend_weight",
    "volatility_factor",
)
# Mean and standard deviation of the largest of 5 standard normal numbers (Harter 1961, table 1).
FIRMS, _MEAN_OF_LARGEST, _SD_OF_LARGEST = 5, 1.16296, 0.66898


@dataclass(frozen=True)
class JointParameters:
    """What no data settle, and a reader may change.

    Attributes
    ----------
    leading_definition : {"capability", "largest_run", "compute_stock", "revenue", "valuation"}
        What leading means.
    euv_volume_year : float
        Decimal year of the first volume production with Chinese EUV tools.
    us_compute_growth : float
        Growth factor a year of the American inflow of compute.
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
        Share of the past closing not explained by compute that goes on.
    volatility_factor : float
        Multiplies the lasting shocks that the past shows.
    sales_closing_oom_per_year : float
        Rate at which the gaps in revenue and in valuation close.
    """

    leading_definition: LeadingDefinition = "capability"
    euv_volume_year: float = 2030.0
    us_compute_growth: float = 1.5
    china_domestic_growth: float = 1.38
    memory_growth: float = 2.5
    import_regime: ImportRegime = "as now"
    unseen_h100e_thousand: float = 600.0
    delivery_share_china: float = 0.7
    delivery_share_us: float = 0.4
    efficiency_gain_oom_per_year: float = 0.0
    diffusion_lag_years: float = 0.6
    diffusion_rate: float = 0.5
    trend_weight: float = 0.1
    volatility_factor: float = 1.0
    sales_closing_oom_per_year: float = 0.0

    def __post_init__(self) -> None:
        """Refuse values outside their meaning."""
        for name, (low, high) in BOUNDS.items():
            bounded(getattr(self, name), name, low=low, high=high)
        for name, choices in (
            ("leading_definition", get_args(LeadingDefinition)),
            ("import_regime", get_args(ImportRegime)),
        ):
            if getattr(self, name) not in choices:
                raise ModelInputError(f"{name} must be one of {choices}: {getattr(self, name)!r}")


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
        "sales_closing_oom_per_year": (-1.0, 1.0),
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
    delivery_today_china, delivery_today_us : float
        Shares of compute that delivery takes today.
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
    wafers_per_month: float = 50e3
    accelerator_share: float = 0.25
    dies_per_wafer: float = 80.0
    dies_per_chip: float = 2.0
    die_yield: float = 0.4
    h100e_per_chip: float = 0.79
    utilisation: float = 0.8
    memory_limited_chips_2026: float = 300e3
    imports_2025_h100e: float = 300e3
    import_growth: float = 1.2
    open_import_share: float = 0.25
    delivery_today_china: float = 0.7
    delivery_today_us: float = 0.4
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
    closing : Estimate
        Past growth of the follower's frontier less the leader's, points a year.
    compute_closing : Estimate
        The same of training compute, factors of 10 a year.
    capability_gap, run_gap : LocalLevel
        Leader minus follower, points and factors of 10, by quarter.
    records : tuple of float
        Best score so far of leader and follower, points.
    us_stock, china_stock : Estimate
        H100 equivalents at the end of 2025 in the table.
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
    """

    as_of: str
    fit: ScoreFit
    closing: Estimate
    compute_closing: Estimate
    capability_gap: LocalLevel
    run_gap: LocalLevel
    records: tuple[float, float]
    us_stock: Estimate
    china_stock: Estimate
    us_inflow_share: float
    us_past_growth: float
    firm_shares: tuple[float, ...]
    share_volatility: float
    sales: Mapping[str, Contest]

    @property
    def start(self) -> float:
        """Decimal year at which the simulation begins: the quarter's end nearest to `as_of`."""
        return round(STEPS_PER_YEAR * decimal_year(self.as_of)) / STEPS_PER_YEAR

    @property
    def n(self) -> int:
        """Observations behind the scarcest of the fitted quantities."""
        return min(self.fit.n, self.capability_gap.n, self.run_gap.n, self.closing.n)


@dataclass(frozen=True)
class LeadPaths:
    """The follower's lead, path by path.

    Attributes
    ----------
    times : ndarray, shape (k,)
        Decimal years at the ends of quarters after the start.
    lead : ndarray, shape (n_draws, paths_per_draw, k)
        Points or factors of 10; negative while the follower is behind. Paths of one
        draw share what is fitted and differ in shocks.
    """

    times: FloatArray
    lead: FloatArray

    def at(self, time: float) -> FloatArray:
        """Lead of all paths at a decimal year of the grid, shape (n_paths,).

        Raises
        ------
        ModelInputError
            If the time is not on the grid.
        """
        near = np.abs(self.times - time)
        if near.min() > 0.5 / STEPS_PER_YEAR:
            raise ModelInputError(f"needs a time of {self.times[0]} to {self.times[-1]}: {time}")
        return np.asarray(self.lead[:, :, int(near.argmin())].ravel())


def overtake_probability(
    parameters: JointParameters,
    calibration: JointCalibration,
    *,
    seed: int,
    n_draws: int = 400,
    paths_per_draw: int = 50,
    level: float = 0.90,
    judgements: SupplyJudgements | None = None,
) -> LeadForecast:
    """Chance that a firm of the follower leads on 10 January of 2027 to 2031, and ever has by then.

    Same seed, same random numbers: differences between two sets of parameters are
    those of the parameters.

    Parameters
    ----------
    parameters : JointParameters
        What is judged.
    calibration : JointCalibration
        What is fitted.
    seed : int
        Seed of all draws.
    n_draws, paths_per_draw : int
        Draws of what is fitted, and paths of shocks for each; their product is
        the number of paths.
    level : float
        Level of the intervals, which are credible intervals of the chance over
        what is fitted, with the noise of finite paths taken out.
    judgements : SupplyJudgements, optional
        The hardware chapter's by default.

    Raises
    ------
    ModelInputError
        If there are fewer than 20 draws or paths for each, or the level is not in (0, 1).
    """
    runs = {"seed": seed, "n_draws": n_draws, "paths_per_draw": paths_per_draw}
    return sweep([parameters], calibration, **runs, level=level, judgements=judgements)[0]


def sweep(
    scenarios: Sequence[JointParameters],
    calibration: JointCalibration,
    *,
    seed: int,
    n_draws: int = 400,
    paths_per_draw: int = 50,
    level: float = 0.90,
    judgements: SupplyJudgements | None = None,
) -> list[LeadForecast]:
    """`overtake_probability` of many scenarios on one set of random numbers.

    Raises
    ------
    ModelInputError
        As `overtake_probability`.
    """
    require_level(level)
    simulated = [p for p in scenarios if p.leading_definition not in calibration.sales]
    inner = paths_per_draw
    shares = np.empty((len(simulated), 2, len(forecast_dates()), n_draws))
    for part, batch in _batches(calibration, judgements, n_draws, inner, seed):
        for found, parameters in zip(shares, simulated, strict=True):
            found[:, :, part] = _shares_ahead(batch.lead(parameters), batch.times, inner)
    forecasts = iter(
        [
            _forecast(p, x, inner, calibration.n, level)
            for p, x in zip(simulated, shares, strict=True)
        ]
    )
    return [
        _sales_forecast(p, calibration, seed, level)
        if p.leading_definition in calibration.sales
        else next(forecasts)
        for p in scenarios
    ]


def simulate_leads(
    scenarios: Sequence[JointParameters],
    calibration: JointCalibration,
    *,
    seed: int,
    n_draws: int = 400,
    paths_per_draw: int = 50,
    judgements: SupplyJudgements | None = None,
) -> list[LeadPaths]:
    """Simulate the lead under each scenario, on one set of random numbers.

    Parameters
    ----------
    scenarios : sequence of JointParameters
        Of definitions that are simulated: revenue and valuation are not.
    calibration, seed, n_draws, paths_per_draw, judgements
        As `overtake_probability`.

    Raises
    ------
    ModelInputError
        If there are fewer than 20 draws or paths for each.
    """
    times = _times(calibration.start)
    leads = [np.empty((n_draws, paths_per_draw, times.size)) for _ in scenarios]
    for part, batch in _batches(calibration, judgements, n_draws, paths_per_draw, seed):
        for parameters, lead in zip(scenarios, leads, strict=True):
            lead[part] = batch.lead(parameters).T.reshape(-1, paths_per_draw, times.size)
    return [LeadPaths(times, lead) for lead in leads]


def capability_lead(
    calibration: JointCalibration,
    parameters: JointParameters,
    *,
    compute_growth: tuple[float, float],
    years: float,
    seed: int,
    n_draws: int = 200,
    paths_per_draw: int = 50,
) -> LeadPaths:
    """Lead on the capability index where compute is given: the part that a past day can test.

    Parameters
    ----------
    compute_growth : tuple of float
        Growth of the leader's and the follower's research compute, factors of 10 a year.
    years : float
        How far ahead, in whole quarters.
    calibration, parameters, seed, n_draws, paths_per_draw
        As `overtake_probability`.

    Raises
    ------
    ModelInputError
        If there are fewer than 20 draws or paths for each, or years are not positive.
    """
    _require_paths(n_draws, paths_per_draw)
    steps = round(float(positive(years, "years")) * STEPS_PER_YEAR)
    elapsed = np.arange(1, steps + 1) / STEPS_PER_YEAR
    fitted = _fitted_draws(calibration, n_draws, np.random.default_rng([seed, 0]))
    lead = np.empty((n_draws, paths_per_draw, steps))
    for part, shocks in _shocks_in_parts(calibration, n_draws, paths_per_draw, steps, seed):
        draws = fitted.part(part, paths_per_draw)
        change = [growth * elapsed[:, np.newaxis] for growth in compute_growth]
        race = _capability(parameters, calibration, SupplyJudgements(), draws)
        ideas, firms = _ideas(race, shocks.lasting), _best_of_firms(race, shocks)
        result = _race_of_firms(race, change, ideas, firms, elapsed)
        lead[part] = result.T.reshape(-1, paths_per_draw, steps)
    return LeadPaths(calibration.start + elapsed, lead)


def stock_ratios(
    parameters: JointParameters,
    calibration: JointCalibration,
    *,
    seed: int,
    n_paths: int = 5_000,
    judgements: SupplyJudgements | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Leader's stock of compute over the follower's, by path and year end.

    Returns
    -------
    tuple of ndarray
        Decimal years, shape (k,); ratios, shape (n_paths, k).

    Raises
    ------
    ModelInputError
        If there are fewer than 20 paths.
    """
    _require_paths(n_paths, _SMALLEST_INNER)
    rng = np.random.default_rng([seed, 0])
    draws = _fitted_draws(calibration, n_paths, rng)
    growth = rng.standard_normal((3, n_paths))
    stocks = _stocks(parameters, calibration, judgements or SupplyJudgements(), draws, growth)
    years = np.arange(STOCK_YEAR + 1.0, END_YEAR + 1)
    return years, 10 ** (stocks[0] - stocks[1])


def forecast_dates() -> tuple[str, ...]:
    """ISO dates of the forecast: 10 January of 2027 to 2031."""
    return tuple(f"{year}-{_DAY}" for year in range(2027, END_YEAR + 1))


@dataclass(frozen=True)
class _Draws:
    """Fitted quantities, each of shape (n,)."""

    points_per_oom: FloatArray
    progress: FloatArray
    premium: FloatArray
    closing: FloatArray
    gap: FloatArray
    gap_permanent: FloatArray
    gap_transitory: FloatArray
    run_gap: FloatArray
    run_permanent: FloatArray
    run_transitory: FloatArray
    us_stock: FloatArray
    china_stock: FloatArray

    def part(self, rows: slice, times: int) -> "_Draws":
        return _Draws(*(np.repeat(x[rows], times) for x in vars(self).values()))


@dataclass(frozen=True)
class _Shocks:
    """Standard normal numbers of a batch of paths."""

    growth: FloatArray  # (3, n): leader, follower, memory
    lasting: FloatArray  # (3, k, n): shared, leader, follower
    share_changes: SingleArray  # (2, firms, k, n), log10
    luck: SingleArray  # (2, firms, k, n)


@dataclass(frozen=True)
class _Race:
    """One measure of leading, as the firms' race sees it; quantities by path, shape (n,)."""

    start: tuple[FloatArray, FloatArray]
    records: tuple[FloatArray, FloatArray]
    per_oom: FloatArray
    progress: FloatArray
    follower_gain: FloatArray
    premium: FloatArray
    volatility: FloatArray
    luck: FloatArray
    pull: float
    lag: float
    lag_today: float
    shared: float


class _Recent(Generic[_Kept]):
    """What was worked out for the last few keys."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept] = {}

    def get(self, key: Hashable, work_out: Callable[[], _Kept]) -> _Kept:
        """Return what belongs to a key, working it out if it is not kept."""
        if key not in self._kept:
            if len(self._kept) == _KEYS_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = work_out()
        return self._kept[key]


class _Batch:
    """Some paths; what scenarios have in common is worked out once."""

    def __init__(
        self,
        calibration: JointCalibration,
        judged: SupplyJudgements,
        draws: _Draws,
        shocks: _Shocks,
    ) -> None:
        start = calibration.start
        self.times = _times(start)
        self._grid = np.concatenate([[start], self.times])
        self._elapsed = self.times - start
        self._calibration, self._judged = calibration, judged
        self._draws, self._shocks = draws, shocks
        self._stocks: _Recent[tuple[list[FloatArray], list[FloatArray]]] = _Recent()
        self._ideas: _Recent[tuple[FloatArray, FloatArray]] = _Recent()
        self._firms: _Recent[SingleArray | FloatArray] = _Recent()

    def lead(self, parameters: JointParameters) -> FloatArray:
        """Follower's lead, shape (k, n)."""
        logs, grown = self._stocks.get(
            _values(parameters, _OF_STOCKS), lambda: self._logs(parameters)
        )
        if parameters.leading_definition == "compute_stock":
            owners = self._firms.get(None, lambda: _largest_owners(self._calibration, self._shocks))
            return np.asarray(logs[1] + owners[1] - logs[0] - owners[0])
        shift = _delivery_shift(parameters, self._judged, self._elapsed)
        change = [x + y[:, np.newaxis] for x, y in zip(grown, shift, strict=True)]
        measure = {"capability": _capability, "largest_run": _largest_run}
        race = measure[parameters.leading_definition](
            parameters, self._calibration, self._judged, self._draws
        )
        ideas = self._ideas.get(
            _values(parameters, _OF_IDEAS), lambda: _ideas(race, self._shocks.lasting)
        )
        firms = self._firms.get(
            parameters.leading_definition, lambda: _best_of_firms(race, self._shocks)
        )
        return _race_of_firms(race, change, ideas, firms, self._elapsed)

    def _logs(self, parameters: JointParameters) -> tuple[list[FloatArray], list[FloatArray]]:
        """Log10 stocks of leader and follower at each time, and their growth since the start."""
        stocks = _stocks(
            parameters, self._calibration, self._judged, self._draws, self._shocks.growth
        )
        logs = [_interpolated(stock, self._grid) for stock in stocks]
        return [x[1:] for x in logs], [x[1:] - x[:1] for x in logs]


def _values(parameters: JointParameters, names: Sequence[str]) -> tuple[object, ...]:
    return tuple(getattr(parameters, name) for name in names)


def _batches(
    calibration: JointCalibration,
    judgements: SupplyJudgements | None,
    n_draws: int,
    paths_per_draw: int,
    seed: int,
) -> Iterator[tuple[slice, _Batch]]:
    """All paths, in batches of whole draws."""
    _require_paths(n_draws, paths_per_draw)
    judged = judgements or SupplyJudgements()
    steps = _times(calibration.start).size
    fitted = _fitted_draws(calibration, n_draws, np.random.default_rng([seed, 0]))
    for part, shocks in _shocks_in_parts(calibration, n_draws, paths_per_draw, steps, seed):
        yield part, _Batch(calibration, judged, fitted.part(part, paths_per_draw), shocks)


def _capability(
    parameters: JointParameters,
    calibration: JointCalibration,
    judged: SupplyJudgements,
    draws: _Draws,
) -> _Race:
    # What of today's gap between records is luck is split between both sides.
    luck_today = (calibration.records[0] - calibration.records[1]) - draws.gap
    records = [np.full_like(draws.gap, record) for record in calibration.records]
    gain = (
        parameters.trend_weight * draws.closing
        + draws.points_per_oom * parameters.efficiency_gain_oom_per_year
    )
    return _Race(
        start=(records[0] - luck_today / 2, records[1] + luck_today / 2),
        records=(records[0], records[1]),
        per_oom=draws.points_per_oom,
        progress=draws.progress,
        follower_gain=gain,
        premium=draws.premium,
        volatility=parameters.volatility_factor * draws.gap_permanent,
        luck=draws.gap_transitory,
        pull=parameters.diffusion_rate,
        lag=parameters.diffusion_lag_years,
        lag_today=judged.lag_today_years,
        shared=judged.shared_shocks,
    )


def _largest_run(
    parameters: JointParameters,
    calibration: JointCalibration,  # noqa: ARG001 - one signature for all measures
    judged: SupplyJudgements,
    draws: _Draws,
) -> _Race:
    """Orders of magnitude: compute is the measure, and ideas do not spread it."""
    none = np.zeros_like(draws.run_gap)
    return _Race(
        start=(none, -draws.run_gap),
        records=(none, -draws.run_gap),
        per_oom=none + 1,
        progress=none,
        follower_gain=none,
        premium=none,
        volatility=parameters.volatility_factor * draws.run_permanent,
        luck=draws.run_transitory,
        pull=0.0,
        lag=0.0,
        lag_today=0.0,
        shared=judged.shared_shocks,
    )


def _race_of_firms(
    race: _Race,
    change: Sequence[FloatArray],
    ideas: Sequence[FloatArray],
    firms: SingleArray | FloatArray,
    elapsed: FloatArray,
) -> FloatArray:
    """Best record of the follower's firms minus that of the leader's, shape (k, n)."""
    trend = race.progress * elapsed[:, np.newaxis]
    expected = _luck_of_each(race) * _MEAN_OF_LARGEST
    best = []
    for side in (0, 1):
        country = race.start[side] + race.per_oom * change[side] + trend + ideas[side]
        newest = country + firms[side] - expected
        best.append(_records(newest, race.records[side]))
    return np.asarray(best[1] - best[0])


def _records(newest: FloatArray, record: FloatArray) -> FloatArray:
    """Best so far, in place; row by row is far quicker than numpy's accumulate."""
    for row in newest:
        np.maximum(row, record, out=row)
        record = row
    return newest


def _luck_of_each(race: _Race) -> FloatArray:
    """Spread of each firm's luck, such that the difference of two largest has the fitted one."""
    return np.asarray(race.luck / (2**0.5 * _SD_OF_LARGEST))


def _best_of_firms(race: _Race, shocks: _Shocks) -> SingleArray:
    """Best firm's share and luck together, leader and follower, shape (2, k, n)."""
    per_oom, luck = race.per_oom.astype(np.float32), _luck_of_each(race).astype(np.float32)
    best = []
    for side in (0, 1):
        firms = per_oom * shocks.share_changes[side]
        firms += luck * shocks.luck[side]
        best.append(firms.max(axis=0))
    return np.stack(best)


def _largest_owners(calibration: JointCalibration, shocks: _Shocks) -> FloatArray:
    """Log10 share of each country's largest owner, shape (2, k, n); shares alike in both."""
    shares = np.log10(np.asarray(calibration.firm_shares))[:, np.newaxis, np.newaxis]
    return np.stack([(shares + changes).max(axis=0) for changes in shocks.share_changes])


def _ideas(race: _Race, lasting: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Algorithmic levels beyond the common growth, each of shape (k, n)."""
    dt = 1 / STEPS_PER_YEAR
    pull = 1 - np.exp(-race.pull * dt)
    scale = race.volatility * dt**0.5 / (2 * (1 - race.shared)) ** 0.5
    common = race.shared**0.5 * lasting[0]
    own = (1 - race.shared) ** 0.5 * lasting[1:]
    lag_lost = race.progress * (race.lag - race.lag_today)
    behind = race.progress * race.lag
    levels = np.zeros((2, lasting.shape[1] + 1, lasting.shape[2]))
    for step in range(lasting.shape[1]):
        leader, follower = levels[:, step]
        seen = _lagged(levels, step, race.lag)
        copied = pull * (seen[0] - follower - lag_lost)
        gain_then = race.follower_gain * max(step * dt - race.lag, 0.0)
        ahead = race.premium + seen[1] + gain_then - behind - leader
        recopied = pull * np.maximum(ahead, 0) if race.pull else 0.0
        shock = scale * (common[step] + own[:, step])
        levels[0, step + 1] = leader + recopied + shock[0]
        levels[1, step + 1] = follower + copied + shock[1]
    gained = race.follower_gain * dt * np.arange(1, lasting.shape[1] + 1)[:, np.newaxis]
    return levels[0, 1:], levels[1, 1:] + gained


def _lagged(levels: FloatArray, step: int, lag: float) -> FloatArray:
    """Both levels a lag ago, between two quarters by interpolation; 0 before the start."""
    back = max(step - lag * STEPS_PER_YEAR, 0.0)
    first = int(back)
    share = back - first
    return np.asarray((1 - share) * levels[:, first] + share * levels[:, min(first + 1, step)])


def _share_changes(calibration: JointCalibration, scores: SingleArray) -> SingleArray:
    """Change of each firm's log10 share, shape (2, firms, k, n): all shares add up to 1."""
    moved = np.cumsum(scores, axis=2)
    moved *= np.float32(calibration.share_volatility * STEPS_PER_YEAR**-0.5 * np.log(10))
    shares = np.asarray(calibration.firm_shares, dtype=np.float32)
    total = np.einsum("f,sfkn->skn", shares, np.exp(moved))
    moved -= np.log(total)[:, np.newaxis]
    moved /= np.float32(np.log(10))
    return moved


def _stocks(
    parameters: JointParameters,
    calibration: JointCalibration,
    judged: SupplyJudgements,
    draws: _Draws,
    scores: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """log10 stocks of leader and follower at year ends from 2025 on, shape (n, years)."""
    unit = np.log(judged.growth_spread) / 1.6448536
    shared = judged.shared_growth
    spread = np.exp(unit * scores[0])
    own = np.exp(unit * (shared * scores[0] + (1 - shared**2) ** 0.5 * scores[1]))
    usa = SupplyAssumptions(
        initial_stock=draws.us_stock,
        domestic_output=draws.us_stock * calibration.us_inflow_share,
        domestic_growth=parameters.us_compute_growth * spread,
        yield_share=1.0,
        imports=0.0,
        import_growth=1.0,
        lifetime_years=judged.lifetime_years,
        past_growth=calibration.us_past_growth,
    )
    china = _chinese_supply(parameters, judged, draws, usa, own, np.exp(unit * scores[2]))
    ends = {"start_year": STOCK_YEAR, "end_year": END_YEAR - 1}
    stocks = (project_stock(side, **ends).stock for side in (usa, china))
    first, second = (np.log10(stock) for stock in stocks)
    return first, second


def _chinese_supply(
    parameters: JointParameters,
    judged: SupplyJudgements,
    draws: _Draws,
    usa: SupplyAssumptions,
    spread: FloatArray,
    memory_spread: FloatArray,
) -> SupplyAssumptions:
    memory_growth = parameters.memory_growth * memory_spread
    fab = FabAssumptions(
        wafers_per_month=judged.wafers_per_month,
        accelerator_share=judged.accelerator_share,
        dies_per_wafer=judged.dies_per_wafer,
        dies_per_chip=judged.dies_per_chip,
        die_yield=judged.die_yield,
        h100e_per_chip=judged.h100e_per_chip,
        utilisation=judged.utilisation,
        capacity_growth=parameters.china_domestic_growth * spread,
        performance_growth=1.0,
        memory_limited_chips=judged.memory_limited_chips_2026 / memory_growth,
        memory_growth=memory_growth,
    )
    imports: dict[ImportRegime, tuple[Numbers, Numbers]] = {
        "closed": (0.0, 1.0),
        "as now": (judged.imports_2025_h100e, judged.import_growth * spread),
        "open": (
            judged.open_import_share * np.asarray(usa.domestic_output),
            usa.domestic_growth,
        ),
    }
    amount, growth = imports[parameters.import_regime]
    return supply_from_fabs(
        fab,
        initial_stock=draws.china_stock + 1000 * parameters.unseen_h100e_thousand,
        imports=amount,
        import_growth=growth,
        lifetime_years=judged.lifetime_years,
        past_growth=usa.past_growth,
        euv_volume_year=parameters.euv_volume_year,
        euv_multiple=judged.euv_multiple,
        euv_ramp_years=judged.euv_ramp_years,
    )


def _interpolated(logs: FloatArray, times: FloatArray) -> FloatArray:
    """Log10 stock at decimal years, linear between year ends, shape (len(times), n)."""
    ends = np.arange(STOCK_YEAR + 1.0, END_YEAR + 1)
    weights = np.maximum(1 - np.abs(times[:, np.newaxis] - ends), 0)
    return np.asarray(weights @ logs.T)


def _delivery_shift(
    parameters: JointParameters, judged: SupplyJudgements, elapsed: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Change of log10 of the share that is left for research, leader and follower."""
    done = np.minimum(elapsed / judged.delivery_shift_years, 1)
    sides = (
        (judged.delivery_today_us, parameters.delivery_share_us),
        (judged.delivery_today_china, parameters.delivery_share_china),
    )
    first, second = (
        np.log10(research_compute(1.0, today + done * (later - today)))
        - np.log10(research_compute(1.0, today))
        for today, later in sides
    )
    return first, second


def _fitted_draws(calibration: JointCalibration, n: int, rng: np.random.Generator) -> _Draws:
    fit = calibration.fit
    root = np.linalg.cholesky(fit.covariance)
    points, progress, premium = fit.coefficients[:, np.newaxis] + root @ rng.standard_normal((3, n))
    scores = rng.standard_normal((4, n))
    points = np.maximum(points, 0)
    explained = points * normal_draws(calibration.compute_closing, scores[1])
    gap, run = (
        _posterior(state, n, rng) for state in (calibration.capability_gap, calibration.run_gap)
    )
    return _Draws(
        points,
        progress,
        premium,
        normal_draws(calibration.closing, scores[0]) - explained,
        *gap,
        *run,
        lognormal_draws(calibration.us_stock, scores[2]),
        lognormal_draws(calibration.china_stock, scores[3]),
    )


def _posterior(
    state: LocalLevel, n: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Level, yearly spread of lasting shocks, spread of luck."""
    rows = rng.integers(state.level.size, size=n)
    yearly = state.permanent_sd[rows] * STEPS_PER_YEAR**0.5
    return state.level[rows], yearly, state.transitory_sd[rows]


def _shocks_in_parts(
    calibration: JointCalibration, n_draws: int, paths_per_draw: int, steps: int, seed: int
) -> Iterator[tuple[slice, _Shocks]]:
    """Batches of whole draws, small enough for the cache."""
    size = max(1, _PATHS_AT_ONCE // paths_per_draw)
    for number, first in enumerate(range(0, n_draws, size), start=1):
        part = slice(first, min(first + size, n_draws))
        n = (part.stop - part.start) * paths_per_draw
        rng = np.random.default_rng([seed, number])
        yield (
            part,
            _Shocks(
                growth=rng.standard_normal((3, n)),
                lasting=rng.standard_normal((3, steps, n)),
                share_changes=_share_changes(
                    calibration, rng.standard_normal((2, FIRMS, steps, n), dtype=np.float32)
                ),
                luck=rng.standard_normal((2, FIRMS, steps, n), dtype=np.float32),
            ),
        )


def _times(start: float) -> FloatArray:
    steps = round((END_YEAR - start) * STEPS_PER_YEAR)
    return start + np.arange(1, steps + 1) / STEPS_PER_YEAR


def _shares_ahead(lead: FloatArray, times: FloatArray, inner: int) -> FloatArray:
    """Share of each draw's paths on which the follower leads, and has led: (2, dates, draws)."""
    ahead = lead > 0
    columns = [int(np.abs(times - int(day[:4])).argmin()) for day in forecast_dates()]
    firsts = [0, *(column + 1 for column in columns[:-1])]
    within = [ahead[a : b + 1].any(axis=0) for a, b in zip(firsts, columns, strict=True)]
    events = np.stack([ahead[columns], np.logical_or.accumulate(within, axis=0)])
    return np.asarray(events.reshape(2, len(columns), -1, inner).mean(axis=3))


def _forecast(
    parameters: JointParameters, shares: FloatArray, inner: int, n: int, level: float
) -> LeadForecast:
    terminal, passed = (
        tuple(_chance(of_draws, inner, n, level) for of_draws in kind) for kind in shares
    )
    return LeadForecast(parameters.leading_definition, forecast_dates(), terminal, passed)


def _chance(shares: FloatArray, inner: int, n: int, level: float) -> Estimate:
    """Mean chance, with the interval over what is fitted, noise of finite paths taken out."""
    mean = float(shares.mean())
    noise = float((shares * (1 - shares)).mean()) / (inner - 1)
    total = float(shares.var(ddof=1))
    kept = (max(total - noise, 0) / total) ** 0.5 if total else 0.0
    ends = mean + kept * (np.quantile(shares, [0.5 - level / 2, 0.5 + level / 2]) - mean)
    low, high = (float(x) for x in np.clip(ends, 0, 1))
    return Estimate(mean, min(low, mean), max(high, mean), level, "credible", n, units.SHARE)


def _sales_forecast(
    parameters: JointParameters, calibration: JointCalibration, seed: int, level: float
) -> LeadForecast:
    contest = calibration.sales[parameters.leading_definition]
    rate = parameters.sales_closing_oom_per_year
    closing = Estimate(rate, rate, rate, level, "range", 0, units.ORDERS_A_YEAR)
    contest = replace(
        contest,
        past_closing=closing,
        volatility=parameters.volatility_factor * contest.volatility,
    )
    forecast = lead_probability(
        contest, forecast_dates(), rng=np.random.default_rng([seed, 0]), level=level
    )
    return replace(forecast, definition=parameters.leading_definition)


def _require_paths(n_draws: int, paths_per_draw: int) -> None:
    if min(n_draws, paths_per_draw) < _SMALLEST_INNER:
        raise ModelInputError(
            f"needs {_SMALLEST_INNER} draws and paths or more, got {n_draws} and {paths_per_draw}"
        )
