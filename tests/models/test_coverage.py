"""Do 90% intervals cover? Data simulated from each model, with a quick and a thorough count.

The thorough run (``make test-slow``) writes ``benchmarks/results/coverage.json``,
which the methods page shows.
"""

import datetime as dt
import json
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from tests.models import frontier_designs as frontiers
from tests.models.coverage_designs import ACCEPTED, Design
from tests.models.frontier_designs import ALL_DESIGNS as FAMILY_DESIGNS
from tests.models.headline_designs import HEADLINE_DESIGNS

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "coverage.json"
LEVEL = 0.90
# A right interval fails the quick test less than once in 10,000 runs.
FALSE_ALARM = 1e-4

DESIGNS = (*FAMILY_DESIGNS, *HEADLINE_DESIGNS)
IDS = [design.name for design in DESIGNS]


def hits(design: Design, replications: int, salt: int) -> int:
    """Count the simulated data sets whose interval holds the truth; seeded by name."""
    rng = np.random.default_rng([salt, zlib.crc32(design.name.encode())])
    return sum(design.trial(rng) for _ in range(replications))


def allowed(design: Design, n: int) -> tuple[int, int]:
    """Counts that a coverage within the expected bounds gives but for one run in 10,000."""
    low, high = design.expected
    least = stats.binom.ppf(FALSE_ALARM / 2, n, low)
    most = stats.binom.isf(FALSE_ALARM / 2, n, high)
    return int(least), int(most)


def test_designs_have_different_names_and_reasons_for_exceptions() -> None:
    assert len(set(IDS)) == len(DESIGNS)
    for design in DESIGNS:
        assert (design.expected == ACCEPTED) == (not design.note), design.name
        assert design.thorough >= 200


def test_the_quick_band_seldom_rings_falsely_and_sees_an_interval_that_is_badly_off() -> None:
    for design in DESIGNS:
        least, most = allowed(design, design.quick)
        low, high = design.expected
        assert stats.binom.cdf(least - 1, design.quick, low) < FALSE_ALARM / 2
        assert stats.binom.sf(most, design.quick, high) <= FALSE_ALARM / 2
        if design.expected == ACCEPTED:
            bad = 0.5 if design.quick >= 60 else 0.33
            assert stats.binom.cdf(least - 1, design.quick, bad) > 0.3, design.name


@pytest.mark.parametrize("design", DESIGNS, ids=IDS)
def test_quick_coverage(design: Design) -> None:
    least, most = allowed(design, design.quick)
    assert least <= hits(design, design.quick, salt=1) <= most


def head_commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"


def record(entry: dict[str, object]) -> None:
    """Put one measurement in its place; those of designs that are gone are dropped."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else '{"intervals": []}'
    entries = {one["name"]: one for one in json.loads(text)["intervals"]} | {entry["name"]: entry}
    content = {
        "level": LEVEL,
        "accepted": list(ACCEPTED),
        "intervals": [entries[name] for name in sorted(set(IDS) & set(entries))],
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS, ids=IDS)
def test_thorough_coverage(design: Design) -> None:
    count = hits(design, design.thorough, salt=2)
    low, high = proportion_confint(count, design.thorough, alpha=0.05, method="beta")
    entry = {
        "name": design.name,
        "function": design.function,
        "data": design.data,
        "replications": design.thorough,
        "covered": int(count),
        "coverage": float(count / design.thorough),
        "low": float(low),
        "high": float(high),
        "note": design.note,
        "measured": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "commit": head_commit(),
    }
    record(entry)
    least, most = design.expected
    assert least <= count / design.thorough <= most


@pytest.mark.slow
def test_truths_of_frontiers_and_largest_runs_are_what_their_simulations_give() -> None:
    rng = np.random.default_rng(11)
    for kind in frontiers.FRONTIERS:
        found = [frontiers.measure(kind, kind.simulate(rng)) for _ in range(3000)]
        check_mean(np.array(found), np.array(kind.truth))
    for runs in (frontiers.NORMAL_RUNS, frontiers.LIKE_THE_RUNS):
        tables = [runs.simulate(rng) for _ in range(3000)]
        for top, truth in runs.truth.items():
            found = np.array([frontiers.measure_largest(table, top) for table in tables])
            check_mean(found, truth)


def check_mean(found: np.ndarray, truth: np.ndarray | float) -> None:
    """Hold a mean of simulations to a truth that is itself from twice as many of them."""
    error = found.std(axis=0) * (1 / len(found) + 1 / 6000) ** 0.5
    assert np.all(np.abs(found.mean(axis=0) - truth) < 4 * error + 0.005)
