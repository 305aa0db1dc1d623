"""Dated forecasts as numbers, so that what moved them from one day to another can be split."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core.prose import SHARE

_LEVEL = 0.9
_ENDS = ((1 - _LEVEL) / 2, 0.5, (1 + _LEVEL) / 2)


class Forecast(Protocol):
    """What a chapter says of a day to come, as the log has it."""

    @property
    def measure(self) -> str:
        """What is forecast."""

    @property
    def relation(self) -> str:
        """How it is to lie to the threshold, or that all of it is told."""

    @property
    def threshold(self) -> float | None:
        """Where the chance is asked for."""

    @property
    def due(self) -> str:
        """The day of which it is said."""

    @property
    def unit(self) -> str:
        """The unit of the measure."""

    @property
    def probability(self) -> float | None:
        """The chance; None if the whole distribution is told."""

    @property
    def quantiles(self) -> tuple[float, ...]:
        """The distribution, in the middle of equal steps."""


@dataclass(frozen=True)
class Said:
    """A forecast as a run has it."""

    measure: str
    relation: str
    threshold: float | None
    due: str
    unit: str
    probability: float | None
    quantiles: tuple[float, ...]


def name_of(forecast: Forecast) -> str:
    """Return what a forecast is of, however its question is worded."""
    threshold = "" if forecast.threshold is None else f" {forecast.threshold:g}"
    return f"forecast of {forecast.measure} {forecast.relation}{threshold} by {forecast.due}"


def as_number(forecast: Forecast) -> RecordedNumber:
    """Return a chance as a share, and a distribution as its median with the central 90%."""
    if forecast.probability is not None:
        value = low = high = forecast.probability
        unit = SHARE
    else:
        # Hazen's rule, as on the page: the quantiles lie in the middle of equal steps.
        ends = np.quantile(forecast.quantiles, _ENDS, method="hazen")
        (low, value, high), unit = map(float, ends), forecast.unit
    estimate = RecordedEstimate(value, low, high, _LEVEL, "prediction", 0, unit)
    return RecordedNumber(name_of(forecast), estimate, forecast.due, 2)
