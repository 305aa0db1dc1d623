from dataclasses import replace

import pytest

from chapters.efficiency_through_scarcity.equal_compute import (
    EqualCompute,
    draw_equal_compute,
    estimate_equal_compute,
)
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    compared,
    dots,
    estimate,
    generator,
    index_table,
    texts,
)


@pytest.fixture(scope="module")
def found() -> EqualCompute:
    return estimate_equal_compute(compared(), level=LEVEL, rng=generator())


def test_a_true_premium_comes_back(found: EqualCompute) -> None:
    assert found.fit.premium.value == pytest.approx(4)
    means = found.excess.groupby("country")["points"].mean()
    assert means.to_dict() == pytest.approx({"CHN": 4, "USA": 0}, abs=1e-9)
    assert found.shuffled_p_value < 0.01


def test_without_a_premium_shuffled_countries_do_as_well() -> None:
    models = compared(index_table(premium=0, sd=3.0))
    assert estimate_equal_compute(models, level=LEVEL, rng=generator()).shuffled_p_value > 0.1


@pytest.mark.parametrize(
    ("low", "high", "side"), [(1, 2, "above"), (-2, -1, "below"), (-1, 1, "around")]
)
def test_the_side_is_that_of_the_interval(
    found: EqualCompute, low: float, high: float, side: str
) -> None:
    fit = replace(found.fit, premium=estimate((low + high) / 2, low, high))
    assert replace(found, fit=fit).side == side


def test_a_factor_may_be_unbounded(found: EqualCompute) -> None:
    assert found.factor_is_bounded
    assert found.fit.compute_multiplier.value == pytest.approx(10**0.4)
    unbounded = replace(found.fit, compute_multiplier=None)
    assert not replace(found, fit=unbounded).factor_is_bounded


def test_every_model_is_a_dot(found: EqualCompute) -> None:
    drawing = draw_equal_compute(found)
    assert list(drawing.data) == ["model", "country", "date", "points"]
    assert dots(drawing) == len(drawing.data) == found.n_models == 160
    assert texts(drawing) == [
        f"China (n = {found.fit.n_country})", f"United States (n = {found.fit.n_base})"
    ]  # fmt: skip
