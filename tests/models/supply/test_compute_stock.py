from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.supply.compute_stock import (
    SupplyAssumptions,
    build_supply_from_fabs,
    compute_stock_ratio,
    find_crossing_years,
    project_stock,
    summarise_crossing,
)
from models.supply.fab_output import FabAssumptions
from tests.models.supply.plain_stock import project_plainly


def assumptions(**changes: Any) -> SupplyAssumptions:
    numbers: dict[str, Any] = {
        "initial_stock": 400.0,
        "domestic_output": 100.0,
        "domestic_growth": 1.0,
        "yield_share": 0.5,
        "imports": 50.0,
        "import_growth": 1.0,
        "lifetime_years": 4.0,
        "past_growth": 1.0,
    }
    return SupplyAssumptions(**(numbers | changes))


@pytest.mark.parametrize("lifetime", [1.0, 2.5, 4.0, 6.75])
def test_without_growth_the_stock_is_inflow_times_lifetime(lifetime: float) -> None:
    # Little's law: 100 a year that stay for L years are 100 L.
    steady = assumptions(lifetime_years=lifetime, initial_stock=100 * lifetime)
    stock = project_stock(steady, start_year=2025, end_year=2040).stock
    np.testing.assert_allclose(stock, 100 * lifetime, rtol=1e-12)


def test_any_first_stock_ends_in_the_steady_state() -> None:
    stock = project_stock(assumptions(initial_stock=7.0), start_year=2025, end_year=2040).stock
    assert stock[0, -1] == pytest.approx(400)


@pytest.mark.parametrize("growth", [0.8, 1.5, 3.0])
def test_steady_growth_keeps_the_ratio_of_stock_to_inflow(growth: float) -> None:
    # Closed form: an inflow that grows g a year and lives L whole years makes a
    # stock of I (1 + 1/g + ... + g^(1-L)).
    held = sum(growth**-age for age in range(4))
    steady = assumptions(
        initial_stock=100 * held,
        domestic_growth=growth,
        import_growth=growth,
        past_growth=growth,
    )
    result = project_stock(steady, start_year=2025, end_year=2033)
    np.testing.assert_allclose(result.stock[0], 100 * held * growth ** np.arange(9), rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    lifetime=st.floats(1, 12),
    growth=st.floats(0.5, 4),
    stock=st.floats(0, 1e7),
    multiple=st.floats(1, 20),
)
def test_mass_balances_and_nothing_retires_that_did_not_come(
    lifetime: float, growth: float, stock: float, multiple: float
) -> None:
    result = project_stock(
        assumptions(
            lifetime_years=lifetime,
            domestic_growth=growth,
            initial_stock=stock,
            euv_multiple=multiple,
            euv_volume_year=2028.4,
        ),
        start_year=2025,
        end_year=2036,
    )
    inflow = result.domestic_inflow + result.imports
    balance = result.stock[:, :-1] + inflow[:, 1:] - result.retired[:, 1:]
    np.testing.assert_allclose(balance, result.stock[:, 1:], rtol=1e-9, atol=1e-6)
    tolerance = 1e-9 * result.stock.max()
    assert (result.retired >= -tolerance).all()
    assert result.retired.sum() <= stock + inflow.sum() + tolerance


def test_euv_ramps_linearly_to_its_multiple() -> None:
    result = project_stock(
        assumptions(euv_volume_year=2027.0, euv_multiple=3.0, euv_ramp_years=4.0),
        start_year=2025,
        end_year=2033,
    )
    # Mean over each year of a rise by one half a year.
    expected = 50 * np.array([1, 1.25, 1.75, 2.25, 2.75, 3, 3, 3])
    np.testing.assert_allclose(result.domestic_inflow[0, 1:], expected)


def test_euv_in_mid_year_counts_for_the_rest_of_the_year() -> None:
    result = project_stock(
        assumptions(euv_volume_year=2026.5, euv_multiple=3.0, euv_ramp_years=1.0),
        start_year=2025,
        end_year=2028,
    )
    # 2026: half a year at a mean share of one quarter; 2027: half rising, half full.
    shares = np.array([0.5**2 / 2, 1 - 0.5**2 / 2, 1])
    np.testing.assert_allclose(result.domestic_inflow[0, 1:], 50 * (1 + 2 * shares))


def test_memory_limits_domestic_output_and_not_imports() -> None:
    limited = assumptions(domestic_growth=2.0, memory_limit=90.0, memory_growth=1.1)
    result = project_stock(limited, start_year=2025, end_year=2027)
    np.testing.assert_allclose(result.domestic_inflow[0, 1:], [90 * 1.1, 90 * 1.1**2])
    np.testing.assert_allclose(result.imports[0, 1:], 50)


def fab(**changes: Any) -> FabAssumptions:
    numbers: dict[str, Any] = {
        "wafers_per_month": 1000.0,
        "accelerator_share": 0.5,
        "dies_per_wafer": 80.0,
        "dies_per_chip": 2.0,
        "die_yield": 0.25,
        "h100e_per_chip": 0.75,
        "utilisation": 0.8,
        "capacity_growth": 1.25,
        "performance_growth": 1.2,
    }
    return FabAssumptions(**(numbers | changes))


REST = {
    "initial_stock": 0.0,
    "imports": 0.0,
    "import_growth": 1.0,
    "lifetime_years": 6.0,
    "past_growth": 1.0,
}


def test_wafers_become_compute_by_plain_arithmetic() -> None:
    made = project_stock(build_supply_from_fabs(fab(), **REST), start_year=2025, end_year=2026)
    chips = 1000 * 12 * 0.5 * 80 / 2 * 0.25
    assert made.domestic_inflow[0, 1] == pytest.approx(chips * 0.75 * 0.8 * 1.25 * 1.2)


def test_memory_that_equips_fewer_chips_than_the_wafers_hold_decides() -> None:
    scarce = fab(memory_limited_chips=10_000.0, memory_growth=1.5)
    made = project_stock(build_supply_from_fabs(scarce, **REST), start_year=2025, end_year=2027)
    np.testing.assert_allclose(
        made.domestic_inflow[0, 1:], 10_000 * 0.75 * 0.8 * np.array([1.5, 1.5**2])
    )


@settings(max_examples=30, deadline=None)
@given(better=st.floats(1, 3), year=st.integers(2026, 2035))
def test_a_better_yield_never_lowers_the_stock(better: float, year: int) -> None:
    low, high = (
        project_stock(
            build_supply_from_fabs(fab(die_yield=y), **REST), start_year=2025, end_year=2035
        )
        for y in (0.25, 0.25 * better)
    )
    assert high.at(year).value >= low.at(year).value


@pytest.mark.parametrize(
    "change",
    [{"die_yield": 0.0}, {"die_yield": 1.2}, {"accelerator_share": -0.1}, {"utilisation": 0.0},
     {"wafers_per_month": -1.0}, {"dies_per_chip": 0.0}, {"memory_growth": 0.0}],
)  # fmt: skip
def test_impossible_factories_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ModelInputError, match=next(iter(change))):
        fab(**change)


@settings(max_examples=60, deadline=None)
@given(
    euv=st.floats(2025, 2040),
    later=st.floats(0, 8),
    multiple=st.floats(1, 20),
    growth=st.floats(0.7, 3),
)
def test_later_euv_never_lowers_the_gap(
    euv: float, later: float, multiple: float, growth: float
) -> None:
    leader = project_stock(assumptions(initial_stock=9000.0), start_year=2025, end_year=2040)
    early, late = (
        compute_stock_ratio(
            leader,
            project_stock(
                assumptions(euv_volume_year=year, euv_multiple=multiple, domestic_growth=growth),
                start_year=2025,
                end_year=2040,
            ),
        )
        for year in (euv, euv + later)
    )
    assert (late >= early * (1 - 1e-12)).all()


def test_paths_are_projected_side_by_side() -> None:
    both = assumptions(lifetime_years=np.array([2.0, 5.0]), imports=np.array([10.0, 90.0]))
    together = project_stock(both, start_year=2025, end_year=2031).stock
    alone = [
        project_stock(
            assumptions(lifetime_years=life, imports=imports), start_year=2025, end_year=2031
        ).stock[0]
        for life, imports in ((2.0, 10.0), (5.0, 90.0))
    ]
    np.testing.assert_allclose(together, alone)


def test_stock_at_a_year_is_summarised_over_paths() -> None:
    paths = project_stock(
        assumptions(initial_stock=np.arange(101.0), lifetime_years=5.0),
        start_year=2025,
        end_year=2026,
    )
    estimate = paths.at(2025)
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((50, 5, 95))
    assert (estimate.kind, estimate.n, estimate.unit) == ("prediction", 101, "H100e")
    with pytest.raises(ModelInputError, match="2027"):
        paths.at(2027)


def test_crossing_time_is_interpolated_on_the_logarithm() -> None:
    years = np.arange(2025, 2031)
    ratio = 30 * np.exp(-0.4 * np.arange(6))[np.newaxis, :]
    assert find_crossing_years(years, ratio, 10)[0] == pytest.approx(2026 + np.log(3) / 0.4)


def test_paths_that_start_below_or_never_cross() -> None:
    ratio = np.array([[2.0, 3, 4], [20, 19, 18]])
    assert find_crossing_years([2025, 2026, 2027], ratio, 10).tolist() == [2026, np.inf]


def test_summary_counts_the_paths_that_never_cross() -> None:
    ratio = np.array([[12.0, 9.0]] * 60 + [[12.0, 11.0]] * 40)
    result = summarise_crossing([2025, 2026], ratio, 10)
    assert result.share_within.value == pytest.approx(0.6)
    assert result.share_never == pytest.approx(0.4)
    # Wilson's interval of 60 of 100 at 90%.
    assert (result.share_within.low, result.share_within.high) == pytest.approx(
        (0.51781, 0.67692), abs=1e-5
    )
    expected = 2026 + np.log(12 / 10) / np.log(12 / 9)
    assert result.median == pytest.approx(expected)
    assert result.earliest == pytest.approx(expected)
    assert result.latest is None
    assert (result.earliest_year, result.median_year, result.latest_year) == (2026, 2026, None)


def test_a_crossing_at_the_end_of_a_year_belongs_to_that_year() -> None:
    result = summarise_crossing([2025, 2026], np.full((4, 2), [12.0, 10.0]), 10)
    assert result.median == pytest.approx(2027.0)
    assert result.median_year == 2026


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.1, 100), min_size=4, max_size=4))
def test_a_lower_threshold_is_never_crossed_earlier(ratios: list[float]) -> None:
    years, ratio = [2025, 2026, 2027, 2028], np.array([ratios])
    crossed = [find_crossing_years(years, ratio, x)[0] for x in (10, 3, 1)]
    assert crossed == sorted(crossed)


@pytest.mark.parametrize(
    "change",
    [
        {"initial_stock": -1},
        {"imports": np.nan},
        {"domestic_growth": 0},
        {"yield_share": 0},
        {"yield_share": 1.2},
        {"lifetime_years": 0.5},
        {"euv_multiple": 0.9},
        {"euv_ramp_years": 0},
        {"euv_volume_year": np.inf},
        {"memory_limit": -1},
        {"imports": np.ones(2), "yield_share": np.full(3, 0.5)},
    ],
)
def test_impossible_assumptions_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ModelInputError):
        assumptions(**change)


def test_years_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ModelInputError, match="end_year"):
        project_stock(assumptions(), start_year=2025, end_year=2025)


def test_ratios_of_unlike_stocks_are_refused() -> None:
    one = project_stock(assumptions(), start_year=2025, end_year=2026)
    longer = project_stock(assumptions(), start_year=2025, end_year=2027)
    two, three = (
        project_stock(assumptions(imports=np.ones(n)), start_year=2025, end_year=2026)
        for n in (2, 3)
    )
    nothing = project_stock(
        assumptions(initial_stock=0.0, imports=0.0, domestic_output=0.0),
        start_year=2025,
        end_year=2026,
    )
    for leader, follower in ((one, longer), (two, three), (one, nothing)):
        with pytest.raises(ModelInputError):
            compute_stock_ratio(leader, follower)


def test_bad_ratios_are_refused() -> None:
    with pytest.raises(ModelInputError, match="shape"):
        find_crossing_years([2025, 2026], np.ones((1, 3)), 10)
    with pytest.raises(ModelInputError, match="threshold"):
        find_crossing_years([2025, 2026], np.ones((1, 2)), 0)


@pytest.mark.parametrize("n", [1, 7, 1000])
@pytest.mark.parametrize("shared", [(), ("lifetime_years", "past_growth"), ("euv_volume_year",)])
def test_the_digits_are_those_of_the_plain_balance(n: int, shared: tuple[str, ...]) -> None:
    rng = np.random.default_rng(n)
    ranges = {
        "initial_stock": (1e5, 1e7), "domestic_output": (1e5, 1e6), "domestic_growth": (0.8, 3.0),
        "yield_share": (0.1, 1.0), "imports": (0.0, 1e6), "import_growth": (0.8, 2.0),
        "lifetime_years": (2.0, 8.0), "past_growth": (0.9, 3.0), "memory_limit": (1e5, 1e6),
        "memory_growth": (0.8, 4.0), "euv_volume_year": (2024.0, 2032.0),
        "euv_multiple": (1.0, 5.0), "euv_ramp_years": (0.5, 4.0),
    }  # fmt: skip
    drawn = {
        name: float(rng.uniform(*ends)) if name in shared else rng.uniform(*ends, n)
        for name, ends in ranges.items()
    }
    given = SupplyAssumptions(**drawn)  # type: ignore[arg-type]
    found = project_stock(given, start_year=2025, end_year=2031).stock
    np.testing.assert_array_equal(found, project_plainly(given, start_year=2025, end_year=2031))
