from dataclasses import replace
from math import sqrt

import pytest

from chapters.efficiency_through_scarcity.serving_choices import (
    ORDER,
    ServingChoice,
    ServingChoices,
    try_choices,
)
from models.serving.codesign import PlainDesign, whole_savings
from tests.chapters.efficiency_through_scarcity.serving_examples import estimate, setting


@pytest.fixture(scope="module")
def choices() -> ServingChoices:
    return try_choices(setting())


def on_h100(plain: PlainDesign, seconds: float = 0.05) -> float:
    saved = whole_savings(
        (setting().chips["H100"],),
        setting().codesigned,
        setting().central,
        plain,
        seconds_per_token=seconds,
    )
    return float(saved[0, 0])


def test_each_choice_changes_one_thing(choices: ServingChoices) -> None:
    model, plain = setting().codesigned, setting().plain
    size = sqrt(model.parameters * model.active_parameters)
    assert tuple(choices.named) == ORDER
    found = {name: choice.on_reference for name, choice in choices.named.items()}
    assert found["central"] == pytest.approx(on_h100(plain))
    assert found["grouped"] == pytest.approx(on_h100(replace(plain, cache_heads=8)))
    assert found["smaller"] == pytest.approx(on_h100(PlainDesign(size, 8)))
    assert found["quick"] == pytest.approx(on_h100(plain, 0.03))
    assert found["slow"] == pytest.approx(on_h100(plain, 0.1))
    assert choices.smaller_billion == pytest.approx(size / 1e9)
    assert (choices.quick_ms, choices.slow_ms) == pytest.approx((30, 100))


def test_faster_chips_are_those_of_which_little_is_known(choices: ServingChoices) -> None:
    central, faster = choices.named["central"], choices.named["faster_chips"]
    assert faster.on_reference == central.on_reference
    assert faster.against["H800"] == central.against["H800"]
    assert faster.against["H20"] != central.against["H20"]


def test_long_contexts_make_more_of_a_small_cache(choices: ServingChoices) -> None:
    assert choices.named["long_context"].on_reference > choices.named["central"].on_reference


def test_the_reach_is_over_all_choices(choices: ServingChoices) -> None:
    named = {name: ServingChoice(name, 1, {"H20": k}) for k, name in enumerate(ORDER)}
    told = replace(choices, named=named, grouped_against={"H20": estimate(1, 1, 1)})
    assert told.against_reach == {"H20": (0, len(ORDER) - 1)}
