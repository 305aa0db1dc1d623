"""What ten times the compute of the frontier is worth to a firm: points of its gap.

Levels of compute and score differ between firms for many reasons at once: who spends
more, hires more and publishes more. The race needs what *changes* are worth: by how much
a firm's distance to the best model falls when its compute grows by a factor of 10 more
than the frontier's. That is learned from the firms' own successive records, those of all
countries pooled, and stays an average over firms: that a firm with more compute also had
more of something else may be part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.input_checks import require_table
from models.core.regression import fit_linear
from models.core.timescale import DAYS_PER_YEAR

if TYPE_CHECKING:
    from models.core.estimates import Estimate

_COMPUTE = "training_compute_flop"
_RELATIVE, _YEARS = "relative", "years"
_FEWEST_FIRMS = 5


def list_record_changes(index: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return what changed from one record of a firm to its next.

    A record is a model with known compute that scores above all that its firm released
    before. Of models released on one day the best counts.

    Parameters
    ----------
    index : DataFrame
        Columns organization, date, eci and training_compute_flop; models of no known
        developer are left aside.
    runs : DataFrame
        Columns date and training_compute_flop: the runs of which the largest so far is
        the frontier's compute.

    Returns
    -------
    DataFrame
        One row a change: organization, date, gap (points to the best model so far), relative
        (factors of 10 of compute over the largest run so far) and years, all as changes.

    Raises
    ------
    ModelInputError
        If a table is empty, or a score or date is missing.
    """
    require_table(index, complete=["date", "eci"])
    require_table(runs, complete=["date", _COMPUTE])
    records = _select_records_by_firm(index).dropna(subset=[_COMPUTE])
    best = _best_so_far(index, "eci", records["date"])
    largest = _best_so_far(runs, _COMPUTE, records["date"])
    standing = records.assign(
        gap=best - records["eci"].to_numpy(dtype=float),
        relative=np.log10(records[_COMPUTE].to_numpy(dtype=float) / largest),
        years=(records["date"] - index["date"].min()).dt.days / DAYS_PER_YEAR,
    ).sort_values(["organization", "date"])
    columns = ["gap", _RELATIVE, _YEARS]
    changes = standing.groupby("organization")[columns].diff()
    return standing[["organization", "date"]].join(changes).dropna(ignore_index=True)


def estimate_relative_points(
    index: pd.DataFrame, runs: pd.DataFrame, *, level: float = 0.90
) -> Estimate:
    r"""Points that a firm gains on the frontier for ten times the frontier's compute.

    .. math:: \Delta g = -\beta\,\Delta r + \delta\,\Delta t

    by least squares on the changes of all firms, clustered by firm, with t intervals
    (`models.core.regression`); g is the gap, r the relative compute, t the time.

    Parameters
    ----------
    index, runs
        As `list_record_changes`.
    level : float
        Level of the interval.

    Raises
    ------
    ModelInputError
        As `list_record_changes`, and if fewer than five firms have two records with known
        compute.
    """
    changes = list_record_changes(index, runs)
    firms = changes["organization"].nunique()
    if firms < _FEWEST_FIRMS:
        raise ModelInputError(
            f"needs {_FEWEST_FIRMS} firms with two records of known compute, got {firms}"
        )
    fit = fit_linear(
        changes[[_RELATIVE, _YEARS]],
        changes["gap"].to_numpy(dtype=float),
        covariance="cluster",
        groups=changes["organization"].to_numpy(),
    )
    return fit.combination({_RELATIVE: -1.0}, level, units.POINTS)


def _select_records_by_firm(index: pd.DataFrame) -> pd.DataFrame:
    """Return each firm's records, as `models.core.frontier.select_records` does for one."""
    known = index.dropna(subset=["organization"])
    firms = pd.factorize(known["organization"], sort=True)[0]
    order = np.lexsort((-known["eci"].to_numpy(dtype=float), known["date"].to_numpy(), firms))
    ordered, firm = known.iloc[order], firms[order]
    best = ordered["eci"].groupby(firm).cummax()
    before = best.groupby(firm).shift(fill_value=-np.inf)
    return ordered[(ordered["eci"] > before).to_numpy()]


def _best_so_far(
    frame: pd.DataFrame, value: str, days: pd.Series[pd.Timestamp]
) -> np.typing.NDArray[np.float64]:
    """Return the highest value up to and on each day."""
    ordered = frame.sort_values("date", kind="stable")
    highest = np.maximum.accumulate(ordered[value].to_numpy(dtype=float))
    at = ordered["date"].searchsorted(days, side="right") - 1
    return np.asarray(highest[at])
