"""The verdicts on the parts of the claims that the chapter tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core import verdicts
from models.core.claim_parts import Part, count_same_verdicts, judge_part, report_no_data
from models.core.estimates import Estimate
from models.core.predictive import (
    Predictive,
    pool_equally,
    spread_estimate,
    summarise_draws,
)
from overtake.chapter.results import Judgement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.core.verdicts import Confidence

    from chapters.delivery_and_cash.accounts import Accounts
    from chapters.delivery_and_cash.delivery_share import Delivery
    from chapters.delivery_and_cash.money import Money

_SERVED, _SHARES = "delivery-share", "models.serving.delivery_compute"
_CASH, _LIQUIDITY = "cash-months", "models.society.liquidity"


def judge_claims(
    parts: Mapping[str, Part], *, delivery: Delivery, accounts: Accounts, money: Money
) -> list[Judgement]:
    """List the verdicts on the parts of the claims that the chapter tests.

    Parameters
    ----------
    parts : mapping of str to Part
        Of all claims.
    delivery, accounts, money
        Facts of the chapter's sections.
    """
    return [*_judge_delivery(parts, delivery, accounts), *_judge_cash(parts, money)]


def _judge_delivery(
    parts: Mapping[str, Part], delivery: Delivery, accounts: Accounts
) -> list[Judgement]:
    china, largest = (
        spread_estimate(each.share, scale="log") for each in (delivery.china, delivery.largest)
    )
    later = spread_estimate(delivery.largest_later.share, scale="log")
    firms = summarise_draws([accounts.minimax, accounts.zhipu], accounts.start_ups)
    judged: Sequence[tuple[str, Predictive, Sequence[Predictive]]] = (
        ("delivery-china", china, ()),
        ("delivery-bytedance", largest, (later,)),
        ("delivery-start-ups", firms, ()),
    )
    return [
        *(
            Judgement(
                judge_part(parts[name], known, confidence=_trust(parts[name], known, others)),
                _SERVED,
                _SHARES,
            )
            for name, known, others in judged
        ),
        Judgement(report_no_data(parts["delivery-operations"])),
        Judgement(report_no_data(parts["delivery-alibaba"])),
    ]


def _judge_cash(parts: Mapping[str, Part], money: Money) -> list[Judgement]:
    covers = summarise_draws(money.covers_china, money.china)
    net = [summarise_draws(money.net_covers_china, money.china)] if money.net_covers_china else []
    runways = pool_equally(
        [spread_estimate(each.runway, scale="log") for each in money.chinese_start_ups],
        _span([each.runway for each in money.chinese_start_ups]),
    )
    large, small = parts["cash-large"], parts["cash-start-ups"]
    return [
        Judgement(
            judge_part(large, covers, confidence=_trust(large, covers, net)), _CASH, _LIQUIDITY
        ),
        Judgement(
            judge_part(small, runways, confidence=_trust(small, runways, [])), _CASH, _LIQUIDITY
        ),
    ]


def _trust(part: Part, known: Predictive, others: Sequence[Predictive]) -> Confidence:
    """Ask whether another reading of the same figures gives another verdict."""
    same = count_same_verdicts(part.rule, known, others) if part.rule else 0
    return verdicts.judge_confidence(
        n=known.estimate.n,
        measures_agreeing=1,
        measures=1,
        checks_flipping=len(others) - same,
        checks=len(others),
    )


def _span(runways: Sequence[Estimate]) -> Estimate:
    """Return the mean of several firms' months, with the lowest and highest end."""
    values = [each.value for each in runways]
    return Estimate(
        sum(values) / len(values),
        min(each.low for each in runways),
        max(each.high for each in runways),
        runways[0].level,
        "range",
        len(values),
        runways[0].unit,
    )
