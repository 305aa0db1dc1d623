from dataclasses import replace

import pytest

from chapters.hardware_bottleneck.chip_production import draw_production
from tests.chapters.hardware_bottleneck.supply_examples import production


def test_chips_are_counted_up_from_wafers_and_from_memory() -> None:
    found = production()
    # 60,000 x 12 wafers, half for AI, 100 dies, two a chip, half of them work.
    assert found.wafers.value == pytest.approx(9.0)
    assert found.memory.value == pytest.approx(0.3)
    assert found.projected_wafer_growth == pytest.approx(1.5)
    assert (found.lowest_yield, found.yield_aim) == (0.2, 0.6)


@pytest.mark.parametrize(
    ("memory_thousand", "share", "tighter", "stays", "plentiful"),
    [
        (300.0, 0.0, True, True, 0.0),
        (4000.0, 0.0, True, False, 0.0),
        (100_000.0, 1.0, False, False, 1.0),
    ],
)
def test_the_smaller_amount_is_the_tighter_limit(
    *, memory_thousand: float, share: float, tighter: bool, stays: bool, plentiful: float
) -> None:
    found = production(memory_thousand=memory_thousand)
    assert found.wafers_binding.value == share
    assert found.memory_is_tighter is tighter
    assert found.plentiful_memory_stays_tighter is stays
    assert found.memory_over_wafers.measure_share_between(1.0, 1e9) == pytest.approx(plentiful)


def test_an_even_share_does_not_make_memory_the_tighter_limit() -> None:
    found = production()
    even = replace(found.wafers_binding, value=0.5, high=0.5)
    assert not replace(found, wafers_binding=even).memory_is_tighter


@pytest.mark.parametrize("utilisation", [0.8, 1.2])
def test_utilisation_may_exceed_one_only_if_it_is_stated(utilisation: float) -> None:
    assert production(utilisation=utilisation).fab.h100e_in_practice.max() == pytest.approx(
        0.8 * utilisation
    )


def test_both_limits_are_drawn() -> None:
    drawing = draw_production(production())
    assert drawing.data.set_index("input")["chips_million"].to_dict() == {
        "Wafers and yield": pytest.approx(9.0),
        "Memory": pytest.approx(0.3),
    }
    assert len(drawing.figure.axes[0].lines) == 2 * len(drawing.data)
