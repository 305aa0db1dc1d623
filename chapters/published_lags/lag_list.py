"""Which lags have been published, and how far they lie apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from models.capability.lag_measures import Measure
    from models.capability.task_scale import Slopes

_MEASURES: dict[str, Measure] = {
    "since_reached": "since_reached",
    "at_release": "at_release",
    "trend_line": "trend_line",
    "mean_of_days": "mean_of_days",
}
_INDEX, _CYBER, _OTHER_INDEX = "index", "cyber", "other_index"


@dataclass(frozen=True)
class PublishedLag:
    """One lag as it was published.

    Attributes
    ----------
    id, publisher, about, words, source : str
        Row, who published it, which models trail, how it was put, and where.
    published, as_of : Timestamp
        Day of publication, and the day that it is about.
    scores_of : Timestamp or None
        Day as of which the capability index was read.
    months : float or None
        None where only a range was published.
    low, high : float or None
        Range, where one was published.
    model : str or None
        The model that trails; None for the best one.
    measure : str or None
        How it is measured; None where that is not stated.
    ahead_by : float
        Points by which the frontier must have passed the score.
    results : str
        The results behind it: `index`, `other_index`, `cyber`, or an evaluator.
    slopes : str
        Scale of the results.
    is_by_domain : bool
        Whether the evaluator's domains count the same, rather than its benchmarks.
    """

    id: str
    publisher: str
    about: str
    words: str
    source: str
    published: pd.Timestamp
    as_of: pd.Timestamp
    scores_of: pd.Timestamp | None
    months: float | None
    low: float | None
    high: float | None
    model: str | None
    measure: Measure | None
    ahead_by: float
    results: str
    slopes: Slopes
    is_by_domain: bool

    @property
    def is_a_range(self) -> bool:
        """Whether no single number was published."""
        return self.months is None

    @property
    def lowest(self) -> float:
        """The number, or the lower end of the range where there is none, months."""
        return self.months if self.months is not None else self.low or 0.0

    @property
    def can_be_rebuilt(self) -> bool:
        """Whether one number, its measure and results of this kind are at hand."""
        known = self.measure is not None and self.months is not None
        return known and self.results != _CYBER and not self._is_of_open_models

    @property
    def reads_another_index(self) -> bool:
        """Whether it is read off an index that is not at hand."""
        return self.results == _OTHER_INDEX

    @property
    def _is_of_open_models(self) -> bool:
        """Whether it is about models by the access to them, which the dated index lacks."""
        return self.results == _INDEX and "open" in self.about.lower()


@dataclass(frozen=True)
class LagList:
    """The published lags, shortest first.

    Attributes
    ----------
    lags : tuple of PublishedLag
        In order of their lowest number.
    """

    lags: tuple[PublishedLag, ...]

    @property
    def shortest(self) -> PublishedLag:
        """The shortest single number."""
        return min(self._single, key=lambda lag: lag.months or 0.0)

    @property
    def longest(self) -> PublishedLag:
        """The longest single number."""
        return max(self._single, key=lambda lag: lag.months or 0.0)

    @property
    def rebuilt(self) -> tuple[PublishedLag, ...]:
        """Those that can be rebuilt from published results."""
        return tuple(lag for lag in self.lags if lag.can_be_rebuilt)

    @property
    def not_rebuilt(self) -> tuple[PublishedLag, ...]:
        """The others."""
        return tuple(lag for lag in self.lags if not lag.can_be_rebuilt)

    @property
    def _single(self) -> list[PublishedLag]:
        return [lag for lag in self.lags if not lag.is_a_range]

    def of(self, id: str) -> PublishedLag:
        """Return one row.

        Raises
        ------
        KeyError
            If there is none of this id.
        """
        for lag in self.lags:
            if lag.id == id:
                return lag
        raise KeyError(f"no published lag {id!r}; there are {[lag.id for lag in self.lags]}")


def collect_lags(published: pd.DataFrame) -> LagList:
    """Read the published lags.

    Parameters
    ----------
    published : DataFrame
        Table ``published_lags``.
    """
    rows: list[dict[str, Any]] = published.to_dict("records")  # type: ignore[assignment]
    lags = [_read(row) for row in rows]
    return LagList(tuple(sorted(lags, key=lambda lag: (lag.lowest, lag.publisher))))


def _read(row: dict[str, Any]) -> PublishedLag:
    measure, scale = _text(row["measure"]), _text(row["scale"])
    return PublishedLag(
        id=str(row["id"]),
        publisher=str(row["publisher"]),
        about=str(row["about"]),
        words=str(row["words"]),
        source=str(row["source"]),
        published=pd.Timestamp(row["published"]),
        as_of=pd.Timestamp(row["as_of"]),
        scores_of=None if pd.isna(row["scores_of"]) else pd.Timestamp(row["scores_of"]),
        months=_number(row["months"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        model=_text(row["model"]),
        measure=_MEASURES[measure] if measure else None,
        ahead_by=_number(row["ahead_by"]) or 0.0,
        results=_text(row["benchmarks"]) or "",
        slopes="one" if scale == "one_slope" else "own",
        is_by_domain=_text(row["weights"]) == "domains",
    )


def _number(value: Any) -> float | None:  # noqa: ANN401
    return None if pd.isna(value) else float(value)


def _text(value: Any) -> str | None:  # noqa: ANN401
    return None if pd.isna(value) or not str(value) else str(value)
