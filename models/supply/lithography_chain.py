r"""From a prototype to working chips, risk production and volume production, in this order.

Three durations are known from three kinds of evidence: prototype to first working chips, and
prototype to volume, from earlier tools; risk to volume production from earlier processes.
The year of volume is drawn first, from all that is known of it: earlier programmes kept the
order too, so that it adds nothing to how long they took. The ramp *r* then ends there, and
the first working chips come before it began:

.. math:: p(v)\; p(r \mid r < v - s)\; p(c \mid s < c < v - r)

with years of volume *v*, of working chips *c* and of the last sight without them, *s*. A
duration given its bounds is drawn from its distribution between them (truncation; Meeker and
Escobar 1998, *Statistical Methods for Reliability Data*, section 2.4).
"""

from dataclasses import dataclass

import numpy as np

from models.core.arrays import FloatArray, require_paths
from models.core.errors import ModelInputError
from models.supply.duration_models import FAMILIES, DurationModel, compute_survival, standardise
from models.supply.lithography import draw_event_years

# Below this a distribution holds nothing between two bounds that a computer could tell.
_SMALLEST_MASS = 1e-12


@dataclass(frozen=True)
class ChainModel:
    """What is known of each duration of the chain.

    Attributes
    ----------
    chips, volume : DurationModel
        From the prototype to the first working chips, and to volume production.
    ramp : DurationModel
        From risk to volume production.
    """

    chips: DurationModel
    volume: DurationModel
    ramp: DurationModel


@dataclass(frozen=True)
class ChainYears:
    """Decimal years of the milestones on each path, in order: chips, risk, volume.

    Attributes
    ----------
    chips, risk, volume : ndarray, shape (n_paths,)
        First working chips, start of risk production, start of volume production.
    """

    chips: FloatArray
    risk: FloatArray
    volume: FloatArray


def draw_chain(
    model: ChainModel,
    n_paths: int,
    rng: np.random.Generator,
    *,
    start_year: float,
    speed_up: float = 1.0,
    not_before: float | None = None,
) -> ChainYears:
    """Draw paths on which each milestone comes later than the one before.

    Parameters
    ----------
    model : ChainModel
        Of the durations; working chips and ramp must be reached by all that reach volume.
    n_paths : int
        Paths.
    rng : numpy.random.Generator
        Source of the draws.
    start_year : float
        Decimal year of the prototype.
    speed_up : float
        As `models.supply.lithography.draw_event_years`, for the ways to working chips and to
        volume. The ramp is that of a process, and keeps its pace.
    not_before : float, optional
        Decimal year by which there were no working chips, and so no volume either.

    Raises
    ------
    ModelInputError
        As `models.supply.lithography.draw_event_years`, and if a share of less than one is
        said to reach working chips or the end of the ramp.
    """
    require_paths(n_paths)
    if min(model.chips.reaching_share, model.ramp.reaching_share) < 1:
        raise ModelInputError("whoever reaches volume had working chips and a ramp before")
    volume = draw_event_years(
        model.volume,
        n_paths,
        rng,
        start_year=start_year,
        speed_up=speed_up,
        not_before=not_before,
    )
    waited = 0.0 if not_before is None else not_before - start_year
    way = volume - start_year
    ramp = _draw_between(model.ramp, 0.0, way - waited, rng)
    chips = _draw_between(model.chips, waited * speed_up, (way - ramp) * speed_up, rng) / speed_up
    return ChainYears(start_year + chips, volume - ramp, volume)


def _draw_between(
    model: DurationModel, low: float, high: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Draw a duration above `low` and below each path's own `high`."""
    standard = FAMILIES[model.family]
    weights = model.weights * compute_survival(model, np.array([low]))[:, 0]
    if weights.sum() == 0:
        raise ModelInputError(f"the model leaves no chance of more than {low:g} years")
    rows = rng.choice(weights.size, size=high.size, p=weights / weights.sum())
    theta, sigma = model.log_median[rows], model.log_scale[rows]
    above, below = (
        np.exp(standard.log_survival(standardise(standard, years, theta, sigma)))
        for years in (np.full(high.size, low), high)
    )
    share = rng.uniform(0.0, 1.0, high.size)
    possible = above - below > _SMALLEST_MASS
    survival = np.where(possible, below + share * (above - below), 0.5)
    z = standard.inverse_survival(survival)
    years = np.exp(theta + sigma * (z - standard.median))
    # Where all values between the bounds are all but impossible, none is preferred.
    years = np.where(possible, years, low + share * (high - low))
    return _strictly_between(years, low, high)


def _strictly_between(years: FloatArray, low: float, high: FloatArray) -> FloatArray:
    """Mend what rounding puts on a bound: the middle of the way is as good as its end."""
    inside = (years > low) & (years < high)
    return np.asarray(np.where(inside, years, low + (high - low) / 2))
