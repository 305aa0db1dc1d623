"""Each measure of a lag gives what can be counted by hand on a race of one point a month."""

import pandas as pd
import pytest

from models.capability.lag_measures import Measure, measure_lag, name_first_to_reach
from models.core.errors import ModelInputError

MONTH = 12 / 365.25


def race() -> pd.DataFrame:
    """A leader of a point every 30 days from 1 January 2024; followers 60 days late."""
    start = pd.Timestamp("2024-01-01")
    leader = [("USA", f"u{i}", start + pd.Timedelta(days=30 * i), 100.0 + i) for i in range(20)]
    follower = [
        ("CHN", f"c{i}", start + pd.Timedelta(days=30 * i + 60), 100.0 + i) for i in range(15)
    ]
    columns = ["country", "model", "date", "score"]
    return pd.DataFrame(leader + follower, columns=columns)


def lag(measure: Measure, date: str = "2025-06-01", **more: object) -> float:
    return measure_lag(race(), measure=measure, date=date, since="2024-01-01", **more)  # type: ignore[arg-type]


def test_at_release_is_the_days_between_the_two_releases() -> None:
    assert lag("at_release") == pytest.approx(60 * MONTH)


def test_since_reached_grows_by_a_day_a_day() -> None:
    first = lag("since_reached", "2025-06-01")
    assert lag("since_reached", "2025-06-11") - first == pytest.approx(10 * MONTH)
    reached = pd.Timestamp("2024-01-01") + pd.Timedelta(days=30 * 14)
    assert first == pytest.approx((pd.Timestamp("2025-06-01") - reached).days * MONTH)


def test_a_straight_frontier_gives_the_same_lag_by_its_line() -> None:
    assert lag("trend_line") == pytest.approx(60 * MONTH, abs=1e-6)


def test_a_named_model_is_measured_in_the_place_of_the_best() -> None:
    assert lag("at_release", model="c3") == pytest.approx(60 * MONTH)
    slow = race()
    slow.loc[slow["model"] == "c3", "score"] = 101.0
    found = measure_lag(
        slow, measure="at_release", date="2025-06-01", since="2024-01-01", model="c3"
    )
    assert found == pytest.approx((60 + 60) * MONTH)


def test_to_count_as_ahead_only_by_more_shortens_the_lag() -> None:
    assert lag("at_release", ahead_by=1.0) == pytest.approx(30 * MONTH)
    assert lag("since_reached") - lag("since_reached", ahead_by=1.0) == pytest.approx(30 * MONTH)


def test_mean_of_days_is_between_the_shortest_and_the_longest_of_them() -> None:
    # Each day is 60 to 89 days after the leader's day: 74.5 on the average of whole steps.
    last = pd.Timestamp("2024-01-01") + pd.Timedelta(days=30 * 14 + 60 - 1)
    assert lag("mean_of_days", str(last.date())) == pytest.approx(74.5 * MONTH)


def test_models_after_the_date_do_not_count() -> None:
    late = pd.DataFrame(
        {"country": ["CHN"], "model": ["new"], "date": [pd.Timestamp("2026-01-01")],
         "score": [118.0]}
    )  # fmt: skip
    frame = pd.concat([race(), late])
    found = measure_lag(frame, measure="at_release", date="2025-06-01", since="2024-01-01")
    assert found == pytest.approx(60 * MONTH)


def test_a_follower_that_leads_is_not_behind() -> None:
    frame = race()
    frame.loc[frame["model"] == "c14", "score"] = 200.0
    found = measure_lag(frame, measure="since_reached", date="2025-06-01", since="2024-01-01")
    assert found == 0
    assert name_first_to_reach(frame, date="2025-06-01") == ("c14", None)


def test_the_leaders_first_model_of_the_score_is_named() -> None:
    assert name_first_to_reach(race(), date="2025-06-01") == ("c14", "u14")
    assert name_first_to_reach(race(), date="2025-06-01", model="c2") == ("c2", "u2")


def test_what_can_not_be_measured_is_refused() -> None:
    with pytest.raises(ModelInputError, match="'nobody'"):
        lag("at_release", model="nobody")
    with pytest.raises(ModelInputError, match="rows of CHN"):
        lag("at_release", "2024-01-15")
    with pytest.raises(ModelInputError, match="3 records"):
        measure_lag(race(), measure="trend_line", date="2025-06-01", since="2025-06-01")
    with pytest.raises(ModelInputError, match="two records"):
        lag("mean_of_days", "2024-03-05")
