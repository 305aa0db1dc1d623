from dataclasses import replace

import numpy as np
import pytest

from chapters.hardware_bottleneck import supply
from chapters.hardware_bottleneck.supply import Regime
from tests.chapters.hardware_bottleneck.supply_examples import american, chinese, rng


def test_american_supply_is_read_from_three_year_ends() -> None:
    usa = american()
    assert usa.past_growth == pytest.approx((10 - 5) / (5 - 2))
    assert usa.inflow == pytest.approx(5e6)  # half of the stock came in the last year
    assert usa.project().stock[0, :2] == pytest.approx([10e6, 10e6 + 1.5 * 5e6], rel=1e-3)


def test_faster_additions_need_one_replacement() -> None:
    faster = replace(american(), inflow_growth=2.0)
    assert faster.project().stock[0, 1] == pytest.approx(20e6, rel=1e-3)


def test_chinese_growth_shares_a_quarter_of_its_variance_with_the_world() -> None:
    demand = supply.draw_demand(rng())
    assert np.corrcoef(demand.world, demand.in_china)[0, 1] == pytest.approx(0.5, abs=0.03)
    assert demand.in_china.std() == pytest.approx(1, abs=0.03)


def test_the_first_chinese_stock_adds_up() -> None:
    assert chinese().initial_stock == pytest.approx(300e3 + 200e3 + 100e3 + 500e3)


@pytest.mark.parametrize(
    ("regime", "imported"), [("as now", 250e3), ("closed", 0.0), ("open", 0.1 * 5e6 * 1.5)]
)
def test_imports_follow_their_regime(regime: Regime, imported: float) -> None:
    assert chinese(regime).project().imports[0, 1] == pytest.approx(imported)


def test_output_is_what_memory_can_equip() -> None:
    china = chinese()
    assert china.memory_limit(2027) == pytest.approx(2 * 300e3 * 0.8)
    made = china.project().domestic_inflow
    assert made[0, 2] == pytest.approx(china.memory_limit(2027)[0])
    plentiful = china.with_plentiful_memory().project().domestic_inflow
    assert plentiful[0, 1] == pytest.approx(9e6 * 0.8)


def test_without_euv_wafers_grow_at_their_own_pace() -> None:
    free = chinese().with_plentiful_memory()
    with_euv, without = (of.project().domestic_inflow[0] for of in (free, free.without_euv()))
    assert with_euv[:5] == pytest.approx(without[:5])
    assert with_euv[7:] == pytest.approx(4 * without[7:])
