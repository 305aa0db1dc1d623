"""What the chapter finds: headline numbers and formal tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from overtake.chapter.results import FormalTest, Number

from chapters.hardware_bottleneck.gap_measures import CLAIM, GapMeasures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.estimates import Estimate

    from chapters.hardware_bottleneck.break_searches import Searches
    from chapters.hardware_bottleneck.chip_stocks import ChipGaps
    from chapters.hardware_bottleneck.compute_lag import Lag
    from chapters.hardware_bottleneck.epoch_reproduction import Reproduction
    from chapters.hardware_bottleneck.euv_chances import EuvTold
    from chapters.hardware_bottleneck.euv_choices import Checks
    from chapters.hardware_bottleneck.policy_breaks import PolicyBreaks
    from chapters.hardware_bottleneck.power_supply import Power
    from chapters.hardware_bottleneck.stock_projection import Ratio
    from chapters.hardware_bottleneck.training_growth import Growth


def collect_numbers(
    *,
    gaps: GapMeasures,
    chips: ChipGaps,
    growth: Growth,
    breaks: PolicyBreaks,
    epoch: Reproduction,
    lag: Lag,
    euv: EuvTold,
    checks: Checks,
    ratio: Ratio,
    power: Power,
    fed: Mapping[str, Mapping[int, Estimate]],
    data_until: Mapping[str, str],
) -> dict[str, Number]:
    """Collect the headline numbers, most important first.

    Parameters
    ----------
    gaps, chips, growth, breaks, epoch, lag, euv, checks, ratio, power
        Facts of the chapter's sections.
    fed : mapping of str to mapping of int to Estimate
        Million H100e that power feeds, by country and year.
    data_until : mapping of str to str
        Day to which the data of each table reach.
    """
    models = data_until["ai_models"]
    stocks = min(data_until["chips_owned"], data_until["chips_in_china"])
    milestones, electricity = data_until["lithography_milestones"], data_until["electricity"]
    return {
        "gap_largest_run": Number(gaps.runs.gap, models),
        "gap_chips_owned": Number(gaps.chips.gap, stocks),
        "gap_clusters": Number(gaps.clusters.gap, data_until["gpu_clusters"]),
        "gap_clusters_16bit": Number(gaps.clusters_16bit.gap, data_until["gpu_clusters"]),
        "gap_mean_of_largest_runs": Number(gaps.mean_of_runs.gap, models),
        "gap_summed": Number(gaps.summed.gap, models),
        "break_change_2022": Number(breaks.all_models.imposed.first.change, models),
        "epoch_growth_after_break": Number(
            epoch.as_published.after, data_until["language_models_2025_04"]
        ),
        "lag_unexplained": Number(lag.shared.unexplained_months, models),
        **_growth(growth, models),
        "lag_implied": Number(lag.implied, models),
        "euv_volume_by_2030": Number(euv.volume_by[2030].pooled, milestones),
        "euv_volume_by_2028": Number(euv.volume_by[2028].pooled, milestones),
        "euv_chips_by_2028": Number(euv.chips_by[2028].pooled, milestones),
        "ratio_2030": Number(ratio.by_year[2030], stocks),
        "ratio_2035": Number(ratio.by_year[2035], stocks),
        "parity_by_2035": Number(ratio.below[1.0].share_within, stocks),
        **{
            f"power_binding_stock_{code.lower()}": Number(by_year[2030], electricity)
            for code, by_year in fed.items()
        },
        "gap_if_more_chinese_chips": Number(chips.more_chinese.independent.factor, stocks),
        "euv_volume_by_2030_lowest": Number(checks.lowest_volume, milestones),
        "euv_volume_by_2030_highest": Number(checks.highest_volume, milestones),
        "generation_ratio": Number(power.seen_generation_ratio, electricity),
        "generation_added_chn": Number(power.china.added_twh, electricity),
        "generation_added_usa": Number(power.usa.added_twh, electricity),
    }


def list_tests(
    *, growth: Growth, breaks: PolicyBreaks, searches: Searches, claimed: tuple[float, float]
) -> dict[str, FormalTest]:
    """List every formal test of the chapter, whatever its outcome.

    Parameters
    ----------
    growth, breaks, searches
        Facts of the chapter's sections.
    claimed : tuple of float
        Ends of the claimed gap, times.
    """
    return {
        **_trend_tests(growth, claimed),
        **_imposed_tests(breaks),
        **_comparison_tests(breaks),
        **_search_tests(searches),
    }


def _growth(growth: Growth, data_until: str) -> dict[str, Number]:
    """Growth of both countries, and doubling times where they are bounded."""
    paces = {
        f"growth_{code.lower()}": Number(pace.trend.annual_growth, data_until)
        for code, pace in growth.items()
    }
    doubling = {
        f"doubling_time_{code.lower()}": Number(time, data_until)
        for code, pace in growth.items()
        if (time := pace.trend.doubling_time)
    }
    return paces | doubling


def _trend_tests(growth: Growth, claimed: tuple[float, float]) -> dict[str, FormalTest]:
    lines = growth.lines
    equal = "Training compute grows equally fast in the United States and China."
    apart = {
        f"lines-{factor:g}-times-apart": replace(
            lines.test_of(factor),
            null=f"On 10 January 2026 the trend lines of training compute are {factor:g} "
            "times apart.",
        )
        for factor in claimed
    }
    tests = {"equal-growth": replace(lines.parallel_test, null=equal), **apart}
    return {name: FormalTest(test, claim=CLAIM) for name, test in tests.items()}


def _imposed_tests(breaks: PolicyBreaks) -> dict[str, FormalTest]:
    imposed = {
        "China": breaks.all_models.imposed,
        "China, top 10": breaks.top_ten.imposed,
        "United States": breaks.usa,
    }
    return {
        f"break-{_slug(who)}-{fit.break_date.year}": FormalTest(
            replace(
                fit.test,
                null=f"Growth of training compute ({who}) is the same before and after "
                f"{fit.break_date:%B %Y}.",
            )
        )
        for who, both in imposed.items()
        for fit in (both.first, both.second)
    }


def _comparison_tests(breaks: PolicyBreaks) -> dict[str, FormalTest]:
    return {
        f"china-against-us-{found.break_date.year}": FormalTest(found.test)
        for found in (breaks.against_usa.first, breaks.against_usa.second)
    }


def _search_tests(searches: Searches) -> dict[str, FormalTest]:
    return {
        f"search-{_slug(row.selection)}": FormalTest(
            replace(
                row.found.test,
                null=f"Growth of Chinese training compute changes at no date: {row.selection}.",
            )
        )
        for row in searches.rows
    }


def _slug(name: str) -> str:
    return name.lower().replace(",", "").replace(" ", "-")
