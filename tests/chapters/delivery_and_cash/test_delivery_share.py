from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.delivery_and_cash.chip_base import DOMESTIC, EXPORT, FAST
from chapters.delivery_and_cash.delivery_share import (
    draw_delivery,
    draw_owner_share,
    read_speeds,
    within,
)
from overtake.data import tables
from tests.chapters.delivery_and_cash.examples import SERVING, delivery


def test_the_share_is_tokens_times_parameters_over_speed_and_stock() -> None:
    """Read 1.5e24 and written 1e24 operations: 8.75e9 chip seconds, over a stock of 1.0 million."""
    seconds = 2 * 20e9 * 1e14 * (0.75 * 0.5 / 4e14 + 0.25 / 2e14)
    found = delivery()
    expected = 100 * seconds / (86400 * 0.5 * found.stock.value * 1e6)
    assert found.china.share.value == pytest.approx(expected, rel=0.03)
    assert found.china.share.low < expected / 1.5
    assert found.china.share.high > expected * 1.5


def test_half_of_the_tokens_on_a_quarter_of_the_chips_is_twice_the_share() -> None:
    found = delivery()
    assert found.largest.share.value == pytest.approx(2 * found.china.share.value, rel=0.05)
    assert found.growth == pytest.approx(2.4)


def test_volumes_by_analysts_and_those_too_late_for_the_stock_are_left_out() -> None:
    found = delivery()
    days = [reading.date for reading in found.readings if reading.holder == "ByteDance"]
    assert days == [pd.Timestamp("2025-12-18"), pd.Timestamp("2026-04-02")]
    assert found.china_later.date == pd.Timestamp("2026-03-15")


@pytest.mark.parametrize(("parameters", "below"), [(5e9, True), (60e9, False)])
def test_less_than_half_needs_the_whole_range(*, parameters: float, below: bool) -> None:
    found = delivery(serving=replace(SERVING, active_parameters=parameters))
    assert found.china_is_below_half is below
    assert found.largest_is_below_half is below


@pytest.mark.parametrize(
    ("latest", "above", "below", "may_pass_all"),
    [
        (1e15, True, False, True),
        (1.2e14, False, False, True),
        (3.5e13, False, False, False),
        (5e12, False, True, False),
    ],
)
def test_the_latest_volume_is_above_or_below_half_with_its_whole_range(
    *, latest: float, above: bool, below: bool, may_pass_all: bool
) -> None:
    found = delivery(latest)
    assert found.largest_later_is_above_half is above
    assert found.largest_later_is_below_half is below
    assert found.largest_later_may_pass_all is may_pass_all


def test_no_firm_owns_more_than_all_chips() -> None:
    assert draw_owner_share(0.9, 2.0, np.random.default_rng(4)).max() == 1.0
    assert within(0.8, 1.5, "share", 1.0).high == 1.0


def test_faster_services_are_left_out_of_the_speeds() -> None:
    """Of Huawei's two speeds of writing, that of 15 ms for a token is another product."""
    names = ("serving_benchmarks", "serving_hardware", "model_architectures")
    speeds = read_speeds(*(tables.load(name) for name in names))
    assert set(speeds) == {FAST, EXPORT, DOMESTIC}
    assert speeds[DOMESTIC].n == 2
    power = 752 / 989.4
    assert speeds[DOMESTIC].written_flop_per_s == pytest.approx(2 * 37e9 * 1943 / power, rel=0.03)


def test_every_reading_is_drawn_with_its_range_and_half_is_a_line() -> None:
    found = delivery()
    drawing = draw_delivery(found)
    assert len(drawing.data) == len(found.readings)
    assert (drawing.data["low"] < drawing.data["high"]).all()
    assert list(drawing.figure.axes[0].lines[0].get_ydata()) == [50, 50]
