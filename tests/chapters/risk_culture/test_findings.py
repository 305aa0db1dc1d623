from itertools import count
from types import SimpleNamespace as Facts

import pytest

from chapters.risk_culture.findings import Found, collect_numbers, list_tests
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from overtake.data import tables

_next = count(1)


def estimate(value: float | None = None) -> Estimate:
    """Return an estimate that no other one equals."""
    middle = float(next(_next)) if value is None else value
    return Estimate(middle, middle - 1, middle + 1, 0.9, "range", int(abs(middle)) + 2, "%")


def pair(p_value: float) -> Facts:
    return Facts(trend_test=check(p_value), trend_difference=estimate())


def check(p_value: float, n: int = 12) -> HypothesisTest:
    return HypothesisTest("There is no difference.", p_value, n)


@pytest.fixture
def found() -> Found:
    trend = Facts(growth_per_year=estimate(), growth_test=check(0.4, 3))
    return Found(
        measures=Facts(tests={"Intentions, next to US": check(0.1)}),
        funds=Facts(newest_reported_ratio=estimate()),
        debuts=Facts(
            zhipu=Facts(first_day=estimate()), minimax=Facts(first_day=estimate())
        ),
        intentions=Facts(
            difference=estimate(), equal=check(0.01, 304),
            over_time=pair(0.9),
        ),
        attitudes=Facts(
            fear=Facts(china=estimate(), less_usa=estimate(), pair=pair(0.02)),
            opportunity=Facts(pair=pair(0.03)),
            intentions=Facts(pair=pair(0.04)),
        ),
        young=Facts(change=Facts(logical=estimate())),
        money=Facts(trend=trend, latest=Facts(ratio=estimate())),
        firms=Facts(ratio=estimate(), equal=check(0.05), trend=trend),
        venture=Facts(china=Facts(change=estimate())),
        shift=Facts(change=estimate(), test=check(0.06)),
        research=Facts(comparison=pair(0.07)),
        peers=Facts(zhipu=estimate()),
        power=Facts(
            needed=estimate(), mean=estimate(), year=Facts(test=check(0.08)),
            main_board=Facts(test=check(0.09)),
        ),
    )  # fmt: skip


def test_each_number_is_another_fact(found: Found) -> None:
    numbers = collect_numbers(found)
    assert len(numbers) == len({id(number.estimate) for number in numbers.values()}) == 15
    assert numbers["investment_ratio_ai_index"].estimate is found.funds.newest_reported_ratio
    assert numbers["fear_trend_difference"].estimate is found.attitudes.fear.less_usa
    assert numbers["funded_ratio_change"].estimate is found.shift.change
    assert numbers["investment_ratio"].estimate is found.money.latest.ratio
    assert numbers["investment_ratio"].data_until == tables.describe("ai_investment").reaches
    assert numbers["first_day_return_zhipu"].data_until == tables.describe("listings").reaches
    assert numbers["debut_rank_zhipu"].estimate is found.peers.zhipu
    assert [name for name, number in numbers.items() if number.digits == 3] == [
        "investment_ratio", "first_day_return_zhipu", "first_day_return_minimax",
        "investment_ratio_growth", "funded_firms_ratio",
    ]  # fmt: skip


def test_every_test_has_its_p_value_its_n_and_its_claim(found: Found) -> None:
    tests = list_tests(found)
    assert {name: each.test.p_value for name, each in tests.items()} == {
        "recent-intentions-next-to-us": 0.1,
        "intentions-equal": 0.01,
        "fear-trends": 0.02,
        "opportunity-trends": 0.03,
        "intentions-trends": 0.04,
        "investment-ratio": 0.4,
        "funded-firms-equal": 0.05,
        "funded-firms-ratio": 0.4,
        "funded-firms-since-peak": 0.06,
        "research-trends": 0.07,
        "debuts-2025": 0.08,
        "debuts-main-board": 0.09,
    }
    assert tests["intentions-equal"].test.n == 102 + 202
    assert tests["investment-ratio"].test.n == 3
    assert [name for name, each in tests.items() if each.claim == "listings"] == [
        "debuts-2025",
        "debuts-main-board",
    ]
    assert [name for name, each in tests.items() if not each.claim] == [
        "investment-ratio", "funded-firms-equal", "funded-firms-ratio", "research-trends",
    ]  # fmt: skip
    measure = tests["recent-intentions-next-to-us"]
    assert measure.test.null == "The Chinese measure doesn't change."
    assert measure.claim == "risk-taking"
