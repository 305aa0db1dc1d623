from itertools import count
from types import SimpleNamespace as Facts

import pytest

from chapters.risk_culture.findings import Found, collect_numbers, judge_claims, list_tests
from models.core.estimates import Estimate
from models.core.verdicts import Verdict

_next = count(1)


def estimate(value: float | None = None) -> Estimate:
    """Return an estimate that no other one equals."""
    middle = float(next(_next)) if value is None else value
    return Estimate(middle, middle - 1, middle + 1, 0.9, "range", int(abs(middle)) + 2, "%")


def pair(p_value: float) -> Facts:
    return Facts(trend_p_value=p_value, trend_difference=estimate())


@pytest.fixture
def found() -> Found:
    trend = Facts(growth_per_year=estimate(), growth_p_value=0.4, years=(2020, 2021, 2022))
    return Found(
        intentions=Facts(
            difference=estimate(), p_equal=0.01, china=estimate(100.0), usa=estimate(200.0),
            over_time=pair(0.9),
        ),
        attitudes=Facts(
            fear=Facts(china=estimate(), less_usa=estimate(), pair=pair(0.02)),
            opportunity=Facts(pair=pair(0.03)),
            intentions=Facts(pair=pair(0.04)),
        ),
        young=Facts(change=Facts(logical=estimate())),
        money=Facts(ratio=estimate(), trend=trend),
        firms=Facts(ratio=estimate(), p_equal=0.05, trend=trend),
        venture=Facts(china=Facts(change=estimate())),
        shift=Facts(change=estimate(), p_value=0.06),
        research=Facts(comparison=pair(0.07)),
        debuts=Facts(
            zhipu=Facts(first_day=estimate(13.0), raised_hkd_billion=4.3481),
            minimax=Facts(first_day=estimate(109.0)),
        ),
        peers=Facts(zhipu=estimate()),
        power=Facts(
            needed=estimate(), mean=estimate(), year=Facts(p_value=0.08),
            main_board=Facts(p_value=0.09),
        ),
        funds=Facts(by_source={"a gap": estimate(5.0)}),
        measures=Facts(
            judged=Facts(verdict=Verdict("risk-taking", "undetermined", "why", None, "low")),
            growths={"Intentions, next to US": estimate()},
            p_values={"Intentions, next to US": 0.1},
        ),
    )  # fmt: skip


def test_each_number_is_another_fact(found: Found) -> None:
    numbers = collect_numbers(found)
    assert len(numbers) == len({id(number.estimate) for number in numbers.values()}) == 14
    assert numbers["fear_trend_difference"].estimate is found.attitudes.fear.less_usa
    assert numbers["funded_ratio_change"].estimate is found.shift.change
    assert numbers["debut_rank_zhipu"].estimate is found.peers.zhipu
    assert [name for name, number in numbers.items() if number.digits == 3] == [
        "investment_ratio", "investment_ratio_growth", "funded_firms_ratio",
        "first_day_return_zhipu", "first_day_return_minimax",
    ]  # fmt: skip


def test_three_claims_are_judged(found: Found) -> None:
    judged = {each.verdict.claim: each for each in judge_claims(found)}
    assert {claim: each.verdict.verdict for claim, each in judged.items()} == {
        "risk-taking": "undetermined",
        "listings": "supported",
        "state": "not supported",
    }
    assert judged["listings"].figure == "debut-returns"
    assert "Zhipu 13% and MiniMax 109%" in judged["listings"].verdict.reason


def test_every_test_has_its_p_value_its_n_and_its_claim(found: Found) -> None:
    tests = list_tests(found)
    assert {name: each.test.p_value for name, each in tests.items()} == {
        "intentions-equal": 0.01,
        "fear-trends": 0.02,
        "opportunity-trends": 0.03,
        "intentions-trends": 0.04,
        "recent-intentions-next-to-us": 0.1,
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
