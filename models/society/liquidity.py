"""For how long a firm's money lasts at the pace at which it spends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.core import units
from models.core.arrays import require_positive
from models.core.errors import ModelInputError
from models.core.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence


def compute_cover_months(money: float, spending: float, months: float) -> float:
    """Months for which money pays for spending at its past pace, with nothing coming in.

    Parameters
    ----------
    money : float
        Money at hand; negative for net debt.
    spending : float
        What was spent over the period, in the unit of `money`, > 0.
    months : float
        Length of the period, > 0.

    Raises
    ------
    ModelInputError
        If spending or months are not positive.
    """
    pace = require_positive(spending, "spending") / require_positive(months, "months")
    return float(money / pace)


def compute_runway_months(
    cash: float, burn_per_month: float, *, elapsed_months: float, raised: float
) -> float:
    """Months for which a firm's money lasts on a later day, at an outflow that stays.

    Parameters
    ----------
    cash : float
        Cash on the day of the accounts.
    burn_per_month : float
        Outflow of a month since, in the unit of `cash`, > 0.
    elapsed_months : float
        From the accounts to the day asked for.
    raised : float
        New money between the two days.

    Returns
    -------
    float
        At least 0: a firm that has run out has no negative time left.

    Raises
    ------
    ModelInputError
        If the outflow is not positive.
    """
    left = cash + raised - burn_per_month * elapsed_months
    return max(compute_cover_months(left, burn_per_month, 1.0), 0.0)


def span_months(months: Sequence[float], *, level: float) -> Estimate:
    """Median over firms, and the span from the least to the most, in months.

    Raises
    ------
    ModelInputError
        If there is no firm.
    """
    if not len(months):
        raise ModelInputError("needs the months of at least one firm, got none")
    values = np.asarray(months, dtype=float)
    return Estimate(
        float(np.median(values)),
        float(values.min()),
        float(values.max()),
        level,
        "range",
        len(values),
        units.MONTHS,
    )
