import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.chip_scarcity import (
    FOR_CHINA,
    SHOWN,
    ChipRatios,
    draw_ratios,
    estimate_ratios,
)
from chapters.shared import countries


@pytest.fixture
def ratios() -> ChipRatios:
    factors = range(1, len(SHOWN) + 1)
    chips = pd.DataFrame(
        {
            "chip": list(SHOWN),
            "fp16_flop_per_s": [1e15 * k for k in factors],
            "memory_bandwidth_bytes_per_s": [2e12 / k for k in factors],
            "tdp_w": [500.0 * k**2 for k in factors],
        }
    )
    published = pd.DataFrame(
        {
            "id": ["cloudmatrix-power", "cloudmatrix-flops", "nvl72-power", "nvl72-flops"],
            "value": [600.0, 300.0, 100.0, 150.0],
        }
    ).assign(low=None, high=None)
    return estimate_ratios(chips.iloc[::-1], published)


def test_values_are_held_against_the_h100(ratios: ChipRatios) -> None:
    for k, name in enumerate(SHOWN.values(), 1):
        chip = ratios.of[name]
        found = (chip.throughput, chip.bandwidth, chip.flop_per_joule)
        assert found == pytest.approx((k, 1 / k, 1 / k))
    assert ratios.system_power == pytest.approx((600 / 300) / (100 / 150))


def test_the_b200_is_held_against_the_ascend(ratios: ChipRatios) -> None:
    found = ratios.b200_over_ascend
    assert (found.throughput, found.bandwidth) == pytest.approx((2 / 6, 6 / 2))


def test_a_chip_that_is_absent_is_refused() -> None:
    with pytest.raises(KeyError):
        estimate_ratios(pd.DataFrame({"chip": ["NVIDIA B200"]}), pd.DataFrame())


def test_each_chip_is_one_mark_in_its_country_s_colour(ratios: ChipRatios) -> None:
    drawing = draw_ratios(ratios)
    assert list(drawing.data["name"]) == list(SHOWN.values())
    (axes,) = drawing.figure.axes
    colours = [line.get_color() for line in axes.lines]
    wanted = ["CHN" if name in FOR_CHINA else "USA" for name in SHOWN.values()]
    assert colours == [countries.COLOURS[code] for code in wanted]
    assert [line.get_xdata()[0] for line in axes.lines] == list(drawing.data["throughput"])
