from typing import Any

import numpy as np
import pytest

from chapters.delivery_and_cash.token_density import Density, draw_density, estimate_density
from tests.chapters.delivery_and_cash.examples import base, delivery, owned, volumes


def estimate(google: float = 4e13) -> Density:
    table: Any = volumes()
    table.loc[table["date"] == "2025-10-10", "tokens_per_day"] = google
    return estimate_density(
        table, owned(), base(), delivery(), level=0.9, rng=np.random.default_rng(3)
    )


def test_density_is_tokens_over_chips() -> None:
    """40 trillion over 5 million chips are 8 million; 100 trillion over about one, 100 million."""
    found = estimate()
    assert found.google.value == pytest.approx(8.0, rel=0.02)
    assert found.china.value == pytest.approx(100 / base().stock.value, rel=0.01)
    assert found.largest.value == pytest.approx(2 * found.china.value, rel=0.05)
    assert found.ratio.value == pytest.approx(found.china.value / 8, rel=0.02)
    assert found.google_trillion_tokens == pytest.approx(40)


def test_the_american_made_part_is_what_is_not_of_chinese_make() -> None:
    """Of a stock of about a million, 300 thousand are of Chinese make."""
    assert estimate().american_made == pytest.approx(0.7, abs=0.03)


def test_the_later_volume_of_google_is_not_held_against_older_chips() -> None:
    assert estimate().google_date.year == 2025


@pytest.mark.parametrize(("google", "denser"), [(4e13, True), (5e14, False)])
def test_denser_needs_the_whole_range(*, google: float, denser: bool) -> None:
    assert estimate(google).is_denser_in_china is denser


def test_three_holders_are_drawn() -> None:
    found = estimate()
    drawn = draw_density(found, delivery()).data.set_index("holder")["million_tokens"]
    assert drawn.to_dict() == {
        "ByteDance": found.largest.value,
        "China, all": found.china.value,
        "Google": found.google.value,
    }
