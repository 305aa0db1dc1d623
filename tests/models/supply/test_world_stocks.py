"""Stocks and power of both countries, without chance where answers are counted by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.supply.national_supply import (
    SCORES,
    FirstStocks,
    SupplyJudged,
    SupplyScores,
    draw_scores,
)
from models.supply.power_limit import ChipPower, CountryPower, SitePlans, WorldPower
from models.supply.world_stocks import WorldStocks, project_world

SURE = SupplyJudged(
    us_inflow_growth=1.5, wafer_growth=1.2, performance_growth=1.0, memory_growth=2.0,
    growth_spread=1.0, shared_growth=0.5, factor=1.0, wafers_per_month=50e3,
    accelerator_share=0.5, die_yield=0.5, utilisation=1.0, dies_per_wafer=100.0,
    dies_per_chip=2.0, h100e_per_chip=0.8, memory_limited_chips=300e3, imports_h100e=250e3,
    import_growth=1.0, open_import_share=0.1, regime="as now", lifetime_years=50.0,
    euv_volume_year=2030.0, euv_multiple=4.0, euv_ramp_years=1.0,
)  # fmt: skip
SPREAD = replace(SURE, growth_spread=1.25, factor=2.0, utilisation=0.8)
FIRST = FirstStocks(10e6, 2e6, 0.5, 2.0)
KW = ChipPower(kw=1.0, efficiency_growth=1.0, utilisation=1.0)


def exactly(value: float) -> Estimate:
    return Estimate(value, value, value, 0.9, "range", 0, "")


def power(us_twh: float = 87.6, china_twh: float = 876.0, **sites: Any) -> WorldPower:
    """Return power that adds 10 and 100 GW a year; a chip takes a kW all year."""
    plans = SitePlans(**sites) if sites else None
    return WorldPower(
        CountryPower("usa", KW, exactly(us_twh), 1.0, 1.0, plans),
        CountryPower("china", KW, exactly(china_twh), 1.0, 1.0),
    )


def world(
    judged: SupplyJudged = SURE, limit: WorldPower | None = None, n: int = 200, seed: int = 1
) -> WorldStocks:
    scores = draw_scores(np.random.default_rng(seed), n)
    return project_world(judged, FIRST, limit, scores, start_year=2025, end_year=2030)


def test_american_chips_are_the_first_and_what_comes_in() -> None:
    owned = world().usa.owned.stock[0]
    assert owned[:3] == pytest.approx([10e6, 17.5e6, 28.75e6], rel=1e-2)


def test_chinese_output_is_what_memory_can_equip() -> None:
    china = world().china.owned
    assert china.domestic_inflow[0, 1] == pytest.approx(300e3 * 0.8)
    assert china.domestic_inflow[0, 2] == pytest.approx(2 * 300e3 * 0.8)
    assert china.imports[0, 1] == pytest.approx(250e3)


def test_power_feeds_what_runs_and_what_it_adds() -> None:
    limited = world(limit=power())
    assert limited.usa.fed is not None
    assert limited.usa.fed[0] == pytest.approx([10e6 + 10e6 * year for year in range(6)])
    assert limited.usa.in_use[0, 4] == pytest.approx(50e6)
    assert limited.usa.owned.stock[0, 4] > 50e6
    np.testing.assert_allclose(limited.china.in_use, limited.china.owned.stock)


def test_sites_limit_where_they_are_tighter() -> None:
    """Plans of 4 GW a year at half of all sites come true at half their pace: 4 GW a year."""
    plans = {
        "times": (2026.0, 2027.0, 2029.0), "known_gw": (1.0, 5.0, 13.0), "as_of": 2027.0,
        "pace": exactly(0.5), "coverage": exactly(0.5),
    }  # fmt: skip
    limited = world(limit=power(**plans))
    assert limited.usa.fed is not None
    added = limited.usa.fed[0] / 1e6 - 10
    # Seen until the day of the file, at its full pace; then at the drawn pace, also beyond plans.
    assert added == pytest.approx([0, 8, 12, 16, 20, 24])


def test_without_a_limit_all_chips_are_in_use() -> None:
    free = world()
    assert free.usa.fed is None
    np.testing.assert_array_equal(free.ratio_in_use, free.ratio_owned)


def test_efficiency_lets_the_same_power_feed_more() -> None:
    better = ChipPower(kw=1.0, efficiency_growth=1.25, utilisation=1.0)
    limit = power()
    improved = world(limit=replace(limit, usa=replace(limit.usa, chip=better)))
    assert improved.usa.fed is not None
    assert improved.usa.fed[0, 2] == pytest.approx(30e6 * 1.25**2)


def test_medians_of_what_is_symmetric_are_exact() -> None:
    scores = draw_scores(np.random.default_rng(3), 50)
    assert np.median(scores.values, axis=1) == pytest.approx(0, abs=1e-12)
    first = FirstStocks(10e6 * np.exp(scores.of("usa stock")), 2e6, 0.5, 2.0)
    found = project_world(SPREAD, first, None, scores, start_year=2025, end_year=2026)
    assert np.median(found.ratio_in_use[:, 0]) == pytest.approx(5.0, rel=0.05)


def test_the_same_scores_give_the_same_paths() -> None:
    first, again = (world(SPREAD, power(), seed=7).ratio_in_use for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, world(SPREAD, power(), seed=8).ratio_in_use)


@settings(max_examples=30, deadline=None)
@given(
    twh=st.floats(0, 1000),
    more=st.floats(0, 1000),
    growth=st.floats(0.8, 3.0),
    seed=st.integers(0, 99),
)
def test_more_power_never_leaves_fewer_chips_in_use(
    twh: float, more: float, growth: float, seed: int
) -> None:
    judged = replace(SPREAD, us_inflow_growth=growth)
    low, high = (
        world(judged, power(us_twh=each), n=20, seed=seed).usa for each in (twh, twh + more)
    )
    assert (low.in_use <= high.in_use * (1 + 1e-12)).all()
    assert (high.in_use <= high.owned.stock * (1 + 1e-12)).all()
    np.testing.assert_allclose(low.in_use[:, 0], low.owned.stock[:, 0])


def test_scores_need_a_row_a_name_and_pairs() -> None:
    with pytest.raises(ModelInputError, match="rows"):
        SupplyScores(np.zeros((len(SCORES) - 1, 4)))
    with pytest.raises(ModelInputError, match="even"):
        draw_scores(np.random.default_rng(1), 3)


def test_a_gigawatt_all_year_is_8_76_terawatt_hours() -> None:
    assert ChipPower(1.0, 1.0, 1.0).twh_per_gw == pytest.approx(8.76)
    assert ChipPower(1.0, 1.0, 0.7).twh_per_gw == pytest.approx(0.7 * 8.76)


@pytest.mark.parametrize(
    "numbers",
    [(0.0, 1.2, 0.8), (1.0, 0.0, 0.8), (1.0, 1.2, 0.0), (1.0, 1.2, 1.1), (np.nan, 1.2, 0.8)],
)
def test_impossible_machines_are_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(ModelInputError):
        ChipPower(*numbers)
