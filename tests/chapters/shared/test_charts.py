"""Charts show every row of their data."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from chapters.shared import charts


def table(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    value = np.sort(rng.normal(size=n))
    return pd.DataFrame(
        {
            "Sample": rng.choice(["all", "large"], n),
            "Trend": rng.choice(["linear", "none", "steps"], n),
            "value": value,
            "low": value - 1,
            "high": value + 1,
            "preferred": np.arange(n) == n // 2,
        }
    )


@settings(max_examples=10, deadline=None)
@given(n=st.integers(5, 120), seed=st.integers(0, 99))
def test_each_specification_has_its_estimate_and_one_mark_for_each_choice(
    n: int, seed: int
) -> None:
    rows = table(n, seed)
    figure, curve = charts.specification_chart(rows, ["Sample", "Trend"], label="Effect, points")
    estimates = next(line for line in curve.lines if len(line.get_xdata()) == n)
    assert np.allclose(np.asarray(estimates.get_ydata()), rows["value"])
    matrix = figure.axes[1]
    marks = [len(line.get_xdata()) for line in matrix.lines if line.get_marker() == "|"]
    assert sum(marks) == 2 * n
    labels = [tick.get_text() for tick in matrix.get_yticklabels()]
    assert labels[0] == "Sample"
    assert set(labels) == {"Sample", "Trend", *rows["Sample"], *rows["Trend"]}
