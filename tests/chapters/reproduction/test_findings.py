"""What the chapter publishes is what its sections found."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from chapters.reproduction import findings
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest


def estimate(value: float) -> Estimate:
    return Estimate(value, value - 1, value + 1, 0.9, "confidence", 9, "times a year")


def test_numbers_are_the_sections_own_dated_by_their_table() -> None:
    results = SimpleNamespace(n_met=3, checks=(0, 0, 0, 0))
    costs = SimpleNamespace(by_rule=estimate(2), level=0.9)
    china = SimpleNamespace(one_slope=estimate(18), since_break=estimate(3), others=estimate(5))
    progress = SimpleNamespace(joint=estimate(1.5))
    data_until = {"language_models_2025_04": "a", "training_costs": "b", "capability_index": "c"}
    sections = cast("Any", (results, costs, china, progress))
    numbers = findings.collect_numbers(*sections, data_until=data_until)
    assert numbers["results_met"].estimate.value == pytest.approx(75)
    assert numbers["results_met"].estimate.low == numbers["results_met"].estimate.high
    assert numbers["china_recent_growth"].estimate.value == 3
    assert [number.data_until for number in numbers.values()] == ["a", "b", "a", "a", "a", "c"]


def test_the_one_formal_test_is_published() -> None:
    china = cast("Any", SimpleNamespace(test=HypothesisTest("No break.", 0.03, 51)))
    assert findings.list_tests(china)["china-break"].test.p_value == 0.03
