"""What the chapter finds: its headline numbers, its verdicts and its formal tests."""

from collections.abc import Mapping
from dataclasses import dataclass

from chapters.risk_culture.debut_power import DebutPower
from chapters.risk_culture.debut_ranks import DebutRanks
from chapters.risk_culture.funded_shift import FundedShift
from chapters.risk_culture.guidance_funds import AGAINST_BELOW, FOR_FROM, GuidanceFunds
from chapters.risk_culture.hong_kong_debuts import CLAIMED_HKD_BILLION, Debuts
from chapters.risk_culture.research_share import ResearchShare
from chapters.risk_culture.risk_measures import CLAIM, RiskMeasures
from chapters.risk_culture.venture_fall import VentureFall
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from models.core.verdicts import Verdict
from models.society import risk_claims
from models.society.survey_shares import CountryDifference
from overtake import tables
from overtake.chapter import results

_SOCIETY = "models.society"


@dataclass(frozen=True)
class SurveyFindings:
    """What the surveys of adults give to the chapter's results.

    Attributes
    ----------
    difference, trend : Estimate
        Intentions to start, China less United States: last year, percentage points, and
        change a year.
    p_equal : float
        Two-sided, for the null hypothesis of equal shares in that year.
    asked : int
        Effective samples of both countries together.
    fear_trend, fear_trend_difference : Estimate
        Change of fear of failure in China, alone and less the American.
    young_change : Estimate
        Change of intentions among the young.
    pairs : mapping of str to CountryDifference
        Both countries over time: fear, opportunity and intentions.
    """

    difference: Estimate
    trend: Estimate
    p_equal: float
    asked: int
    fear_trend: Estimate
    fear_trend_difference: Estimate
    young_change: Estimate
    pairs: Mapping[str, CountryDifference]


@dataclass(frozen=True)
class MoneyFindings:
    """What private money for AI gives to the chapter's results.

    Attributes
    ----------
    ratio, growth : Estimate
        Investment, United States over China: last year, and growth a year.
    growth_test : tuple of float and int
        p-value that the ratio doesn't change, and the years.
    firms_ratio : Estimate
        Newly funded AI firms, United States over China, last year.
    firms_p_equal : float
        Two-sided, for the null hypothesis of equal counts.
    firms_growth_test : tuple of float and int
        p-value that the ratio of the counts doesn't change, and the years.
    """

    ratio: Estimate
    growth: Estimate
    growth_test: tuple[float, int]
    firms_ratio: Estimate
    firms_p_equal: float
    firms_growth_test: tuple[float, int]


def collect_numbers(
    surveys: SurveyFindings,
    money: MoneyFindings,
    *,
    shift: FundedShift,
    venture: VentureFall,
    debuts: Debuts,
    ranks: DebutRanks,
    power: DebutPower,
) -> dict[str, results.Number]:
    """Return the chapter's headline numbers by name, most important first."""
    return {
        "intentions_difference": _number(surveys.difference, "entrepreneurial_attitudes"),
        "fear_trend_chn": _number(surveys.fear_trend, "entrepreneurial_attitudes"),
        "fear_trend_difference": _number(
            surveys.fear_trend_difference, "entrepreneurial_attitudes"
        ),
        "young_change": _number(surveys.young_change, "entrepreneurial_attitudes"),
        "intentions_trend_difference": _number(surveys.trend, "entrepreneurial_attitudes"),
        "investment_ratio": _number(money.ratio, "ai_investment", digits=3),
        "investment_ratio_growth": _number(money.growth, "ai_investment", digits=3),
        "funded_firms_ratio": _number(money.firms_ratio, "funded_firms", digits=3),
        "funded_ratio_change": _number(shift.change, "funded_firms"),
        "venture_peak_to_latest_chn": _number(venture.china.change, "venture_capital"),
        "first_day_return_zhipu": _number(debuts.zhipu.first_day, "listings", digits=3),
        "first_day_return_minimax": _number(debuts.minimax.first_day, "listings", digits=3),
        "debut_rank_zhipu": _number(ranks.zhipu, "listings"),
        "listings_needed": _number(power.needed, "listings"),
    }


def judge_claims(
    measures: RiskMeasures, debuts: Debuts, funds: GuidanceFunds
) -> list[results.Judgement]:
    """Return the verdicts on the three claims, each with its figure and its model."""
    return [
        results.Judgement(
            measures.judged.verdict, "risk-measures", f"{_SOCIETY}.risk_taking.recent_growth"
        ),
        results.Judgement(
            _judge_debuts(debuts),
            "debut-returns",
            f"{_SOCIETY}.listing_returns.returns_since_offer",
        ),
        results.Judgement(
            risk_claims.judge_public_money(
                "state", funds.by_source, for_at_least=FOR_FROM, against_below=AGAINST_BELOW
            ),
            "public-money",
            f"{_SOCIETY}.risk_taking.verdict_by_thresholds",
        ),
    ]


def list_tests(
    surveys: SurveyFindings,
    money: MoneyFindings,
    *,
    measures: RiskMeasures,
    shift: FundedShift,
    research: ResearchShare,
    power: DebutPower,
) -> dict[str, results.FormalTest]:
    """Return every formal test that the chapter reports, by id."""
    return {
        **_survey_tests(surveys),
        **_measure_tests(measures),
        **_money_tests(money, shift),
        "research-trends": results.FormalTest(_trend_test(research.comparison)),
        **_debut_tests(power),
    }


def _number(estimate: Estimate, table: str, *, digits: int = 2) -> results.Number:
    return results.Number(estimate, tables.describe(table).vintage, digits)


def _judge_debuts(debuts: Debuts) -> Verdict:
    return risk_claims.judge_debuts(
        "listings",
        {"Zhipu": debuts.zhipu.first_day.value, "MiniMax": debuts.minimax.first_day.value},
        raised={"Zhipu": debuts.zhipu.raised_hkd_billion},
        claimed=CLAIMED_HKD_BILLION,
    )


def _survey_tests(surveys: SurveyFindings) -> dict[str, results.FormalTest]:
    equal = HypothesisTest(
        "The same share of adults intends to start in both countries (n: assumed effective "
        "samples of both).",
        surveys.p_equal,
        surveys.asked,
    )
    trends = {
        f"{name}-trends": results.FormalTest(_trend_test(pair), CLAIM)
        for name, pair in surveys.pairs.items()
    }
    return {"intentions-equal": results.FormalTest(equal, CLAIM), **trends}


def _trend_test(pair: CountryDifference) -> HypothesisTest:
    return HypothesisTest(
        "The Chinese share changes by as many points a year as the American.",
        pair.trend_p_value,
        pair.trend_difference.n,
    )


def _measure_tests(measures: RiskMeasures) -> dict[str, results.FormalTest]:
    null = "The Chinese measure doesn't change."
    return {
        f"recent-{name.lower().replace(',', '').replace(' ', '-')}": results.FormalTest(
            HypothesisTest(null, p_value, measures.growths[name].n), CLAIM
        )
        for name, p_value in measures.p_values.items()
    }


def _money_tests(money: MoneyFindings, shift: FundedShift) -> dict[str, results.FormalTest]:
    constant = "The ratio doesn't change over the years."
    equal = HypothesisTest(
        "As many firms are funded in both countries.", money.firms_p_equal, money.firms_ratio.n
    )
    same = HypothesisTest(
        "The ratio of the two countries' counts is the same in both years.",
        shift.p_value,
        shift.change.n,
    )
    return {
        "investment-ratio": results.FormalTest(HypothesisTest(constant, *money.growth_test)),
        "funded-firms-equal": results.FormalTest(equal),
        "funded-firms-ratio": results.FormalTest(
            HypothesisTest(constant, *money.firms_growth_test)
        ),
        "funded-firms-since-peak": results.FormalTest(same, CLAIM),
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
        name: results.FormalTest(HypothesisTest(null, mean.p_value, power.mean.n), "listings")
        for name, (null, mean) in nulls.items()
    }
