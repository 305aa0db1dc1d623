"""What the chapter publishes is what its sections found."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from chapters.published_lags import findings
from models.core.estimates import Estimate


def test_numbers_are_the_sections_own() -> None:
    ladder = SimpleNamespace(
        by_id={"caisi": SimpleNamespace(months=8.0)},
        lags=(0, 0, 0, 0),
        n_within_a_month=3,
        same_model=SimpleNamespace(on_index=8.5, on_developer=2.1),
    )
    scale = SimpleNamespace(lag=Estimate(5.4, 5.0, 6.0, 0.9, "range", 9, "months"))
    numbers = findings.collect_numbers(
        cast("Any", ladder), cast("Any", scale), level=0.9,
        data_until={"index_vintages": "a", "evaluator_scores": "b"},
    )  # fmt: skip
    left = numbers["caisi_lag_left"].estimate
    assert (left.value, left.low, left.high) == pytest.approx((2.6, 2.0, 3.0))
    assert numbers["lags_within_a_month"].estimate.value == pytest.approx(75)
    assert numbers["same_model_on_index"].estimate.value == 8.5
    assert numbers["same_model_by_developer"].data_until == "b"
