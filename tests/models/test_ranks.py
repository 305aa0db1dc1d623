"""Are posteriors calibrated? Ranks of what was simulated among the draws, which must be flat.

Simulation-based calibration (Talts et al. 2018, arXiv:1804.06788): parameters are drawn from
the prior, data from the parameters, and the rank of each parameter among the posterior's draws
is uniform. The thorough count (``make test-slow``) writes ``benchmarks/results/ranks.json``,
which the methods page shows.
"""

import datetime as dt
import json
import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.core.local_level import fit_local_level
from models.supply.duration_models import DurationPrior, Family, compute_posterior
from tests.models.test_coverage import head_commit

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "ranks.json"
DRAWS = 99
BINS = 10
# One posterior of all is called uneven by chance in a hundred thorough runs.
FALSE_ALARM = 1e-3
QUARTERS_AHEAD = 6

Ranks = Mapping[str, int]


def simulate_level(rng: np.random.Generator) -> Ranks:
    """Draw a series of 13 points from the model and rank its level, spreads and future."""
    angle, spread, n = rng.uniform(0, math.pi / 2), rng.lognormal(), 13
    steady, noisy = spread * math.sin(angle), spread * math.cos(angle)
    level = rng.normal(0, 10) + np.cumsum(rng.normal(0, steady, n))
    found = fit_local_level(level + rng.normal(0, noisy, n), rng=rng, n_draws=DRAWS)
    ahead = math.sqrt(QUARTERS_AHEAD)
    future = found.level + ahead * found.permanent_sd * rng.standard_normal(DRAWS)
    return {
        "level": int((found.level < level[-1]).sum()),
        "lasting spread": int((found.permanent_sd < steady).sum()),
        "passing spread": int((found.transitory_sd < noisy).sum()),
        "six steps on": int((future < level[-1] + ahead * rng.normal(0, steady)).sum()),
    }


def draw_logs(
    rng: np.random.Generator, family: Family, log_median: np.ndarray, log_scale: np.ndarray
) -> np.ndarray:
    """Draw logarithms of durations, one for each pair of parameters."""
    if family == "lognormal":
        return np.asarray(log_median + log_scale * rng.standard_normal(log_median.shape))
    exponential = rng.exponential(size=log_median.shape)
    return np.asarray(log_median + log_scale * (np.log(exponential) - math.log(math.log(2))))


def simulate_durations(family: Family) -> Callable[[np.random.Generator], Ranks]:
    """Return a simulation of nine durations, some of them censored, and of one more."""

    def simulate(rng: np.random.Generator) -> Ranks:
        prior = DurationPrior()
        centre = math.log(prior.median_years) + prior.median_log_sd * rng.standard_normal()
        scale = prior.log_scale * math.exp(prior.log_scale_log_sd * rng.standard_normal())
        logs = draw_logs(rng, family, np.full(10, centre), np.full(10, scale))
        watched = centre + np.log(rng.uniform(0.5, 3, 9))
        rows = pd.DataFrame(
            {
                "duration_years": np.exp(np.minimum(logs[:9], watched)),
                "observed": logs[:9] <= watched,
            }
        )
        model = compute_posterior(rows, prior, family=family)
        picked = rng.choice(len(model.weights), size=DRAWS, p=model.weights)
        # The posterior is a grid: within a cell every value is as probable.
        step = np.diff(np.unique(model.log_median)).min()
        medians = model.log_median[picked] + step * rng.uniform(-0.5, 0.5, DRAWS)
        future = draw_logs(rng, family, medians, model.log_scale[picked])
        return {
            "median": int((medians < centre).sum()),
            "next duration": int((future < logs[9]).sum()),
        }

    return simulate


@dataclass(frozen=True)
class Posterior:
    """A posterior whose ranks are looked at.

    Attributes
    ----------
    name, function : str
        In words, and the dotted name of the function that gives it.
    simulate : callable
        Draws parameters and data, and returns the rank of each parameter among the draws.
    """

    name: str
    function: str
    simulate: Callable[[np.random.Generator], Ranks]


_DURATIONS = "models.supply.duration_models.compute_posterior"
POSTERIORS = (
    Posterior("a level that wanders", "models.core.local_level.fit_local_level", simulate_level),
    Posterior("log-normal durations", _DURATIONS, simulate_durations("lognormal")),
    Posterior("Weibull durations", _DURATIONS, simulate_durations("weibull")),
)
IDS = [posterior.name for posterior in POSTERIORS]


def find_p_values(posterior: Posterior, replications: int, salt: int) -> dict[str, float]:
    """Return the p-value of even ranks, of each parameter."""
    rng = np.random.default_rng([salt, zlib.crc32(posterior.name.encode())])
    ranks = pd.DataFrame([posterior.simulate(rng) for _ in range(replications)])
    return {name: measure_evenness(ranks[name].to_numpy()) for name in ranks}


def measure_evenness(ranks: np.ndarray) -> float:
    """Return the chi-squared p-value of even ranks."""
    counts = np.bincount(ranks * BINS // (DRAWS + 1), minlength=BINS)
    return float(stats.chisquare(counts).pvalue)


@pytest.mark.parametrize("posterior", POSTERIORS, ids=IDS)
def test_quick_ranks_are_flat(posterior: Posterior) -> None:
    p_values = find_p_values(posterior, 120, salt=1)
    assert min(p_values.values()) > FALSE_ALARM / len(p_values)


def test_a_posterior_that_is_too_sure_is_seen() -> None:
    def simulate(rng: np.random.Generator) -> Ranks:
        truth, seen = rng.normal(size=2)
        draws = (truth + seen) / 2 + 0.4 * rng.standard_normal(DRAWS)  # 0.7 would be right
        return {"mean": int((draws < truth).sum())}

    found = find_p_values(Posterior("too sure", "", simulate), 200, salt=1)
    assert found["mean"] < FALSE_ALARM


def record(posterior: Posterior, p_values: Mapping[str, float], replications: int) -> None:
    """Put one measurement in its place; those of posteriors that are gone are dropped."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else '{"posteriors": []}'
    entries = {one["name"]: one for one in json.loads(text)["posteriors"]}
    entries[posterior.name] = {
        "name": posterior.name,
        "function": posterior.function,
        "replications": replications,
        "p_values": {name: round(p, 4) for name, p in p_values.items()},
        "measured": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "commit": head_commit(),
    }
    kept = [entries[name] for name in sorted(set(IDS) & set(entries))]
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"posteriors": kept}, indent=1, ensure_ascii=False)
    RESULTS.write_text(content + "\n", encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("posterior", POSTERIORS, ids=IDS)
def test_thorough_ranks_are_flat(posterior: Posterior) -> None:
    p_values = find_p_values(posterior, 2000, salt=2)
    record(posterior, p_values, 2000)
    assert min(p_values.values()) > FALSE_ALARM / len(p_values)
