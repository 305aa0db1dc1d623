r"""One model of the race, from chips to the best model of any firm.

For country c with stock of compute K (`models.supply.compute_stock`) and delivery share d, the
change of a firm's training compute in factors of 10 is that of its country's
research compute plus that of its share s of it:

.. math:: \Delta C_i = \Delta \log_{10} [K_c (1 - d_c)] + \Delta \log_{10} s_i

A firm's new model scores

.. math:: x_i = L_c + b\,\overline{\Delta C} + \beta\,(\Delta C_i - \overline{\Delta C}) + A_c + v_i

with b points per factor of 10 that both countries add on average, :math:`\beta` points per
factor of 10 that a firm adds beyond it, and firm's luck v, new at every release. The first
is read off models of one time, the second is learned from what firms gained on the frontier
when their compute did (`models.race.relative_compute`). The
algorithmic levels A grow at one rate a and are shaken by lasting shocks. The
follower's moves towards what the leader's was one lag :math:`\ell` ago; the
leader's moves towards the follower's, once that is ahead:

.. math::
    dA_F &= a\,dt + \kappa [A_L(t - \ell) - A_F(t) - D]\,dt + \sigma\,dW_F
            + (w \delta + b e)\,dt \\
    dA_L &= a\,dt + \kappa \max(A_F(t - \ell) - A_L(t), 0)\,dt + \sigma\,dW_L

D is today's distance at today's lag, so that nothing changes unless something is
changed; w is the share of the follower's past gain at equal compute :math:`\delta` that goes
on, e a gain beyond the past. What is fitted (b, a, :math:`\delta`, today's gap, both
spreads) is drawn from its own interval or posterior in every path, and so is each driver from
its prior (`models.race.race_priors`). Capability
feeds back into nothing: from whatever start, it grows linearly in time and in the
logarithm of compute, and no run can reach infinity.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from models.core.arrays import FloatArray, require_positive
from models.core.errors import ModelInputError
from models.race.race_draws import (
    Draws,
    Drivers,
    Shocks,
    SingleArray,
    draw_drivers,
    draw_fitted,
    draw_shocks,
    require_enough_paths,
)
from models.race.race_parameters import (
    END_YEAR,
    STEPS_PER_YEAR,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
)
from models.race.race_stocks import compute_delivery_shift, interpolate_stocks, project_stocks

_Kept = TypeVar("_Kept")
_KEYS_KEPT = 16  # scenarios that are neighbours share their parts; more would only take memory
# What stocks of compute depend on, and the levels of ideas.
_OF_STOCKS = (
    "euv_volume_year",
    "us_compute_growth",
    "china_domestic_growth",
    "memory_growth",
    "import_regime",
    "unseen_h100e_thousand",
    "power_share_usa",
    "prior_spread",
)
_OF_IDEAS = (
    "leading_definition",
    "efficiency_gain_oom_per_year",
    "diffusion_lag_years",
    "diffusion_rate",
    "trend_weight",
    "volatility_factor",
    "prior_spread",
)
# Mean and standard deviation of the largest of FIRMS standard normal numbers
# (Harter 1961, table 1).
_MEAN_OF_LARGEST, _SD_OF_LARGEST = 1.16296, 0.66898


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


@dataclass(frozen=True)
class _Race:
    """One measure of leading, as the firms' race sees it; quantities by path, shape (n,)."""

    start: tuple[FloatArray, FloatArray]
    records: tuple[FloatArray, FloatArray]
    per_oom: FloatArray
    per_common_oom: FloatArray
    progress: FloatArray
    follower_gain: FloatArray
    premium: FloatArray
    volatility: FloatArray
    luck: FloatArray
    pull: FloatArray
    lag: FloatArray
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


class Batch:
    """Some paths; what scenarios have in common is worked out once."""

    def __init__(
        self,
        calibration: JointCalibration,
        judged: SupplyJudgements,
        draws: Draws,
        shocks: Shocks,
    ) -> None:
        start = calibration.start
        self.times = list_quarters(start)
        self._grid = np.concatenate([[start], self.times])
        self._elapsed = self.times - start
        self._calibration, self._judged = calibration, judged
        self._draws, self._shocks = draws, shocks
        self._stocks: _Recent[tuple[list[FloatArray], list[FloatArray]]] = _Recent()
        self._ideas: _Recent[tuple[FloatArray, FloatArray]] = _Recent()
        self._firms: _Recent[SingleArray | FloatArray] = _Recent()

    def lead(self, parameters: JointParameters) -> FloatArray:
        """Follower's lead, shape (k, n)."""
        drivers = draw_drivers(parameters, self._calibration, self._shocks.drivers)
        logs, grown = self._stocks.get(
            _values(parameters, _OF_STOCKS), lambda: self._logs(drivers, parameters)
        )
        if parameters.leading_definition == "compute_stock":
            owners = self._firms.get(None, lambda: _largest_owners(self._calibration, self._shocks))
            return np.asarray(logs[1] + owners[1] - logs[0] - owners[0])
        shift = compute_delivery_shift(drivers, self._judged, self._elapsed)
        change = [x + y for x, y in zip(grown, shift, strict=True)]
        measure = {"capability": _capability, "largest_run": _largest_run}
        race = measure[parameters.leading_definition](
            parameters, drivers, self._calibration, self._judged, self._draws
        )
        ideas = self._ideas.get(
            _values(parameters, _OF_IDEAS), lambda: _ideas(race, self._shocks.lasting)
        )
        firms = self._firms.get(
            parameters.leading_definition, lambda: _best_of_firms(race, self._shocks)
        )
        return _race_of_firms(race, change, ideas, firms, self._elapsed)

    def _logs(
        self, drivers: Drivers, parameters: JointParameters
    ) -> tuple[list[FloatArray], list[FloatArray]]:
        """Log10 stocks of leader and follower at each time, and their growth since the start."""
        stocks = project_stocks(
            drivers,
            parameters,
            self._calibration,
            self._judged,
            self._draws,
            self._shocks.supply,
        )
        logs = [interpolate_stocks(stock, self._grid) for stock in stocks]
        return [x[1:] for x in logs], [x[1:] - x[:1] for x in logs]


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
        As `models.race.race_forecasts.forecast_overtake`.

    Raises
    ------
    ModelInputError
        If there are fewer than 20 draws or paths for each.
    """
    times = list_quarters(calibration.start)
    leads = [np.empty((n_draws, paths_per_draw, times.size)) for _ in scenarios]
    for part, batch in simulate_batches(calibration, judgements, n_draws, paths_per_draw, seed):
        for parameters, lead in zip(scenarios, leads, strict=True):
            lead[part] = batch.lead(parameters).T.reshape(-1, paths_per_draw, times.size)
    return [LeadPaths(times, lead) for lead in leads]


def simulate_capability_lead(
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
        As `models.race.race_forecasts.forecast_overtake`.

    Raises
    ------
    ModelInputError
        If there are fewer than 20 draws or paths for each, or years are not positive.
    """
    require_enough_paths(n_draws, paths_per_draw)
    steps = round(float(require_positive(years, "years")) * STEPS_PER_YEAR)
    elapsed = np.arange(1, steps + 1) / STEPS_PER_YEAR
    fitted = draw_fitted(calibration, n_draws, np.random.default_rng([seed, 0]))
    lead = np.empty((n_draws, paths_per_draw, steps))
    for part, shocks in draw_shocks(calibration, n_draws, paths_per_draw, steps, seed):
        draws = fitted.part(part, paths_per_draw)
        change = [growth * elapsed[:, np.newaxis] for growth in compute_growth]
        drivers = draw_drivers(parameters, calibration, shocks.drivers)
        race = _capability(parameters, drivers, calibration, SupplyJudgements(), draws)
        ideas, firms = _ideas(race, shocks.lasting), _best_of_firms(race, shocks)
        result = _race_of_firms(race, change, ideas, firms, elapsed)
        lead[part] = result.T.reshape(-1, paths_per_draw, steps)
    return LeadPaths(calibration.start + elapsed, lead)


def simulate_batches(
    calibration: JointCalibration,
    judgements: SupplyJudgements | None,
    n_draws: int,
    paths_per_draw: int,
    seed: int,
) -> Iterator[tuple[slice, Batch]]:
    """All paths, in batches of whole draws."""
    require_enough_paths(n_draws, paths_per_draw)
    judged = judgements or SupplyJudgements()
    steps = list_quarters(calibration.start).size
    fitted = draw_fitted(calibration, n_draws, np.random.default_rng([seed, 0]))
    for part, shocks in draw_shocks(calibration, n_draws, paths_per_draw, steps, seed):
        yield part, Batch(calibration, judged, fitted.part(part, paths_per_draw), shocks)


def list_quarters(start: float) -> FloatArray:
    """Decimal years at the ends of quarters from the start to the last date."""
    steps = round((END_YEAR - start) * STEPS_PER_YEAR)
    return start + np.arange(1, steps + 1) / STEPS_PER_YEAR


def _values(parameters: JointParameters, names: Sequence[str]) -> tuple[object, ...]:
    return tuple(getattr(parameters, name) for name in names)


def _capability(
    parameters: JointParameters,
    drivers: Drivers,
    calibration: JointCalibration,
    judged: SupplyJudgements,
    draws: Draws,
) -> _Race:
    # What of today's gap between records is luck is split between both sides.
    luck_today = (calibration.records[0] - calibration.records[1]) - draws.gap
    records = [np.full_like(draws.gap, record) for record in calibration.records]
    gain = (
        drivers.trend_weight * draws.equal_compute_gain
        + draws.points_per_oom * parameters.efficiency_gain_oom_per_year
    )
    return _Race(
        start=(records[0] - luck_today / 2, records[1] + luck_today / 2),
        records=(records[0], records[1]),
        per_oom=draws.relative_points,
        per_common_oom=draws.points_per_oom,
        progress=draws.progress,
        follower_gain=gain,
        premium=draws.premium,
        volatility=parameters.volatility_factor * draws.gap_permanent,
        luck=draws.gap_transitory,
        pull=drivers.diffusion_rate,
        lag=drivers.diffusion_lag_years,
        lag_today=judged.lag_today_years,
        shared=judged.shared_shocks,
    )


def _largest_run(
    parameters: JointParameters,
    drivers: Drivers,  # noqa: ARG001 - one signature for all measures
    calibration: JointCalibration,  # noqa: ARG001 - one signature for all measures
    judged: SupplyJudgements,
    draws: Draws,
) -> _Race:
    """Orders of magnitude: compute is the measure, and ideas do not spread it."""
    none = np.zeros_like(draws.run_gap)
    return _Race(
        start=(none, -draws.run_gap),
        records=(none, -draws.run_gap),
        per_oom=none + 1,
        per_common_oom=none + 1,
        progress=none,
        follower_gain=none,
        premium=none,
        volatility=parameters.volatility_factor * draws.run_permanent,
        luck=draws.run_transitory,
        pull=none,
        lag=none,
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
    common = (change[0] + change[1]) / 2
    trend = race.progress * elapsed[:, np.newaxis] + race.per_common_oom * common
    expected = _luck_of_each(race) * _MEAN_OF_LARGEST
    best = []
    for side in (0, 1):
        country = race.start[side] + race.per_oom * (change[side] - common) + trend + ideas[side]
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


def _best_of_firms(race: _Race, shocks: Shocks) -> SingleArray:
    """Best firm's share and luck together, leader and follower, shape (2, k, n)."""
    per_oom, luck = race.per_oom.astype(np.float32), _luck_of_each(race).astype(np.float32)
    best = []
    for side in (0, 1):
        firms = per_oom * shocks.share_changes[side]
        firms += luck * shocks.luck[side]
        best.append(firms.max(axis=0))
    return np.stack(best)


def _largest_owners(calibration: JointCalibration, shocks: Shocks) -> FloatArray:
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
        gain_then = race.follower_gain * np.maximum(step * dt - race.lag, 0.0)
        ahead = race.premium + seen[1] + gain_then - behind - leader
        shock = scale * (common[step] + own[:, step])
        levels[0, step + 1] = leader + pull * np.maximum(ahead, 0) + shock[0]
        levels[1, step + 1] = follower + copied + shock[1]
    gained = race.follower_gain * dt * np.arange(1, lasting.shape[1] + 1)[:, np.newaxis]
    return levels[0, 1:], levels[1, 1:] + gained


def _lagged(levels: FloatArray, step: int, lag: FloatArray) -> FloatArray:
    """Both levels a lag ago, between two quarters by interpolation; 0 before the start."""
    back = np.maximum(step - lag * STEPS_PER_YEAR, 0.0)
    first = back.astype(np.intp)
    share = back - first
    paths = np.arange(lag.size)
    later = np.minimum(first + 1, step)
    return np.asarray((1 - share) * levels[:, first, paths] + share * levels[:, later, paths])
