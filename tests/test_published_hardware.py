"""Published results that the hardware chapter repeats, on the project's own tables."""

import numpy as np
import pandas as pd
import pytest

from models.core.break_search import search_break
from models.core.exponential_growth import fit_growth
from models.core.frontier import mark_top_n
from models.replication import epoch_selection
from overtake.data import tables

# Epoch AI (January 2025), china-top10 of the acceptance list: value and 90% interval.
CHINA_SIMPLE = (18.37, 12.08, 26.32)
CHINA_AFTER = (2.93, 1.96, 5.54)
REST_SIMPLE = (4.78, 4.28, 5.30)
SNAPSHOT = "2025-01-09"
COMPUTE = "training_compute_flop"


@pytest.fixture(scope="module")
def candidates() -> pd.DataFrame:
    """Language models of April 2025, with the other domains that can be among the largest."""
    return epoch_selection.select_candidates(
        tables.load("language_models_2025_04"), tables.load("ai_models")
    )


def running_top_ten(candidates: pd.DataFrame, *, chinese: bool) -> pd.DataFrame:
    known = candidates[candidates["date"] <= SNAPSHOT]
    side = known[known["countries"].fillna("").str.contains("CHN|HKG") == chinese]
    side = side[mark_top_n(side, top=10)]
    return side[(side["date"] > "2018-01-01") & side["language_model"].fillna(value=False)]


def test_one_slope_of_china_comes_back(candidates: pd.DataFrame) -> None:
    growth = fit_growth(running_top_ten(candidates, chinese=True)).annual_growth
    assert growth.value == pytest.approx(CHINA_SIMPLE[0], rel=0.10)
    assert CHINA_SIMPLE[1] <= growth.value <= CHINA_SIMPLE[2]


def test_growth_of_the_rest_comes_back_with_its_number_of_models(candidates: pd.DataFrame) -> None:
    rest = fit_growth(running_top_ten(candidates, chinese=False))
    assert rest.n == 60
    assert REST_SIMPLE[1] <= rest.annual_growth.value <= REST_SIMPLE[2]


def test_the_break_of_china_lies_before_the_controls(candidates: pd.DataFrame) -> None:
    found = search_break(
        running_top_ten(candidates, chinese=True),
        rng=np.random.default_rng(7), trim=0.1, replications=99,
    )  # fmt: skip
    assert abs(found.best.break_date - pd.Timestamp("2021-10-01")) < pd.Timedelta(days=100)
    assert found.latest < pd.Timestamp("2022-10-07")
    assert found.bic_kinked < found.bic_straight - 10
    assert CHINA_AFTER[1] <= found.best.growth_after.value <= CHINA_AFTER[2]
