"""How often the lead has passed before: a forecast that knows nothing but the past.

Each time a new firm took the lead, it was of some country. If leads go on to
pass at the past rate, and new leaders come from a country as often as before,
the chance that one comes within some years follows.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.core import units
from models.core.arrays import paths, positive
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.frontier import record_mask
from models.core.input_checks import require_level, require_table
from models.core.timescale import DAYS_PER_YEAR, Moment

_JEFFREYS = 0.5


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
        Length of the record.
    """

    changes: int
    by_country: int
    years: float


def lead_changes(
    frame: pd.DataFrame, *, value: str, country: str, until: Moment, since: Moment | None = None
) -> LeadChanges:
    """Count how often another firm set the record.

    Parameters
    ----------
    frame : DataFrame
        Columns organization, country (empty for joint work), date and `value`.
    value : str
        What is led in.
    country : str
        ISO 3166 alpha-3 code of the new leaders that are counted apart.
    until, since : date
        Ends of the record; the first model by default.

    Raises
    ------
    ModelInputError
        If no record was set, or a date, firm or value is missing.
    """
    first = frame["date"].min() if since is None else pd.Timestamp(since)
    seen = frame[frame["date"].between(first, pd.Timestamp(until))]
    require_table(seen, complete=["organization", "date", value])
    records = seen[record_mask(seen, value=value)].sort_values("date", kind="stable")
    changed = (
        records["organization"]
        .ne(records["organization"].shift())
        .to_numpy(dtype=bool, na_value=True)
    )
    changed = np.append(False, changed[1:])  # the first holder takes the lead from none
    years = (pd.Timestamp(until) - first).days / DAYS_PER_YEAR
    return LeadChanges(
        int(changed.sum()),
        int((changed & records["country"].eq(country).to_numpy(dtype=bool, na_value=False)).sum()),
        years,
    )


def chance_of_new_leader(
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
    rate = rng.gamma(past.changes + _JEFFREYS, 1 / past.years, paths(n_draws))
    share = rng.beta(
        past.by_country + _JEFFREYS, past.changes - past.by_country + _JEFFREYS, n_draws
    )
    chance = -np.expm1(-rate * share * float(positive(years, "years")))
    ends = np.quantile(chance, [0.5 - level / 2, 0.5 + level / 2])
    value, low, high = map(float, (chance.mean(), *ends))
    return Estimate(value, low, high, level, "credible", past.changes, units.SHARE)
