from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck import disclosure, silence
from chapters.hardware_bottleneck.disclosure import Disclosure
from chapters.hardware_bottleneck.silence import Silence

from .simulated import estimate, runs, steady


@pytest.fixture(scope="module")
def models() -> pd.DataFrame:
    """In each year half of the American and a quarter of the Chinese models are silent."""
    table = runs({"USA": steady(4.0), "CHN": steady(4.0, 1e21)}, n=96)
    place = table.groupby(["country", table["date"].dt.year]).cumcount()
    silent = (place % 2 == 1) & (table["country"] == "USA")
    silent |= (place % 4 == 3) & (table["country"] == "CHN")
    return table.assign(training_compute_flop=table["training_compute_flop"].mask(silent, np.nan))


@pytest.fixture(scope="module")
def disclosed(models: pd.DataFrame) -> Disclosure:
    rng = np.random.default_rng(0)
    filled = disclosure.fill_in_silent(models, since=2020, shift_oom=0.5, rng=rng)
    return disclosure.estimate_disclosure(models, filled, since=2020, shift_oom=0.5, level=0.9)


@pytest.fixture(scope="module")
def bounds(models: pd.DataFrame) -> Silence:
    return silence.bound_silence(models, since=2020, reach_oom=0.5, top=3, window_years=2.0)


def test_shares_are_counted(disclosed: Disclosure) -> None:
    assert (disclosed.usa.value, disclosed.china.value) == (50, 75)
    assert (disclosed.usa.n, disclosed.usa.unit) == (12, "%")
    assert disclosed.shift_factor == pytest.approx(3.16, abs=0.01)
    assert set(disclosed.shares["year"]) == set(range(2020, 2026))


def test_filling_in_the_silent_keeps_the_simulated_growth(disclosed: Disclosure) -> None:
    assert [disclosed.smaller.shift_oom, disclosed.larger.shift_oom] == [-0.5, 0.5]
    for filled in (disclosed.smaller, disclosed.as_large, disclosed.larger):
        assert filled.usa.value == pytest.approx(4.0, rel=0.1)
        assert filled.china.value == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize(("usa", "hides"), [(20.0, True), (80.0, False)])
def test_the_side_with_the_smaller_share_hides_more(
    disclosed: Disclosure, usa: float, *, hides: bool
) -> None:
    found = replace(disclosed, usa=estimate(usa), china=estimate(50.0))
    assert found.usa_hides_more is hides


def test_bounds_hold_what_is_known_and_widen_with_what_is_allowed(bounds: Silence) -> None:
    wide, near = bounds.any_of_year, bounds.near_trend
    for result in ("growth_usa", "growth_china", "trend_gap", "run_gap"):
        loose, tight = getattr(wide, result), getattr(near, result)
        assert loose.low <= loose.known <= loose.high
        assert loose.known == tight.known
    assert near.growth_usa.high < wide.growth_usa.high
    assert wide.growth_usa.n_silent == 36
    assert bounds.above_trend.growth_usa.known == wide.growth_usa.known
    assert bounds.reach_factor == pytest.approx(3.16, abs=0.01)


@pytest.mark.parametrize(
    ("china", "is_open"),
    [((1.0, 2.0), False), ((1.0, 4.0), True), ((6.0, 9.0), False), ((4.0, 9.0), True)],
)
def test_order_is_open_where_the_bounds_overlap(
    bounds: Silence, china: tuple[float, float], *, is_open: bool
) -> None:
    usa = replace(bounds.any_of_year.growth_usa, low=3.0, high=5.0)
    growth_china = replace(usa, low=china[0], high=china[1])
    found = replace(bounds.any_of_year, growth_usa=usa, growth_china=growth_china)
    assert found.order_is_open is is_open


def test_typical_models_are_told_from_the_last_two_full_years_on(bounds: Silence) -> None:
    assert {(row.country, row.year) for row in bounds.newest} == {
        ("USA", 2024), ("USA", 2025), ("CHN", 2024), ("CHN", 2025),
    }  # fmt: skip
    row = bounds.yearly[(bounds.yearly["country"] == "USA") & (bounds.yearly["year"] == 2025)]
    assert bounds.usa.width == pytest.approx(10 ** (row["high"] - row["low"]).item())
    assert (bounds.usa.n, bounds.usa.n_known) == (12, 6)


def test_drawings_show_each_year_of_each_country(disclosed: Disclosure, bounds: Silence) -> None:
    for drawn in (disclosure.draw_disclosure(disclosed), silence.draw_silence(bounds)):
        panels = drawn.figure.axes
        assert len(drawn.data) == 12
        assert sum(len(line.get_xdata()) for axes in panels for line in axes.lines) == 12
        bars = [bar for axes in panels for bar in axes.collections]
        assert sum(len(each.get_segments()) for each in bars) == 12
