"""The other measures: by hand on the small race, and the lag is the ladder's."""

from dataclasses import replace

import pandas as pd
import pytest

from chapters.published_lags.own_measures import measure_all
from chapters.published_lags.questions import Scores

FRAME = pd.DataFrame(
    [
        ("u0", "2024-01-01", "USA", 100.0),
        ("u1", "2024-07-01", "USA", 110.0),
        ("u2", "2025-01-01", "USA", 120.0),
        ("u3", "2025-07-01", "USA", 130.0),
        ("c0", "2024-02-01", "CHN", 90.0),
        ("c1", "2025-04-01", "CHN", 115.0),
    ],
    columns=["model", "date", "country", "score"],
).assign(date=lambda table: pd.to_datetime(table["date"]))
SCORES = Scores({pd.Timestamp("2025-08-01"): FRAME}, {}, first_lag_year=2024, first_line_year=2024)


def test_each_measure_by_hand() -> None:
    own = measure_all(SCORES)
    assert own.lag == pytest.approx(6, abs=0.1)  # u2 of January, counted to u3 of July
    assert own.delay == pytest.approx(3, abs=0.1)  # to c1 of April
    assert own.distance_to_line == pytest.approx(6, abs=0.2)  # the line has 115 in October 2024
    assert 0 < own.mean_of_days < 12


def test_a_later_release_lengthens_the_lag_and_not_the_delay() -> None:
    later = pd.DataFrame([("u4", pd.Timestamp("2025-10-01"), "USA", 125.0)], columns=FRAME.columns)
    grown = replace(SCORES, vintages={SCORES.newest: pd.concat([FRAME, later])})
    before, after = measure_all(SCORES), measure_all(grown)
    assert after.lag == pytest.approx(before.lag + 3, abs=0.1)
    assert after.delay == before.delay
