"""Gap and lag: by hand on a few models; ties do not make the lag jump."""

import numpy as np
import pandas as pd
import pytest

from models.capability.index_standing import compare, cross_records, line_up
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
    # The line from 140 to 150 crosses 145 in the middle of 2025, nine months before.
    assert at.lag_months == pytest.approx(9, abs=0.05)


def test_a_near_tie_moves_the_lag_by_days_not_months() -> None:
    """Read off at single models it would jump from 3 to 15 months."""
    lags = []
    for tied in (139.99, 140.01):
        frame, scores = models(*FIVE[:3], ("c", "CHN", "2026-04-01", tied + 0.02))
        lags.append(compare(line_up(frame), scores).lag_months)
    assert abs(lags[0] - lags[1]) < 0.1


def test_later_models_and_those_without_a_score_do_not_count() -> None:
    frame, scores = models(*FIVE, ("later", "USA", "2026-12-01", 170.0))
    field = line_up(frame)
    assert compare(field, scores, until=2026.5).leader_model == "b"
    assert compare(field, scores.drop("b")).leader_model == "later"
    with pytest.raises(ModelInputError, match="no scored model by that day"):
        compare(field, scores, until=2025.5)


@pytest.mark.parametrize(
    ("level", "expected"), [(2.0, 0.5), (1.0, 0.0), (4.0, 3.0), (0.5, np.nan), (5.0, np.nan)]
)
def test_the_line_through_the_records(level: float, expected: float) -> None:
    released, scores = np.array([0.0, 1, 2, 3]), np.array([1.0, 3, 2, 4])
    assert cross_records(released, scores, level) == pytest.approx(expected, nan_ok=True)


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
