import pytest

from chapters.hardware_bottleneck.power_supply import Power, draw_generation
from tests.chapters.hardware_bottleneck.power_examples import estimate

TWH_PER_MILLION_AND_KW = 8.76


@pytest.fixture(scope="module")
def power() -> Power:
    return estimate()


def test_generation_is_read_from_the_table(power: Power) -> None:
    assert power.china.generation_twh == 2000 + 23 * 400
    assert power.generation_ratio == pytest.approx(11200 / 4460)
    seen = power.seen_generation_ratio
    assert seen.low == seen.value == seen.high == power.generation_ratio
    assert (seen.kind, seen.n, seen.unit) == ("range", 2, "times")
    assert (power.first_year, power.latest_year) == (2000, 2023)
    assert power.kw_ratio == pytest.approx(2.0)
    assert (f"{power.planned_on:%F}", f"{power.seen_on:%F}") == ("2026-01-15", "2026-07-01")


def test_one_year_feeds_its_electricity_over_that_of_a_chip(power: Power) -> None:
    assert power.china.fed_by_one_year.value == pytest.approx(400 / (2 * TWH_PER_MILLION_AND_KW))
    assert power.usa.fed_by_one_year.value == pytest.approx(20 / TWH_PER_MILLION_AND_KW)


def test_needed_electricity_is_that_of_the_chips_at_hand(power: Power) -> None:
    twh = power.usa.owned[2030].value * TWH_PER_MILLION_AND_KW
    assert power.usa.needed_share == pytest.approx(twh / 4460)
    assert power.usa.running_gw == pytest.approx(10)


def test_the_share_of_additions_is_power_a_year(power: Power) -> None:
    assert power.usa.added_gw_a_year == pytest.approx(10)


@pytest.mark.parametrize(("china_added", "more"), [(400.0, True), (30.0, False)])
def test_more_is_fed_only_if_the_extra_power_is_made_up_for(
    *, china_added: float, more: bool
) -> None:
    """30 TWh at 2 kW feed fewer than 20 TWh at 1 kW."""
    found = estimate(china_added=china_added)
    assert found.one_year_feeds_more_in_china is more
    assert (found.fed_difference.value > 0) is more
    assert found.added_difference.value == pytest.approx(china_added - 20)


def test_generation_is_drawn_by_country_and_year(power: Power) -> None:
    drawing = draw_generation(power)
    assert len(drawing.data) == 2 * 24
    assert [line.get_ydata()[-1] for line in drawing.figure.axes[0].lines] == [4460, 11200]
