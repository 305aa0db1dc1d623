"""What the chapter finds: its headline numbers and its formal tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from overtake.chapter import results
from overtake.data import tables

from chapters.risk_culture.risk_measures import CLAIM, RiskMeasures

if TYPE_CHECKING:
    from models.core.estimates import Estimate
    from models.core.hypothesis import HypothesisTest
    from models.society.survey_shares import CountryDifference

    from chapters.risk_culture.attitude_trends import AttitudeTrends
    from chapters.risk_culture.debut_power import DebutPower
    from chapters.risk_culture.debut_ranks import DebutRanks
    from chapters.risk_culture.funded_shift import FundedShift
    from chapters.risk_culture.guidance_funds import GuidanceFunds
    from chapters.risk_culture.hong_kong_debuts import Debuts
    from chapters.risk_culture.intentions_to_start import Intentions
    from chapters.risk_culture.new_funding import FundedFirms
    from chapters.risk_culture.private_money import AiInvestment
    from chapters.risk_culture.research_share import ResearchShare
    from chapters.risk_culture.the_young import YoungChange
    from chapters.risk_culture.venture_fall import VentureFall

_LISTINGS = "listings"
"""Claim of the ledger on which the tests of the debuts bear."""


@dataclass(frozen=True)
class Found:
    """Facts of the sections from which the chapter's results are taken.

    Attributes
    ----------
    measures : RiskMeasures
        The measures side by side.
    funds : GuidanceFunds
        Public money next to the gap.
    debuts : Debuts
        The two debuts in Hong Kong.
    intentions : Intentions
        Intentions to start a business.
    attitudes : AttitudeTrends
        Trends in the G20.
    young : YoungChange
        What the whole says of the young.
    money : AiInvestment
        Private money for AI.
    firms : FundedFirms
        Newly funded AI firms.
    venture : VentureFall
        Venture capital since its highest year.
    shift : FundedShift
        Newly funded AI firms since then.
    research : ResearchShare
        Research and development.
    peers : DebutRanks
        The debuts among other listings.
    power : DebutPower
        What two listings can show.
    """

    measures: RiskMeasures
    funds: GuidanceFunds
    debuts: Debuts
    intentions: Intentions
    attitudes: AttitudeTrends
    young: YoungChange
    money: AiInvestment
    firms: FundedFirms
    venture: VentureFall
    shift: FundedShift
    research: ResearchShare
    peers: DebutRanks
    power: DebutPower


def collect_numbers(found: Found) -> dict[str, results.Number]:
    """Return the chapter's headline numbers by name, most important first."""
    surveys, fear = "entrepreneurial_attitudes", found.attitudes.fear
    money = found.money
    return {
        "investment_ratio": _number(money.latest.ratio, "ai_investment", digits=3),
        "first_day_return_zhipu": _number(found.debuts.zhipu.first_day, "listings", digits=3),
        "first_day_return_minimax": _number(found.debuts.minimax.first_day, "listings", digits=3),
        "intentions_difference": _number(found.intentions.difference, surveys),
        "fear_trend_chn": _number(fear.china, surveys),
        "fear_trend_difference": _number(fear.less_usa, surveys),
        "young_change": _number(found.young.change.logical, surveys),
        "intentions_trend_difference": _number(
            found.intentions.over_time.trend_difference, surveys
        ),
        "investment_ratio_growth": _number(money.trend.growth_per_year, "ai_investment", digits=3),
        "funded_firms_ratio": _number(found.firms.ratio, "funded_firms", digits=3),
        "funded_ratio_change": _number(found.shift.change, "funded_firms"),
        "venture_peak_to_latest_chn": _number(found.venture.china.change, "venture_capital"),
        "debut_rank_zhipu": _number(found.peers.zhipu, "listings"),
        "listings_needed": _number(found.power.needed, "listings"),
        "investment_ratio_ai_index": _number(
            found.funds.newest_reported_ratio, "published_estimates"
        ),
    }


def list_tests(found: Found) -> dict[str, results.FormalTest]:
    """Return every formal test that the chapter reports, by id."""
    return {
        **_measure_tests(found.measures),
        **_survey_tests(found.intentions, found.attitudes),
        **_money_tests(found.money, found.firms, found.shift),
        "research-trends": results.FormalTest(_trend_test(found.research.comparison)),
        **_debut_tests(found.power),
    }


def _number(estimate: Estimate, table: str, *, digits: int = 2) -> results.Number:
    return results.Number(estimate, tables.describe(table).reaches, digits)


def _measure_tests(measures: RiskMeasures) -> dict[str, results.FormalTest]:
    null = "The Chinese measure doesn't change."
    return {
        f"recent-{name.lower().replace(',', '').replace(' ', '-')}": results.FormalTest(
            replace(test, null=null), CLAIM
        )
        for name, test in measures.tests.items()
    }


def _survey_tests(
    intentions: Intentions, attitudes: AttitudeTrends
) -> dict[str, results.FormalTest]:
    equal = replace(
        intentions.equal,
        null="The same share of adults intends to start in both countries (n: assumed effective "
        "samples of both).",
    )
    trends = {
        "fear-trends": attitudes.fear,
        "opportunity-trends": attitudes.opportunity,
        "intentions-trends": attitudes.intentions,
    }
    return {
        "intentions-equal": results.FormalTest(equal, CLAIM),
        **{id_: results.FormalTest(_trend_test(own.pair), CLAIM) for id_, own in trends.items()},
    }


def _trend_test(pair: CountryDifference) -> HypothesisTest:
    null = "The Chinese share changes by as many points a year as the American."
    return replace(pair.trend_test, null=null)


def _money_tests(
    money: AiInvestment, firms: FundedFirms, shift: FundedShift
) -> dict[str, results.FormalTest]:
    equal = replace(firms.equal, null="As many firms are funded in both countries.")
    return {
        "investment-ratio": results.FormalTest(money.trend.growth_test),
        "funded-firms-equal": results.FormalTest(equal),
        "funded-firms-ratio": results.FormalTest(firms.trend.growth_test),
        "funded-firms-since-peak": results.FormalTest(shift.test, CLAIM),
    }


def _debut_tests(power: DebutPower) -> dict[str, results.FormalTest]:
    nulls = {
        "debuts-2025": (
            "Listings like these two have the mean first-day return of Hong Kong's of 2025.",
            power.year,
        ),
        "debuts-main-board": (
            "Listings like these two have the mean first-day return of the main board.",
            power.main_board,
        ),
    }
    return {
        name: results.FormalTest(replace(mean.test, null=null), _LISTINGS)
        for name, (null, mean) in nulls.items()
    }
