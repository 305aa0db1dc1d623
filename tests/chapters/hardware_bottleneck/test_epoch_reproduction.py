from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck import epoch_reproduction
from chapters.hardware_bottleneck.epoch_reproduction import Reproduction
from models.replication import epoch_selection

from .simulated import kinked, markers, published, runs, steady

TRENDS = {"USA": steady(4.0, 1e21), "CHN": kinked(16.0, 3.0, at=2021.5)}
APRIL_2025 = runs(TRENDS, last="2025-01-01")
CONTROLS = pd.Timestamp("2022-10-07")
PUBLISHED = published(
    ("growth-china-simple", 6.0, 5.0, 9.0),
    ("growth-china-kink", 3.0, 2.5, 3.5),
    ("growth-rest-simple", 4.0, 3.5, 4.5),
    ("growth-china-break", 2021.75, np.nan, np.nan),
    ("growth-china-bic-simple", 158.0, np.nan, np.nan),
    ("growth-china-bic-kink", 107.7, np.nan, np.nan),
    ("growth-china-models", 49, np.nan, np.nan),
    ("growth-rest-models", 60, np.nan, np.nan),
    ("lag-training-compute", 9.0, 8.0, 10.0),
)


@pytest.fixture(scope="module")
def april() -> pd.DataFrame:
    table = APRIL_2025.copy()
    chinese = table.index[table["country"] == "CHN"]
    table.loc[chinese[60], "model"] = epoch_selection.SMALL[0]
    table.loc[chinese[61], "countries"] = "CHN,USA"
    return table


@pytest.fixture(scope="module")
def found(april: pd.DataFrame) -> Reproduction:
    return epoch_reproduction.estimate_reproduction(
        april, runs(TRENDS), PUBLISHED, first_controls=CONTROLS, level=0.9,
        rng=np.random.default_rng(0),
    )  # fmt: skip


def test_the_simulated_break_comes_back_in_each_filter(found: Reproduction) -> None:
    assert len(found.refits) == 9
    for refit in found.refits:
        assert refit.after.value == pytest.approx(3.0, rel=0.25)
        assert abs((refit.kinked.best.break_date - pd.Timestamp("2021-07-01")).days) < 200
        assert refit.precedes_controls == (refit.kinked.latest < CONTROLS)
    assert found.rest.annual_growth.value == pytest.approx(4.0, rel=0.1)
    assert found.slowest_after == min(refit.after.value for refit in found.refits)
    assert found.fastest_after == max(refit.after.value for refit in found.refits)


def test_filters_leave_out_what_they_say(found: Reproduction) -> None:
    n = {refit.name: refit.n for refit in found.refits}
    assert found.n_left_out == n["Nothing left out by hand"] - found.as_published.n == 1
    assert n["Only Chinese developers"] == n["Ten largest language models"] - 1
    assert n["Five largest"] <= n["Nothing left out by hand"] <= n["Twenty largest"]
    assert n["July 2026 file, all months"] > n["July 2026 file, same months"]
    assert found.only_chinese.name == "July 2026 file, only Chinese"


def test_what_was_published_is_read_from_the_table(found: Reproduction) -> None:
    theirs = found.published
    assert (theirs.n_china, theirs.n_rest, theirs.bic_kinked) == (49, 60, 107.7)
    assert theirs.break_date == pd.Timestamp("2021-10-01")
    assert (theirs.china_after.low, theirs.china_after.high) == (2.5, 3.5)


def test_results_come_back_inside_or_not(found: Reproduction) -> None:
    rest = found.rest.annual_growth.value
    inside = replace(found.published.rest_straight, value=rest, low=rest - 1, high=rest + 1)
    outside = replace(inside, value=rest + 2, low=rest + 1, high=rest + 3)
    both = [
        replace(found, published=replace(found.published, rest_straight=interval))
        for interval in (inside, outside)
    ]
    assert [each.come_back[2] for each in both] == [True, False]
    assert both[0].n_inside == both[1].n_inside + 1


def test_refits_that_precede_the_controls_are_counted(found: Reproduction) -> None:
    early, late = (replace(found.refits[0], precedes_controls=before) for before in (True, False))
    assert replace(found, refits=(early, late, early)).n_preceding_controls == 2


def test_the_drawing_shows_the_published_result_and_each_refit(found: Reproduction) -> None:
    drawn = epoch_reproduction.draw_reproduction(found)
    assert len(drawn.data) == markers(drawn.figure.axes[0]) == 10
    assert drawn.data["growth_after"].iloc[0] == 3.0
