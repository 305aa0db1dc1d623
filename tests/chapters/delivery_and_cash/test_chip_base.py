from dataclasses import replace

import numpy as np
import pytest

from chapters.delivery_and_cash.chip_base import DOMESTIC, EXPORT, FAST, power_of
from tests.chapters.delivery_and_cash.examples import HARDWARE, JUDGED, base


def test_power_is_counted_in_h100() -> None:
    assert power_of(HARDWARE)["H20"] == pytest.approx(0.15)
    assert power_of(HARDWARE)["Ascend 910C"] == pytest.approx(0.8)


def test_the_mix_agrees_with_number_and_power_of_the_chips() -> None:
    """1.6 million chips of 0.25 on average: 1.412 million H20 and 0.188 million H800."""
    found = base()
    h20 = found.h20_share * 400e3 / 0.15
    h800 = (1 - found.h20_share) * 400e3
    assert h20 + h800 == pytest.approx(1.6e6)
    assert found.legal == pytest.approx(0.4)


def test_chips_of_chinese_make_are_judged_and_not_read_from_the_table() -> None:
    """Huawei stands in the table of the test with two million."""
    found = base()
    assert np.median(found.paths[DOMESTIC]) == pytest.approx(300e3, rel=0.03)
    assert found.stock.value == pytest.approx(1.0, rel=0.1)
    assert found.stock.low < 0.85
    assert found.stock.high > 1.25


def test_smuggled_and_rented_chips_are_fast_ones() -> None:
    without = base(replace(JUDGED, smuggled=0.0, rented=0.0))
    legal_part = (1 - without.h20_share) * 400e3
    assert np.median(without.paths[FAST]) == pytest.approx(legal_part, rel=0.02)
    assert np.median(base().paths[EXPORT]) == pytest.approx(np.median(without.paths[EXPORT]))
