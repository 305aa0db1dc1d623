from dataclasses import replace

import numpy as np
import pytest

from chapters.hardware_bottleneck import paths
from chapters.hardware_bottleneck.power_limit import (
    BindingLimit,
    CountryLimit,
    draw_binding_limit,
    estimate_binding_limit,
)
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.supply.power_limit import SitePlans
from tests.chapters.hardware_bottleneck.supply_examples import limits, stocks, world


@pytest.fixture(scope="module")
def limit() -> BindingLimit:
    limited = world(limits())
    return estimate_binding_limit(stocks(limited), limited)


def test_american_chips_outgrow_their_power_and_chinese_ones_do_not(limit: BindingLimit) -> None:
    """At hand 10, 17.5 and 28.8 million, then 45.6; fed 10, 20, 30 and 40."""
    assert limit.usa.fed_by_year[2030].value == pytest.approx(60)
    assert [limit.usa.bound_share[year] for year in (2025, 2027, 2028)] == [0, 0, 1]
    assert limit.usa.electricity_binds.median_year == 2028
    assert max(limit.china.bound_share.values()) == 0
    assert limit.sites_tighter_2030 == 0


def test_sites_are_tighter_where_they_plan_less() -> None:
    sure = Estimate(1.0, 1.0, 1.0, 0.9, "range", 0, "share")
    sites = SitePlans((2026.0, 2027.0, 2029.0), (1.0, 2.0, 4.0), 2026.5, sure, sure)
    power = limits()
    limited = world(replace(power, usa=replace(power.usa, sites=sites)))
    found = estimate_binding_limit(stocks(limited), limited)
    assert found.sites_tighter_2030 == 1
    assert found.usa.fed_by_year[2030].value == pytest.approx(10 + 5)


def test_power_binds_once_chips_outgrow_it() -> None:
    chips = np.tile(2.0 ** np.arange(len(paths.YEARS)), (5, 1))
    country = CountryLimit(chips, np.full_like(chips, 10.0), 0.9)
    assert country.electricity_binds.median_year == 2029
    never = replace(country, fed=np.full_like(chips, 1e6))
    assert never.electricity_binds.median_year is None
    assert never.bound_share[paths.END_YEAR] == 0


def test_stocks_without_a_limit_are_refused() -> None:
    with pytest.raises(ModelInputError, match="limit of power"):
        estimate_binding_limit(stocks(), world())


def test_each_country_is_drawn_with_chips_and_power(limit: BindingLimit) -> None:
    drawing = draw_binding_limit(limit)
    counts = drawing.data.groupby(["country", "quantity"]).size().to_dict()
    assert counts == {
        (code, quantity): len(paths.YEARS)
        for code in ("USA", "CHN")
        for quantity in ("chips", "power feeds")
    }
    assert [len(axes.lines) for axes in drawing.figure.axes] == [2, 2]
    assert [len(axes.collections) for axes in drawing.figure.axes] == [3, 3]
