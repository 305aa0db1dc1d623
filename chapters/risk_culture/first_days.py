"""The returns of newly listed firms on their first day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core.estimates import Estimate
from models.society import listing_returns
from overtake.data.used import Used

if TYPE_CHECKING:
    import pandas as pd

OFFER, FIRST_CLOSE = "offer_price_hkd", "first_close_hkd"
LISTINGS = Used("listings", columns=(OFFER, FIRST_CLOSE))
"""What the returns of the first day are computed from."""


def compute_first_days(listed: pd.DataFrame, *, level: float) -> dict[str, Estimate]:
    """Return by firm the return on the offer price at the first close, %.

    Each is one fact, and has no interval of its own.

    Parameters
    ----------
    listed : pandas.DataFrame
        Table ``listings``, by firm.
    level : float
        Level that the estimates carry.

    Raises
    ------
    ModelInputError
        If an offer price is missing or a price is not positive.
    """
    returns = listing_returns.compute_returns_since_offer(
        listed, offer=OFFER, prices=[FIRST_CLOSE]
    )[FIRST_CLOSE]
    return {
        str(firm): Estimate(percent, percent, percent, level, "range", 1, "%")
        for firm, percent in (100 * returns.astype(float)).items()
    }
