"""Verdicts on the parts of the chapter's claims follow the quantities that they are about."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chapters.hardware_bottleneck.euv_choices import ask_again, check_euv
from chapters.hardware_bottleneck.judged_claims import judge_claims
from tests.chapters.hardware_bottleneck import euv_examples, power_examples, supply_examples
from tests.chapters.hardware_bottleneck.test_gap_measures import judge as measure_gaps
from tests.chapters.judged_parts import PARTS, parts_of, words_of

EUV = euv_examples.estimate()
CHECKS = check_euv(
    EUV,
    ask_again(
        euv_examples.milestones(), euv_examples.RAMPS, speed_up=1.0, rng=np.random.default_rng(1)
    ),
)
GAPS = (20.0, 20.0, 20.0, 20.0)  # largest runs, all of a year, chips, clusters


def words(**changes: Any) -> dict[str, str]:
    found = {
        "gaps": measure_gaps(*GAPS),
        "euv": EUV,
        "checks": CHECKS,
        "memory_over_wafers": supply_examples.production().memory_over_wafers,
        "power": power_examples.estimate(),
    }
    return words_of(judge_claims(PARTS, **{**found, **changes}))


def test_every_part_of_the_four_claims_is_judged_once() -> None:
    assert set(words()) == parts_of("compute-gap", "euv-2030", "production", "power")


@pytest.mark.parametrize(
    ("measure", "part"),
    [
        (0, "compute-gap-largest-run"),
        (1, "compute-gap-runs-of-year"),
        (2, "compute-gap-chips"),
        (3, "compute-gap-clusters"),
    ],
)
@pytest.mark.parametrize(
    ("gap", "word"),
    [(5.0, "clearly against"), (20.0, "clearly for"), (300.0, "clearly against")],
)
def test_each_measure_of_the_gap_has_its_own_verdict(
    measure: int, part: str, gap: float, word: str
) -> None:
    factors = [*GAPS]
    factors[measure] = gap
    found = words(gaps=measure_gaps(*factors))
    assert found.pop(part) == word
    others = {name: each for name, each in found.items() if name.startswith("compute-gap")}
    assert set(others.values()) == {"clearly for"}


@pytest.mark.parametrize(
    ("memory_thousand", "word"), [(300.0, "clearly against"), (100_000.0, "clearly for")]
)
def test_production_turns_where_memory_is_plentiful(memory_thousand: float, word: str) -> None:
    production = supply_examples.production(memory_thousand=memory_thousand)
    found = words(memory_over_wafers=production.memory_over_wafers)
    assert found["production"] == word


@pytest.mark.parametrize(
    ("china_added", "fed"), [(400.0, "clearly for"), (30.0, "clearly against")]
)
def test_what_is_added_and_what_it_feeds_are_two_questions(china_added: float, fed: str) -> None:
    """30 TWh at 2 kW feed fewer chips than 20 TWh at 0.8 kW."""
    found = words(power=power_examples.estimate(china_added=china_added))
    assert (found["power-additions"], found["power-fed"]) == ("clearly for", fed)
    assert found["power-data-centres"] == "no data"


def test_the_year_of_an_event_has_its_published_chance() -> None:
    share = EUV.volume.measure_share_between(0, 2030.999999)
    assert share == pytest.approx(EUV.volume_by[2030].pooled.value, abs=0.005)


def test_volume_by_2030_follows_its_chance() -> None:
    sooner = replace(EUV.volume, values=tuple(min(year, 2029.5) for year in EUV.volume.values))
    found = words(euv=replace(EUV, volume=sooner))
    assert found["euv-2030-volume"] == "clearly for"
    assert found["euv-2030-not-before"] == "clearly against"
