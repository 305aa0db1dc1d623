"""What the chapter publishes is what its sections found."""

from types import SimpleNamespace
from typing import Any, cast

from chapters.software_ecosystem import findings
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest


def estimate(value: float, unit: str) -> Estimate:
    return Estimate(value, value / 2, value * 2, 0.9, "confidence", 28, unit)


def test_numbers_are_the_sections_own_dated_by_their_table() -> None:
    lags = SimpleNamespace(ascend=estimate(40, "days"))
    waits = SimpleNamespace(median=estimate(5, "days"))
    shares = SimpleNamespace(
        serving_ratio=estimate(1.2, "times"),
        decode_by_bandwidth=estimate(0.9, "times"),
        training_ratio=estimate(0.5, "times"),
    )
    data_until = {
        "model_support": "a", "port_releases": "b", "serving_benchmarks": "c",
        "training_hardware": "d",
    }  # fmt: skip
    sections = cast("Any", (lags, waits, shares))
    numbers = findings.collect_numbers(*sections, data_until=data_until)
    assert [number.data_until for number in numbers.values()] == ["a", "b", "c", "c", "d"]
    assert numbers["framework_wait"].estimate is lags.ascend
    assert numbers["writing_by_bandwidth"].estimate is shares.decode_by_bandwidth


def test_the_test_is_published_under_the_claim() -> None:
    waits = cast("Any", SimpleNamespace(test=HypothesisTest("Equal.", 0.4, 28)))
    assert findings.list_tests(waits)["software-origins"].claim == "software"
