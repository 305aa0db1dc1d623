import pytest

from chapters.efficiency_through_scarcity.premium_curve import (
    draw_premium_curve,
    estimate_premium_curve,
)
from models.capability.premium_specifications import PREMIUM_CHOICES, fit_premium_curve
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    compared,
    dots,
    generator,
    index_table,
)


def test_a_true_premium_shows_in_the_whole_curve() -> None:
    models = compared(index_table(sd=1.0))
    fits = fit_premium_curve(models.dated, rng=generator(), replications=50)
    curve = estimate_premium_curve(fits, level=LEVEL)
    assert curve.result.median == pytest.approx(4, abs=1)
    assert curve.p_value == pytest.approx(1 / 51)
    assert curve.n_developers == models.dated["developer"].nunique()
    drawing = draw_premium_curve(curve)
    columns = [*PREMIUM_CHOICES, "value", "low", "high", "n", "preferred"]
    assert list(drawing.data) == columns
    n_options = sum(drawing.data[choice].nunique() for choice in PREMIUM_CHOICES)
    of_the_text = 1 + len(PREMIUM_CHOICES)
    assert n_options > len(PREMIUM_CHOICES)
    assert dots(drawing) == curve.n + of_the_text
