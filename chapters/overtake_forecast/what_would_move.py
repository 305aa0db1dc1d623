"""Which observation of the next twelve months would move the chance of a lead most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.core.observations import FEWEST_DRAWS, BoolArray, Shift, measure_shift
from models.core.timescale import to_decimal_year

from chapters.shared.dated import WATCHED_UNTIL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.arrays import FloatArray
    from models.race.dated_forecasts import DatedForecast
    from models.race.race_simulation import LeadPaths

_GAP, _RUNS = "capability_gap", "largest_run_gap"


@dataclass(frozen=True)
class Watched:
    """A question of the forecast log, and how far its answer would move the chance of a lead.

    There is no shift where almost every path gives one answer.

    Attributes
    ----------
    event : DatedForecast
        As logged.
    shift : Shift or None
        Chance of a Chinese lead by January 2031.
    """

    event: DatedForecast
    shift: Shift | None

    @property
    def expected_move(self) -> float:
        """By how much the answer moves the chance on average."""
        return 0.0 if self.shift is None else self.shift.expected_move


@dataclass(frozen=True)
class WhatWouldMove:
    """What to watch within twelve months.

    Attributes
    ----------
    by_gap : tuple of Watched
        Questions on the gap on the last day watched, the one that moves most first.
    runs : DatedForecast
        Question on the American over the Chinese largest training run.
    """

    by_gap: tuple[Watched, ...]
    runs: DatedForecast

    @property
    def widest(self) -> Watched:
        """Question on the capability gap, in points, that moves the chance of a lead most."""
        return self.by_gap[0]

    @property
    def farthest(self) -> Watched:
        """Question whether the capability gap, in points, has grown."""
        return max(self.by_gap, key=lambda each: each.event.threshold or 0.0)


def watch(
    logged: Sequence[DatedForecast],
    members: Mapping[str, LeadPaths],
    *,
    margin: float = 0.0,
    quarters: int = 1,
) -> WhatWouldMove:
    """Say what each question of the last day watched would do to the chance of a lead.

    Parameters
    ----------
    logged : sequence of DatedForecast
        What goes into the forecast log.
    members : mapping of str to LeadPaths
        The lead on the capability index by each model, all of the same weight.
    margin : float
        Points by which a lead must be held.
    quarters : int
        Ends of quarters in a row for which it must be held.
    """
    asked = [each for each in logged if each.due == WATCHED_UNTIL and each.threshold is not None]
    has_led = np.concatenate([_hold(paths.lead > margin, quarters) for paths in members.values()])
    gap = np.concatenate([-paths.at(to_decimal_year(WATCHED_UNTIL)) for paths in members.values()])
    sizes = [paths.lead[:, :, 0].size for paths in members.values()]
    weights = np.repeat([1 / size for size in sizes], sizes)
    by_gap = [
        Watched(event, _split(has_led, _happens(event, gap), weights))
        for event in asked
        if event.measure == _GAP
    ]
    ordered = sorted(by_gap, key=lambda each: -each.expected_move)
    (runs,) = (event for event in asked if event.measure == _RUNS)
    return WhatWouldMove(tuple(ordered), runs)


def _hold(ahead: BoolArray, quarters: int) -> BoolArray:
    """Whether each path is ahead for so many ends of quarters in a row."""
    windows = np.lib.stride_tricks.sliding_window_view(ahead, quarters, axis=2)
    return np.asarray(np.any(np.all(windows, axis=-1), axis=2).ravel())


def _split(has_led: BoolArray, observed: BoolArray, weights: FloatArray) -> Shift | None:
    few = min(observed.sum(), (~observed).sum()) < FEWEST_DRAWS
    return None if few else measure_shift(has_led, observed, weights=weights)


def _happens(event: DatedForecast, gap: FloatArray) -> BoolArray:
    threshold = event.threshold or 0.0
    return np.asarray(gap < threshold if event.relation == "below" else gap >= threshold)
