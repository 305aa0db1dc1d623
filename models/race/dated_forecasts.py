"""Forecasts that a day and a table settle: what the pool says, and how it is judged later.

Each forecast is of a measure that can be read off a table: the gap between the
two countries' best models on the capability index, or between their largest
known training runs. It says either the chance of an event or the whole
distribution. Stocks of compute are left out: no table holds what the race
calls a country's stock.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.scoring_rules import compute_brier_score, compute_crps_sample, compute_mid_levels
from models.core.timescale import DAYS_PER_YEAR, Moment, to_decimal_year
from models.race.gap_pool import mix_values
from models.race.race_calibration import select_known_runs
from models.race.race_definitions import LARGEST_RUN
from models.race.race_parameters import (
    CAPABILITY,
    STEPS_PER_YEAR,
)
from models.race.race_simulation import LeadPaths

FloatArray = npt.NDArray[np.float64]
Relation = Literal["below", "at least", "distribution"]
PathsByMeasure = Mapping[str, Sequence[LeadPaths]]
"""Paths of every member, by what leading means."""

N_QUANTILES = 20
SETTLING_DAYS = 60
"""Days after its due day that a table must reach: models are scored weeks after their release."""

_CALENDAR_DAYS = 5
"""More than the days between the end of a calendar quarter and that of a quarter of a year."""

DUE = ("2026-12-31", "2027-03-31", "2027-06-30", "2027-09-30", "2027-12-31")
DUE_LATER = ("2028-12-31", "2030-12-31")


@dataclass(frozen=True)
class DatedForecast:
    """One forecast.

    A threshold is in `unit`.

    Attributes
    ----------
    question : str
        In words, with the day.
    measure : str
        Key of `MEASURES`.
    relation : {"below", "at least", "distribution"}
        The event is the measure being so with respect to the threshold; a
        distribution has no event.
    threshold : float or None
        Gap that it asks about.
    since, due : str
        ISO dates: the day up to which the data reached, and the day in question.
    unit, table : str
        Unit of the measure, and the table that settles it.
    probability : float or None
        Chance that the answer is yes.
    quantiles : tuple of float
        Of the measure at `scoring_rules.compute_mid_levels`; empty where there is an event.
    """

    question: str
    measure: str
    relation: Relation
    threshold: float | None
    since: str
    due: str
    unit: str
    table: str
    probability: float | None = None
    quantiles: tuple[float, ...] = ()


@dataclass(frozen=True)
class Settled:
    """What came of a forecast.

    Attributes
    ----------
    outcome : float
        The measure, in the forecast's unit.
    happened : bool or None
        Whether the event did; None for a distribution.
    rule : {"Brier", "CRPS"}
        Score that is given.
    score : float
        Smaller is better; CRPS in the forecast's unit.
    """

    outcome: float
    happened: bool | None
    rule: Literal["Brier", "CRPS"]
    score: float


@dataclass(frozen=True)
class _Measure:
    unit: str
    table: str
    of_paths: Callable[[LeadPaths, float], FloatArray]
    of_table: Callable[[pd.DataFrame, str, str], float]


def make_dated_forecasts(paths: PathsByMeasure, as_of: str) -> list[DatedForecast]:
    """Return what the paths say of the days `DUE` and `DUE_LATER` after their data end.

    Parameters
    ----------
    paths : mapping of str to sequence of LeadPaths
        By meaning of leading, one entry for each member of the pool; all count alike.
    as_of : str
        ISO date to which the data reach.
    """
    asked = [*_near(DUE), *_far(DUE_LATER)]
    return [
        _answered(question, measure, event, as_of, due, paths)
        for question, measure, event, due in asked
        if due > as_of
    ]


def settle(forecast: Mapping[str, Any], table: pd.DataFrame, *, reached: Moment) -> Settled | None:
    """Return what came of a forecast, or None as long as its table doesn't reach far enough.

    It does if its state is of `SETTLING_DAYS` after the due day or later, and if it
    has a row of the due day or later: a table that is dated anew but no longer
    kept up says nothing of that day.

    Parameters
    ----------
    forecast : mapping
        The fields of a `DatedForecast`.
    table : DataFrame
        The table that settles it, in its newest state.
    reached : date
        Day of that state: the one that the publisher gives, or that of retrieval.

    Raises
    ------
    ModelInputError
        If the measure is not known, or a country has no row by the due day.
    """
    if forecast["measure"] not in MEASURES:
        raise ModelInputError(f"needs one of {', '.join(MEASURES)}, got {forecast['measure']!r}")
    due = pd.Timestamp(forecast["due"])
    dated = pd.Timestamp(reached) >= due + pd.Timedelta(days=SETTLING_DAYS)
    if not (dated and table["date"].max() >= due):
        return None
    measure = MEASURES[forecast["measure"]]
    outcome = measure.of_table(table, forecast["since"], forecast["due"])
    if forecast["relation"] == "distribution":
        return Settled(outcome, None, "CRPS", compute_crps_sample(forecast["quantiles"], outcome))
    happened = bool(_event(np.array(outcome), forecast["relation"], forecast["threshold"]))
    return Settled(
        outcome, happened, "Brier", float(compute_brier_score(forecast["probability"], happened))
    )


def measure_capability_gap(index: pd.DataFrame, day: Moment) -> float:
    """Best American less best Chinese score on the index among models released by a day, points."""
    return _gap(index, "eci", day)


def measure_largest_run_gap(models: pd.DataFrame, day: Moment) -> float:
    """Return the largest American known run over the largest Chinese one, factors of 10."""
    return _gap(select_known_runs(models), "log10_compute", day)


def measure_lowest_capability_gap(index: pd.DataFrame, since: Moment, due: Moment) -> float:
    """Return the smallest gap at the ends of the quarters that a race simulates, points."""
    return min(measure_capability_gap(index, end) for end in list_quarter_ends(since, due))


def list_quarter_ends(since: Moment, due: Moment) -> pd.DatetimeIndex:
    """Return the ends of the quarters that a race from one day steps through up to another.

    The race begins at the end of a quarter nearest to the day its data end; its
    first step is the next one.

    Raises
    ------
    ModelInputError
        If there is none.
    """
    ends = pd.date_range(pd.Timestamp(since), pd.Timestamp(due), freq="QE")
    start = round(STEPS_PER_YEAR * to_decimal_year(since))
    stepped = ends[[round(STEPS_PER_YEAR * to_decimal_year(end)) > start for end in ends]]
    if not len(stepped):
        raise ModelInputError(f"needs the end of a quarter after {since}, up to {due}")
    return stepped


def _gap(frame: pd.DataFrame, value: str, day: Moment) -> float:
    best = frame[frame["date"] <= pd.Timestamp(day)].groupby("country")[value].max()
    if lacking := {"USA", "CHN"} - set(best.dropna().index):
        raise ModelInputError(f"needs models of both countries by {day}, none of {lacking}")
    return float(best["USA"] - best["CHN"])


def _at(paths: LeadPaths, time: float) -> FloatArray:
    return -paths.at(time)


def _lowest(paths: LeadPaths, time: float) -> FloatArray:
    until = paths.times <= time + _CALENDAR_DAYS / DAYS_PER_YEAR
    return np.asarray(-paths.lead[:, :, until].max(axis=2).ravel())


MEASURES: Mapping[str, _Measure] = MappingProxyType(
    {
        "capability_gap": _Measure(
            units.POINTS,
            "capability_index",
            _at,
            lambda t, _since, due: measure_capability_gap(t, due),
        ),
        "lowest_capability_gap": _Measure(
            units.POINTS, "capability_index", _lowest, measure_lowest_capability_gap
        ),
        "largest_run_gap": _Measure(
            units.ORDERS,
            "ai_models",
            _at,
            lambda t, _since, due: measure_largest_run_gap(t, due),
        ),
    }
)
"""What can be asked for: unit, table, and how it is read off simulated paths and off the table."""

_PATHS_OF = {
    "capability_gap": CAPABILITY,
    "lowest_capability_gap": CAPABILITY,
    "largest_run_gap": LARGEST_RUN,
}
_Event = tuple[Relation, float | None]
_Question = tuple[str, str, _Event, str]


def _near(days: Sequence[str]) -> list[_Question]:
    """Questions of which many are settled soon."""
    gap, runs = "capability_gap", "largest_run_gap"
    whole: _Event = ("distribution", None)
    behind, best = "behind the best American one on", "the best Chinese model"
    asked: list[tuple[str, str, _Event]] = [
        (f"By how many points is {best} {behind} {{}}, by the capability index?", gap, whole),
        (f"Is {best} ahead of the best American one on {{}}?", gap, ("below", 0.0)),
        (f"Is {best} less than 5 points {behind} {{}}?", gap, ("below", 5.0)),
        (f"Is {best} 15 points or more {behind} {{}}?", gap, ("at least", 15.0)),
        ("How large is the gap between the largest known training runs by {}?", runs, whole),
        (
            "Is the largest known American training run, by {}, under 10 times the Chinese?",
            runs,
            ("below", 1.0),
        ),
    ]
    return [(text.format(due), name, event, due) for due in days for text, name, event in asked]


def _far(days: Sequence[str]) -> list[_Question]:
    words = "Has a Chinese model been ahead on the index on the last day of some quarter by {}?"
    return [(words.format(d), "lowest_capability_gap", ("below", 0.0), d) for d in days]


def _answered(
    question: str,
    name: str,
    event: _Event,
    since: str,
    due: str,
    paths: PathsByMeasure,
) -> DatedForecast:
    measure, (relation, threshold) = MEASURES[name], event
    values = [measure.of_paths(member, to_decimal_year(due)) for member in paths[_PATHS_OF[name]]]
    forecast = DatedForecast(
        question, name, relation, threshold, since, due, measure.unit, measure.table
    )
    if relation == "distribution":
        found = np.quantile(mix_values(values), compute_mid_levels(N_QUANTILES))
        return replace(forecast, quantiles=tuple(float(q) for q in found.round(4)))
    shares = [_event(each, relation, threshold).mean() for each in values]
    return replace(forecast, probability=round(float(np.mean(shares)), 4))


def _event(values: FloatArray, relation: str, threshold: float | None) -> npt.NDArray[np.bool_]:
    if threshold is None or relation not in {"below", "at least"}:
        raise ModelInputError(f"needs an event, got {relation!r} {threshold}")
    return np.asarray(values < threshold if relation == "below" else values >= threshold)
