from types import SimpleNamespace as Facts

import pytest

from chapters.risk_culture.findings import Found, collect_numbers, judge_claims, list_tests
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from models.core.verdicts import Verdict
from overtake.data import tables


def estimate(value: float) -> Estimate:
    return Estimate(value, value - 1, value + 1, 0.9, "range", 2, "%")


@pytest.fixture
def found() -> Found:
    return Found(
        measures=Facts(
            judged=Facts(verdict=Verdict("risk-taking", "undetermined", "why", None, "low")),
            tests={"Intentions, next to US": HypothesisTest("No difference.", 0.1, 12)},
        ),
        money=Facts(ratio=estimate(11.7)),
        funds=Facts(by_source={"a gap": estimate(5.0)}),
        debuts=Facts(
            zhipu=Facts(first_day=estimate(13.0), raised_hkd_billion=4.3481),
            minimax=Facts(first_day=estimate(109.0)),
        ),
    )


def test_each_number_has_its_fact_and_the_day_of_its_table(found: Found) -> None:
    numbers = collect_numbers(found)
    assert {name: each.estimate.value for name, each in numbers.items()} == {
        "investment_ratio": 11.7,
        "first_day_return_zhipu": 13,
        "first_day_return_minimax": 109,
    }
    assert numbers["investment_ratio"].data_until == tables.describe("ai_investment").reaches
    assert numbers["first_day_return_zhipu"].data_until == tables.describe("listings").reaches


def test_three_claims_are_judged(found: Found) -> None:
    judged = {each.verdict.claim: each for each in judge_claims(found)}
    assert {claim: each.verdict.verdict for claim, each in judged.items()} == {
        "risk-taking": "undetermined",
        "listings": "supported",
        "state": "not supported",
    }
    assert judged["listings"].figure == "debut-returns"
    assert "Zhipu 13% and MiniMax 109%" in judged["listings"].verdict.reason


def test_each_measure_has_its_test_of_the_claim(found: Found) -> None:
    ((name, formal),) = list_tests(found.measures).items()
    assert name == "recent-intentions-next-to-us"
    assert (formal.test.p_value, formal.test.n, formal.claim) == (0.1, 12, "risk-taking")
    assert formal.test.null == "The Chinese measure doesn't change."
