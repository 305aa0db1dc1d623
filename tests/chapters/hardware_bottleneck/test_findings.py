from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from chapters.hardware_bottleneck import findings
from chapters.hardware_bottleneck.euv_choices import check_euv
from models.core.estimates import Estimate
from models.core.verdicts import verdict_from_interval
from tests.chapters.hardware_bottleneck import euv_examples, power_examples, supply_examples
from tests.chapters.hardware_bottleneck.test_research_compute import estimate as research

VINTAGE = dict.fromkeys(
    ("ai_models", "chips_owned", "gpu_clusters", "language_models_2025_04",
     "lithography_milestones", "electricity"),
    "2026-01-10",
)  # fmt: skip


def number(value: float) -> Estimate:
    return Estimate(value, 0.5 * value, 2 * value, 0.9, "confidence", 20, "times")


@pytest.fixture
def gaps() -> findings.Gaps:
    verdict = verdict_from_interval("compute-gap", number(20), 10, 100, confidence="low")
    return findings.Gaps(number(20), number(16), number(8), number(15), verdict)


def pace(doubling: Estimate | None = None) -> findings.Pace:
    trends = {
        code: SimpleNamespace(annual_growth=number(4), doubling_time=doubling, n=n)
        for code, n in (("USA", 30), ("CHN", 12))
    }
    lines = SimpleNamespace(p_parallel=0.4, p_value_of=lambda factor: 1 / factor)
    return findings.Pace(trends, lines, number(24), number(8))


@pytest.fixture
def breaks() -> findings.Breaks:
    fit = SimpleNamespace(change=number(0.4), p_value=0.2, n_before=10, n_after=15)
    return findings.Breaks(
        imposed={("China", 2022): fit, ("China, top 10", 2022): fit},
        differential={2022: SimpleNamespace(p_value=0.7, n_treated=11, n_control=22)},
        searched={"All models": SimpleNamespace(p_value=0.3, best=fit)},
        china="China",
        as_published=number(3),
    )


@pytest.fixture
def of_supply() -> dict[str, Any]:
    return {
        "euv": euv_examples.estimate(),
        "stocks": supply_examples.stocks(),
        "power": power_examples.estimate(),
        "research": research(),
    }


def test_numbers_are_those_of_the_sections(
    gaps: findings.Gaps, breaks: findings.Breaks, of_supply: dict[str, Any]
) -> None:
    found = findings.collect_numbers(
        gaps=gaps, pace=pace(number(5)), breaks=breaks, vintage=VINTAGE, **of_supply
    )
    assert list(found)[:2] == ["gap_largest_run", "gap_chips_owned"]
    assert found["break_change_2022"].estimate.value == 0.4
    assert found["doubling_time_chn"].estimate.value == 5
    assert found["power_binding_stock_usa"].estimate is not found["ratio_2030"].estimate
    assert found["ratio_2030"].estimate == of_supply["stocks"].this_run.by_year[2030]
    assert len(found) == 21


def test_an_unbounded_doubling_time_is_no_headline(
    gaps: findings.Gaps, breaks: findings.Breaks, of_supply: dict[str, Any]
) -> None:
    found = findings.collect_numbers(
        gaps=gaps, pace=pace(), breaks=breaks, vintage=VINTAGE, **of_supply
    )
    assert not [name for name in found if name.startswith("doubling")]


def test_each_claim_is_judged_once(gaps: findings.Gaps, of_supply: dict[str, Any]) -> None:
    table = euv_examples.milestones()
    judged = findings.judge_claims(
        gaps=gaps,
        checks=check_euv(table, of_supply["euv"], rng=np.random.default_rng(1)),
        production=supply_examples.production(),
        power=of_supply["power"],
        research=of_supply["research"],
    )
    claims = [each.verdict.claim for each in judged]
    assert claims == ["compute-gap", "euv-2030", "production", "power", "delivery"]


def test_every_test_is_listed_with_its_n_and_claim(breaks: findings.Breaks) -> None:
    tests = findings.list_tests(pace=pace(), breaks=breaks, claimed=(10.0, 100.0))
    counted = {name: (each.test.p_value, each.test.n, each.claim) for name, each in tests.items()}
    assert counted == {
        "equal-growth": (0.4, 42, "compute-gap"),
        "lines-10-times-apart": (0.1, 42, "compute-gap"),
        "lines-100-times-apart": (0.01, 42, "compute-gap"),
        "break-china-2022": (0.2, 25, ""),
        "break-china-top-10-2022": (0.2, 25, ""),
        "china-against-us-2022": (0.7, 33, ""),
        "search-all-models": (0.3, 25, ""),
    }
