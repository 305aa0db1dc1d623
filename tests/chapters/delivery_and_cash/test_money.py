from typing import Any

import numpy as np
import pandas as pd
import pytest

from chapters.delivery_and_cash.money import Money, Operations, draw_money, estimate_money

LISTINGS = pd.DataFrame({"firm": ["Small"], "raised_hkd_million": [7800.0]})
NOT_FOUND = np.nan


def row(firm: str, country: str, kind: str, **values: Any) -> dict[str, Any]:
    return {
        "firm": firm, "country": country, "kind": kind, "months": 12, "usd_per_unit": 1.0,
        "cash": NOT_FOUND, "cash_date": pd.Timestamp("2025-12-31"), "net_cash": NOT_FOUND,
        "capital_spending": NOT_FOUND, "operating_cash_flow": NOT_FOUND, "cash_burn": NOT_FOUND,
    } | values  # fmt: skip


def estimate(cash: float = 300.0, net: float = 130.0, quarters_net: float = NOT_FOUND) -> Money:
    rows = [
        row("East", "CHN", "large", cash=cash, net_cash=net, capital_spending=100.0,
            usd_per_unit=0.14),
        row("Quarter", "CHN", "large", cash=50.0, capital_spending=2.5, months=3,
            usd_per_unit=0.14, operating_cash_flow=5.0, net_cash=quarters_net),
        row("Silent", "CHN", "large", capital_spending=200.0, usd_per_unit=0.14),
        row("West", "USA", "large", cash=50.0, capital_spending=100.0, operating_cash_flow=90.0),
        row("Small", "CHN", "start-up", cash=1.0, cash_burn=0.6, months=6,
            cash_date=pd.Timestamp("2025-07-10")),
        row("Brook", "USA", "start-up", cash=10.0, cash_burn=2.4,
            cash_date=pd.Timestamp("2026-01-10")),
    ]  # fmt: skip
    return estimate_money(pd.DataFrame(rows), LISTINGS, burn_factor=2.0, hkd_per_usd=7.8, level=0.9)


def test_cover_is_cash_over_a_months_spending() -> None:
    found = {firm.firm: firm for firm in estimate().large}
    assert found["East"].cover == pytest.approx(36)
    assert found["East"].net_cover == pytest.approx(15.6)
    assert found["Quarter"].cover == pytest.approx(60)
    assert found["Quarter"].spending == pytest.approx(10 * 0.14)
    assert found["Silent"].cover is None
    assert list(found)[-1] == "Silent"


def test_the_countries_spans_are_those_of_their_firms() -> None:
    found = estimate()
    assert (found.china.low, found.china.high, found.china.n) == (36, 60, 2)
    assert found.usa.value == pytest.approx(6)
    assert found.spending_ratio == pytest.approx(100 / (14 + 1.4 + 28))
    assert found.china_is_covered_longer


def test_runway_is_counted_from_the_day_of_the_claim() -> None:
    """1.0 less six months of 0.1, and a billion raised: 1.4 at 0.1 a month."""
    small = estimate().shortest
    assert small.firm == "Small"
    assert small.at_accounts == pytest.approx(10)
    assert small.runway.value == pytest.approx(14, abs=0.1)
    assert small.runway.low == pytest.approx(4, abs=0.1)
    assert small.runway.high == pytest.approx(34, abs=0.2)
    assert estimate().shortest_may_be_short


@pytest.mark.parametrize(("cash", "covers"), [(300.0, {36, 60}), (50.0, {6, 60})])
def test_covers_of_china_are_those_of_its_known_firms(cash: float, covers: set[float]) -> None:
    found = estimate(cash)
    assert {round(each) for each in found.covers_china} == covers
    assert found.china_is_covered_longer is (cash > 50)


@pytest.mark.parametrize(("net", "too"), [(130.0, True), (90.0, False)])
def test_less_debt_a_year_may_not_be_covered(*, net: float, too: bool) -> None:
    found = estimate(net=net)
    assert [firm.firm for firm in found.net_of_debt] == ["East"]
    assert found.net_of_debt_too is too


@pytest.mark.parametrize(
    ("net", "quarters_net", "fails"),
    [(90.0, 9.0, True), (90.0, 11.0, False), (130.0, 9.0, False), (90.0, NOT_FOUND, False)],
)
def test_the_claim_stands_less_debt_only_if_every_firm_falls_short(
    *, net: float, quarters_net: float, fails: bool
) -> None:
    """A year of spending is 100 at East, and 10 at Quarter."""
    found = estimate(net=net, quarters_net=quarters_net)
    assert found.net_of_debt_fails is fails
    names = [firm.firm for firm in found.debt_not_found]
    assert names == (["Quarter"] if np.isnan(quarters_net) else [])


@pytest.mark.parametrize(("net", "hardly"), [(101.0, ["East"]), (111.0, []), (99.0, [])])
def test_up_to_a_tenth_above_a_year_is_hardly_more(net: float, hardly: list[str]) -> None:
    assert [firm.firm for firm in estimate(net=net).hardly_net_of_debt] == hardly


def test_firms_that_business_pays_for_are_told_by_country() -> None:
    found = estimate()
    assert found.operations_china == Operations(("Quarter",), (), ("East", "Silent"))
    assert found.operations_usa == Operations((), ("West",), ())
    assert found.operations_usa.n_known == 1


def test_large_firms_are_counted_by_country() -> None:
    found = estimate()
    assert (found.n_china, found.n_usa) == (3, 1)


def test_firms_with_months_are_drawn_and_others_are_not() -> None:
    data = draw_money(estimate()).data
    assert set(data["firm"]) == {"East", "Quarter", "West", "Small", "Brook"}
    ranges = data[data["low"] < data["high"]]
    assert set(ranges["kind"]) == {"start-up"}
