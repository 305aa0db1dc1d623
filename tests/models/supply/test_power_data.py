"""Power read from tables so plain that every answer is counted by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.supply.power_data import (
    PowerJudged,
    PowerTables,
    estimate_coverage,
    estimate_recent_growth,
    estimate_world_power,
    measure_efficiency_growth,
    read_american_kw,
    read_chinese_kw,
)
from models.supply.power_limit import WorldPower
from tests.models.simulated import world_tables

DAY = "2025-12-31"
US_CHIPS = 20e6


@pytest.fixture(scope="module")
def tables() -> PowerTables:
    return PowerTables.pick(world_tables())


@pytest.fixture(scope="module")
def world(tables: PowerTables) -> WorldPower:
    return estimate_world_power(
        tables, PowerJudged(), day=DAY, us_chips=US_CHIPS, level=0.9, rng=np.random.default_rng(1)
    )


def test_a_chip_takes_what_its_site_takes(tables: PowerTables) -> None:
    assert read_american_kw(tables, DAY) == pytest.approx(1.0)
    assert read_chinese_kw(tables, PowerJudged(pue=1.5)) == pytest.approx(1.5 * 600 / 300)


def test_plans_came_true_at_half_their_pace(world: WorldPower) -> None:
    assert world.usa.sites is not None
    assert world.usa.sites.pace.value == pytest.approx(0.5)
    assert world.usa.sites.pace.n == 6
    assert world.usa.sites.known_gw == pytest.approx((0.6, 1.2, 2.4, 3.6, 4.8))
    assert world.china.sites is None


def test_known_sites_cover_what_they_added_over_all_that_was_added(tables: PowerTables) -> None:
    found = estimate_coverage(tables, day=DAY, us_chips=US_CHIPS, factor=1.5)
    owned = tables.chips_owned[tables.chips_owned["owner_country"] == "USA"]
    chips = owned.groupby("quarter_end")["h100e_p50"].sum()
    # A chip takes half a kW alone and one with its site; all chips are 20 million.
    all_new_mw = (1 - chips["2024-12-31"] / chips[DAY]) * US_CHIPS * 1e-3
    assert found.value == pytest.approx(6 * 50 / all_new_mw)
    assert (found.low, found.high) == pytest.approx((found.value / 1.5, found.value * 1.5))


def test_generation_counts_since_the_build_out_began(tables: PowerTables) -> None:
    steady = estimate_recent_growth(tables.electricity, "USA", since=2023, level=0.9)
    assert (steady.value, steady.n) == (pytest.approx(100), 2)
    late = tables.electricity.copy()
    late.loc[late["year"] == 2025, "generation_twh"] += 60
    faster = estimate_recent_growth(late, "USA", since=2023, level=0.9)
    assert faster.value == pytest.approx(130)
    assert faster.low < 100 < faster.high


def test_efficiency_is_that_of_the_chips_in_use(tables: PowerTables) -> None:
    chips = tables.chips_owned
    better = chips.assign(
        power_mw_p50=chips["power_mw_p50"].where(
            chips["quarter_end"] < DAY, 0.5 * chips["power_mw_p50"]
        )
    )
    assert measure_efficiency_growth(better, day=DAY, years=3) == pytest.approx(2 ** (1 / 3))


def test_a_table_of_sites_must_tell_its_day(tables: PowerTables) -> None:
    dayless = tables.timelines.copy()
    dayless.attrs = {}
    with pytest.raises(ModelInputError, match="vintage"):
        estimate_world_power(
            replace(tables, timelines=dayless), PowerJudged(), day=DAY, us_chips=US_CHIPS,
            level=0.9, rng=np.random.default_rng(1),
        )  # fmt: skip


def test_sites_without_chips_and_years_without_additions_are_refused(tables: PowerTables) -> None:
    with pytest.raises(ModelInputError, match="sites with chips"):
        read_american_kw(tables, pd.Timestamp("2020-12-31"))
    still = replace(tables, chips_owned=tables.chips_owned.assign(power_mw_p50=1.0))
    with pytest.raises(ModelInputError, match="added"):
        estimate_coverage(still, day=DAY, us_chips=US_CHIPS, factor=1.5)
