from dataclasses import replace

import numpy as np
import pytest

from chapters.efficiency_through_scarcity.token_cost import (
    ChipCost,
    TokenCosts,
    draw_token_costs,
    estimate_token_costs,
)
from tests.chapters.efficiency_through_scarcity.serving_examples import estimate, setting


@pytest.fixture(scope="module")
def costs() -> TokenCosts:
    return estimate_token_costs(setting(), rng=np.random.default_rng(1))


def test_twice_as_dear_capital_and_power_double_the_cost(costs: TokenCosts) -> None:
    drawn = setting().drawn
    dearer = replace(drawn, server_usd=2 * drawn.server_usd, usd_per_kwh=2 * drawn.usd_per_kwh)
    chips = {
        name: replace(
            chip,
            price=replace(
                chip.price,
                value=2 * chip.price.value,
                low=2 * chip.price.low,
                high=2 * chip.price.high,
            ),
        )
        for name, chip in setting().chips.items()
    }
    doubled = estimate_token_costs(
        replace(setting(), drawn=dearer, chips=chips), rng=np.random.default_rng(1)
    )
    for name, cost in costs.on.items():
        assert doubled.on[name].codesigned.value == pytest.approx(2 * cost.codesigned.value)
        assert doubled.on[name].times_cheaper == pytest.approx(cost.times_cheaper)


def test_the_dense_model_has_the_same_precision() -> None:
    twice = replace(setting().dense, weight_bytes=2.0)
    models = {**setting().models, setting().dense.name: twice}
    again = estimate_token_costs(replace(setting(), models=models), rng=np.random.default_rng(1))
    same = estimate_token_costs(setting(), rng=np.random.default_rng(1))
    assert again.on["H100"].dense == same.on["H100"].dense


def test_cheapest_and_dearest_chips() -> None:
    def cost(chip: str, codesigned: float, dense: float) -> ChipCost:
        return ChipCost(
            chip, estimate(codesigned, codesigned, codesigned), estimate(dense, dense, dense)
        )

    on = {"a": cost("a", 1, 9), "b": cost("b", 2, 8), "c": cost("c", 3, 30)}
    costs = TokenCosts(on, ("b", "c"))
    assert (costs.cheapest, costs.dearest, costs.cheapest_scarce) == (on["a"], on["c"], on["b"])
    assert costs.dense_reach == (8, 30)
    assert costs.times_cheaper_reach == (4, 10)


def test_each_chip_has_two_marks(costs: TokenCosts) -> None:
    drawing = draw_token_costs(costs)
    assert list(drawing.data["chip"]) == [name for name in setting().chips for _ in range(2)]
    (axes,) = drawing.figure.axes
    marks = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
    assert marks == list(drawing.data["usd"])
    bars = [tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) > 1]
    assert bars == list(zip(drawing.data["low"], drawing.data["high"], strict=True))
