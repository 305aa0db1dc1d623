"""What the chapter finds: its headline numbers, its verdicts and its formal tests."""

from dataclasses import dataclass, replace

from chapters.risk_culture.guidance_funds import AGAINST_BELOW, FOR_FROM, GuidanceFunds
from chapters.risk_culture.hong_kong_debuts import CLAIMED_HKD_BILLION, Debuts
from chapters.risk_culture.risk_measures import CLAIM, RiskMeasures
from chapters.shared.ai_money import LatestMoney
from models.core.estimates import Estimate
from models.core.verdicts import Verdict
from models.society import risk_claims
from overtake.chapter import results
from overtake.data import tables

_SOCIETY = "models.society"


@dataclass(frozen=True)
class Found:
    """Facts of the sections from which the chapter's results are taken.

    Attributes
    ----------
    measures : RiskMeasures
        The measures side by side.
    money : LatestMoney
        Private money for AI.
    funds : GuidanceFunds
        Public money next to the gap.
    debuts : Debuts
        The two debuts in Hong Kong.
    """

    measures: RiskMeasures
    money: LatestMoney
    funds: GuidanceFunds
    debuts: Debuts


def collect_numbers(found: Found) -> dict[str, results.Number]:
    """Return the chapter's headline numbers by name, most important first."""
    return {
        "investment_ratio": _number(found.money.ratio, "ai_investment"),
        "first_day_return_zhipu": _number(found.debuts.zhipu.first_day, "listings"),
        "first_day_return_minimax": _number(found.debuts.minimax.first_day, "listings"),
    }


def judge_claims(found: Found) -> list[results.Judgement]:
    """Return the verdicts on the three claims, each with its figure and its model."""
    state = risk_claims.judge_public_money(
        "state", found.funds.by_source, for_at_least=FOR_FROM, against_below=AGAINST_BELOW
    )
    returns = f"{_SOCIETY}.listing_returns.compute_returns_since_offer"
    thresholds = f"{_SOCIETY}.risk_taking.judge_by_thresholds"
    growth = f"{_SOCIETY}.risk_taking.estimate_recent_growth"
    return [
        results.Judgement(found.measures.judged.verdict, "risk-measures", growth),
        results.Judgement(_judge_debuts(found.debuts), "debut-returns", returns),
        results.Judgement(state, "public-money", thresholds),
    ]


def list_tests(measures: RiskMeasures) -> dict[str, results.FormalTest]:
    """Return every formal test that the chapter reports, by id."""
    null = "The Chinese measure doesn't change."
    return {
        f"recent-{name.lower().replace(',', '').replace(' ', '-')}": results.FormalTest(
            replace(test, null=null), CLAIM
        )
        for name, test in measures.tests.items()
    }


def _number(estimate: Estimate, table: str) -> results.Number:
    return results.Number(estimate, tables.describe(table).reaches, digits=3)


def _judge_debuts(debuts: Debuts) -> Verdict:
    return risk_claims.judge_debuts(
        "listings",
        {"Zhipu": debuts.zhipu.first_day.value, "MiniMax": debuts.minimax.first_day.value},
        raised={"Zhipu": debuts.zhipu.raised_hkd_billion},
        claimed=CLAIMED_HKD_BILLION,
    )
