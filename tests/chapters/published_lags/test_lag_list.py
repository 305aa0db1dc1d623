"""The published lags are read as they stand, and what can't be rebuilt is not tried."""

import pandas as pd
import pytest

from chapters.published_lags.lag_list import LagList, collect_lags
from overtake.data import tables
from tests.chapters.published_lags.races import published


@pytest.fixture(scope="module")
def listed() -> LagList:
    return collect_lags(tables.load("published_lags"))


def test_every_row_is_listed_in_order_of_its_lowest_number(listed: LagList) -> None:
    assert len(listed.lags) == len(tables.load("published_lags"))
    assert [lag.lowest for lag in listed.lags] == sorted(lag.lowest for lag in listed.lags)


def test_caisis_and_epochs_numbers_are_those_of_their_pages(listed: LagList) -> None:
    caisi, epoch = listed.of("caisi"), listed.of("epoch-usa-china")
    assert (caisi.months, caisi.model, caisi.measure) == (8, "DeepSeek-V4-Pro", "trend_line")
    assert (caisi.slopes, caisi.is_by_domain) == ("one", True)
    assert (epoch.months, epoch.low, epoch.high, epoch.ahead_by) == (7, 4, 14, 1)
    assert epoch.published == pd.Timestamp("2026-01-02")
    assert epoch.model is None


def test_rebuilt_and_not_rebuilt_are_all_of_them(listed: LagList) -> None:
    assert {*listed.rebuilt} | {*listed.not_rebuilt} == {*listed.lags}
    assert {lag.id for lag in listed.rebuilt} == {
        "deepseek-by-caisi", "mozilla", "epoch-usa-china", "caisi", "overtake-0-2-0",
    }  # fmt: skip


def test_ranges_cyber_tasks_and_open_models_are_not_rebuilt() -> None:
    assert published("plain", 7).can_be_rebuilt
    assert not published("range", None).can_be_rebuilt
    assert not published("cyber", 4, results="cyber").can_be_rebuilt
    assert not published("unstated", 4, measure=None).can_be_rebuilt
    assert not published("open", 4, about="Best open-weight models").can_be_rebuilt


def test_the_ends_are_single_numbers() -> None:
    both = LagList((published("range", None), published("two", 2), published("nine", 9)))
    assert (both.shortest.id, both.longest.id) == ("two", "nine")
    assert both.lags[0].is_a_range
    assert both.lags[0].lowest == 3
    assert published("other", 4.4, results="other_index").reads_another_index
    assert not both.shortest.reads_another_index


def test_a_row_that_is_not_there_is_named(listed: LagList) -> None:
    with pytest.raises(KeyError, match="nobody"):
        listed.of("nobody")
