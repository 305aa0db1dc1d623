from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from chapters.hardware_bottleneck import supply
from chapters.hardware_bottleneck.chip_stocks import ASCEND_910C, ChipGaps, h100e_of
from chapters.hardware_bottleneck.parameters import HardwareBottleneck
from chapters.overtake_forecast.parameters import OvertakeForecast
from models.compute import chip_counts
from models.core.random_streams import stream
from models.race.race_batch import STOCK_DAY, calibrate_race, read_joint_parameters
from models.race.race_calibration import JUDGED_CHIPS
from models.race.race_parameters import SupplyJudgements
from models.race.race_stocks import judge_supply, project_race_stocks
from models.supply.power_data import TABLES, PowerJudged, PowerTables
from models.supply.world_stocks import CHIPS_STREAM, N_PATHS, POWER_STREAM, STOCKS_STREAM
from overtake.data import tables
from tests.chapters.hardware_bottleneck.supply_examples import bound_by_wafers, limits, world

DEFAULTS = HardwareBottleneck().model_dump()
_LOADED = (
    *TABLES, "capability_index", "ai_models", "chips_sold", "listings", "chip_supply_estimates",
    "index_scores", "index_vintages",
)  # fmt: skip


def test_american_supply_is_read_from_three_year_ends() -> None:
    usa = world().usa
    assert usa.past_growth == pytest.approx((10 - 5) / (5 - 2))
    assert usa.inflow == pytest.approx(5e6)  # half of the stock came in the last year
    owned = world().project().usa.owned.stock
    assert owned[0, :2] == pytest.approx([10e6, 10e6 + 1.5 * 5e6], rel=1e-3)


def test_the_first_chinese_stock_adds_up() -> None:
    assert world().china.initial_stock == pytest.approx(300e3 + 200e3 + 100e3 + 500e3)


@pytest.mark.parametrize(
    ("regime", "imported"), [("as now", 250e3), ("closed", 0.0), ("open", 0.1 * 5e6 * 1.5)]
)
def test_imports_follow_their_regime(regime: str, imported: float) -> None:
    found = world(import_regime=regime).project().china.owned
    assert found.imports[0, 1] == pytest.approx(imported)


def test_output_is_what_memory_can_equip() -> None:
    china = world().china
    assert china.memory_limit(2) == pytest.approx(2 * 300e3 * 0.8)
    made = world().project().china.owned.domestic_inflow
    assert made[0, 2] == pytest.approx(china.memory_limit(2)[0])
    plentiful = world().with_china(china.with_plentiful_memory()).project()
    assert plentiful.china.owned.domestic_inflow[0, 1] == pytest.approx(9e6 * 0.8)


def test_without_euv_wafers_grow_at_their_own_pace() -> None:
    free = bound_by_wafers()
    with_euv, without = (
        of.project().china.owned.domestic_inflow[0]
        for of in (free, free.with_china_as(euv_volume_year=2100.0))
    )
    assert with_euv[:5] == pytest.approx(without[:5])
    assert with_euv[7:] == pytest.approx(4 * without[7:])


def test_power_limits_unless_it_is_lifted() -> None:
    limited = world(limits())
    assert (limited.project().usa.in_use < limited.project().usa.owned.stock)[0, 5]
    free = limited.without_power_limit().project().usa
    np.testing.assert_array_equal(free.in_use, free.owned.stock)


@pytest.fixture(scope="module")
def race() -> Any:
    return judge_supply(read_joint_parameters(OvertakeForecast().model_dump()), SupplyJudgements())


def test_the_forecast_assumes_of_supply_what_this_chapter_does(race: Any) -> None:
    """One world: with both chapters at their defaults, stocks are the same on all pages."""
    here = supply.judge_supply(
        DEFAULTS, tables.load("chip_supply_estimates"), tables.load("ai_chips")
    )
    assert vars(here) == pytest.approx(vars(race))


def test_the_forecast_assumes_of_power_what_this_chapter_does() -> None:
    assert supply.judge_power(DEFAULTS) == PowerJudged()


def test_the_forecast_counts_the_chips_that_this_chapter_judges() -> None:
    kinds = ("domestic_2025", "smuggled", "rented")
    assert JUDGED_CHIPS.chinese_h100e == tuple(
        1000 * DEFAULTS[f"{kind}_h100e_thousand"] for kind in kinds
    )
    assert JUDGED_CHIPS.us_share_of_unnamed == DEFAULTS["us_share_of_unnamed"]
    assert JUDGED_CHIPS.factor == DEFAULTS["judgement_factor"]
    assert sum(JUDGED_CHIPS.chinese_h100e) == 1000 * OvertakeForecast().unseen_h100e_thousand


def test_both_chapters_show_one_ratio() -> None:
    """From the tables, with one seed and all defaults: the same paths, to the last digits."""
    loaded = {name: tables.load(name) for name in _LOADED}
    known = calibrate_race(loaded, OvertakeForecast().model_dump())
    there = project_race_stocks(
        read_joint_parameters(OvertakeForecast().model_dump()), known,
        rng=stream(DEFAULTS["seed"], STOCKS_STREAM), n_paths=N_PATHS,
    )  # fmt: skip
    count = chip_counts.count_chips(
        loaded["chips_owned"], loaded["chips_sold"], JUDGED_CHIPS, day=STOCK_DAY,
        rng=stream(DEFAULTS["seed"], CHIPS_STREAM),
    )  # fmt: skip
    counted = cast("ChipGaps", SimpleNamespace(usa=count.usa, china=count.china))
    limits_here = supply.estimate_limits(
        PowerTables.pick(loaded), DEFAULTS, counted, level=DEFAULTS["interval_level"],
        rng=stream(DEFAULTS["seed"], POWER_STREAM),
    )  # fmt: skip
    assumed = supply.judge_supply(DEFAULTS, loaded["chip_supply_estimates"], loaded["ai_chips"])
    here = supply.draw_world(
        assumed, limits_here, counted, loaded["chips_owned"],
        rng=stream(DEFAULTS["seed"], STOCKS_STREAM),
    ).project()  # fmt: skip
    years = there.ratio_in_use.shape[1]
    np.testing.assert_allclose(here.ratio_in_use[:, :years], there.ratio_in_use, rtol=1e-6)


def test_a_chip_s_performance_is_that_of_the_table() -> None:
    assert SupplyJudgements().h100e_per_chip == h100e_of(tables.load("ai_chips"), ASCEND_910C)
