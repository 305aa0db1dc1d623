"""The same two frontiers by the other measures: each has a name of its own."""

from dataclasses import dataclass, replace

from chapters.published_lags.questions import INDEX, Question, Scores


@dataclass(frozen=True)
class OwnMeasures:
    """What the newest index says by each measure, months.

    Attributes
    ----------
    lag : float
        How long ago the United States had what China has now: the lag of this book.
    delay : float
        From the first American model with the score of China's best to that one's release.
    distance_to_line : float
        To that release, from the day on which a line through American records had the score.
    mean_of_days : float
        The lag of each day since the first year that is averaged, averaged.
    """

    lag: float
    delay: float
    distance_to_line: float
    mean_of_days: float


def measure_all(scores: Scores) -> OwnMeasures:
    """Measure by every rule on the newest index.

    Parameters
    ----------
    scores : Scores
        With the newest index.
    """
    now = (scores.last_day, scores.newest)
    lag = Question(now, None, ("since_reached", 0.0), INDEX, "own")
    return OwnMeasures(
        lag=scores.answer(lag),
        delay=scores.answer(replace(lag, measure=("at_release", 0.0))),
        distance_to_line=scores.answer(replace(lag, measure=("trend_line", 0.0))),
        mean_of_days=scores.answer(replace(lag, measure=("mean_of_days", 0.0))),
    )
