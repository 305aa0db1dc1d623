"""What the chapter finds: its headline numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core import units
from models.core.estimates import Estimate
from overtake.chapter.results import Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chapters.delivery_and_cash.delivery_share import Delivery
    from chapters.delivery_and_cash.money import Money
    from chapters.delivery_and_cash.token_density import Density


def collect_numbers(
    *, delivery: Delivery, density: Density, money: Money, data_until: Mapping[str, str]
) -> dict[str, Number]:
    """Collect the headline numbers, most important first.

    Parameters
    ----------
    delivery, density, money
        Facts of the chapter's sections.
    data_until : mapping of str to str
        Day to which each table's data reach.
    """
    tokens, finances = data_until["token_volumes"], data_until["firm_finances"]
    ratio, firms = money.spending_ratio, len(money.large)
    level = money.china.level
    return {
        "delivery_share_china": Number(delivery.china.share, tokens),
        "delivery_share_bytedance": Number(delivery.largest.share, tokens),
        "delivery_share_bytedance_latest": Number(delivery.largest_later.share, tokens),
        "tokens_per_chip_ratio": Number(density.ratio, tokens),
        "cash_months_china": Number(money.china, finances),
        "cash_months_usa": Number(money.usa, finances),
        "runway_shortest": Number(money.shortest.runway, finances),
        "capital_spending_ratio": Number(
            Estimate(ratio, ratio, ratio, level, "range", firms, units.TIMES), finances
        ),
    }
