"""A small race in which every lag can be counted by hand, and lags published of it."""

import pandas as pd

from chapters.published_lags.lag_list import PublishedLag
from chapters.published_lags.questions import Scores
from models.capability.lag_measures import Measure
from models.capability.task_scale import Slopes

START = pd.Timestamp("2024-01-01")
MONTH = 12 / 365.25
THEN, NOW = pd.Timestamp("2025-02-01"), pd.Timestamp("2025-06-01")


def day(n: int) -> pd.Timestamp:
    return START + pd.Timedelta(days=n)


def race(delay: int = 60) -> pd.DataFrame:
    """A leader of a point every 30 days; the follower reaches each so many days later."""
    leader = [("USA", f"u{i}", day(30 * i), 100.0 + i) for i in range(16)]
    follower = [("CHN", f"c{i}", day(30 * i + delay), 100.0 + i) for i in range(14)]
    return pd.DataFrame([*leader, *follower], columns=["country", "model", "date", "score"])


def scores() -> Scores:
    """Two vintages; on an evaluator's results the follower is 120 days late, not 60."""
    late = race(120)
    fitted: dict[tuple[str, Slopes], pd.DataFrame] = {
        ("index", "one"): race(),
        ("caisi", "one"): late,
        ("caisi", "own"): late,
        ("deepseek", "one"): race(30),
        ("deepseek", "own"): race(30),
    }
    return Scores({THEN: race(90), NOW: race()}, fitted, 2024, 2024)


def published(
    id: str,
    months: float | None,
    *,
    as_of: pd.Timestamp = NOW,
    scores_of: pd.Timestamp | None = None,
    model: str | None = None,
    measure: Measure | None = "since_reached",
    results: str = "index",
    slopes: Slopes = "own",
    about: str = "Best Chinese models",
) -> PublishedLag:
    return PublishedLag(
        id, id.title(), about, "so many months", "source2026", as_of, as_of, scores_of, months,
        None if months is not None else 3.0, None if months is not None else 6.0, model, measure,
        0.0, results, slopes, results == "caisi",
    )  # fmt: skip
