"""Gap and lag: by hand on a few models, and the same as by the other functions."""

import numpy as np
import pandas as pd
import pytest

from models.capability.capability_gap import estimate_capability_lag
from models.capability.index_standing import compare, find_first_reached, line_up
from models.capability.lag_measures import measure_lag
from models.core.errors import ModelInputError


def models(*rows: tuple[str, str, str, float]) -> tuple[pd.DataFrame, "pd.Series[float]"]:
    frame = pd.DataFrame(rows, columns=["model", "country", "release_date", "score"])
    frame["release_date"] = pd.to_datetime(frame["release_date"])
    return frame, frame.set_index("model")["score"]


FIVE = (
    ("a", "USA", "2025-01-01", 140.0),
    ("b", "USA", "2026-01-01", 150.0),
    ("weaker", "USA", "2025-06-01", 120.0),
    ("c", "CHN", "2026-04-01", 145.0),
    ("elsewhere", "FRA", "2025-01-01", 160.0),
)


def test_gap_and_lag_by_hand() -> None:
    frame, scores = models(*FIVE)
    at = compare(line_up(frame), scores)
    assert (at.leader_model, at.follower_model, at.gap) == ("b", "c", 5)
    # The first American model with 145 points came on 1 January, the newest release on 1 April.
    assert at.lag_months == pytest.approx(3, abs=0.05)


def test_the_lag_grows_until_a_better_model_of_the_follower_comes() -> None:
    newer = ("d", "USA", "2026-06-01", 151.0)
    frame, scores = models(*FIVE, newer)
    assert compare(line_up(frame), scores).lag_months == pytest.approx(5, abs=0.05)
    frame, scores = models(*FIVE, newer, ("better", "CHN", "2026-06-01", 150.5))
    assert compare(line_up(frame), scores).lag_months == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("score", [100.0, 150.1])
def test_a_lag_that_is_a_bound_or_a_lead_is_no_number(score: float) -> None:
    frame, scores = models(*FIVE[:2], ("c", "CHN", "2026-04-01", score))
    assert np.isnan(compare(line_up(frame), scores).lag_months)


@pytest.mark.parametrize("seed", range(5))
def test_the_lag_is_the_same_by_every_function(seed: int) -> None:
    """One lag of the book: the index's standing, the bootstrap's and the list of measures."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", periods=30, freq="20D")
    country = np.where(np.arange(30) % 2, "CHN", "USA")
    score = 100 + np.arange(30) + rng.normal(0, 2, 30) - 4 * (country == "CHN")
    frame = pd.DataFrame({
        "model": [f"m{i}" for i in range(30)], "organization": "o", "country": country,
        "date": days, "release_date": days, "score": score, "eci": score,
    })  # fmt: skip
    by_standing = compare(line_up(frame), frame.set_index("model")["score"]).lag_months
    by_bootstrap = estimate_capability_lag(frame, date=days[-1], rng=rng, replications=20)
    by_measure = measure_lag(frame, measure="since_reached", date=days[-1], since="2024-01-01")
    assert by_standing == pytest.approx(by_bootstrap.lag.value) == pytest.approx(by_measure)


def test_later_models_and_those_without_a_score_do_not_count() -> None:
    frame, scores = models(*FIVE, ("later", "USA", "2026-12-01", 170.0))
    field = line_up(frame)
    assert compare(field, scores, until=2026.5).leader_model == "b"
    assert compare(field, scores.drop("b")).leader_model == "later"
    with pytest.raises(ModelInputError, match="no scored model by that day"):
        compare(field, scores, until=2025.5)


@pytest.mark.parametrize(
    ("level", "expected"), [(2.0, 1.0), (1.0, 0.0), (4.0, 3.0), (0.5, 0.0), (5.0, np.nan)]
)
def test_the_first_model_with_a_level(level: float, expected: float) -> None:
    released, scores = np.array([0.0, 1, 2, 3]), np.array([1.0, 3, 2, 4])
    assert find_first_reached(released, scores, level) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((*FIVE, ("b", "USA", "2026-02-01", 151.0)), "come twice: b"),
        ((*FIVE, ("d", "CHN", "NaT", 151.0)), "without date: d"),
        (FIVE[:3], "no model of CHN"),
    ],
)
def test_bad_models_are_named(rows: tuple[tuple[str, str, str, float], ...], message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        line_up(models(*rows)[0])
