"""Several forecasts of the gap, pooled with equal weights.

A linear pool (Stone 1961, "The opinion pool"; Clemen 1989, "Combining forecasts") mixes the
members' distributions: each chance is the mean of the members' chances. So few past
forecasts cannot tell weights, and equal ones are hard to beat where weights are guessed
(Smith and Wallis 2009, "A simple explanation of the forecast combination puzzle").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.predictive import Predictive, summarise_draws
from models.race.gap_members import FITTERS, fit_member
from models.race.lead_counts import LeadCounts, count_leads
from models.race.lead_events import EVENTS
from models.race.lead_forecast import LeadForecast
from models.race.race_parameters import STEPS_PER_YEAR, list_forecast_dates
from models.race.race_simulation import LeadPaths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.arrays import FloatArray

JOINT = "joint"
MEMBERS = (*FITTERS, JOINT)
"""All members, in the order in which they are shown."""
_MONTHS_PER_QUARTER = 12 // STEPS_PER_YEAR


@dataclass(frozen=True)
class Failure:
    """A member that could not be fitted.

    Attributes
    ----------
    member : str
        Its name.
    reason : str
        Why.
    """

    member: str
    reason: str


def simulate_members(
    gaps: FloatArray,
    times: FloatArray,
    *,
    rng: np.random.Generator,
    draws: int = 400,
    inner: int = 50,
) -> tuple[dict[str, LeadPaths], tuple[Failure, ...]]:
    """Fit the members that know the gap's past alone, and simulate the follower's lead.

    Parameters
    ----------
    gaps : ndarray, shape (n,)
        The gap at the ends of months, the last of them where the race starts.
    times : ndarray, shape (k,)
        Decimal years at the ends of the quarters after it, as the joint race has them.
    rng : numpy.random.Generator
        Source of all draws.
    draws, inner : int
        Draws of a member's parameters, and paths for each.

    Returns
    -------
    tuple
        Paths by member, and the members that could not be fitted.
    """
    paths: dict[str, LeadPaths] = {}
    failed = []
    for name, own in zip(FITTERS, rng.spawn(len(FITTERS)), strict=True):
        try:
            member = fit_member(name, gaps, own)
        except ModelInputError as error:
            failed.append(Failure(name, str(error)))
            continue
        months = times.size * _MONTHS_PER_QUARTER
        monthly = member.simulate(months, draws=draws, inner=inner, rng=own)
        quarterly = monthly[:, :, _MONTHS_PER_QUARTER - 1 :: _MONTHS_PER_QUARTER]
        paths[name] = LeadPaths(times, -quarterly)
    return paths, tuple(failed)


def count_chances(
    name: str, paths: LeadPaths, *, margin: float, level: float, n: int
) -> LeadForecast:
    """Count a member's paths on which the follower leads, by each date of the forecast."""
    return count_member(paths, margin).forecast(name, n=n, level=level)


def count_member(paths: LeadPaths, margin: float) -> LeadCounts:
    """Count a member's paths on which the follower leads, by a margin in points."""
    by_quarter = np.asarray(paths.lead.reshape(-1, paths.times.size).T)
    return count_leads(by_quarter, paths.times, margin=margin, inner=paths.lead.shape[1])


def pool_chances(forecasts: Mapping[str, LeadForecast], level: float) -> LeadForecast:
    """Return the mean of the members' chances, each with the range over members.

    Raises
    ------
    ModelInputError
        If there is no member.
    """
    if not forecasts:
        raise ModelInputError("a pool needs a member")
    members = list(forecasts.values())

    def pooled(kind: str) -> tuple[Estimate, ...]:
        by_date = list(zip(*(getattr(member, kind) for member in members), strict=True))
        values = [[chance.value for chance in chances] for chances in by_date]
        return tuple(
            Estimate(
                mean, min(*each, mean), max(*each, mean), level, "range",
                min(chance.n for chance in chances), units.SHARE,
            )
            for chances, each, mean in zip(
                by_date, values, np.mean(values, axis=1).tolist(), strict=True
            )
        )  # fmt: skip

    return LeadForecast(
        "pool", members[0].dates, pooled("terminal"), pooled("ever"), pooled("held")
    )


def predict_longest_spell(
    counts: Mapping[str, LeadCounts], date: str, *, level: float, n: int
) -> Predictive:
    """Longest spell in first place by a date: ends of quarters in a row.

    Each member has one weight, however many paths it has.

    Parameters
    ----------
    counts : mapping of str to LeadCounts
        By member, all by the margin by which a lead must be held.
    date : str
        One of `list_forecast_dates`.
    level : float
        Level of the prediction interval.
    n : int
        Observations behind the scarcest member.

    Raises
    ------
    ModelInputError
        If there is no member, or the forecast has no such date.
    """
    if not counts or date not in list_forecast_dates():
        raise ModelInputError(f"a pool needs a member and a date of the forecast, got {date}")
    at = list_forecast_dates().index(date)
    spells = [np.repeat(np.arange(each.spells.shape[1]), each.spells[at])
              for each in counts.values()]  # fmt: skip
    weights = np.concatenate([np.full(each.size, 1 / each.size) for each in spells])
    values = np.concatenate(spells)
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    ends = np.searchsorted(reached, [0.5, 0.5 - level / 2, 0.5 + level / 2])
    value, low, high = (float(values[order][end]) for end in ends)
    estimate = Estimate(value, low, high, level, "prediction", n, "quarters")
    return summarise_draws(values.astype(float), estimate, weights=weights)


def predict_chance(counts: Mapping[str, LeadCounts], pooled: Estimate) -> Predictive:
    """Chance to have held the lead by the last date, over members and what each has fitted.

    Parameters
    ----------
    counts : mapping of str to LeadCounts
        By member; each has one weight.
    pooled : Estimate
        The chance of the pool.
    """
    shares = [each.shares[EVENTS.index("held"), -1] for each in counts.values()]
    weights = np.concatenate([np.full(each.size, 1 / each.size) for each in shares])
    return summarise_draws(np.concatenate(shares), pooled, weights=weights)


def mix_values(values: Sequence[FloatArray]) -> FloatArray:
    """Put the members' values together, as many of each, shape (members * n,)."""
    size = min(each.size for each in values)
    return np.concatenate([each[:: each.size // size][:size] for each in values])
