import pandas as pd
import pytest

from chapters.risk_culture.first_days import compute_first_days
from models.core.errors import ModelInputError


def test_a_first_day_is_the_return_on_the_offer_price_and_has_no_interval() -> None:
    listed = pd.DataFrame(
        {"offer_price_hkd": [100.0, 50.0], "first_close_hkd": [110.0, 40.0]},
        index=pd.Index(["A", "B"], name="firm"),
    )
    found = compute_first_days(listed, level=0.9)
    assert {firm: each.value for firm, each in found.items()} == pytest.approx({"A": 10, "B": -20})
    assert found["B"].low == found["B"].high == found["B"].value
    assert (found["A"].n, found["A"].unit) == (1, "%")


def test_a_listing_without_an_offer_price_is_refused() -> None:
    listed = pd.DataFrame({"offer_price_hkd": [None], "first_close_hkd": [110.0]}, index=["A"])
    with pytest.raises(ModelInputError, match="offer_price_hkd"):
        compute_first_days(listed, level=0.9)
