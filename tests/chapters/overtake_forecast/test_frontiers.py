"""The gap where it is known: in points, in months, and in what lasts."""

import numpy as np
import pandas as pd
import pytest

from chapters.overtake_forecast.frontiers import Standing, draw_frontiers, estimate_standing
from tests.models.race.examples import state
from tests.models.simulated import trail

DAYS = ["2025-01-01", "2025-07-01", "2026-01-01"]


@pytest.fixture(scope="module")
def standing() -> Standing:
    index = pd.concat(
        [trail("USA", DAYS, [120.0, 140.0, 150.0]), trail("CHN", DAYS, [110.0, 140.0, 130.0])]
    )
    rng, lag_rng = (np.random.default_rng(seed) for seed in (1, 2))
    return estimate_standing(index, state(8.0, 4.0, 1.0), level=0.8, rng=rng, lag_rng=lag_rng)


def test_points_and_months_are_those_between_the_frontiers(standing: Standing) -> None:
    assert standing.as_of == pd.Timestamp("2026-01-01")
    assert standing.best == {"USA": 150.0, "CHN": 140.0}
    assert standing.gap.value == 10.0
    assert standing.lag.lag.value == pytest.approx(6.0, abs=0.1)
    assert standing.gap.level == standing.lag.lag.level == 0.8


def test_what_lasts_and_what_passes_come_from_the_quarters(standing: Standing) -> None:
    found = (standing.level_gap.value, standing.lasting.value, standing.passing.value)
    assert found == pytest.approx((8.0, 2.0, 1.0))
    assert standing.n_quarters == 12


def test_each_record_is_drawn_and_each_line_ends_on_the_last_day(standing: Standing) -> None:
    drawing = draw_frontiers(standing)
    rows = [(r.country, r.eci) for r in drawing.data.itertuples()]
    assert rows == [("USA", 120.0), ("USA", 140.0), ("USA", 150.0), ("USA", 150.0),
                    ("CHN", 110.0), ("CHN", 140.0), ("CHN", 140.0)]  # fmt: skip
    *sides, lag = drawing.figure.axes[0].lines
    assert [len(line.get_xdata()) for line in sides] == [3, 2, 4, 3]
    assert list(lag.get_ydata()) == [140.0, 140.0], "the lag, at the follower's score"
