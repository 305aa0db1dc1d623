"""What the chapter publishes: its headline numbers and its verdict."""

from collections.abc import Mapping

from chapters.infrastructure.coverage import Coverage
from chapters.infrastructure.site_power import SitePower
from chapters.infrastructure.three_measures import Comparison
from chapters.infrastructure.time_to_power import TimeToPower
from models.core import units
from models.core.estimates import Estimate
from overtake.chapter.results import Judgement, Number


def collect_numbers(
    *,
    power: SitePower,
    coverage: Coverage,
    times: TimeToPower,
    comparison: Comparison,
    data_until: Mapping[str, str],
) -> dict[str, Number]:
    """Collect the headline numbers, most important first.

    Parameters
    ----------
    power, coverage, times, comparison
        Facts of the chapter's sections.
    data_until : mapping of str to str
        Day to which each table's data reach.
    """
    sites, chips = data_until["data_center_timelines"], data_until["chips_owned"]
    older = min(sites, chips)
    return {
        "ai_power_ratio": Number(coverage.as_share, older),
        "site_power_times": Number(_seen_times(power, coverage.ratio), sites),
        "speed_ratio": Number(times.ratio, sites),
        "months_to_power_us": Number(times.usa, sites),
        "coverage_china": Number(coverage.china.share, older),
        "coverage_us": Number(coverage.usa.share, older),
        "growth_ratio_2030": Number(
            comparison.judged[1].ratio, f"{comparison.published.growth_said_on:%Y-%m-%d}"
        ),
    }


def judge_claims(comparison: Comparison) -> list[Judgement]:
    """List the verdict on the claim that the chapter tests."""
    return [
        Judgement(
            comparison.verdict,
            "infrastructure-measures",
            "models.core.verdicts.judge_measures",
        )
    ]


def _seen_times(power: SitePower, like: Estimate) -> Estimate:
    """Return how many times the Chinese power the American sites have: seen, so no interval."""
    times = power.times_china
    return Estimate(times, times, times, like.level, "range", power.all_sites, units.TIMES)
