"""Events that a day and a table settle: their chance now, and what came of them later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from models.core.distributions import t_tail
from models.core.errors import ModelInputError
from models.core.scoring_rules import compute_brier_score

if TYPE_CHECKING:
    from models.core.timescale import Moment

Relation = Literal["below", "at least"]
Measure = Callable[[pd.DataFrame, pd.Timestamp], float | None]
"""Reads an outcome off a table for a due day; None while the table does not hold it."""

SETTLING_DAYS = 60
"""Days after its due day that a table must reach: what is observed is published later."""
_FEWEST_CHANGES = 3


@dataclass(frozen=True)
class DatedEvent:
    """One forecast of an event.

    A threshold is in `unit`.

    Attributes
    ----------
    question : str
        In words, with the day.
    measure : str
        Name under which its outcome is read off the table.
    relation : {"below", "at least"}
        The event is the outcome being so with respect to the threshold.
    threshold : float
        Value that it asks about.
    since, due : str
        ISO dates: the day up to which the data reached, and the day in question.
    unit, table : str
        Unit of the outcome, and the table that settles it.
    probability : float
        Chance that the answer is yes.
    quantiles : tuple of float
        None: an event has no distribution.
    """

    question: str
    measure: str
    relation: Relation
    threshold: float
    since: str
    due: str
    unit: str
    table: str
    probability: float
    quantiles: tuple[float, ...] = ()


@dataclass(frozen=True)
class SettledEvent:
    """What came of a forecast.

    Attributes
    ----------
    outcome : float
        In the forecast's unit.
    happened : bool
        Whether the event did.
    rule : {"Brier"}
        Score that is given.
    score : float
        Smaller is better.
    """

    outcome: float
    happened: bool
    rule: Literal["Brier"]
    score: float


def settle_event(
    forecast: Mapping[str, Any],
    table: pd.DataFrame,
    *,
    reached: Moment,
    measures: Mapping[str, Measure],
) -> SettledEvent | None:
    """Return what came of an event, or None as long as its table doesn't hold the outcome.

    Parameters
    ----------
    forecast : mapping
        The fields of a `DatedEvent`.
    table : DataFrame
        The table that settles it, in its newest state.
    reached : date
        Day of that state: at least `SETTLING_DAYS` after the due day.
    measures : mapping of str to function
        How outcomes are read, by measure.

    Raises
    ------
    ModelInputError
        If the measure or the relation is not known.
    """
    if forecast["measure"] not in measures:
        raise ModelInputError(f"needs one of {', '.join(measures)}, got {forecast['measure']!r}")
    if forecast["relation"] not in {"below", "at least"}:
        raise ModelInputError(f"needs an event, got {forecast['relation']!r}")
    due = pd.Timestamp(forecast["due"])
    if pd.Timestamp(reached) < due + pd.Timedelta(days=SETTLING_DAYS):
        return None
    outcome = measures[forecast["measure"]](table, due)
    if outcome is None:
        return None
    is_reached = outcome >= forecast["threshold"]
    happened = is_reached if forecast["relation"] == "at least" else not is_reached
    score = float(compute_brier_score(forecast["probability"], happened))
    return SettledEvent(outcome, happened, "Brier", score)


def compute_chance_of_rise(changes: Sequence[float], threshold: float, *, steps: int = 1) -> float:
    r"""Chance that a walk rises by a threshold or more, from its past changes.

    The changes are independent draws of a normal distribution of unknown mean and spread, so
    that the rise over `steps` of them, less its forecast, over
    :math:`s \sqrt{h + h^2/n}` has Student's distribution with n - 1 degrees of freedom.

    Parameters
    ----------
    changes : sequence of float
        Past changes, one a step.
    threshold : float
        Rise in question, in their unit.
    steps : int
        How many changes ahead, h.

    Raises
    ------
    ModelInputError
        If there are fewer than 3 changes, they do not differ, or `steps` is below 1.
    """
    past = np.asarray(changes, dtype=float)
    if past.size < _FEWEST_CHANGES or not np.all(np.isfinite(past)) or not np.ptp(past) > 0:
        raise ModelInputError(f"needs {_FEWEST_CHANGES} changes that differ, got {past.tolist()}")
    if steps < 1:
        raise ModelInputError(f"needs at least one step, got {steps}")
    spread = float(past.std(ddof=1)) * np.sqrt(steps + steps**2 / past.size)
    return float(t_tail((threshold - steps * past.mean()) / spread, past.size - 1))
