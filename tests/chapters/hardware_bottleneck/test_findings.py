from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from chapters.hardware_bottleneck import findings
from chapters.hardware_bottleneck.euv_chances import tell_chances
from chapters.hardware_bottleneck.policy_breaks import AtControls
from chapters.hardware_bottleneck.power_limit import estimate_binding_limit, tell_fed
from chapters.hardware_bottleneck.stock_projection import tell_ratio
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from tests.chapters.hardware_bottleneck import euv_examples, power_examples, supply_examples

VINTAGE = dict.fromkeys(
    ("ai_models", "chips_in_china", "chips_owned", "gpu_clusters", "language_models_2025_04",
     "lithography_milestones", "electricity"),
    "2026-01-10",
)  # fmt: skip


def number(value: float) -> Estimate:
    return Estimate(value, 0.5 * value, 2 * value, 0.9, "confidence", 20, "times")


@pytest.fixture
def gaps() -> Any:
    values = {
        "runs": 20, "mean_of_runs": 25, "chips": 16, "clusters": 8, "clusters_16bit": 5,
        "summed": 15,
    }  # fmt: skip
    measures = {name: SimpleNamespace(gap=number(value)) for name, value in values.items()}
    return SimpleNamespace(**measures)


def growth(doubling: Estimate | None = None) -> Any:
    trend = SimpleNamespace(annual_growth=number(4), doubling_time=doubling)
    paces = [(code, SimpleNamespace(trend=trend)) for code in ("USA", "CHN")]
    lines = SimpleNamespace(
        parallel_test=HypothesisTest("They are parallel.", 0.4, 42),
        test_of=lambda factor: HypothesisTest("They are so far apart.", 1 / factor, 42),
    )
    return SimpleNamespace(items=lambda: paces, lines=lines)


def at_controls(**fields: Any) -> AtControls[Any]:
    days = AtControls(pd.Timestamp("2022-10-07"), pd.Timestamp("2023-10-17"))
    return days.each(lambda day: SimpleNamespace(break_date=day, **fields))


@pytest.fixture
def breaks() -> Any:
    imposed = at_controls(change=number(0.4), test=HypothesisTest("No break.", 0.2, 25))
    against = at_controls(test=HypothesisTest("No difference.", 0.7, 33))
    chinese = SimpleNamespace(imposed=imposed)
    return SimpleNamespace(all_models=chinese, top_ten=chinese, usa=imposed, against_usa=against)


@pytest.fixture
def of_supply() -> dict[str, Any]:
    limited = supply_examples.world(supply_examples.limits())
    return {
        "epoch": SimpleNamespace(as_published=SimpleNamespace(after=number(3))),
        "lag": SimpleNamespace(
            implied=number(24), shared=SimpleNamespace(unexplained_months=number(8))
        ),
        "euv": tell_chances(euv_examples.estimate()),
        "chips": SimpleNamespace(
            more_chinese=SimpleNamespace(independent=SimpleNamespace(factor=number(6)))
        ),
        "checks": SimpleNamespace(lowest_volume=number(0.1), highest_volume=number(0.7)),
        "power": power_examples.estimate(),
        "ratio": tell_ratio(supply_examples.stocks(limited)),
        "fed": tell_fed(estimate_binding_limit(supply_examples.stocks(limited), limited)),
    }


def test_numbers_are_those_of_the_sections(
    gaps: Any, breaks: Any, of_supply: dict[str, Any]
) -> None:
    found = findings.collect_numbers(
        gaps=gaps, growth=growth(number(5)), breaks=breaks, data_until=VINTAGE, **of_supply
    )
    assert list(found)[:2] == ["gap_largest_run", "gap_chips_owned"]
    assert found["break_change_2022"].estimate.value == 0.4
    assert found["doubling_time_chn"].estimate.value == 5
    assert found["power_binding_stock_usa"].estimate is not found["ratio_2030"].estimate
    assert found["ratio_2030"].estimate == of_supply["ratio"].by_year[2030]
    assert found["gap_if_more_chinese_chips"].estimate.value == 6
    assert found["euv_volume_by_2030_lowest"].estimate.value == 0.1
    assert found["euv_volume_by_2030_highest"].estimate.value == 0.7
    power = of_supply["power"]
    assert found["generation_ratio"].estimate.value == power.generation_ratio
    assert found["generation_added_chn"].estimate == power.china.added_twh
    assert found["generation_added_usa"].estimate == power.usa.added_twh
    assert len(found) == 28


def test_an_unbounded_doubling_time_is_no_headline(
    gaps: Any, breaks: Any, of_supply: dict[str, Any]
) -> None:
    found = findings.collect_numbers(
        gaps=gaps, growth=growth(), breaks=breaks, data_until=VINTAGE, **of_supply
    )
    assert not [name for name in found if name.startswith("doubling")]


def test_every_test_is_listed_with_its_n_and_claim(breaks: Any) -> None:
    search = SimpleNamespace(test=HypothesisTest("No break at any date.", 0.3, 25))
    searches: Any = SimpleNamespace(rows=[SimpleNamespace(selection="All models", found=search)])
    tests = findings.list_tests(
        growth=growth(), breaks=breaks, searches=searches, claimed=(10.0, 100.0)
    )
    counted = {name: (each.test.p_value, each.test.n, each.claim) for name, each in tests.items()}
    assert counted == {
        "equal-growth": (0.4, 42, "compute-gap"),
        "lines-10-times-apart": (0.1, 42, "compute-gap"),
        "lines-100-times-apart": (0.01, 42, "compute-gap"),
        **{
            f"break-{who}-{year}": (0.2, 25, "")
            for who in ("china", "china-top-10", "united-states")
            for year in (2022, 2023)
        },
        "china-against-us-2022": (0.7, 33, ""),
        "china-against-us-2023": (0.7, 33, ""),
        "search-all-models": (0.3, 25, ""),
    }
