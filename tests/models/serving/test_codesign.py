from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.core.errors import ModelInputError
from models.serving.codesign import (
    MEASURES,
    DesignCosts,
    PlainDesign,
    apply_measures,
    compute_design_costs,
    compute_extreme_savings,
    compute_ladder_savings,
    compute_shapley_savings,
    compute_whole_savings,
)
from models.serving.saving_draws import (
    compare_saving,
    compute_saving_draws,
    summarise_whole_saving,
    tabulate_savings,
)
from tests.models.serving.examples import B200, DENSE, H20, H800, V32, ordinary

NAMES = ("a", "b", "c")
PLAIN = PlainDesign(parameters=671e9, cache_heads=128)
any_costs = hnp.arrays(float, (2, 8, 3), elements=st.floats(0.01, 100))


def costs(hours: np.ndarray) -> DesignCosts:
    return DesignCosts(hours, ("one", "two"), NAMES)


@given(hours=any_costs)
def test_average_over_orders_is_the_average_over_orders(hours: np.ndarray) -> None:
    found = costs(hours)
    by_order = [compute_ladder_savings(found, order) for order in permutations(NAMES)]
    assert compute_shapley_savings(found) == pytest.approx(np.mean(by_order, axis=0), abs=1e-9)


@given(hours=any_costs)
def test_savings_of_all_measures_multiply_to_the_whole(hours: np.ndarray) -> None:
    found = costs(hours)
    whole = np.log(hours[:, 0] / hours[:, -1])
    assert compute_shapley_savings(found).sum(axis=1) == pytest.approx(whole, abs=1e-9)
    assert compute_ladder_savings(found, NAMES).sum(axis=1) == pytest.approx(whole, abs=1e-9)


@given(
    factors=hnp.arrays(float, (2, 3, 4), elements=st.floats(0.1, 10)),
    base=hnp.arrays(float, (2, 4), elements=st.floats(0.1, 10)),
)
def test_measures_that_do_not_interact_save_the_same_in_any_order(
    factors: np.ndarray, base: np.ndarray
) -> None:
    hours = np.stack(
        [
            base / np.prod([factors[:, i] for i in range(3) if s >> i & 1] or [1.0], axis=0)
            for s in range(8)
        ],
        axis=1,
    )
    found = costs(hours)
    assert np.exp(compute_shapley_savings(found)) == pytest.approx(factors)
    least, greatest = compute_extreme_savings(found)
    assert least == pytest.approx(greatest, abs=1e-9)


@settings(deadline=None)
@given(hours=any_costs)
def test_the_average_lies_between_the_extremes(hours: np.ndarray) -> None:
    one_draw = costs(hours[:, :, :1])
    least, greatest = compute_extreme_savings(one_draw)
    average = compute_shapley_savings(one_draw)[:, :, 0]
    assert (least - 1e-9 <= average).all()
    assert (average <= greatest + 1e-9).all()


def test_a_design_has_its_measures_and_no_others() -> None:
    bare = apply_measures(V32, (), PLAIN)
    assert bare.experts is None
    assert bare.latent is None
    assert bare.sparse_attention is None
    assert bare.weight_bytes == 2.0
    assert bare.parameters == bare.active_parameters == 671e9
    full = apply_measures(V32, tuple(MEASURES), PLAIN)
    assert (full.experts, full.latent, full.sparse_attention) == (
        V32.experts,
        V32.latent,
        V32.sparse_attention,
    )
    grouped = apply_measures(V32, ("precision",), PlainDesign(158e9, 8))
    assert (grouped.parameters, grouped.key_value_heads, grouped.weight_bytes) == (158e9, 8, 1.0)


@pytest.fixture(scope="module")
def real() -> DesignCosts:
    return compute_design_costs([H800, H20, B200], V32, ordinary(), PLAIN, seconds_per_token=0.05)


def test_ends_of_the_costs_are_the_whole_saving(real: DesignCosts) -> None:
    saved = compute_saving_draws(real, list(MEASURES))
    direct = compute_whole_savings(
        [H800, H20, B200], V32, ordinary(), PLAIN, seconds_per_token=0.05
    )
    assert summarise_whole_saving(saved, "H20", level=0.9).value == pytest.approx(direct[1].item())
    against = compare_saving(saved, "H20", "H800", level=0.9)
    assert against.value == pytest.approx(direct[1].item() / direct[0].item())


def test_a_latent_cache_gains_least_where_arithmetic_is_scarce(real: DesignCosts) -> None:
    """It buys bytes with operations; the H20 has an eighth of the operations to a byte."""
    saved = dict(
        zip(
            real.chips, compute_shapley_savings(real)[:, list(MEASURES).index("cache")], strict=True
        )
    )
    assert saved["H20"] < saved["H800"]


def test_experts_gain_most_where_arithmetic_is_scarce(real: DesignCosts) -> None:
    saved = dict(
        zip(
            real.chips,
            compute_shapley_savings(real)[:, list(MEASURES).index("experts")],
            strict=True,
        )
    )
    assert saved["H20"] > saved["H800"]


def test_more_layouts_never_cost(real: DesignCosts) -> None:
    least, _ = compute_extreme_savings(real)
    assert least[:, list(MEASURES).index("links")].min() > -1e-3


def test_the_table_holds_every_measure_of_every_chip(real: DesignCosts) -> None:
    table = tabulate_savings(
        compute_saving_draws(real, list(MEASURES)), reference="H800", level=0.9
    )
    assert len(table) == 3 * 6
    own = table[table["chip"] == "H800"]
    assert own["against"].tolist() == [1.0] * 6
    parts = table[(table["chip"] == "B200") & (table["measure"] != "all")]["factor"]
    whole = table[(table["chip"] == "B200") & (table["measure"] == "all")]["factor"]
    assert parts.prod() == pytest.approx(whole.item())


def test_impossible_input_is_refused(real: DesignCosts) -> None:
    with pytest.raises(ModelInputError, match="got \\['magic'\\]"):
        apply_measures(V32, ("magic",), PLAIN)
    with pytest.raises(ModelInputError, match="lacks a measure"):
        apply_measures(DENSE, (), PLAIN)
    with pytest.raises(ModelInputError, match="each of"):
        compute_ladder_savings(real, ["cache"])
    with pytest.raises(ModelInputError, match="got 'H100'"):
        summarise_whole_saving(compute_saving_draws(real, list(MEASURES)), "H100", level=0.9)
    with pytest.raises(ModelInputError, match="shape"):
        costs(np.ones((2, 4, 3)))
    with pytest.raises(ModelInputError, match="must be positive"):
        costs(np.zeros((2, 8, 3)))
