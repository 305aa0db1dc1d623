"""What counts as leading on a simulated path that is watched at the ends of quarters.

Three events, never mixed. *Held*: first place at two ends of quarters in a row or more,
each time by more than a margin, below which the ruler's own error could make a lead.
*Ever* (first passage): ahead at some end of a quarter, by however little. *Terminal*:
ahead at the last one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray

QUARTERS_HELD = 2
"""Ends of quarters in a row for which first place must be held."""
EVENTS = ("terminal", "ever", "held")
"""In the order of `measure_event_shares`."""


def measure_longest_spell(lead: FloatArray, margin: float) -> npt.NDArray[np.int64]:
    """Count the most ends of quarters in a row at which each path leads by more than a margin.

    Parameters
    ----------
    lead : ndarray, shape (k, n)
        Follower's lead by quarter and path.
    margin : float
        In the unit of the lead, not negative.

    Returns
    -------
    ndarray of int, shape (n,)
    """
    return trace_longest_spell(lead, [len(lead) - 1], margin)[0]


def trace_longest_spell(
    lead: FloatArray, columns: Sequence[int], margin: float
) -> list[npt.NDArray[np.int64]]:
    """Count the most ends of quarters in a row by each of some quarters.

    Parameters
    ----------
    lead, margin
        As `measure_longest_spell`.
    columns : sequence of int
        Quarters, ascending.

    Returns
    -------
    list of ndarray of int, shape (n,)
        By quarter.
    """
    run = np.zeros(lead.shape[1], dtype=np.int64)
    longest = run.copy()
    found = []
    for at, ahead in enumerate(_leads(lead, margin)):
        run = (run + 1) * ahead
        np.maximum(longest, run, out=longest)
        if at in columns:
            found.append(longest.copy())
    return found


def measure_event_shares(
    lead: FloatArray, columns: Sequence[int], *, margin: float, inner: int
) -> FloatArray:
    """Share of each draw's paths on which the events of `EVENTS` have come by some quarters.

    Parameters
    ----------
    lead : ndarray, shape (k, n_draws * inner)
        Follower's lead by quarter and path; the paths of a draw stand side by side.
    columns : sequence of int
        Quarters by which events are counted, ascending.
    margin : float
        By which a lead must be held; the other two events know none.
    inner : int
        Paths of a draw.

    Returns
    -------
    ndarray, shape (3, len(columns), n_draws)

    Raises
    ------
    ModelInputError
        If the quarters are not ascending, or paths don't divide into draws.
    """
    if list(columns) != sorted(set(columns)) or not 0 <= columns[0] <= columns[-1] < len(lead):
        raise ModelInputError(f"needs ascending quarters below {len(lead)}, got {list(columns)}")
    if lead.shape[1] % inner:
        raise ModelInputError(f"{lead.shape[1]} paths do not divide into draws of {inner}")
    ahead, clear = lead > 0, _leads(lead, margin)
    held = clear.copy()
    held[0] = False
    held[1:] &= clear[:-1]
    passed = [_first_up_to(event, columns) for event in (ahead, held)]
    events = np.stack([ahead[list(columns)], *passed])
    # Of zeros and ones a product with ones is their exact number, and far quicker than a mean.
    counts = events.reshape(-1, inner).astype(float) @ np.ones(inner)
    return np.asarray((counts / inner).reshape(3, len(columns), -1))


def _first_up_to(event: npt.NDArray[np.bool_], columns: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return whether an event has come by each of some quarters."""
    firsts = [0, *(column + 1 for column in columns[:-1])]
    within = [event[a : b + 1].any(axis=0) for a, b in zip(firsts, columns, strict=True)]
    for before, now in pairwise(within):  # far quicker than numpy's accumulate
        now |= before  # noqa: PLW2901 - in place
    return np.stack(within)


def _leads(lead: FloatArray, margin: float) -> npt.NDArray[np.bool_]:
    if not margin >= 0:
        raise ModelInputError(f"needs a margin of 0 or more, got {margin}")
    return np.asarray(lead > margin)
