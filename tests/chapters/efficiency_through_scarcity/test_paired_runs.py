import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.paired_runs import PairedRuns, compare_runs


@pytest.fixture
def runs() -> PairedRuns:
    models = ["DeepSeek-V3", "Llama 3.1-405B"]
    shares = pd.DataFrame(
        {
            "model": models,
            "date": pd.to_datetime(["2024-12-01", "2024-06-01"]),
            "training_compute_flop": [3.6e24, 3.6e25],
            "active_share": [0.05, 1.0],
        }
    )
    index = pd.DataFrame({"model": models, "eci": [133.0, 128.0]})
    chips = pd.DataFrame(
        {"chip": ["NVIDIA H800 SXM5", "NVIDIA H100 SXM5 80GB"], "fp16_flop_per_s": [1e15, 2e15]}
    )
    return compare_runs(shares, index, chips, lean_gpu_hours=4e6, large_gpu_hours=2e7)


def test_rates_follow_from_compute_and_hours(runs: PairedRuns) -> None:
    assert runs.lean.million_gpu_hours == pytest.approx(4)
    assert runs.lean.tflop_per_s == pytest.approx(3.6e24 / 4e6 / 3600 / 1e12)  # 250
    assert runs.lean.peak_share == pytest.approx(0.25)
    assert runs.large.peak_share == pytest.approx(0.25)


def test_the_large_run_is_held_against_the_lean_one(runs: PairedRuns) -> None:
    assert runs.over == pytest.approx(
        {"flop": 10, "gpu_hours": 5, "tflop_per_s": 2, "peak_share": 1, "active_share": 20}
    )
    assert runs.points_ahead == pytest.approx(5)
    assert runs.months_later == pytest.approx(12 * 183 / 365.25)
