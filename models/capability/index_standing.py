"""Where two countries stand on a capability index: the gap in points and the lag in months.

The lag answers how many months ago the leader had what the follower has now: it is counted from
the release of the leader's first model with the follower's best score to the newest release of
either. It can jump by months when two scores are nearly tied, and its interval has to show that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.core.errors import ModelInputError
from models.core.timescale import MONTHS_PER_YEAR, to_decimal_years

if TYPE_CHECKING:
    import pandas as pd

    from models.core.arrays import FloatArray

LEADER, FOLLOWER = "USA", "CHN"
_LISTED = 5


@dataclass(frozen=True)
class Field:
    """The models of two countries, whose scores are compared.

    Attributes
    ----------
    models : tuple of str
        In order of release.
    released : array
        Decimal year of each release.
    leads : array of bool
        Whether a model is the leader's; else it is the follower's.
    """

    models: tuple[str, ...]
    released: FloatArray
    leads: np.typing.NDArray[np.bool_]

    def read(self, scores: pd.Series[float]) -> FloatArray:
        """Return the models' scores in the field's order; missing where there is none."""
        return np.asarray(scores.reindex(list(self.models)), dtype=float)


@dataclass(frozen=True)
class Standing:
    """Gap and lag between the best models of two countries.

    Attributes
    ----------
    leader_model, follower_model : str
        Each country's best.
    leader_score, follower_score : float
        Their scores, in points.
    lag_months : float
        Months from the release of the leader's first model with at least the follower's best
        score to the newest release of either. Not a number where the leader's first model is
        above it, so that the months are only a bound, or no model of the leader has it.
    """

    leader_model: str
    follower_model: str
    leader_score: float
    follower_score: float
    lag_months: float

    @property
    def gap(self) -> float:
        """Leader's best less follower's best, in points."""
        return self.leader_score - self.follower_score


def line_up(models: pd.DataFrame, *, leader: str = LEADER, follower: str = FOLLOWER) -> Field:
    """Return the models of two countries in order of release.

    Parameters
    ----------
    models : DataFrame
        Columns model, country and release_date, one row a model; others are left aside.

    Raises
    ------
    ModelInputError
        If a model has no date or comes twice, or a country has none; the rows are named.
    """
    kept = models[models["country"].isin([leader, follower])]
    if kept["release_date"].isna().any():
        raise ModelInputError(f"models without date: {_named(kept[kept['release_date'].isna()])}")
    if kept["model"].duplicated().any():
        raise ModelInputError(f"models that come twice: {_named(kept[kept['model'].duplicated()])}")
    for code in (leader, follower):
        if not (kept["country"] == code).any():
            raise ModelInputError(f"no model of {code} among {len(models)}")
    kept = kept.sort_values(["release_date", "model"], kind="stable")
    return Field(
        tuple(kept["model"]),
        to_decimal_years(kept["release_date"]),
        (kept["country"] == leader).to_numpy(dtype=bool),
    )


def compare(field: Field, scores: pd.Series[float], *, until: float = np.inf) -> Standing:
    """Return gap and lag by the scores of a field's models.

    Parameters
    ----------
    field : Field
        The models.
    scores : Series of float
        Index by model; models that it lacks do not count.
    until : float
        Decimal year; later releases do not count.

    Raises
    ------
    ModelInputError
        If a country has no scored model by then.
    """
    values = field.read(scores)
    counts = np.isfinite(values) & (field.released <= until)
    leads, follows = counts & field.leads, counts & ~field.leads
    if not (leads.any() and follows.any()):
        raise ModelInputError("a country has no scored model by that day")
    best = int(np.where(leads, values, -np.inf).argmax())
    rival = int(np.where(follows, values, -np.inf).argmax())
    reached = find_first_reached(field.released[leads], values[leads], float(values[rival]))
    is_bound = bool(reached == field.released[leads].min())
    return Standing(
        field.models[best],
        field.models[rival],
        float(values[best]),
        float(values[rival]),
        np.nan if is_bound else MONTHS_PER_YEAR * (float(field.released[counts].max()) - reached),
    )


def find_first_reached(released: FloatArray, scores: FloatArray, level: float) -> float:
    """Return when a series of models first has at least a level.

    Parameters
    ----------
    released, scores : array
        Decimal years in order, and scores.
    level : float
        Score to reach.

    Returns
    -------
    float
        Decimal year; not a number if no model reaches it.
    """
    able = scores >= level
    return float(released[int(able.argmax())]) if able.any() else float("nan")


def _named(rows: pd.DataFrame) -> str:
    names = rows["model"].astype(str)
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
