from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from chapters.hardware_bottleneck import paths
from chapters.hardware_bottleneck.stock_projection import Scenario, draw_ratio, draw_stocks
from chapters.hardware_bottleneck.supply import World
from tests.chapters.hardware_bottleneck.supply_examples import (
    bound_by_wafers,
    limits,
    stocks,
    world,
)


def falling_ratio(first: float) -> Scenario:
    """Halve every year, on every path."""
    return Scenario(np.full((7, 1), first) * 0.5 ** np.arange(len(paths.YEARS)), 0.9)


def test_a_crossing_is_dated_by_the_year_at_whose_end_the_ratio_is_below() -> None:
    below = falling_ratio(16.0).below
    assert [below[threshold].median_year for threshold in (10.0, 3.0, 1.0)] == [2026, 2028, 2029]
    assert below[1.0].share_within.value == 1
    assert falling_ratio(1e6).below[1.0].median_year is None


def test_the_ratio_is_that_of_the_stocks() -> None:
    found = stocks()
    assert found.this_run.by_year[2025].value == pytest.approx(10 / 1.1)
    assert found.million_h100e["USA"][2025].value == pytest.approx(10)
    assert found.million_h100e["CHN"][2025].value == pytest.approx(1.1)
    assert found.n_paths == paths.N_PATHS


def test_euv_divides_the_ratio_only_once_it_has_come() -> None:
    late = bound_by_wafers().with_china_as(euv_volume_year=2037.0)
    found = stocks(late)
    assert found.euv_comes_too_late
    assert found.euv_divides[2029] == pytest.approx(1)
    assert 1 < found.euv_divides[2031] < found.euv_divides[2035] < 4
    assert found.drawn_euv.by_year[2031].value == pytest.approx(found.this_run.by_year[2031].value)
    assert found.euv_divides_with_plentiful_memory == pytest.approx(found.euv_divides)


@pytest.mark.parametrize(("of", "share"), [(world, 1.0), (bound_by_wafers, 0.0)])
def test_memory_binds_where_it_sets_the_output(of: Callable[[], World], share: float) -> None:
    assert stocks(of()).memory_bound_2030 == share


def test_a_chip_counts_only_with_power_for_it() -> None:
    limited, free = stocks(world(limits())), stocks()
    usa = {year: e.value for year, e in limited.million_h100e["USA"].items()}
    assert usa[2029] == pytest.approx(50)  # ten at the start, and ten GW a year at a kW each
    assert limited.million_owned["USA"][2029].value > usa[2029]
    assert limited.this_run.by_year[2029].value < free.this_run.by_year[2029].value
    assert limited.plentiful_power.by_year == free.this_run.by_year


@pytest.mark.parametrize(
    ("ratios", "turn", "widens", "narrows"),
    [((8, 15, 10), 2030, True, True), ((8, 15, 10), 2028, True, True),
     ((8, 15, 20), 2030, True, False), ((8, 5, 4), 2030, False, True),
     ((8, 5, 6), 2028, False, False)],
)  # fmt: skip
def test_the_gap_widens_and_narrows_or_not(
    ratios: tuple[float, ...], turn: int, *, widens: bool, narrows: bool
) -> None:
    course = np.interp(paths.YEARS, [2025, turn, 2035], ratios)
    found = replace(stocks(), this_run=Scenario(np.tile(course, (7, 1)), 0.9))
    assert (found.gap_widens, found.gap_narrows_later) == (widens, narrows)
    assert found.widest_year == paths.YEARS[int(np.argmax(course))]
    assert found.narrowest_year == paths.YEARS[int(np.argmin(course))]


@pytest.mark.parametrize(("ratio", "wide"), [(4.0, True), (2.0, False)])
def test_the_gap_stays_wide_above_three_times(ratio: float, *, wide: bool) -> None:
    level = Scenario(np.full((7, len(paths.YEARS)), ratio), 0.9)
    assert replace(stocks(), this_run=level).gap_stays_wide == wide


def test_open_imports_bring_the_stocks_together() -> None:
    found = stocks()
    in_order = (found.imports_open, found.this_run, found.imports_closed)
    ratios = [scenario.by_year[2030].value for scenario in in_order]
    assert ratios == sorted(ratios)


def test_the_gain_of_2026_stands_beside_the_published_one() -> None:
    found = stocks()
    assert found.gained_2026.value == pytest.approx((300e3 * 0.8 + 250e3) / 1e6)
    published = found.gained_2026_published
    assert (published.value, published.low, published.high) == pytest.approx((0.5, 0.25, 1.0))


def test_both_stocks_are_drawn_for_every_year() -> None:
    drawing = draw_stocks(stocks())
    axes = drawing.figure.axes[0]
    assert drawing.data.groupby("country")["year"].apply(list).to_dict() == {
        "CHN": list(paths.YEARS),
        "USA": list(paths.YEARS),
    }
    assert [len(line.get_xdata()) for line in axes.lines] == [11, 11, 2]
    late = draw_stocks(stocks(world().with_china_as(euv_volume_year=2037.0))).figure.axes[0]
    assert [len(line.get_xdata()) for line in late.lines] == [11, 11]
    assert "EUV" not in late.get_xlabel()


def test_the_ratio_is_drawn_with_early_euv_beside_it() -> None:
    found = replace(stocks(), early_euv=falling_ratio(32.0))
    drawing = draw_ratio(found)
    assert drawing.data["median_early_euv"].tolist()[:3] == [32, 16, 8]
    assert [len(line.get_xdata()) for line in drawing.figure.axes[0].lines] == [11, 11, 2, 2, 2]
