"""Waits of models: medians known in advance, those that still wait, both answers of the test."""

import numpy as np
import pandas as pd
import pytest

from chapters.software_ecosystem import model_waits
from chapters.software_ecosystem.model_waits import ModelWaits
from overtake.data import tables
from tests.chapters.software_ecosystem.examples import Day, support

START = pd.Timestamp("2026-01-01")


def after(days: int) -> str:
    return str((START + pd.Timedelta(days=days)).date())


def rows(country: str, days: list[int], waiting: int = 0) -> list[tuple[str, str, Day, Day]]:
    ended = [(country, after(0), after(each), None) for each in days]
    return [*ended, *[(country, after(0), None, None)] * waiting]


def estimate(table: pd.DataFrame) -> ModelWaits:
    return model_waits.estimate_waits(table, level=0.9, rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def waits() -> ModelWaits:
    quick = rows("CHN", [0, 3, 7, 8, 20, 30, 40, 50, 60, 70, 80], waiting=2)
    return estimate(support([*quick, *rows("USA", [10, 20, 90])]))


def test_the_median_counts_those_that_still_wait(waits: ModelWaits) -> None:
    assert (waits.median.value, waits.median.n) == (30, 16)  # the eighth of sixteen
    assert (waits.n, waits.n_chinese, waits.n_other) == (16, 13, 3)
    assert waits.longest_ended == 90


def test_those_that_still_wait_are_named_with_their_days(waits: ModelWaits) -> None:
    assert [(each.model, each.days, each.in_code) for each in waits.still_waiting] == [
        ("m11", 180, None),
        ("m12", 180, None),
    ]
    assert waits.at_once == ("m0", "m1", "m2")  # a week is within a week
    assert waits.same_day == ("m0",)


def test_a_mention_in_code_counts_in_the_other_median_alone() -> None:
    table = support([("CHN", after(0), after(100), after(10)), *rows("USA", [50] * 20)])
    table.loc[1:, "first_in_code"] = pd.Timestamp(after(5))
    waits = estimate(table)
    assert (waits.median.value, waits.median_with_code.value) == (50, 5)
    assert waits.same_day == ()


def test_a_model_named_in_code_alone_still_waits_and_is_counted() -> None:
    table = support([*rows("CHN", list(range(20))), ("USA", after(0), None, after(30))])
    waits = estimate(table)
    assert waits.n_in_code == 1
    assert str(waits.still_waiting[0].in_code) == after(30)
    others = waits.curves[waits.curves["developers"] == "other"]
    assert others["waiting_share"].tolist() == [1, 1]  # a curve that has not fallen yet


@pytest.mark.parametrize(("others", "differ"), [([200] * 8, True), ([30, 40, 41, 42] * 2, False)])
def test_origins_differ_or_they_do_not(others: list[int], *, differ: bool) -> None:
    chinese = rows("CHN", list(range(20, 60, 2)))
    waits = estimate(support([*chinese, *rows("USA", others)], until="2026-12-31"))
    assert waits.origins_differ is differ


def test_curves_start_at_one_and_end_with_the_longest_wait(waits: ModelWaits) -> None:
    for _, curve in waits.curves.groupby("developers"):
        assert curve["waiting_share"].iloc[0] == 1
        assert curve["waiting_share"].is_monotonic_decreasing
    ends = waits.curves.groupby("developers")["days"].max()
    assert ends.to_dict() == {"CHN": 180, "other": 90}


def test_the_figure_draws_both_curves_and_the_threshold(waits: ModelWaits) -> None:
    drawing = model_waits.draw_waits(waits, long_wait=30)
    (axes,) = drawing.figure.axes
    assert len(axes.get_lines()) == 3
    assert len(drawing.data) == len(waits.curves)


def test_days_of_the_table_are_those_counted_by_hand() -> None:
    table = tables.load("model_support").set_index("model")
    days = (table["documented"] - table["registered"]).dt.days
    assert days["DeepSeek-V3.2"] == 0
    assert days["Hunyuan-A13B"] == 295
    assert table["documented"].isna().sum() == 7
    assert (table["developer_country"] == "CHN").sum() == 24
