"""Paths on which the follower leads, counted: what chances and spells are read off.

Paths are many megabytes; what they are counted to is small, and is all that chances, their
intervals and the distribution of the longest spell need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.input_checks import require_level
from models.race.lead_events import measure_event_shares, trace_longest_spell
from models.race.lead_forecast import LeadForecast, summarise_events
from models.race.race_forecasts import find_columns
from models.race.race_parameters import list_forecast_dates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray

IntArray = npt.NDArray[np.integer]


@dataclass(frozen=True)
class LeadCounts:
    """How many paths lead, by the dates of the forecast.

    Attributes
    ----------
    events : ndarray of int, shape (3, dates, n_draws)
        Paths of each draw on which the events of `models.race.lead_events.EVENTS` have come.
    spells : ndarray of int, shape (dates, quarters + 1)
        Paths of all draws by their longest spell in first place: 0, 1, ... ends of quarters.
    inner : int
        Paths of a draw.
    """

    events: IntArray
    spells: IntArray
    inner: int

    @property
    def shares(self) -> FloatArray:
        """Share of each draw's paths on which the events have come, shaped as `events`."""
        return np.asarray(self.events.astype(float) / self.inner)

    def forecast(self, definition: str, *, n: int, level: float) -> LeadForecast:
        """Return the chances with their credible intervals.

        Parameters
        ----------
        definition : str
            What leading means, or who forecasts.
        n : int
            Observations behind the draws.
        level : float
            Of the intervals.

        Raises
        ------
        ModelInputError
            If the level is not in (0, 1).
        """
        require_level(level)
        dates = list_forecast_dates()
        return summarise_events(definition, dates, self.shares, self.inner, n, level)


def count_leads(lead: FloatArray, times: FloatArray, *, margin: float, inner: int) -> LeadCounts:
    """Count the paths on which the follower leads.

    Parameters
    ----------
    lead : ndarray, shape (k, n_draws * inner)
        Follower's lead by quarter and path; the paths of a draw stand side by side.
    times : ndarray, shape (k,)
        Decimal years at the ends of the quarters.
    margin : float
        By which a lead must be held.
    inner : int
        Paths of a draw.

    Raises
    ------
    ModelInputError
        If the margin is negative, or paths don't divide into draws.
    """
    columns = find_columns(times)
    shares = measure_event_shares(lead, columns, margin=margin, inner=inner)
    longest = trace_longest_spell(lead, columns, margin)
    return LeadCounts(
        np.rint(shares * inner).astype(np.min_scalar_type(inner)),
        np.stack([np.bincount(each, minlength=len(lead) + 1) for each in longest]),
        inner,
    )


def join_counts(parts: Sequence[LeadCounts]) -> LeadCounts:
    """Put batches of draws together, in their order.

    Parameters
    ----------
    parts : sequence of LeadCounts
        One or more, of the same quarters and as many paths of a draw.
    """
    events = np.concatenate([part.events for part in parts], axis=2)
    spells = np.sum([part.spells for part in parts], axis=0)
    return LeadCounts(events, np.asarray(spells), parts[0].inner)
