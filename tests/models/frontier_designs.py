"""Simulated frontiers, largest runs, clusters and indices, and what gaps and lags they have.

Each interval is of a statistic's expectation. It stands in the design, and a slow test
simulates it anew, without the models.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from models.capability.average_lag import estimate_average_lag
from models.capability.capability_gap import estimate_capability_lag
from models.capability.frontier_gap import estimate_frontier_gap
from models.capability.index_error import MeasurementError, estimate_index_error, fit_without
from models.capability.index_fit import IndexFit, ScoreMatrix
from models.capability.index_standing import compare, line_up
from models.compute.compute_gap import estimate_cluster_gap, estimate_largest_run_gap
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from tests.models.capability.index_examples import list_models, simulate_results
from tests.models.coverage_designs import DESIGNS, Design

Rng = np.random.Generator
START = pd.Timestamp("2023-01-01")
DAYS = 365.25
LAG_MONTHS = 8.0


def holds(estimate: Estimate, truth: float) -> bool:
    return estimate.low <= truth <= estimate.high


# ------------------------------------------------------------------ frontiers


@dataclass(frozen=True)
class Frontiers:
    """Two countries whose models lie below one line, which the second reaches months later.

    `truth` is the expectation of what `measure` returns. `catching_up` is how many months
    further behind the second country starts, over the first 1.2 years; developers differ in
    size, and by `developer_sd` points in what they can do.
    """

    models: tuple[int, int]
    developers: tuple[int, int]
    truth: tuple[float, float, float]
    years: float = 3.5
    pace: float = 13.0
    catching_up: float = 0.0
    developer_sd: float = 0.0
    equal_developers: bool = False

    @property
    def end(self) -> pd.Timestamp:
        return START + pd.Timedelta(days=self.years * DAYS)

    def simulate(self, rng: Rng) -> pd.DataFrame:
        sides = zip(("USA", "CHN"), self.models, self.developers, (0.0, LAG_MONTHS), strict=True)
        return pd.concat([self._side(rng, *side) for side in sides], ignore_index=True)

    def _side(self, rng: Rng, code: str, n: int, developers: int, lag: float) -> pd.DataFrame:
        years = np.sort(self.years * rng.random(n))
        sizes = None if self.equal_developers else rng.dirichlet(np.ones(developers))
        developer = rng.choice(developers, p=sizes, size=n)
        start = self.catching_up * np.maximum(0, 1 - years / 1.2) * (lag > 0)
        line = 100 + self.pace * (years - (lag + start) / 12)
        skill = self.developer_sd * rng.standard_normal(developers)
        return pd.DataFrame(
            {
                "model": [f"{code}-{i}" for i in range(n)],
                "organization": [f"{code}-{d}" for d in developer],
                "country": code,
                "date": START + pd.to_timedelta(years * DAYS, unit="D"),
                "eci": line - rng.exponential(8.0, n) + skill[developer],
            }
        )


PLAIN = Frontiers(
    (80, 80), (12, 12), (13.37, 8.00, 7.03), years=3.0, pace=20.0, equal_developers=True
)
# The capability index in October 2026: 161 and 86 models of 18 and 9 developers.
LIKE_THE_INDEX = Frontiers(
    (161, 86), (18, 9), (9.78, 8.99, 8.27), catching_up=18.0, developer_sd=2.0
)
FEWER = Frontiers((80, 45), (14, 8), (9.82, 9.08, 7.58), catching_up=9.0, developer_sd=1.0)
FRONTIERS = (PLAIN, LIKE_THE_INDEX, FEWER)


def list_steps(table: pd.DataFrame, code: str) -> tuple[np.ndarray, np.ndarray]:
    rows = table[table["country"] == code].sort_values("date")
    years = ((rows["date"] - START) / pd.Timedelta(days=DAYS)).to_numpy()
    return years, rows["eci"].to_numpy()


def measure(kind: Frontiers, table: pd.DataFrame) -> tuple[float, float, float]:
    """Gap, lag at the end and mean lag of records since mid-2023, read off step by step."""
    (us_years, us), (cn_years, cn) = (list_steps(table, code) for code in ("USA", "CHN"))
    gap = us.max() - cn.max()
    if gap >= 0:
        lag = kind.years - us_years[us >= cn.max()].min()
    else:
        lag = cn_years[cn >= us.max()].min() - kind.years
    best, lags = -np.inf, []
    for year, score in zip(cn_years, cn, strict=True):
        if score > best and year >= 0.5:
            reached = us_years[us >= score]
            lags.append(year - (reached.min() if len(reached) else kind.years))
        best = max(best, score)
    return gap, 12 * lag, 12 * float(np.mean(lags))


def cover_gap(kind: Frontiers) -> Callable[[Rng], bool]:
    def trial(rng: Rng) -> bool:
        table = kind.simulate(rng)
        gap = estimate_frontier_gap(table, date=kind.end, rng=rng, replications=300)
        return holds(gap, kind.truth[0])

    return trial


def cover_lag(kind: Frontiers) -> Callable[[Rng], bool]:
    def trial(rng: Rng) -> bool:
        table = kind.simulate(rng)
        found = estimate_capability_lag(table, date=kind.end, rng=rng, replications=200)
        return holds(found.lag, kind.truth[1])

    return trial


def cover_mean_lag(kind: Frontiers) -> Callable[[Rng], bool]:
    def trial(rng: Rng) -> bool:
        table = kind.simulate(rng)
        found = estimate_average_lag(
            table, since="2023-07-02", rng=rng, censoring="at_bound", replications=150
        )
        return holds(found.mean, kind.truth[2])

    return trial


# ------------------------------------------------------------------ largest runs and clusters


@dataclass(frozen=True)
class Runs:
    """Runs of two countries in three years, ten times apart.

    `truth` is the expected gap between so many largest runs, in orders of magnitude.
    """

    runs: tuple[int, int]
    sds: tuple[float, float]
    truth: Mapping[int, float]
    developers: tuple[int, int] = (20, 15)
    growth: float = 1.0
    developer_sd: float = 0.0

    def simulate(self, rng: Rng) -> pd.DataFrame:
        sides = zip(("USA", "CHN"), self.runs, self.developers, self.sds, (1.0, 0.0), strict=True)
        return pd.concat([self._side(rng, *side) for side in sides], ignore_index=True)

    def _side(
        self, rng: Rng, code: str, n: int, developers: int, sd: float, ahead: float
    ) -> pd.DataFrame:
        years = 2.99 * rng.random(n)
        developer = rng.choice(developers, p=rng.dirichlet(np.ones(developers)), size=n)
        skill = self.developer_sd * rng.standard_normal(developers)
        logs = 23 + ahead + np.log10(self.growth) * years + rng.normal(0, sd, n) + skill[developer]
        return pd.DataFrame(
            {
                "model": [f"{code}-{i}" for i in range(n)],
                "organization": [f"{code}-{d}" for d in developer],
                "country": code,
                "date": START + pd.to_timedelta(years * DAYS, unit="D"),
                "training_compute_flop": 10**logs,
            }
        )


NORMAL_RUNS = Runs((80, 50), (0.8, 0.8), {1: 1.147, 5: 1.175})
# Known runs in the three years before the claim: 55 and 44, of 23 and 19 developers.
LIKE_THE_RUNS = Runs(
    (55, 44), (0.8, 0.8), {1: 1.134, 3: 1.135}, (23, 19), growth=4.5, developer_sd=0.6
)


def measure_largest(table: pd.DataFrame, top: int) -> float:
    sides = (table.loc[table["country"] == c, "training_compute_flop"] for c in ("USA", "CHN"))
    usa, china = (float(np.log10(side.nlargest(top)).mean()) for side in sides)
    return usa - china


def cover_largest(kind: Runs, top: int) -> Callable[[Rng], bool]:
    def trial(rng: Rng) -> bool:
        gap = estimate_largest_run_gap(
            kind.simulate(rng), date="2026-01-01", rng=rng, top=top, replications=500
        )
        return holds(gap.orders_of_magnitude, kind.truth[top])

    return trial


# Log-normal sizes with the spreads of known clusters, none above the largest that was seen.
CLUSTERS = {"USA": (104, 2.3, 5.5), "CHN": (175, 1.8, 3.0)}


def mean_of_truncated(sd: float, most: float) -> float:
    """Mean of exp(x), x normal with this SD and at most `most` (Johnson et al. 1994, 13.10)."""
    below, shifted = (stats.norm.cdf(most / sd - move) for move in (0.0, sd))
    return float(np.exp(sd**2 / 2) * shifted / below)


def cover_clusters_like_the_known(rng: Rng) -> bool:
    sides = []
    for code, (n, sd, most) in CLUSTERS.items():
        logs = stats.truncnorm.rvs(-np.inf, most / sd, scale=sd, size=n, random_state=rng)
        sides.append(pd.DataFrame({"country": code, "h100e": np.exp(logs)}))
    totals = [n * mean_of_truncated(sd, most) for n, sd, most in CLUSTERS.values()]
    gap = estimate_cluster_gap(pd.concat(sides), rng=rng, replications=300)
    return holds(gap.orders_of_magnitude, float(np.log10(totals[0] / totals[1])))


# ------------------------------------------------------------------ an index's own error


def _fit_one(rng: Rng, kind: str, noise: float) -> tuple[pd.DataFrame, ScoreMatrix, IndexFit]:
    """Simulate results; anew, where chance makes a table to which no curves can be fitted."""
    while True:
        seed = int(rng.integers(1_000_000))
        results = simulate_results(seed=seed, noise=noise, noise_kind=kind)
        try:
            return results, *fit_without(results, ())
        except ModelInputError:
            continue


def _index_error(
    rng: Rng, *, kind: str, noise: float
) -> tuple[MeasurementError, tuple[float, float]]:
    results, matrix, fit = _fit_one(rng, kind, noise)
    models = list_models(results)
    field = line_up(models)
    truth = compare(field, models.set_index("model")["truth"])
    error = estimate_index_error(matrix, fit, field, rng=rng, draws=40)
    return error, (truth.gap, truth.lag_months)


def cover_index_gap(kind: str) -> Callable[[Rng], bool]:
    def trial(rng: Rng) -> bool:
        error, (gap, _) = _index_error(rng, kind=kind, noise=0.05)
        return holds(error.gap, gap)

    return trial


def cover_index_lag(rng: Rng) -> bool:
    error, (_, lag) = _index_error(rng, kind="share", noise=0.05)
    return holds(error.lag, lag)


# ------------------------------------------------------------------ designs

_GAP = "models.capability.frontier_gap.estimate_frontier_gap"
_LAG = "models.capability.capability_gap.estimate_capability_lag"
_MEAN_LAG = "models.capability.average_lag.estimate_average_lag"
_RUNS = "models.compute.compute_gap.estimate_largest_run_gap"
_INDEX = "models.capability.index_error.estimate_index_error"

_PLAIN_TEXT = "80 models a side below a line, 8 months apart"
_INDEX_TEXT = (
    "161 and 86 models of 18 and 9 developers that differ, below a line, the second country "
    "catching up at first"
)
_FEWER_TEXT = "80 and 45 models of 14 and 8 developers that differ, below a line"
_WIDE = "Drawing whole developers makes the interval too wide where they hardly differ"
_RUNS_TEXT = "55 and 44 growing runs of 23 and 19 developers that differ"

FRONTIER_DESIGNS = (
    Design("gap between best models", _GAP, _INDEX_TEXT, cover_gap(LIKE_THE_INDEX), quick=60),
    Design("gap between best models, fewer", _GAP, _FEWER_TEXT, cover_gap(FEWER), quick=30),
    Design("gap between best models, alike", _GAP, _PLAIN_TEXT, cover_gap(PLAIN), quick=30),
    Design("capability lag at a date", _LAG, _INDEX_TEXT, cover_lag(LIKE_THE_INDEX), quick=25),
    Design(
        "capability lag at a date, fewer",
        _LAG,
        _FEWER_TEXT,
        cover_lag(FEWER),
        quick=20,
        expected=(0.85, 0.99),
        note=_WIDE,
    ),
    Design("capability lag at a date, alike", _LAG, _PLAIN_TEXT, cover_lag(PLAIN), quick=20),
    Design("mean lag of records", _MEAN_LAG, _INDEX_TEXT, cover_mean_lag(LIKE_THE_INDEX), quick=25),
    Design(
        "mean lag of records, fewer",
        _MEAN_LAG,
        _FEWER_TEXT,
        cover_mean_lag(FEWER),
        quick=20,
        expected=(0.85, 0.99),
        note=_WIDE,
    ),
    Design(
        "mean lag of records, alike",
        _MEAN_LAG,
        _PLAIN_TEXT,
        cover_mean_lag(PLAIN),
        quick=20,
        expected=(0.85, 1.0),
        note=_WIDE,
    ),
    Design("gap between the largest runs", _RUNS, _RUNS_TEXT, cover_largest(LIKE_THE_RUNS, 1)),
    Design(
        "gap between the three largest runs", _RUNS, _RUNS_TEXT, cover_largest(LIKE_THE_RUNS, 3)
    ),
    Design(
        "gap between the largest runs, all alike",
        _RUNS,
        "80 and 50 normal logarithms",
        cover_largest(NORMAL_RUNS, 1),
        quick=60,
    ),
    Design(
        "gap between the five largest runs",
        _RUNS,
        "80 and 50 normal logarithms",
        cover_largest(NORMAL_RUNS, 5),
        quick=60,
    ),
    Design(
        "gap between summed clusters, like the known",
        "models.compute.compute_gap.estimate_cluster_gap",
        "104 and 175 truncated log-normal sizes of spread 2.3 and 1.8",
        cover_clusters_like_the_known,
    ),
    Design(
        "gap on a capability index",
        _INDEX,
        "30 models, 14 benchmarks, 60% of results, noise as of shares",
        cover_index_gap("share"),
        quick=20,
        thorough=200,
    ),
    Design(
        "gap on a capability index, equal noise",
        _INDEX,
        "30 models, 14 benchmarks, 60% of results, noise of 0.05",
        cover_index_gap("equal"),
        quick=15,
        thorough=200,
    ),
    Design(
        "lag on a capability index",
        _INDEX,
        "30 models, 14 benchmarks, 60% of results, noise as of shares",
        cover_index_lag,
        quick=15,
        thorough=200,
    ),
)

ALL_DESIGNS = (*DESIGNS, *FRONTIER_DESIGNS)
