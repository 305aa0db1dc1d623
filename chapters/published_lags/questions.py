"""How a lag is asked for, and the scores from which each question is answered."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from models.capability.lag_measures import Measure, measure_lag
from models.capability.task_scale import Slopes, fit_task_scale

from chapters.published_lags.evaluator_scale import Evaluation, fit_linked, place_models

INDEX = "index"
"""The capability index's own results."""

Frames = Mapping[tuple[str, Slopes], pd.DataFrame]


@dataclass(frozen=True)
class Question:
    """How a lag is asked for.

    Attributes
    ----------
    date : tuple of Timestamp
        Models after the first day don't count; the second is the vintage of the index whose
        scores are read. A vintage of then read on a later day would miss the models between,
        so that the two are one choice.
    model : str or None
        The model that trails; None for the best.
    measure : tuple of str and float
        The measure, and the points by which the frontier must be ahead.
    results : str
        `index`, or an evaluator.
    slopes : {"one", "own"}
        The scale.
    """

    date: tuple[pd.Timestamp, pd.Timestamp]
    model: str | None
    measure: tuple[Measure, float]
    results: str
    slopes: Slopes

    @property
    def day(self) -> pd.Timestamp:
        """Last day of the models that count."""
        return self.date[0]


@dataclass(frozen=True)
class Scores:
    """Every score that a question may ask for; each frame has model, date, country and score.

    Attributes
    ----------
    vintages : mapping of Timestamp to DataFrame
        The index as published, by vintage.
    fitted : mapping
        Scales fitted here, by results and slopes; the index with its own slopes is not
        among them, as it is published.
    first_lag_year, first_line_year : int
        First years of the days that are averaged and of the line.
    """

    vintages: Mapping[pd.Timestamp, pd.DataFrame]
    fitted: Frames
    first_lag_year: int
    first_line_year: int

    @property
    def newest(self) -> pd.Timestamp:
        """The newest vintage."""
        return max(self.vintages)

    @property
    def last_day(self) -> pd.Timestamp:
        """Release of the newest model in it."""
        return pd.Timestamp(self.vintages[self.newest]["date"].max())

    def known_at(self, day: pd.Timestamp) -> pd.Timestamp:
        """Return the newest vintage that was public on a day.

        Raises
        ------
        KeyError
            If none was.
        """
        public = [vintage for vintage in self.vintages if vintage <= day]
        if not public:
            raise KeyError(f"no vintage of the index by {day:%Y-%m-%d}")
        return max(public)

    def frame(self, question: Question) -> pd.DataFrame:
        """Return the scores that a question asks for."""
        if (question.results, question.slopes) == (INDEX, "own"):
            return self.vintages[question.date[1]]
        return self.fitted[question.results, question.slopes]

    def answer(self, question: Question) -> float:
        """Return the lag that a question asks for, months."""
        measure, ahead_by = question.measure
        year = self.first_line_year if measure == "trend_line" else self.first_lag_year
        return measure_lag(
            self.frame(question),
            measure=measure,
            date=question.day,
            since=f"{year}-01-01",
            model=question.model,
            ahead_by=ahead_by,
        )


def read_vintages(index_vintages: pd.DataFrame) -> dict[pd.Timestamp, pd.DataFrame]:
    """Return the index of each vintage; models without day or country are left aside."""
    known = index_vintages.rename(columns={"release_date": "date"})
    known = known.dropna(subset=["date", "country"])
    columns = ["model", "date", "country", "score"]
    return {
        pd.Timestamp(str(day)): rows[columns].reset_index(drop=True)
        for day, rows in known.groupby("vintage")
    }


def fit_scales(
    index_vintages: pd.DataFrame,
    index_scores: pd.DataFrame,
    evaluations: Mapping[str, Evaluation],
) -> dict[tuple[str, Slopes], pd.DataFrame]:
    """Fit every scale that a question may ask for.

    Parameters
    ----------
    index_vintages : DataFrame
        Table ``index_vintages``.
    index_scores : DataFrame
        Its newest inputs, of the table ``index_scores``.
    evaluations : mapping of str to Evaluation
        By evaluator.
    """
    models = list_models(index_vintages)
    slopes: tuple[Slopes, ...] = ("one", "own")
    fitted: dict[tuple[str, Slopes], pd.DataFrame] = {
        (evaluator, each): fit_linked(evaluation, models, each)
        for evaluator, evaluation in evaluations.items()
        for each in slopes
    }
    fitted[INDEX, "one"] = place_models(fit_task_scale(index_scores, slopes="one"), models)
    return fitted


def collect_scores(
    index_vintages: pd.DataFrame,
    fitted: Frames,
    *,
    first_lag_year: int,
    first_line_year: int,
) -> Scores:
    """Lay published vintages and fitted scales side by side.

    Parameters
    ----------
    index_vintages : DataFrame
        Table ``index_vintages``.
    fitted : mapping of tuple to DataFrame
        As of `fit_scales`.
    first_lag_year, first_line_year : int
        First years of the days that are averaged and of the line.
    """
    return Scores(read_vintages(index_vintages), fitted, first_lag_year, first_line_year)


def list_models(index_vintages: pd.DataFrame) -> pd.DataFrame:
    """Return model, day and country of every model of the newest vintage that has them."""
    vintages = read_vintages(index_vintages)
    return vintages[max(vintages)][["model", "date", "country"]]


def take_newest(index_scores: pd.DataFrame) -> pd.DataFrame:
    """Return the newest vintage of the index's inputs."""
    rows: pd.DataFrame = index_scores[index_scores["vintage"] == index_scores["vintage"].max()]
    return rows
