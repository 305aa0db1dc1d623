"""The race between two countries' firms, once their compute is given.

`models.race.race_simulation` says what is simulated. Arrays have quarters in rows and
paths in columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from models.race.race_parameters import (
    STEPS_PER_YEAR,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.arrays import FloatArray
    from models.race.race_draws import Draws, Drivers, Shocks

# Mean and standard deviation of the largest of FIRMS standard normal numbers
# (Harter 1961, table 1).
_MEAN_OF_LARGEST, _SD_OF_LARGEST = 1.16296, 0.66898


@dataclass(frozen=True)
class Race:
    """One measure of leading, as the firms' race sees it; quantities by path, shape (n,).

    Attributes
    ----------
    start, records : tuple of ndarray
        Leader's and follower's level, and best score, at the start, points or factors of 10.
    per_oom, per_common_oom : ndarray
        Points for ten times the compute of a firm alone, and of all.
    progress : ndarray
        Points a year that all gain.
    follower_gain : ndarray
        Points a year that the follower gains beyond it.
    premium : ndarray
        Follower's points over the leader's at equal compute.
    volatility : ndarray
        Spread of a year's lasting shocks to the gap, points.
    luck : ndarray
        Spread of the luck in the gap between records, points.
    pull : ndarray
        Share of the distance to others' ideas that closes, a year.
    lag : ndarray
        Years until these are seen.
    lag_today : float
        Years of lag behind today's distance.
    shared : float
        Correlation of both countries' shocks.
    """

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

    @property
    def luck_of_each(self) -> FloatArray:
        """Spread of each firm's luck, such that the difference of two largest has the fitted."""
        return np.asarray(self.luck / (2**0.5 * _SD_OF_LARGEST))


@dataclass(frozen=True)
class Growth:
    """Change of log10 of a country's research compute since the start.

    Attributes
    ----------
    stock : ndarray, shape (k, n)
        Of its compute.
    share : ndarray, shape (m, n)
        Of the share that is left for research, at m of the k quarters.
    rows : ndarray of int, shape (k,)
        The row of `share` that holds for each quarter.
    """

    stock: FloatArray
    share: FloatArray
    rows: npt.NDArray[np.intp]

    def change(self) -> FloatArray:
        """Return the change of both together, shape (k, n), in an array of its own."""
        change = self.share[self.rows]
        change += self.stock
        return change


class Measure(Protocol):
    """Builds the race by one meaning of leading."""

    def __call__(
        self,
        parameters: JointParameters,
        drivers: Drivers,
        calibration: JointCalibration,
        judged: SupplyJudgements,
        draws: Draws,
    ) -> Race:
        """Return the race on the paths that were drawn."""
        ...


def measure_capability(
    parameters: JointParameters,
    drivers: Drivers,
    calibration: JointCalibration,
    judged: SupplyJudgements,
    draws: Draws,
) -> Race:
    """Return the race in points of the index."""
    # What of today's gap between records is luck is split between both sides.
    luck_today = (calibration.records[0] - calibration.records[1]) - draws.gap
    records = [np.full_like(draws.gap, record) for record in calibration.records]
    gain = (
        drivers.trend_weight * draws.equal_compute_gain
        + draws.points_per_oom * parameters.efficiency_gain_oom_per_year
    )
    return Race(
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


def _measure_largest_run(
    parameters: JointParameters,
    drivers: Drivers,  # noqa: ARG001 - one signature for all measures
    calibration: JointCalibration,  # noqa: ARG001 - one signature for all measures
    judged: SupplyJudgements,
    draws: Draws,
) -> Race:
    """Return it in orders of magnitude: compute is the measure, and ideas do not spread it."""
    none = np.zeros_like(draws.run_gap)
    return Race(
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


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {"capability": measure_capability, "largest_run": _measure_largest_run}
)
"""By meaning of leading."""


def race_firms(
    race: Race,
    growth: tuple[Growth, Growth],
    ideas: FloatArray,
    firms: FloatArray,
    elapsed: FloatArray,
) -> FloatArray:
    """Best record of the follower's firms minus that of the leader's, shape (k, n).

    Parameters
    ----------
    race : Race
        By one measure.
    growth : tuple of Growth
        Leader's and follower's compute.
    ideas : ndarray, shape (2, k, n)
        As `spread_ideas`.
    firms : ndarray, shape (2, k, n)
        As `pick_best_firms`.
    elapsed : ndarray, shape (k,)
        Years since the start.
    """
    expected = race.luck_of_each * _MEAN_OF_LARGEST
    # In place as far as it goes: what takes time is memory, not arithmetic.
    change = [side.change() for side in growth]
    common = change[0] + change[1]
    common /= 2
    trend = race.progress * elapsed[:, np.newaxis]
    trend += race.per_common_oom * common
    for side in (0, 1):
        newest = change[side]
        newest -= common
        newest *= race.per_oom
        newest += race.start[side]
        newest += trend
        newest += ideas[side]
        newest += firms[side]
        newest -= expected
        _keep_records(newest, race.records[side])
    lead = change[1]
    lead -= change[0]
    return lead


def _keep_records(newest: FloatArray, record: FloatArray) -> None:
    """Best so far, in place; row by row is far quicker than numpy's accumulate."""
    for row in newest:
        np.maximum(row, record, out=row)
        record = row


def pick_best_firms(race: Race, shocks: Shocks) -> FloatArray:
    """Best firm's share and luck together, leader and follower, shape (2, k, n)."""
    per_oom, luck = race.per_oom.astype(np.float32), race.luck_of_each.astype(np.float32)
    best = []
    for side in (0, 1):
        firms = per_oom * shocks.share_changes[side]
        firms += luck * shocks.luck[side]
        best.append(firms.max(axis=0))
    return np.stack(best).astype(float)


def pick_largest_owners(calibration: JointCalibration, shocks: Shocks) -> FloatArray:
    """Log10 share of each country's largest owner, shape (2, k, n); shares alike in both."""
    shares = np.log10(np.asarray(calibration.firm_shares))[:, np.newaxis, np.newaxis]
    return np.stack([(shares + changes).max(axis=0) for changes in shocks.share_changes])


def share_shocks(lasting: FloatArray, shared: float) -> FloatArray:
    """Shocks of leader and follower that correlate, standard normal, shape (2, k, n).

    Parameters
    ----------
    lasting : ndarray, shape (3, k, n)
        Independent ones: shared, leader, follower.
    shared : float
        Correlation.
    """
    return np.asarray(shared**0.5 * lasting[0] + (1 - shared) ** 0.5 * lasting[1:])


def spread_ideas(race: Race, shocks: FloatArray) -> FloatArray:
    """Algorithmic levels beyond the common growth, leader and follower, shape (2, k, n).

    Parameters
    ----------
    race : Race
        By one measure.
    shocks : ndarray, shape (2, k, n)
        As `share_shocks`.
    """
    dt, steps = 1 / STEPS_PER_YEAR, shocks.shape[1]
    pull = 1 - np.exp(-race.pull * dt)
    scale = race.volatility * dt**0.5 / (2 * (1 - race.shared)) ** 0.5
    lag_lost = race.progress * (race.lag - race.lag_today)
    behind = race.progress * race.lag
    levels = np.zeros((2, steps + 1, shocks.shape[2]))
    for step in range(steps):
        (leader, follower), (next_leader, next_follower) = levels[:, step], levels[:, step + 1]
        ahead, copied = _look_back(levels, step, race.lag)
        copied -= follower
        copied -= lag_lost
        copied *= pull
        ahead += race.premium
        ahead += race.follower_gain * np.maximum(step * dt - race.lag, 0.0)
        ahead -= behind
        ahead -= leader
        np.maximum(ahead, 0, out=ahead)
        ahead *= pull
        np.add(leader, ahead, out=next_leader)
        next_leader += scale * shocks[0, step]
        np.add(follower, copied, out=next_follower)
        next_follower += scale * shocks[1, step]
    levels[1, 1:] += race.follower_gain * dt * np.arange(1, steps + 1)[:, np.newaxis]
    return levels[:, 1:]


def _look_back(levels: FloatArray, step: int, lag: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Follower's and leader's levels a lag ago, between quarters by interpolation; first 0."""
    n = lag.size
    back = np.maximum(step - lag * STEPS_PER_YEAR, 0.0)
    before = np.floor(back)
    share = back - before
    paths = np.arange(n)
    at = before.astype(np.intp) * n + paths
    later = np.minimum(at + n, step * n + paths)
    rest = 1 - share
    leader, follower = (
        rest * level.take(at) + share * level.take(later) for level in levels.reshape(2, -1)
    )
    return follower, leader
