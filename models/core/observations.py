"""How far an observation would move a chance: the same draws, split by what is observed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.core.errors import ModelInputError

BoolArray = npt.NDArray[np.bool_]
FEWEST_DRAWS = 20
"""On either side of an observation, for a chance to be read off them."""


@dataclass(frozen=True)
class Shift:
    """A chance before an observation and after it, either way.

    Attributes
    ----------
    observed : float
        Chance of the observation.
    before : float
        Before the answer is known.
    if_so : float
        If the answer is yes.
    if_not : float
        If the answer is no.
    """

    observed: float
    before: float
    if_so: float
    if_not: float

    @property
    def expected_move(self) -> float:
        """By how much the chance moves on average, either way."""
        so, other = abs(self.if_so - self.before), abs(self.if_not - self.before)
        return self.observed * so + (1 - self.observed) * other


def measure_shift(
    event: npt.ArrayLike, observed: npt.ArrayLike, *, weights: npt.ArrayLike | None = None
) -> Shift:
    """Split the draws of an event by an observation.

    Parameters
    ----------
    event, observed : array_like of bool
        Whether each draw has the event, and whether it has the observation.
    weights : array_like, optional
        Of the draws; equal if left out.

    Raises
    ------
    ModelInputError
        If these do not go together, or fewer than 20 draws lie on either side.
    """
    happens, seen = np.asarray(event, dtype=bool).ravel(), np.asarray(observed, dtype=bool).ravel()
    shares = np.ones(seen.size) if weights is None else np.asarray(weights, dtype=float).ravel()
    if not happens.shape == seen.shape == shares.shape:
        raise ModelInputError(
            f"needs as many events as observations and weights, got {happens.size}, {seen.size} "
            f"and {shares.size}"
        )
    if min(seen.sum(), (~seen).sum()) < FEWEST_DRAWS:
        raise ModelInputError(
            f"needs {FEWEST_DRAWS} draws on either side, got {seen.sum()} of {seen.size}"
        )
    return Shift(
        float(np.average(seen, weights=shares)),
        float(np.average(happens, weights=shares)),
        float(np.average(happens[seen], weights=shares[seen])),
        float(np.average(happens[~seen], weights=shares[~seen])),
    )
