"""What the chance of a lead depends on: shares of its variance, and one driver at a time.

Everything is counted on one set of paths of the full model: nothing is fitted in between,
and no path is simulated for one driver alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.arrays import FloatArray
from models.core.errors import ModelInputError
from models.core.variance_shares import VarianceShare, compute_variance_shares
from models.race.lead_events import QUARTERS_HELD, measure_longest_spell
from models.race.race_draws import (
    Draws,
    Shocks,
    draw_drivers,
    draw_fitted,
    draw_shocks,
)
from models.race.race_parameters import (
    ImportRegime,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
    list_quarters,
)
from models.race.race_priors import DRIVERS
from models.race.race_simulation import Batch

if TYPE_CHECKING:
    from models.core.priors import Basis

Events = npt.NDArray[np.bool_]
Event = Callable[[FloatArray], Events]
"""Which paths an event happens on, from the follower's lead, shape (times, paths)."""
FITTED, ESTIMATES, JUDGEMENTS, SHOCKS = "fitted", "estimates", "judgements", "shocks"
GROUPS: tuple[str, ...] = (FITTED, ESTIMATES, JUDGEMENTS, SHOCKS)
"""What is drawn: fitted quantities, drivers whose priors rest on estimates, or on judgement, luck.

Growth of the American inflow, fitted to sales, is with the fitted quantities.
"""
FITTED_NAMES: tuple[str, ...] = (
    "equal_compute_gain",
    "gap",
    "relative_points",
    "gap_permanent",
    "china_stock",
)
"""Fitted quantities that are looked at one at a time, by their names in `Draws`."""
_GROUP_OF: Mapping[Basis, str] = MappingProxyType(
    {"data": FITTED, "estimate": ESTIMATES, "judgement": JUDGEMENTS}
)
_TENTHS = 10


def watch_for_held_lead(margin: float) -> Event:
    """Return the published event: whether first place is held for `QUARTERS_HELD` quarter-ends.

    Parameters
    ----------
    margin : float
        Points by which it must be held, not negative.
    """

    def is_held(lead: FloatArray) -> Events:
        return np.asarray(measure_longest_spell(lead, margin) >= QUARTERS_HELD)

    return is_held


@dataclass(frozen=True)
class DriverEffect:
    """The chance where one driver is low, and where it is high.

    Attributes
    ----------
    name : str
        A driver, or a fitted quantity.
    low, high : float
        The driver at its 5th and 95th percentile: the middles of its lowest and highest tenth.
    at_low, at_high : float
        Chance, as a share of 1, on the paths of its lowest and of its highest tenth.
    """

    name: str
    low: float
    high: float
    at_low: float
    at_high: float


@dataclass(frozen=True)
class Effects:
    """What the chance of an event depends on.

    Attributes
    ----------
    chance : float
        Of the event, as a share of 1.
    shares : tuple of VarianceShare
        By group, in the order of `GROUPS`; they add up to 1.
    drivers : tuple of DriverEffect
        All that is drawn, that which moves the chance most first.
    n_paths : int
        Paths behind every tenth together.
    """

    chance: float
    shares: tuple[VarianceShare, ...]
    drivers: tuple[DriverEffect, ...]
    n_paths: int

    def share_of(self, group: str) -> VarianceShare:
        """Return a group's share of the variance.

        Raises
        ------
        ModelInputError
            If there is no such group.
        """
        for share in self.shares:
            if share.group == group:
                return share
        raise ModelInputError(f"needs one of {GROUPS}, got {group!r}")


@dataclass(frozen=True)
class _World:
    """What is the same on all paths."""

    parameters: JointParameters
    calibration: JointCalibration
    judged: SupplyJudgements

    def lead(self, sample: _Sample) -> FloatArray:
        """Return the follower's lead on one set of draws."""
        batch = Batch(self.calibration, self.judged, sample.draws, sample.shocks)
        return batch.lead(self.parameters)


@dataclass(frozen=True)
class _Sample:
    """One set of draws of everything."""

    draws: Draws
    shocks: Shocks


def measure_effects(
    parameters: JointParameters,
    calibration: JointCalibration,
    event: Event,
    *,
    seed: int,
    n_paths: int = 20_000,
    judgements: SupplyJudgements | None = None,
) -> Effects:
    """Split the variance of an event, and compare the tenths of all that is drawn.

    Parameters
    ----------
    parameters : JointParameters
        The middles of the drivers; leading is by a definition that is simulated.
    calibration : JointCalibration
        What is fitted, and the priors.
    event : callable
        From the lead at the ends of quarters to the paths on which it happens.
    seed : int
        Seed of all draws.
    n_paths : int
        Independent paths; each is simulated once for every way to exchange the groups'
        draws with another set.
    judgements : SupplyJudgements, optional
        As `models.race.race_forecasts.forecast_overtake`.

    Raises
    ------
    ModelInputError
        If there are fewer than 20 paths, or the event happens on none or all.
    """
    first, second = (_draw_samples(calibration, n_paths, seed + side) for side in (0, 1))
    world = _World(parameters, calibration, judgements or SupplyJudgements())
    parts = [_exchange(world, event, pair) for pair in zip(first, second, strict=True)]
    events = np.concatenate([part[0] for part in parts], axis=1)
    values = {
        name: np.concatenate([part[1][name] for part in parts], axis=1) for name in parts[0][1]
    }
    effects = [_compare_tenths(name, drawn, events) for name, drawn in values.items()]
    effects.sort(key=lambda effect: -abs(effect.at_high - effect.at_low))
    shares = compute_variance_shares(events, GROUPS)
    return Effects(float(events.mean()), shares, tuple(effects), events.size)


def compare_regimes(
    parameters: JointParameters,
    calibration: JointCalibration,
    event: Event,
    regimes: Sequence[ImportRegime],
    *,
    seed: int,
    n_paths: int = 20_000,
) -> tuple[float, ...]:
    """Return the chance of an event under each import regime, on one set of paths.

    Parameters
    ----------
    regimes : sequence of str
        Regimes, in this order.
    parameters, calibration, event, seed, n_paths
        As `measure_effects`.

    Raises
    ------
    ModelInputError
        As `measure_effects`.
    """
    scenarios = [replace(parameters, import_regime=regime) for regime in regimes]
    happened = [
        [event(batch.lead(scenario)) for scenario in scenarios]
        for sample in _draw_samples(calibration, n_paths, seed)
        for batch in [Batch(calibration, SupplyJudgements(), sample.draws, sample.shocks)]
    ]
    return tuple(float(x) for x in np.concatenate(happened, axis=1).mean(axis=1))


def _draw_samples(calibration: JointCalibration, n_paths: int, seed: int) -> list[_Sample]:
    steps = list_quarters(calibration.start).size
    fitted = draw_fitted(calibration, n_paths, np.random.default_rng([seed, 0]))
    return [
        _Sample(fitted.part(part, 1), shocks)
        for part, shocks in draw_shocks(calibration, n_paths, 1, steps, seed)
    ]


def _exchange(
    world: _World, event: Event, pair: tuple[_Sample, _Sample]
) -> tuple[Events, dict[str, FloatArray]]:
    """Events by what comes from which sample, and all that is drawn, shape (16, n) each."""
    events: list[Events] = []
    values: dict[str, list[FloatArray]] = {}
    for row in range(1 << len(GROUPS)):
        # A group's first draws if its bit is set: see `compute_variance_shares`.
        chosen = {group: pair[1 - (row >> bit & 1)] for bit, group in enumerate(GROUPS)}
        mixed = _mix(world.calibration, chosen)
        events.append(event(world.lead(mixed)))
        drivers = vars(draw_drivers(world.parameters, world.calibration, mixed.shocks.drivers))
        fitted = {name: getattr(mixed.draws, name) for name in FITTED_NAMES}
        for name, drawn in {**drivers, **fitted}.items():
            values.setdefault(name, []).append(drawn)
    return np.stack(events), {name: np.stack(rows) for name, rows in values.items()}


def _mix(calibration: JointCalibration, chosen: dict[str, _Sample]) -> _Sample:
    drivers = np.stack(
        [
            chosen[_GROUP_OF[calibration.priors.by_name[name].basis]].shocks.drivers[row]
            for row, name in enumerate(DRIVERS)
        ]
    )
    # What supply and power are judged by beside the drivers is judgement too.
    supply = chosen[JUDGEMENTS].shocks.supply
    return _Sample(
        chosen[FITTED].draws, replace(chosen[SHOCKS].shocks, drivers=drivers, supply=supply)
    )


def _compare_tenths(name: str, drawn: FloatArray, events: Events) -> DriverEffect:
    flat, happened = drawn.ravel(), events.ravel()
    lowest, highest = np.quantile(flat, [1 / _TENTHS, 1 - 1 / _TENTHS])
    low, high = np.quantile(flat, [0.5 / _TENTHS, 1 - 0.5 / _TENTHS])
    return DriverEffect(
        name,
        float(low),
        float(high),
        float(happened[flat <= lowest].mean()),
        float(happened[flat >= highest].mean()),
    )
