import pytest

from chapters.efficiency_through_scarcity.lag_specifications import (
    draw_lag_curve,
    estimate_lag_curve,
    resample_lags,
)
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    compared,
    dots,
    generator,
)
from tests.models.simulated import staircase


def test_the_lag_is_seen_under_every_choice() -> None:
    index = staircase(generator(), lag_months=7, n=60).assign(
        training_compute_flop=1e24, open_weights=True
    )
    models = compared(index)
    panel = models.dated.assign(score=models.dated["eci"] / 200, benchmark="GPQA diamond")
    drawn = resample_lags(models.dated, panel, rng=generator(), replications=20)
    curve = estimate_lag_curve(drawn, level=LEVEL)
    assert curve.result.table["Score"].value_counts().to_dict() == {
        "capability index": curve.n / 2, "GPQA Diamond": curve.n / 2
    }  # fmt: skip
    assert curve.result.median == pytest.approx(7, abs=2)
    drawing = draw_lag_curve(curve)
    assert len(drawing.data) == curve.n
    assert dots(drawing) == curve.n + 1 + len(curve.result.choices)
