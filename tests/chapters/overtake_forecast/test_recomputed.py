"""What a changed parameter computes again, by the report of a run on what was kept."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from overtake.core.paths import Project
from overtake.runs import digested, runs
from overtake.runs.engine import Engine, Job
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
CHAPTER = "overtake-forecast"
SMALL = {"n_draws": 100}
SIMULATED = {"simulate_race", "split_variance", "try_regimes", "try_ends"}
"""Sections that simulate the joint model."""
FITTED = {"fit_race", "know_past", "measure_past", "simulate_past"}


@dataclass(frozen=True)
class Rig:
    """One engine, and what a run with few draws kept."""

    engine: Engine
    folder: Path

    def compute(self, **given: Any) -> set[str]:
        """Return the functions that a run with other parameters computes."""
        kept = self.folder / "-".join(given)
        shutil.copytree(self.folder / "kept", kept)
        return self.run(kept, given)

    def run(self, kept: Path, given: dict[str, Any]) -> set[str]:
        """Run the chapter on a folder of kept results."""
        inputs = runs.plan(Project(ROOT), CHAPTER, SMALL | given)
        target = kept.with_name(f"{kept.name}-run") / inputs.id
        target.mkdir(parents=True)
        described = replace(digested.describe_kept(Project(ROOT), inputs), folder=kept)
        made = self.engine.execute(Job(ROOT, CHAPTER, inputs.parameters, target, kept=described))
        return {each.function.rpartition(".")[2] for each in made.made if not each.was_kept}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    engine = Engine()
    found = Rig(engine, tmp_path_factory.mktemp("recomputed"))
    first = found.run(found.folder / "kept", {})
    assert first > SIMULATED | FITTED | {"score_pool", "count_sales", "search_words"}
    yield found
    engine.close()


@pytest.mark.parametrize(
    "given",
    [
        {"leading_definition": "largest_run"},
        {"likely_from": 0.6},
        {"sales_volatility": 0.5},
        {"sales_closing_oom_per_year": 0.1},
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_moves_no_path_simulates_none(rig: Rig, given: dict[str, Any]) -> None:
    computed = rig.compute(**given)
    assert not computed & (SIMULATED | FITTED | {"score_pool", "search_words"})
    assert ("search_likely" in computed) == ("likely_from" in given)
    assert ("count_sales" in computed) == any(name.startswith("sales") for name in given)


def test_the_level_of_intervals_draws_no_path_again(rig: Rig) -> None:
    computed = rig.compute(interval_level=0.8)
    assert not computed & (SIMULATED | FITTED | {"score_pool", "count_sales", "count_past"})
    assert not computed & {"simulate_fit", "search_likely", "search_words", "spread_leads"}
    assert {"state_intervals", "summarise_race", "summarise_scores"} <= computed


def test_the_margin_of_a_lead_fits_nothing_again(rig: Rig) -> None:
    computed = rig.compute(lead_margin_errors=1.5)
    assert not computed & (FITTED | {"score_pool", "count_sales"})
    assert {"count_past", "estimate_base_rate"} <= computed


@pytest.mark.parametrize(("name", "scored"), [("memory_growth", False), ("diffusion_rate", True)])
def test_past_forecasts_rest_on_ideas_and_not_on_chips(
    rig: Rig, name: str, *, scored: bool
) -> None:
    computed = rig.compute(**{name: 1.9})
    assert computed >= SIMULATED
    assert not computed & FITTED
    assert ("score_pool" in computed) is scored


def test_more_draws_leave_what_has_its_own_paths(rig: Rig) -> None:
    computed = rig.compute(n_draws=150)
    assert {"simulate_race", "count_sales"} <= computed
    assert not computed & (FITTED | {"score_pool", "split_variance", "try_regimes", "try_ends"})


def test_the_first_year_of_past_growth_leaves_what_was_known_of_the_index(rig: Rig) -> None:
    computed = rig.compute(trend_start_year=2024)
    assert {"fit_race", "measure_past", "score_pool"} <= computed
    assert not computed & {"know_past", "count_sales"}
