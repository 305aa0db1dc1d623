"""How often the lead has passed before: a forecast that knows nothing but the past.

Each time a new firm took the lead, it was of some country. If leads go on to
pass at the past rate, and new leaders come from a country as often as before,
the chance that one comes within some years follows.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.core import units
from models.core.arrays import FloatArray, require_paths, require_positive
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_table
from models.core.timescale import DAYS_PER_YEAR, Moment

_JEFFREYS = 0.5
_A_FEW_DAYS = 5


@dataclass(frozen=True)
class LeadChanges:
    """How often the holder of a record changed.

    Attributes
    ----------
    changes : int
        Times that another firm took the lead.
    by_country : int
        Those of them in which the new leader was of the country alone.
    years : float
        Length of the record, years.
    """

    changes: int
    by_country: int
    years: float


def find_lead_changes(
    frame: pd.DataFrame,
    *,
    value: str,
    country: str,
    until: Moment,
    quarters: int = 1,
    margin: float = 0.0,
) -> LeadChanges:
    """Count how often another firm took the lead, watched at the ends of quarters.

    A firm takes it at the first end of a quarter from which on it stands above the holder by
    more than the margin for so many of them in a row.

    Parameters
    ----------
    frame : DataFrame
        Columns organization, country (empty for joint work), date and `value`.
    value : str
        What is led in.
    country : str
        ISO 3166 alpha-3 code of the new leaders that are counted apart.
    until : date
        End of the record, which begins with the first model.
    quarters : int
        Ends of quarters in a row.
    margin : float
        In the unit of `value`.

    Raises
    ------
    ModelInputError
        If a date, firm or value is missing, or the record has no whole quarter.
    """
    seen = frame[frame["date"] <= pd.Timestamp(until)]
    require_table(seen, complete=["organization", "date", value])
    first = seen["date"].min()
    # The last quarter may end a few days after the newest model.
    ends = pd.date_range(first, pd.Timestamp(until) + pd.Timedelta(days=_A_FEW_DAYS), freq="QE")
    if len(ends) < quarters:
        raise ModelInputError(f"needs {quarters} ends of quarters from {first} to {until}")
    best = {str(firm): _best_at(rows, value, ends) for firm, rows in seen.groupby("organization")}
    home = seen.groupby("organization")["country"].first()
    holder = max(best, key=lambda firm: best[firm][0])
    changes = by_country = 0
    for at in range(1, len(ends) - quarters + 1):
        span = slice(at, at + quarters)
        bar = best[holder][span] + margin
        ahead = [firm for firm, scores in best.items() if (scores[span] > bar).all()]
        if ahead:
            holder = max(ahead, key=lambda firm: best[firm][at])
            changes += 1
            by_country += int(home.get(holder) == country)
    years = (pd.Timestamp(until) - first).days / DAYS_PER_YEAR
    return LeadChanges(changes, by_country, years)


def estimate_chance_of_new_leader(
    past: LeadChanges,
    years: float,
    *,
    rng: np.random.Generator,
    n_draws: int = 20_000,
    level: float = 0.90,
) -> Estimate:
    r"""Chance that a firm of the country takes the lead within so many years.

    .. math:: 1 - e^{-\lambda q t}, \quad \lambda \sim \Gamma(n + \tfrac12, T),
        \quad q \sim \mathrm{Beta}(k + \tfrac12, n - k + \tfrac12)

    Jeffreys' priors for a Poisson rate and a share (Gelman et al. 2013, *Bayesian
    Data Analysis*, section 2.8). Changes are taken as independent and the rate as
    constant; neither holds well, so the interval is too narrow.

    Raises
    ------
    ModelInputError
        If the record or the horizon has no length, or the level is not in (0, 1).
    """
    require_level(level)
    if not past.years > 0:
        raise ModelInputError(f"needs a record of some years, got {past.years}")
    rate = rng.gamma(past.changes + _JEFFREYS, 1 / past.years, require_paths(n_draws))
    share = rng.beta(
        past.by_country + _JEFFREYS, past.changes - past.by_country + _JEFFREYS, n_draws
    )
    chance = -np.expm1(-rate * share * float(require_positive(years, "years")))
    low, high = np.quantile(chance, [0.5 - level / 2, 0.5 + level / 2])
    value, n = float(chance.mean()), past.changes
    return Estimate(value, float(low), float(high), level, "credible", n, units.SHARE)


def _best_at(rows: pd.DataFrame, value: str, ends: pd.DatetimeIndex) -> FloatArray:
    """Best value of a firm at the ends of quarters; minus infinity before its first."""
    ordered = rows.sort_values("date", kind="stable")
    highest = np.maximum.accumulate(ordered[value].to_numpy(dtype=float))
    at = ordered["date"].searchsorted(ends, side="right")
    return np.concatenate([[-np.inf], highest])[at]
