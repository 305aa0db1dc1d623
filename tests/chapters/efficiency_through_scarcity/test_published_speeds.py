from typing import Any

import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.published_speeds import (
    SpeedCheck,
    SpeedChecks,
    check_speeds,
)
from models.core.random_draws import summarise
from models.serving import serving_cost
from models.serving.serving_conditions import with_context
from tests.chapters.efficiency_through_scarcity.serving_examples import estimate, setting


def row(**changed: Any) -> dict[str, Any]:
    return {
        "publisher": "A firm",
        "chip": "H800",
        "model": "DeepSeek-V3",
        "stage": "decode",
        "context_tokens": 4000.0,
        "seconds_per_token": 0.05,
        "tokens_per_s": 2000.0,
        **changed,
    }


def test_speeds_are_those_of_the_model_at_the_published_conditions() -> None:
    table = pd.DataFrame([row(), row(stage="prefill", seconds_per_token=None)])
    decode, prefill = check_speeds(setting(), table).checks
    at = with_context(setting().drawn, 4000.0)
    chip, model = setting().chips["H800"], setting().models["DeepSeek-V3"]
    speeds = serving_cost.decode_throughput(
        chip, model, at, seconds_per_token=0.05, spares_links=True
    ).tokens_per_s
    assert decode.modelled == summarise(speeds, 0.9, "range", 0)
    assert decode.milliseconds_per_token == pytest.approx(50)
    assert prefill.milliseconds_per_token is None
    assert prefill.modelled.value > decode.modelled.value


def test_a_chip_that_is_not_in_the_setting_is_refused() -> None:
    with pytest.raises(KeyError):
        check_speeds(setting(), pd.DataFrame([row(chip="TPU")]))


def check(chip: str, published: float) -> SpeedCheck:
    return SpeedCheck("A firm", chip, "prefill", None, published, estimate(100, 90, 120))


@pytest.mark.parametrize(
    ("published", "within"), [(89, False), (90, True), (120, True), (121, False)]
)
def test_a_speed_lies_within_the_interval(published: float, within: object) -> None:
    assert check("a", published).within is within


def test_intervals_are_too_narrow_if_they_hold_too_few() -> None:
    one_in_two = (check("a", 100), check("a", 200))
    assert SpeedChecks(one_in_two, 0.9).intervals_too_narrow
    assert not SpeedChecks(one_in_two, 0.5).intervals_too_narrow
    assert SpeedChecks(one_in_two, 0.9).n_within == 1


def test_a_chip_is_judged_by_its_middle_ratio() -> None:
    fast, slow = [check("b", p) for p in (50, 80, 400)], [check("a", p) for p in (125, 200)]
    found = SpeedChecks((*fast, *slow, check("even", 100)), 0.9)
    assert found.too_fast == ("b",)
    assert found.too_slow == ("a",)
    assert found.ratio_reach == (0.25, 2)
