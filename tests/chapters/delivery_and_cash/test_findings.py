import numpy as np

from chapters.delivery_and_cash import findings
from chapters.delivery_and_cash.token_density import estimate_density
from tests.chapters.delivery_and_cash.examples import base, delivery, owned, volumes
from tests.chapters.delivery_and_cash.test_money import estimate

VINTAGE = {"token_volumes": "2026-05-19", "firm_finances": "2025-12-31"}


def test_numbers_are_those_of_the_sections() -> None:
    shares, money = delivery(), estimate()
    density = estimate_density(
        volumes(), owned(), base(), shares, level=0.9, rng=np.random.default_rng(3)
    )
    found = findings.collect_numbers(
        delivery=shares, density=density, money=money, data_until=VINTAGE
    )
    assert next(iter(found)) == "delivery_share_china"
    assert found["delivery_share_bytedance_latest"].estimate == shares.largest_later.share
    assert found["tokens_per_chip_ratio"].data_until == VINTAGE["token_volumes"]
    assert found["capital_spending_ratio"].estimate.value == money.spending_ratio
    assert found["capital_spending_ratio"].estimate.n == money.n_usa + money.n_china
    assert found["cash_months_china"].data_until == VINTAGE["firm_finances"]
