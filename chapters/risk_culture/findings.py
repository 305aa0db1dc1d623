"""What the chapter finds: its headline numbers and its formal tests."""

from dataclasses import dataclass, replace

from chapters.risk_culture.guidance_funds import GuidanceFunds
from chapters.risk_culture.hong_kong_debuts import Debuts
from chapters.risk_culture.risk_measures import CLAIM, RiskMeasures
from chapters.shared.ai_money import LatestMoney
from models.core.estimates import Estimate
from overtake.chapter import results
from overtake.data import tables


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
