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
from tests.chapters.hardware_bottleneck.power_examples import estimate
from tests.chapters.hardware_bottleneck.supply_examples import stocks


@pytest.fixture(scope="module")
def limit() -> BindingLimit:
    return estimate_binding_limit(stocks(), estimate(), rng=np.random.default_rng(1))


def test_without_chance_each_path_is_fed_as_the_country_is(limit: BindingLimit) -> None:
    power = estimate()
    for code, country in limit.by_country.items():
        expected = [1e6 * power.by_country[code].fed[year].value for year in paths.YEARS]
        assert country.fed[0] == pytest.approx(expected)
        assert country.chips is not country.fed


def test_the_ratio_counts_what_is_at_hand_and_fed(limit: BindingLimit) -> None:
    power, stock = estimate(), stocks().million_h100e
    in_use = {
        code: min(stock[code][2030].value, power.by_country[code].fed[2030].value)
        for code in ("USA", "CHN")
    }
    assert limit.ratio_in_use.value == pytest.approx(in_use["USA"] / in_use["CHN"])
    assert limit.ratio_in_use.value < stock["USA"][2030].value / stock["CHN"][2030].value


def test_electricity_binds_once_chips_outgrow_it() -> None:
    chips = np.tile(2.0 ** np.arange(len(paths.YEARS)), (5, 1))
    country = CountryLimit(chips, np.full_like(chips, 10.0), 0.9)
    assert country.electricity_binds.median_year == 2029
    assert country.in_use[0, -1] == 10
    never = replace(country, fed=np.full_like(chips, 1e6))
    assert never.electricity_binds.median_year is None
    assert never.in_use[0, -1] == chips[0, -1]


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
