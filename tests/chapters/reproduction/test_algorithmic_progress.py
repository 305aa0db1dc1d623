"""Progress that was put into simulated scores comes back by the joint regression."""

import numpy as np
import pandas as pd
import pytest

from chapters.reproduction import algorithmic_progress
from chapters.reproduction.algorithmic_progress import AlgorithmicProgress

PER_ORDER, PER_YEAR = 10.0, 12.0


@pytest.fixture(scope="module")
def found() -> AlgorithmicProgress:
    """Fit scores of 10 points for each factor of ten and 12 a year: 1.2 orders a year."""
    rng = np.random.default_rng(5)
    years = rng.uniform(0, 4, 120)
    logs = 23 + 0.4 * years + rng.normal(0, 1, 120)
    return algorithmic_progress.estimate_progress(
        pd.DataFrame(
            {
                "model": [f"m{i}" for i in range(120)],
                "organization": [f"o{i % 20}" for i in range(120)],
                "date": pd.Timestamp("2022-01-01") + pd.to_timedelta((years * 365.25), unit="D"),
                "eci": 80 + PER_ORDER * (logs - 23) + PER_YEAR * years + rng.normal(0, 1, 120),
                "training_compute_flop": 10**logs,
                "compute_confidence": "Confident",
            }
        )
    )


def test_the_joint_rate_is_the_one_put_in(found: AlgorithmicProgress) -> None:
    assert found.joint.value == pytest.approx(PER_YEAR / PER_ORDER, rel=0.05)
    assert found.joint.low < PER_YEAR / PER_ORDER < found.joint.high


def test_two_stages_give_less_where_compute_grows_with_time(found: AlgorithmicProgress) -> None:
    assert found.two_stage < found.joint.value
    assert found.slowest_factor <= 10**found.two_stage <= found.fastest_factor


def test_every_row_is_told_and_drawn_once(found: AlgorithmicProgress) -> None:
    drawing = algorithmic_progress.draw_progress(found)
    (axes,) = drawing.figure.axes
    dots = axes.collections[-1]  # behind the intervals
    assert len(np.asarray(dots.get_offsets())) == len(found.rates) == len(drawing.data) == 7
    assert [rate.method for rate in found.rates].count("joint") == 3
