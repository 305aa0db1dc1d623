"""Random numbers of the race: draws of what is fitted, and shocks, in batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.errors import ModelInputError
from models.core.random_draws import draw_lognormal, draw_normal
from models.core.recent import Recent
from models.race.race_parameters import (
    FIRMS,
    STEPS_PER_YEAR,
    JointCalibration,
    JointParameters,
)
from models.race.race_priors import DRIVERS
from models.supply.national_supply import SCORES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.core.arrays import FloatArray
    from models.core.local_level import LocalLevel

# Firms' luck needs seven digits, not sixteen: half the memory, and faster.
SingleArray = npt.NDArray[np.float32]
_PATHS_AT_ONCE = 5_000
SMALLEST_INNER = 20


@dataclass(frozen=True)
class Draws:
    """Fitted quantities, each of shape (n,)."""

    points_per_oom: FloatArray
    relative_points: FloatArray
    progress: FloatArray
    premium: FloatArray
    equal_compute_gain: FloatArray
    gap: FloatArray
    gap_permanent: FloatArray
    gap_transitory: FloatArray
    run_gap: FloatArray
    run_permanent: FloatArray
    run_transitory: FloatArray
    us_stock: FloatArray
    china_stock: FloatArray

    def part(self, rows: slice, times: int) -> Draws:
        """Return some draws, each repeated for its paths."""
        return Draws(*(np.repeat(x[rows], times) for x in vars(self).values()))


@dataclass(frozen=True)
class Shocks:
    """Standard normal numbers of a batch of paths."""

    supply: FloatArray  # (scores of `models.supply.national_supply.SCORES`, n)
    drivers: FloatArray  # (number of drivers, n)
    lasting: FloatArray  # (3, k, n): shared, leader, follower
    share_changes: SingleArray  # (2, firms, k, n), log10
    luck: SingleArray  # (2, firms, k, n)


@dataclass(frozen=True)
class Drivers:
    """What drives a path beside what is fitted, each of shape (n,); names as `JointParameters`."""

    us_compute_growth: FloatArray
    china_domestic_growth: FloatArray
    memory_growth: FloatArray
    euv_volume_year: FloatArray
    delivery_share_china: FloatArray
    delivery_share_us: FloatArray
    diffusion_lag_years: FloatArray
    diffusion_rate: FloatArray
    trend_weight: FloatArray


def draw_drivers(
    parameters: JointParameters, calibration: JointCalibration, scores: FloatArray
) -> Drivers:
    """Draw the drivers round the parameters.

    Parameters
    ----------
    parameters : JointParameters
        Their middles.
    calibration : JointCalibration
        With the priors.
    scores : ndarray, shape (number of drivers, n)
        Standard normal scores.
    """
    return DriverDraws(calibration, scores).draw(parameters)


class DriverDraws:
    """Draws of the drivers round many sets of parameters, on one set of scores.

    Each driver depends on its own middle and on the spread; it is drawn anew only if they are.

    Parameters
    ----------
    calibration : JointCalibration
        With the priors.
    scores : ndarray, shape (number of drivers, n)
        Standard normal scores.
    """

    def __init__(self, calibration: JointCalibration, scores: FloatArray) -> None:
        self._priors = calibration.priors.by_name
        self._scores = calibration.priors.correlate(scores)
        self._drawn: dict[str, Recent[FloatArray]] = {name: Recent() for name in DRIVERS}

    def draw(self, parameters: JointParameters) -> Drivers:
        """Return what `draw_drivers` does."""
        return Drivers(**{name: self._of(name, parameters) for name in DRIVERS})

    def _of(self, name: str, parameters: JointParameters) -> FloatArray:
        middle, spread = float(getattr(parameters, name)), parameters.prior_spread
        return self._drawn[name].get(
            (middle, spread), lambda: self._priors[name].draw(middle, self._scores[name], spread)
        )


def draw_fitted(calibration: JointCalibration, n: int, rng: np.random.Generator) -> Draws:
    """Draw what is fitted from its intervals and posteriors, n times."""
    fit = calibration.fit
    root = np.linalg.cholesky(fit.covariance)
    points, progress, premium = fit.coefficients[:, np.newaxis] + root @ rng.standard_normal((3, n))
    scores = rng.standard_normal((4, n))
    points = np.maximum(points, 0)
    relative = np.maximum(draw_normal(calibration.relative_points, scores[3]), 0)
    gap, run = (
        _posterior(state, n, rng) for state in (calibration.capability_gap, calibration.run_gap)
    )
    return Draws(
        points,
        relative,
        progress,
        premium,
        draw_normal(calibration.equal_compute_gain, scores[0]),
        *gap,
        *run,
        draw_lognormal(calibration.us_stock, scores[1]),
        draw_lognormal(calibration.china_stock, scores[2]),
    )


def draw_shocks(
    calibration: JointCalibration, n_draws: int, paths_per_draw: int, steps: int, seed: int
) -> Iterator[tuple[slice, Shocks]]:
    """Batches of whole draws, small enough for the cache."""
    size = max(1, _PATHS_AT_ONCE // paths_per_draw)
    for number, first in enumerate(range(0, n_draws, size), start=1):
        part = slice(first, min(first + size, n_draws))
        n = (part.stop - part.start) * paths_per_draw
        rng = np.random.default_rng([seed, number])
        yield (
            part,
            Shocks(
                supply=rng.standard_normal((len(SCORES), n)),
                drivers=rng.standard_normal((len(DRIVERS), n)),
                lasting=rng.standard_normal((3, steps, n)),
                share_changes=_share_changes(
                    calibration, rng.standard_normal((2, FIRMS, steps, n), dtype=np.float32)
                ),
                luck=rng.standard_normal((2, FIRMS, steps, n), dtype=np.float32),
            ),
        )


def require_enough_paths(n_draws: int, paths_per_draw: int) -> None:
    """Refuse fewer paths than a chance and its interval can rest on.

    Raises
    ------
    ModelInputError
        If there are fewer than 20 draws or paths for each.
    """
    if min(n_draws, paths_per_draw) < SMALLEST_INNER:
        raise ModelInputError(
            f"needs {SMALLEST_INNER} draws and paths or more, got {n_draws} and {paths_per_draw}"
        )


def _posterior(
    state: LocalLevel, n: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Level, yearly spread of lasting shocks, spread of luck."""
    rows = rng.integers(state.level.size, size=n)
    yearly = state.permanent_sd[rows] * STEPS_PER_YEAR**0.5
    return state.level[rows], yearly, state.transitory_sd[rows]


def _share_changes(calibration: JointCalibration, scores: SingleArray) -> SingleArray:
    """Change of each firm's log10 share, shape (2, firms, k, n): all shares add up to 1.

    It takes the place of the scores.
    """
    moved = scores
    for step in range(1, scores.shape[2]):  # quarter by quarter is far quicker than cumsum
        moved[:, :, step] += moved[:, :, step - 1]
    moved *= np.float32(calibration.share_volatility * STEPS_PER_YEAR**-0.5 * np.log(10))
    shares = np.asarray(calibration.firm_shares, dtype=np.float32)
    total = np.einsum("f,sfkn->skn", shares, np.exp(moved))
    moved -= np.log(total)[:, np.newaxis]
    moved /= np.float32(np.log(10))
    return moved
