import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck import listed_gaps


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


MODELS = pd.DataFrame(
    [
        ("A", "X", "USA", "2025-06-01", 1e26, "Confident"),
        ("B", "Y", "USA", "2024-06-01", 1e24, "Speculative"),
        ("C", "Y", "USA", "2025-02-01", 1e24, "Confident"),
        ("old", "Y", "USA", "2023-01-01", 1e28, "Confident"),
        ("D", "P", "CHN", "2025-03-01", 1e24, "Likely"),
        ("E", "Q", "CHN", "2025-05-01", 1e22, "Speculative"),
        ("F", "Q", "CHN", "2024-05-01", 1e20, "Confident"),
        ("late", "Q", "CHN", "2026-02-01", 1e28, "Confident"),
    ],
    columns=[
        "model", "organization", "country", "date", "training_compute_flop", "compute_confidence",
    ],
).assign(date=lambda table: pd.to_datetime(table["date"]), language_model=True)  # fmt: skip


def test_the_largest_runs_of_the_window_are_compared() -> None:
    found = listed_gaps.compare_runs(MODELS, top=2, window_years=2, level=0.9, rng=rng())
    assert found.largest.factor.value == pytest.approx(1e26 / 1e24)
    assert found.mean_of_top.factor.value == pytest.approx(1e25 / 1e23)
    assert found.confident.factor.value == pytest.approx(1e26 / 1e24)
    assert found.summed.factor.value == pytest.approx(1.01e26 / 1.01e24)
    assert found.largest.leader_models == ("A",)
    assert found.mean_of_top.leader_models == ("A", "B")
    assert (found.top, found.year) == (2, 2025)
    low, high = found.without_one_developer
    assert low <= found.largest.factor.value <= high


def test_clusters_are_summed_and_counted() -> None:
    clusters = pd.DataFrame(
        {
            "country": ["USA", "USA", "USA", "CHN", "CHN"],
            "h100e": [60.0, 20.0, 500.0, 15.0, 5.0],
            "flop_per_s_16bit": [6e19, 6e19, 9e19, 4e19, 2e19],
            "possible_duplicate": False,
            "status": ["Existing", "Existing", "Planned", "Existing", "Existing"],
            "superseded": False,
            "in_standard_analysis": True,
            "certainty": "Confirmed",
        }
    )
    found = listed_gaps.compare_clusters(clusters, level=0.9, rng=rng())
    assert found.factor.value == pytest.approx(80 / 20)
    assert found.factor_16bit.value == pytest.approx(12 / 6)
    assert (found.n_usa, found.n_china) == (2, 2)
