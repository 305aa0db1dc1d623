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

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from models.core.arrays import FloatArray, require_positive
from models.core.errors import ModelInputError
from models.core.recent import Recent
from models.race.race_draws import (
    Draws,
    DriverDraws,
    Shocks,
    draw_drivers,
    draw_fitted,
    draw_shocks,
    require_enough_paths,
)
from models.race.race_of_firms import (
    MEASURES,
    Growth,
    measure_capability,
    pick_best_firms,
    pick_largest_owners,
    race_firms,
    share_shocks,
    spread_ideas,
)
from models.race.race_parameters import (
    STEPS_PER_YEAR,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
    list_quarters,
)
from models.race.race_stocks import DeliveryShifts, RaceStocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What levels of ideas depend on.
_OF_IDEAS = (
    "leading_definition",
    "efficiency_gain_oom_per_year",
    "diffusion_lag_years",
    "diffusion_rate",
    "trend_weight",
    "volatility_factor",
    "prior_spread",
)


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
        self._elapsed = self.times - start
        self._calibration, self._judged = calibration, judged
        self._draws, self._shocks = draws, shocks
        self._drivers = DriverDraws(calibration, shocks.drivers)
        self._stocks = RaceStocks(calibration, judged, draws, shocks.supply)
        self._delivery = DeliveryShifts(judged, self._elapsed)
        self._ideas: Recent[FloatArray] = Recent()
        self._firms: Recent[FloatArray] = Recent()

    def lead(self, parameters: JointParameters) -> FloatArray:
        """Follower's lead, shape (k, n)."""
        drivers = self._drivers.draw(parameters)
        stocks = self._stocks.project(drivers, parameters)
        if parameters.leading_definition == "compute_stock":
            owners = self._firms.get(
                None, lambda: pick_largest_owners(self._calibration, self._shocks)
            )
            leader, follower = (stock.log10 for stock in stocks)
            return np.asarray(follower + owners[1] - leader - owners[0])
        race = MEASURES[parameters.leading_definition](
            parameters, drivers, self._calibration, self._judged, self._draws
        )
        ideas = self._ideas.get(
            parameters.pick(_OF_IDEAS), lambda: spread_ideas(race, self._shared_shocks)
        )
        firms = self._firms.get(
            parameters.leading_definition, lambda: pick_best_firms(race, self._shocks)
        )
        usa, china = (
            Growth(stock.grown, shift, self._delivery.rows)
            for stock, shift in zip(stocks, self._delivery.of(drivers, parameters), strict=True)
        )
        return race_firms(race, (usa, china), ideas, firms, self._elapsed)

    @cached_property
    def _shared_shocks(self) -> FloatArray:
        return share_shocks(self._shocks.lasting, self._judged.shared_shocks)


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
        drivers = draw_drivers(parameters, calibration, shocks.drivers)
        race = measure_capability(parameters, drivers, calibration, SupplyJudgements(), draws)
        ideas = spread_ideas(race, share_shocks(shocks.lasting, race.shared))
        usa, china = (_grow_steadily(growth, elapsed, draws) for growth in compute_growth)
        result = race_firms(race, (usa, china), ideas, pick_best_firms(race, shocks), elapsed)
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


def _grow_steadily(growth: float, elapsed: FloatArray, draws: Draws) -> Growth:
    """Growth in factors of 10 a year that is the same on all paths."""
    change = np.repeat(growth * elapsed[:, np.newaxis], draws.gap.size, axis=1)
    return Growth(change, np.zeros((1, draws.gap.size)), np.zeros(elapsed.size, dtype=np.intp))
