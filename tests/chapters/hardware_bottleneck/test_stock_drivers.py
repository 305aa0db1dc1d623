import pytest

from chapters.hardware_bottleneck.stock_drivers import (
    Change,
    Drivers,
    draw_drivers,
    estimate_drivers,
)
from tests.chapters.hardware_bottleneck.supply_examples import (
    bound_by_wafers,
    limits,
    stocks,
    world,
)


def test_each_assumption_is_moved_alone() -> None:
    own = bound_by_wafers()
    drivers = estimate_drivers(stocks(own), own, growth_spread=1.0, lowest_yield=0.2)
    ratio = {(each.assumption, each.set_to): each.ratio for each in drivers.changes}
    assert ratio["US additions", "1.2"] < drivers.ratio < ratio["US additions", "1.8"]
    assert ratio["Yield", "60%"] < drivers.ratio < ratio["Yield", "20%"]
    assert ratio["EUV in volume", "2028"] < drivers.ratio < ratio["EUV in volume", "none"]
    assert ratio["Utilisation", "1"] == pytest.approx(drivers.ratio)  # as it is already
    assert ratio["Imports", "open"] < ratio["Imports", "closed"]


def test_where_power_limits_only_power_moves_american_chips() -> None:
    own = world(limits())
    drivers = estimate_drivers(stocks(own), own, growth_spread=1.0, lowest_yield=0.2)
    ratio = {(each.assumption, each.set_to): each.ratio for each in drivers.changes}
    assert ratio["US additions", "1.8"] == pytest.approx(drivers.ratio)
    assert ratio["US share of new power", "40%"] < drivers.ratio
    assert ratio["US share of new power", "100%"] == pytest.approx(drivers.ratio)  # as it is


def test_without_a_limit_no_share_of_power_is_moved() -> None:
    drivers = estimate_drivers(stocks(), world(), growth_spread=1.0, lowest_yield=0.2)
    assert "US share of new power" not in drivers.in_order


def test_yield_moves_nothing_where_memory_binds() -> None:
    own = world(memory_limited_chips_thousand=1.0, euv_volume_year=2100)
    drivers = estimate_drivers(stocks(own), own, growth_spread=1.0, lowest_yield=0.2)
    assert drivers.ratio == pytest.approx(
        next(each.ratio for each in drivers.changes if each.assumption == "Yield")
    )


@pytest.fixture
def drivers() -> Drivers:
    changes = (
        Change("narrow", "a", 5.0), Change("narrow", "b", 4.0),
        Change("wide", "a", 2.0), Change("wide", "b", 20.0),
    )  # fmt: skip
    return Drivers(changes, 4.5)


def test_the_widest_effect_comes_first(drivers: Drivers) -> None:
    assert drivers.in_order == ("wide", "narrow")


def test_each_assumption_is_drawn_as_a_bar_between_its_ends(drivers: Drivers) -> None:
    drawing = draw_drivers(drivers)
    lines = drawing.figure.axes[0].lines
    assert drawing.data["ratio"].tolist() == [5.0, 4.0, 2.0, 20.0]
    assert [list(line.get_xdata()) for line in lines] == [[2.0, 20.0], [4.0, 5.0], [4.5, 4.5]]
