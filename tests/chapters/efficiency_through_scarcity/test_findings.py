from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.findings import (
    Capability,
    Practice,
    collect_numbers,
    list_tests,
    read_ledger,
)
from chapters.efficiency_through_scarcity.held_equal import HeldEqual
from chapters.efficiency_through_scarcity.judged_claims import judge_claims
from chapters.efficiency_through_scarcity.model_choices import Choice
from chapters.efficiency_through_scarcity.premium_curve import PremiumCurve
from chapters.efficiency_through_scarcity.resource_factors import Resource
from chapters.efficiency_through_scarcity.sparse_designs import Designs, SparseCount
from models.capability.compute_efficiency import Premium, PremiumShift, PremiumTrend
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from models.core.predictive import pool_equally, spread_estimate
from models.core.specification_curve import SpecificationCurve
from overtake.data import tables
from tests.chapters.judged_parts import PARTS, parts_of, words_of

ABOVE, AROUND, BELOW = (3.0, 1.0, 5.0), (1.0, -1.0, 3.0), (-3.0, -5.0, -1.0)
SHUFFLED = HypothesisTest("Countries make no difference.", 0.7, 30)
CURVED = HypothesisTest("The curve is that of chance.", 0.04, 33)
HELD = ("date and compute", "and open weights")
RESOURCES = ("Training compute (index)", "Training compute (MMLU, to 2024)")


def estimate(value: float, low: float, high: float, unit: str = "points") -> Estimate:
    return Estimate(value, low, high, 0.9, "confidence", 40, unit)


def premium(ends: tuple[float, float, float], p_value: float = 0.2) -> Premium:
    points = estimate(*ends)
    return Premium(
        points, p_value, estimate(2, 1, 3, ""), points, points, points, "a", 9, 8, 30, Any
    )


def shift(ends: tuple[float, float, float], n_before: int = 12) -> PremiumShift:
    points = estimate(*ends)
    return PremiumShift(points, points, points, 0.3, n_before, 15, 20)


def trend(p_value: float) -> PremiumTrend:
    return PremiumTrend(estimate(*ABOVE), p_value, estimate(*ABOVE), 21)


def curve() -> PremiumCurve:
    table = pd.DataFrame({"value": np.arange(101.0), "low": 0.0, "high": 1.0})
    return PremiumCurve(SpecificationCurve((), table, table[:0], 0.9, "points"), CURVED)


def progress(doubling: Estimate | None) -> Any:
    rate = SimpleNamespace(orders_of_magnitude_per_year=estimate(1, 0.5, 2))
    samples = SimpleNamespace(everyone=rate, doubling=doubling)
    return SimpleNamespace(index=samples, benchmarks=samples)


@pytest.fixture
def capability() -> Capability:
    around = premium(AROUND)
    exposure = SimpleNamespace(advantage=estimate(*AROUND), test=HypothesisTest("No.", 0.6, 25))
    held = (HeldEqual(label, around, shift(AROUND), trend(0.01)) for label in HELD)
    resources = (Resource(name, estimate(2, 1, 3, ""), 5, 6, 0.02) for name in RESOURCES)
    silence = SimpleNamespace(test=HypothesisTest("No difference.", 0.5, 70))
    stubs: dict[str, Any] = {
        "premium": SimpleNamespace(fit=around, shuffled=SHUFFLED),
        "choices": choices(AROUND, AROUND),
        "controls": SimpleNamespace(rows=tuple(held), optimised=exposure, aged=exposure),
        "resources": SimpleNamespace(rows=tuple(resources)),
        "reporting": SimpleNamespace(
            silence=silence,
            usa=SimpleNamespace(estimate=estimate(0.05, 0.02, 0.1, "share")),
            china=SimpleNamespace(estimate=estimate(0.2, 0.1, 0.3, "share")),
        ),
        "change": SimpleNamespace(
            control=pd.Timestamp("2023-10-17"),
            shift=shift(AROUND),
            trend=trend(0.01),
            trend_filled=trend(0.02),
        ),
        "progress": progress(estimate(5, 4, 6, "months")),
        "lag": SimpleNamespace(average=SimpleNamespace(digits=1, mean=estimate(6, 5, 8, "months"))),
    }
    return Capability(curve=curve(), **stubs)


def choices(*rows: tuple[float, float, float]) -> Any:
    found = tuple(Choice("some", estimate(*ends), 5, 5) for ends in rows)
    known = pool_equally([spread_estimate(row.premium) for row in found], found[0].premium)
    return SimpleNamespace(
        rows=found,
        silent_at_trend=premium(BELOW),
        equal_active=None,
        whatever_silent_models_used=known,
        sign_is_identified=True,
    )


@pytest.fixture
def practice() -> Practice:
    counts = {"CHN": SparseCount(16, 17), "USA": SparseCount(4, 5)}
    stubs: dict[str, Any] = {
        "savings": SimpleNamespace(
            reference="H100",
            whole={"H100": estimate(43, 32, 61, "times")},
            against={"Ascend 910B": estimate(0.567, 0.4, 0.9, "times")},
            scarce=("Ascend 910B",),
        ),
        "prices": SimpleNamespace(
            trend=SimpleNamespace(fall_per_year=estimate(30, 10, 90, "times a year"))
        ),
        "loss": SimpleNamespace(
            penalty=SimpleNamespace(extra_loss=estimate(0.1, 0.05, 0.2)),
            alpha=estimate(0.3, 0.2, 0.4, ""),
            original_fit=SimpleNamespace(test=HypothesisTest("No misfit.", 1e-9, 240)),
        ),
    }
    return Practice(designs=Designs(2022, counts, counts, (), pd.DataFrame()), **stubs)


def test_numbers_carry_the_vintage_of_their_table(
    capability: Capability, practice: Practice
) -> None:
    numbers = collect_numbers(capability, practice)
    assert list(numbers)[:3] == [
        "premium_points",
        "premium_compute_multiplier",
        "premium_change_after_controls",
    ]
    assert list(numbers)[-3:] == [
        "effective_compute_doubling", "compute_known_usa", "compute_known_chn",
    ]  # fmt: skip
    assert numbers["compute_known_usa"].estimate == capability.reporting.usa.estimate
    assert numbers["compute_known_chn"].estimate == capability.reporting.china.estimate
    assert numbers["price_fall"].data_until == tables.describe("token_prices").reaches
    assert numbers["premium_points"].data_until == tables.describe("capability_index").reaches
    assert numbers["serving_saving_ascend_910b_over_h100"].digits == 3
    assert numbers["premium_if_silent_at_trend"].estimate.value == BELOW[0]


def test_the_range_of_all_specifications_holds_its_share(
    capability: Capability, practice: Practice
) -> None:
    found = collect_numbers(capability, practice)["premium_over_specifications"].estimate
    assert (found.value, found.low, found.high) == pytest.approx((50, 5, 95))
    assert (found.kind, found.n) == ("range", 33)


def test_what_is_not_bounded_is_no_number(capability: Capability, practice: Practice) -> None:
    unbounded: Any = SimpleNamespace(
        fit=replace(premium(AROUND), compute_multiplier=None), shuffled=SHUFFLED
    )
    changed = replace(capability, premium=unbounded, progress=progress(None))
    missing = {*collect_numbers(capability, practice)} - {*collect_numbers(changed, practice)}
    assert missing == {"premium_compute_multiplier", "effective_compute_doubling"}


def words(capability: Capability, **changes: Any) -> dict[str, str]:
    return words_of(judge_claims(PARTS, replace(capability, **changes)))


def test_every_part_of_both_claims_is_judged_once(capability: Capability) -> None:
    found = words(capability)
    assert set(found) == parts_of("leaner", "codesign")
    assert found["codesign-cause"] == "no data"
    assert (found["leaner-dollar"], found["codesign-active"]) == ("no data", "no data")


@pytest.mark.parametrize(
    ("ends", "word"), [(ABOVE, "clearly for"), (AROUND, "leans for"), (BELOW, "clearly against")]
)
def test_each_premium_turns_its_part(
    capability: Capability, ends: tuple[float, float, float], word: str
) -> None:
    own: Any = SimpleNamespace(fit=premium(ends), shuffled=SHUFFLED)
    active: Any = SimpleNamespace(**{**vars(choices(ends)), "equal_active": premium(ends)})
    change: Any = SimpleNamespace(**{**vars(capability.change), "shift": shift(ends)})
    found = words(capability, premium=own, choices=active, change=change)
    parts = ("leaner-flop", "codesign-active", "codesign-compute", "codesign-after-controls")
    assert {found[part] for part in parts} == {word}


@pytest.mark.parametrize(
    ("ends", "word"), [((8.0, 1.2, 80.0), "clearly for"), ((0.5, 0.3, 0.8), "clearly against")]
)
def test_a_price_that_is_bounded_judges_the_dollar(
    capability: Capability, ends: tuple[float, float, float], word: str
) -> None:
    name = "Price of a token (MATH-500, one firm)"
    price = Resource(name, estimate(*ends, "times"), 3, 36, 0.08)
    assert words(capability, resources=SimpleNamespace(rows=(price,)))["leaner-dollar"] == word


@pytest.mark.parametrize(
    ("rows", "confidence"),
    [((AROUND, AROUND), "moderate"), ((AROUND, ABOVE), "low")],
)
def test_confidence_follows_from_the_choices_that_agree(
    capability: Capability, rows: tuple[tuple[float, float, float], ...], confidence: str
) -> None:
    leaner = judge_claims(PARTS, replace(capability, choices=choices(*rows)))[0]
    assert leaner.verdict.confidence == confidence


def test_every_test_is_listed_once_with_a_label(capability: Capability, practice: Practice) -> None:
    claims = pd.DataFrame({"claim": ["codesign"], "counter_statement": ["They copy."]})
    ledger = read_ledger(capability, claims)
    assert ledger.counter_statement == "They copy."
    assert ledger.held == {
        "date-and-compute": "date and compute",
        "and-open-weights": "and open weights",
    }
    assert ledger.resources == {"training-compute-mmlu-to-2024": RESOURCES[1]}
    tests = list_tests(capability, practice)
    assert set(tests) == {
        "premium",
        "premium-shuffled",
        "premium-specifications",
        *(f"{what}-{slug}" for what in ("change", "trend") for slug in ledger.held),
        "trend-silent-at-trend",
        "premium-and-open-weights",
        *(f"resource-{slug}" for slug in ledger.resources),
        "silence",
        "exposed-optimised-for",
        "exposed-a-year-old",
        "original-coefficients",
    }


def test_tests_carry_what_the_models_found(capability: Capability, practice: Practice) -> None:
    tests = list_tests(capability, practice)
    found = {name: (each.test.p_value, each.test.n, each.claim) for name, each in tests.items()}
    assert found["premium-shuffled"] == (0.7, 30, "leaner")
    assert found["premium-specifications"] == (0.04, 33, "leaner")
    assert found["change-and-open-weights"] == (0.3, 20, "codesign")
    assert found["trend-silent-at-trend"] == (0.02, 21, "codesign")
    assert found["resource-training-compute-mmlu-to-2024"] == (0.02, 11, "leaner")
    assert found["silence"] == (0.5, 70, "leaner")
    assert found["original-coefficients"] == (1e-9, 240, "")
    assert "2023-10-17" in tests["change-date-and-compute"].test.null
    assert "Hoffmann" in tests["original-coefficients"].test.null
    assert tests["premium-shuffled"].test == SHUFFLED
