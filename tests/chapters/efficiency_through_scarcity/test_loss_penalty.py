import numpy as np
import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.loss_penalty import (
    GAPS,
    LossPenalty,
    draw_penalty,
    estimate_penalty,
    fit_laws,
)
from models.capability.scaling_law import ScalingLaw, bootstrap_scaling_law

TRUE = ScalingLaw(400.0, 400.0, 1.7, 0.34, 0.28, 0.0, 0)
REFERENCE, GAP = 1e22, 10.0


def runs(sd: float) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    size, tokens = (10 ** rng.uniform(low, low + 2, 80) for low in (8, 9.5))
    loss = TRUE.loss(size, tokens) * np.exp(rng.normal(0, sd, 80))
    return pd.DataFrame(
        {"parameters": size, "training_compute_flop": 6 * size * tokens, "loss": loss}
    )


@pytest.fixture(scope="module")
def found() -> LossPenalty:
    table = runs(1e-5)
    laws = fit_laws(table)
    draws = bootstrap_scaling_law(table, laws.law, rng=np.random.default_rng(2))
    return estimate_penalty(
        laws, draws, gap=GAP, reference_flop=REFERENCE, points_per_tenfold=9.0, level=0.9
    )


def test_the_law_and_the_penalty_are_the_true_ones(found: LossPenalty) -> None:
    extra = TRUE.optimal_loss(REFERENCE / GAP) - TRUE.optimal_loss(REFERENCE)
    assert found.alpha.value == pytest.approx(TRUE.alpha, rel=1e-2)
    assert found.beta.value == pytest.approx(TRUE.beta, rel=1e-2)
    assert found.e.value == pytest.approx(TRUE.e, rel=1e-2)
    assert found.penalty.extra_loss.value == pytest.approx(float(extra), rel=1e-2)
    assert found.optimal_size_exponent == pytest.approx(0.28 / (0.34 + 0.28), rel=1e-2)
    assert set(found.standard_errors) == {"a", "b", "e", "alpha", "beta"}


def test_other_coefficients_are_rejected(found: LossPenalty) -> None:
    assert found.original_fit.p_value < 1e-6
    assert found.original_fit.n == found.law.n == 75


def test_a_gap_is_worth_points_by_its_orders_of_magnitude(found: LossPenalty) -> None:
    assert found.gap_points == pytest.approx(9)
    assert found.largest_flop == pytest.approx(runs(0.0)["training_compute_flop"].max())


def test_the_curve_is_drawn_with_the_chosen_gap(found: LossPenalty) -> None:
    drawing = draw_penalty(found)
    assert list(drawing.data["gap"]) == list(GAPS)
    chosen = drawing.data.set_index("gap").loc[GAP, "extra_loss"]
    assert chosen == found.penalty.share_of_reducible.value
    (axes,) = drawing.figure.axes
    curve, dot = axes.lines
    assert list(curve.get_ydata()) == list(drawing.data["extra_loss"])
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (GAP, chosen)
