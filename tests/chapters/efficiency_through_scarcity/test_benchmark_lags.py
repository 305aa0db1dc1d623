import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.benchmark_lags import (
    BenchmarkLag,
    BenchmarkLags,
    draw_benchmark_lags,
    estimate_benchmark_lags,
    resample_benchmark_lags,
)
from tests.chapters.efficiency_through_scarcity.simulated_models import LEVEL, dots, generator
from tests.models.simulated import staircase

TABLE = pd.DataFrame(
    {
        "benchmark": ["exam, hard", "quiz", "riddle"],
        "lag": [6.0, 4.0, 9.0],
        "low": [5.0, 3.0, 2.0],
        "high": [7.0, 5.0, 20.0],
        "n_records": [8, 6, 3],
        "optimised_for": [True, True, False],
    }
)


def test_the_lag_of_each_benchmark_comes_back() -> None:
    late = {"free": 4, "optimised": 10}
    panel = pd.concat(
        staircase(generator(), lag_months=months, n=60).assign(benchmark=name)
        for name, months in late.items()
    )
    panel = panel.assign(score=panel["eci"], developer=panel["organization"])
    benchmarks = pd.DataFrame({"benchmark": list(late), "optimised_for": [False, True]})
    drawn = resample_benchmark_lags(panel, since="2023-01-01", rng=generator())
    found = estimate_benchmark_lags(drawn, benchmarks, level=LEVEL)
    assert list(found.table["benchmark"]) == ["optimised", "free"]
    assert [row.months for row in found.rows] == pytest.approx([10, 4], abs=2)


def test_the_two_kinds_of_benchmarks_are_told_apart() -> None:
    lags = BenchmarkLags(TABLE)
    assert (lags.mean_optimised, lags.mean_free) == (5, 9)
    assert (lags.n_optimised, lags.n_free, lags.n_records_free) == (2, 1, 3)
    assert lags.rows[-1] == BenchmarkLag("riddle", 9.0)
    assert lags.is_longer_on_free
    assert not BenchmarkLags(TABLE.assign(lag=[6.0, 12.0, 9.0])).is_longer_on_free


def test_every_benchmark_is_a_row() -> None:
    drawing = draw_benchmark_lags(BenchmarkLags(TABLE))
    assert list(drawing.data) == list(TABLE)
    assert dots(drawing) == len(TABLE)
    labels = [tick.get_text() for tick in drawing.figure.axes[0].get_yticklabels()]
    assert labels == ["exam (8)", "quiz (6)", "riddle (3)"]
