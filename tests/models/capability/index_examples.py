"""A small index of simulated results, for the tests of what is read from one."""

import numpy as np
import pandas as pd
from scipy.special import expit

from models.capability.index_fit import EPOCH_ANCHORS, UNIT_BENCHMARK

MODELS, BENCHMARKS = 30, 14


def simulate_results(
    *, seed: int = 1, noise: float = 0.03, filled: float = 0.6, noise_kind: str = "equal"
) -> pd.DataFrame:
    """Return results of models of two countries; the truth stands in the column `truth`.

    Models are a month apart; those of the follower are 10 points below those of the leader.
    The anchors are models of the leader, at their own values. Noise is normal, cut off at 0
    and 1, or that of a share ("share"): a beta distribution whose standard deviation is
    `noise` at one half and smaller towards either end.
    """
    rng = np.random.default_rng(seed)
    released = pd.date_range("2024-01-01", periods=MODELS, freq="MS")
    truth = np.linspace(126, 160, MODELS) + rng.normal(0, 0.5, MODELS)
    country = np.where(np.arange(MODELS) % 2, "CHN", "USA")
    truth[country == "CHN"] -= 10
    names = [f"model {place:02}" for place in range(MODELS)]
    for place, (name, value) in {
        4: (EPOCH_ANCHORS.low, EPOCH_ANCHORS.low_value),
        20: (EPOCH_ANCHORS.high, EPOCH_ANCHORS.high_value),
    }.items():
        names[place], truth[place] = name, value
    difficulty = np.linspace(115, 165, BENCHMARKS)
    slope = np.concatenate([[0.06], rng.uniform(0.06, 0.25, BENCHMARKS - 1)])
    rows = [
        {
            "model": names[m],
            "benchmark": UNIT_BENCHMARK if b == 0 else f"benchmark {b:02}",
            "score": _add_noise(
                float(expit(slope[b] * (truth[m] - difficulty[b]))), noise, noise_kind, rng
            ),
            "release_date": released[m],
            "benchmark_date": pd.Timestamp("2023-06-01") + pd.DateOffset(months=int(b)),
            "country": country[m],
            "truth": truth[m],
        }
        for m in range(MODELS)
        for b in range(BENCHMARKS)
        if rng.random() < filled or b == 0
    ]
    return pd.DataFrame(rows)


def _add_noise(share: float, noise: float, kind: str, rng: np.random.Generator) -> float:
    if kind == "equal":
        return float(np.clip(share + rng.normal(0, noise), 0, 1))
    answers = 1 / (4 * noise**2) - 1
    return float(rng.beta(share * answers, (1 - share) * answers))


def list_models(results: pd.DataFrame) -> pd.DataFrame:
    """Return one row a model: model, country, release_date and truth."""
    return results.drop_duplicates("model")[["model", "country", "release_date", "truth"]]
