from dataclasses import replace

import pytest

from chapters.hardware_bottleneck.power_supply import Power, draw_generation
from tests.chapters.hardware_bottleneck.power_examples import estimate

TWH_PER_MILLION_AND_KW = 8.76  # pue and utilisation cancel out


@pytest.fixture(scope="module")
def power() -> Power:
    return estimate()


def test_generation_and_watts_are_read_from_the_tables(power: Power) -> None:
    assert power.china.generation_twh == 2000 + 23 * 400
    assert power.generation_ratio == pytest.approx(11200 / 4460)
    assert (power.first_year, power.latest_year) == (2000, 2023)
    assert power.usa.watts == pytest.approx(1e6 * 8000 / 10e6)
    assert power.china.watts == pytest.approx(1e3 * 600 / 300)
    assert power.watts_ratio == pytest.approx(2000 / 800)


def test_what_runs_is_fed_and_then_a_share_of_additions(power: Power) -> None:
    """20 TWh a year, half for chips of 0.8 kW."""
    fed = power.usa.fed
    assert fed[2025].value == pytest.approx(10)
    assert fed[2030].value == pytest.approx(10 + 5 * 10 / (0.8 * TWH_PER_MILLION_AND_KW))
    assert fed[2030].unit == "million H100e"


def test_one_year_feeds_its_electricity_over_that_of_a_chip(power: Power) -> None:
    assert power.china.fed_by_one_year.value == pytest.approx(400 / (2 * TWH_PER_MILLION_AND_KW))


def test_needed_electricity_is_that_of_the_projected_stock(power: Power) -> None:
    twh = power.usa.stock[2030].value * 0.8 * TWH_PER_MILLION_AND_KW
    assert power.usa.needed_share == pytest.approx(twh / 4460)


def test_efficiency_grows_from_the_second_year_on(power: Power) -> None:
    better = replace(power.usa, data_centres=replace(power.usa.data_centres, efficiency_growth=2.0))
    watts = [better.accelerator(year).watts for year in (2025, 2026, 2027, 2028)]
    assert watts == pytest.approx([800, 800, 400, 200])


def test_falling_generation_takes_nothing_from_what_runs() -> None:
    falling = estimate(usa_added=-20.0).usa
    assert falling.fed[2030].value == pytest.approx(10)


def test_power_binds_where_chips_outgrow_it(power: Power) -> None:
    assert (power.usa.bound_from, power.usa.bound_in_2030) == (2026, True)


def test_power_does_not_bind_where_it_is_plentiful() -> None:
    usa = estimate(usa_added=4000.0, us_share=1.0).usa
    assert (usa.bound_from, usa.bound_in_2030) == (None, False)


@pytest.mark.parametrize(
    ("china_added", "more"),
    [(400.0, True), (30.0, False)],
)
def test_what_one_year_feeds_is_compared(*, china_added: float, more: bool) -> None:
    """30 TWh at 2 kW feed fewer than 20 TWh at 0.8 kW."""
    found = estimate(china_added=china_added)
    assert found.one_year_feeds_more_in_china is more
    assert found.added_difference.low > 0


def test_generation_is_drawn_by_country_and_year(power: Power) -> None:
    drawing = draw_generation(power)
    assert len(drawing.data) == 2 * 24
    assert [line.get_ydata()[-1] for line in drawing.figure.axes[0].lines] == [4460, 11200]
