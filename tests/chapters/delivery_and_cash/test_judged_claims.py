"""Verdicts on the parts of the chapter's claims follow the quantities that they are about."""

from dataclasses import replace

import pytest

from chapters.delivery_and_cash.judged_claims import judge_claims
from tests.chapters.delivery_and_cash.examples import SERVING, delivery
from tests.chapters.delivery_and_cash.test_accounts import read
from tests.chapters.delivery_and_cash.test_money import estimate
from tests.chapters.judged_parts import PARTS, parts_of, words_of


def words(
    *, active: float = SERVING.active_parameters, margin: float = 20.0, cash: float = 300.0
) -> dict[str, str]:
    return words_of(
        judge_claims(
            PARTS,
            delivery=delivery(serving=replace(SERVING, active_parameters=active)),
            accounts=read(minimax_gross_margin_2025=margin),
            money=estimate(cash),
        )
    )


def test_every_part_of_both_claims_is_judged_once() -> None:
    assert set(words()) == parts_of("delivery", "cash")
    assert words()["delivery-alibaba"] == "no data"


@pytest.mark.parametrize("part", ["delivery-china", "delivery-bytedance"])
def test_heavier_models_turn_the_verdict_on_delivery(part: str) -> None:
    assert words(active=1e8)[part] == "clearly against"
    assert words(active=6e13)[part] == "clearly for"


def test_start_ups_are_counted_one_by_one() -> None:
    assert words()["delivery-start-ups"] == "clearly against"
    assert words(margin=-500.0)["delivery-start-ups"] == "can't tell"  # one of the two


@pytest.mark.parametrize(("cash", "word"), [(300.0, "clearly against"), (50.0, "can't tell")])
def test_cash_is_short_at_the_share_of_firms_below_a_year(cash: float, word: str) -> None:
    assert words(cash=cash)["cash-large"] == word
