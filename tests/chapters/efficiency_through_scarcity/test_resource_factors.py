from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.equal_compute import EqualCompute, estimate_equal_compute
from chapters.efficiency_through_scarcity.model_choices import ModelChoices
from chapters.efficiency_through_scarcity.resource_factors import (
    AXIS_END,
    Resource,
    Resources,
    draw_resources,
    estimate_resources,
)
from chapters.efficiency_through_scarcity.sides import SideCounts
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    compared,
    dots,
    estimate,
    generator,
    index_table,
    texts,
)


def logistic(logit: pd.Series) -> pd.Series:
    return 1 / (1 + np.exp(-logit))


@pytest.fixture(scope="module")
def premium() -> EqualCompute:
    return estimate_equal_compute(compared(), level=LEVEL, rng=generator())


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """MMLU and prices: log odds rise by 1 a factor of ten; Chinese models have 0.3 more."""
    base = index_table(premium=3.0, sd=0.5, n=60)
    logit = (base["eci"] - 120) / 10
    active = base.assign(
        mmlu=0.25 + 0.75 * logistic(logit), active_parameters=base["training_compute_flop"] / 1e14
    )
    first = active[active["country"] == "CHN"].index[0]
    active.loc[first, "model"] = "GLM 130B"
    prices = base.assign(
        math500_percent=100 * logistic(logit),
        usd_per_million_tokens=base["training_compute_flop"] / 1e24,
        maker=base["organization"],
    )
    return active, prices


@pytest.fixture(scope="module")
def found(premium: EqualCompute) -> Resources:
    choices = ModelChoices((), premium.fit, None)
    return estimate_resources(*tables(), premium, choices, level=LEVEL)


def test_the_same_advantage_is_the_same_factor_of_each_resource(found: Resources) -> None:
    assert [row.name for row in found.rows] == [
        "Training compute (index)", "Training compute (MMLU, to 2024)",
        "Active parameters (MMLU, to 2024)", "Price of a token (MATH-500, one firm)",
    ]  # fmt: skip
    assert found.rows[0].factor.value == pytest.approx(10**0.4)
    assert [row.factor.value for row in found.rows[1:]] == pytest.approx([10**0.3] * 3, rel=0.15)
    assert found.n_priced == found.rows[-1].n_country
    assert (found.first_model.unit, found.on_mmlu.premium.unit) == ("", "")
    assert abs(found.first_model.value - 0.3) < 0.3


def test_active_parameters_on_the_index_join_if_they_can_be_had(premium: EqualCompute) -> None:
    choices = ModelChoices((), premium.fit, premium.fit)
    found = estimate_resources(*tables(), premium, choices, level=LEVEL)
    assert found.rows[2].name == "Active parameters (index)"
    assert found.rows[2].factor == found.rows[0].factor


def test_a_factor_that_is_not_bounded_is_left_out(found: Resources, premium: EqualCompute) -> None:
    unbounded = replace(premium, fit=replace(premium.fit, compute_multiplier=None))
    less = estimate_resources(
        *tables(), unbounded, ModelChoices((), premium.fit, None), level=LEVEL
    )
    assert len(less.rows) == len(found.rows) - 1
    assert found.mmlu_factor_is_bounded
    on_mmlu = replace(found.on_mmlu, compute_multiplier=None)
    assert not replace(found, on_mmlu=on_mmlu).mmlu_factor_is_bounded


@pytest.mark.parametrize(("value", "lower"), [(-9.0, True), (9.0, False)])
def test_the_first_model_lies_lower_or_not(found: Resources, value: float, lower: bool) -> None:  # noqa: FBT001
    made = replace(found, first_model=estimate(value, value, value))
    assert made.first_model_lies_lower is lower


def test_each_factor_is_a_row_and_what_leaves_the_axis_has_an_arrow(found: Resources) -> None:
    ends = [(2, 1.5, 3), (3, 0.5, AXIS_END + 1), (0.2, 0.1, 0.9), (4, 1, AXIS_END - 1)]
    rows = tuple(Resource(f"r{i} (s)", estimate(*e), 4, 5, 0.1) for i, e in enumerate(ends))
    made = replace(found, rows=rows)
    assert [row.leaves_the_axis for row in rows] == [False, True, False, False]
    assert made.sides == SideCounts(above=1, below=1, around=2)
    assert (made.least, made.most, made.axis_end) == (0.2, 4, AXIS_END)
    drawing = draw_resources(made)
    assert list(drawing.data) == ["resource", "factor", "low", "high", "n_chn", "n_usa", "p_value"]
    assert dots(drawing) == len(drawing.data) == 4
    assert texts(drawing) == ["→"]
