"""What the chapter finds: headline numbers, verdicts on claims, and formal tests."""

from collections.abc import Mapping
from dataclasses import dataclass

from chapters.hardware_bottleneck.chip_production import Production
from chapters.hardware_bottleneck.euv_chances import Euv
from chapters.hardware_bottleneck.euv_choices import Checks
from chapters.hardware_bottleneck.power_supply import Power
from chapters.hardware_bottleneck.research_compute import Research
from chapters.hardware_bottleneck.stock_projection import Stocks
from chapters.shared import countries
from models.compute.compute_gap import TrendGap
from models.core.estimates import Estimate
from models.core.exponential_growth import GrowthFit
from models.core.hypothesis import HypothesisTest
from models.core.structural_breaks import BreakSearch, DifferentialBreak, InterruptedTrend
from models.core.verdicts import Verdict
from overtake.chapter.results import FormalTest, Judgement, Number


@dataclass(frozen=True)
class Gaps:
    """The gap in compute by measure, United States over China, times.

    Attributes
    ----------
    largest_run, chips_owned, clusters, summed : Estimate
        In the largest training runs, in chips owned, in known clusters, and in the compute
        of all runs of the last full year.
    verdict : Verdict
        On the claim of one to two orders of magnitude.
    """

    largest_run: Estimate
    chips_owned: Estimate
    clusters: Estimate
    summed: Estimate
    verdict: Verdict


@dataclass(frozen=True)
class Pace:
    """What the trends of training compute give.

    Attributes
    ----------
    trends : mapping of str to GrowthFit
        By country code.
    lines : TrendGap
        The gap of both trend lines on the day of the claim.
    implied_lag, unexplained_lag : Estimate
        Months that the gap in runs is worth, and those that shared algorithms leave open.
    """

    trends: Mapping[str, GrowthFit]
    lines: TrendGap
    implied_lag: Estimate
    unexplained_lag: Estimate


@dataclass(frozen=True)
class Breaks:
    """Breaks of the Chinese trend.

    Attributes
    ----------
    imposed : mapping of (str, int) to InterruptedTrend
        At the controls, by whose models and year.
    differential : mapping of int to DifferentialBreak
        China against the United States, by year of the controls.
    searched : mapping of str to BreakSearch
        The largest break, by selection of models.
    china : str
        Whose models are all Chinese ones, in `imposed`.
    as_published : Estimate
        Growth after the break in Epoch AI's selection, times a year.
    """

    imposed: Mapping[tuple[str, int], InterruptedTrend]
    differential: Mapping[int, DifferentialBreak]
    searched: Mapping[str, BreakSearch]
    china: str
    as_published: Estimate


def collect_numbers(
    *,
    gaps: Gaps,
    pace: Pace,
    breaks: Breaks,
    euv: Euv,
    stocks: Stocks,
    power: Power,
    research: Research,
    vintage: Mapping[str, str],
) -> dict[str, Number]:
    """Collect the headline numbers, most important first.

    Parameters
    ----------
    gaps, pace, breaks, euv, stocks, power, research
        Facts of the chapter's sections.
    vintage : mapping of str to str
        Date of each table.
    """
    models, chips = vintage["ai_models"], vintage["chips_owned"]
    milestones = vintage["lithography_milestones"]
    parity = stocks.this_run.below[1.0].share_within
    chance = euv.volume.chance
    return {
        "gap_largest_run": Number(gaps.largest_run, models),
        "gap_chips_owned": Number(gaps.chips_owned, chips),
        "gap_clusters": Number(gaps.clusters, vintage["gpu_clusters"]),
        "gap_summed": Number(gaps.summed, models),
        "break_change_2022": Number(breaks.imposed[breaks.china, 2022].change, models),
        "epoch_growth_after_break": Number(breaks.as_published, vintage["language_models_2025_04"]),
        "lag_unexplained": Number(pace.unexplained_lag, models),
        **_growth(pace.trends, models),
        "lag_implied": Number(pace.implied_lag, models),
        "euv_volume_by_2030": Number(chance[2030], milestones),
        "euv_volume_by_2028": Number(chance[2028], milestones),
        "euv_first_tool_by_2030": Number(euv.first_tool.chance[2030], milestones),
        "ratio_2030": Number(stocks.this_run.by_year[2030], chips),
        "ratio_2035": Number(stocks.this_run.by_year[2035], chips),
        "parity_by_2035": Number(parity, chips),
        **{
            f"power_binding_stock_{code.lower()}": Number(country.fed[2030], vintage["electricity"])
            for code, country in power.by_country.items()
        },
        "research_gap": Number(research.gap, chips),
    }


def judge_claims(
    *,
    gaps: Gaps,
    checks: Checks,
    production: Production,
    power: Power,
    research: Research,
) -> list[Judgement]:
    """List the verdicts on the claims that the chapter tests.

    Parameters
    ----------
    gaps, checks, production, power, research
        Facts of the chapter's sections.
    """
    return [
        Judgement(gaps.verdict, "hardware-gap", "models.compute.compute_gap"),
        Judgement(checks.verdict, "hardware-euv", "models.supply.lithography"),
        Judgement(
            production.verdict, "hardware-production", "models.compute.compute_lag.limiting_input"
        ),
        Judgement(power.verdict, "hardware-generation", "models.supply.electric_power"),
        Judgement(research.verdict, "hardware-research", "models.compute.compute_allocation"),
    ]


def list_tests(
    *, pace: Pace, breaks: Breaks, claimed: tuple[float, float]
) -> dict[str, FormalTest]:
    """List every formal test of the chapter, whatever its outcome.

    Parameters
    ----------
    pace, breaks
        Facts of the chapter's sections.
    claimed : tuple of float
        Ends of the claimed gap, times.
    """
    return {
        **_trend_tests(pace, claimed),
        **{
            f"break-{_slug(who)}-{year}": FormalTest(
                HypothesisTest(
                    f"Growth of training compute ({who}) is the same before and after "
                    f"October {year}.",
                    fit.p_value,
                    fit.n_before + fit.n_after,
                )
            )
            for (who, year), fit in breaks.imposed.items()
        },
        **{
            f"china-against-us-{year}": FormalTest(
                HypothesisTest(
                    f"Growth changes alike in both countries in October {year}.",
                    found.p_value,
                    found.n_treated + found.n_control,
                )
            )
            for year, found in breaks.differential.items()
        },
        **{
            f"search-{_slug(name)}": FormalTest(
                HypothesisTest(
                    f"Growth of training compute changes at no date ({name}).",
                    found.p_value,
                    found.best.n_before + found.best.n_after,
                )
            )
            for name, found in breaks.searched.items()
        },
    }


def _growth(trends: Mapping[str, GrowthFit], vintage: str) -> dict[str, Number]:
    """Growth of both countries, and doubling times where they are bounded."""
    growth = {
        f"growth_{code.lower()}": Number(trends[code].annual_growth, vintage)
        for code in countries.PAIR
    }
    doubling = {
        f"doubling_time_{code.lower()}": Number(time, vintage)
        for code in countries.PAIR
        if (time := trends[code].doubling_time)
    }
    return growth | doubling


def _trend_tests(pace: Pace, claimed: tuple[float, float]) -> dict[str, FormalTest]:
    n = sum(int(pace.trends[code].n) for code in countries.PAIR)
    equal = HypothesisTest(
        "Training compute grows equally fast in the United States and China.",
        pace.lines.p_parallel,
        n,
    )
    apart = {
        f"lines-{factor:g}-times-apart": HypothesisTest(
            f"On 10 January 2026 the trend lines of training compute are {factor:g} times apart.",
            pace.lines.p_value_of(factor),
            n,
        )
        for factor in claimed
    }
    tests = {"equal-growth": equal, **apart}
    return {name: FormalTest(test, claim="compute-gap") for name, test in tests.items()}


def _slug(name: str) -> str:
    return name.lower().replace(",", "").replace(" ", "-")
