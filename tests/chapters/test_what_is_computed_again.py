"""A changed parameter computes what depends on it: a level draws nothing, a part no other part."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from overtake.core.paths import Project
from overtake.runs import digested, runs
from overtake.runs.engine import Engine, Job
from tests.conftest import ROOT

PROJECT = Project(ROOT)
EFFICIENCY, HARDWARE = "efficiency-through-scarcity", "hardware-bottleneck"
DRAWN_IN_EFFICIENCY = {
    "premium_specifications.fit_premium_curve",
    "lag_specifications.resample_lags",
    "capability_lag.resample_lags",
    "benchmark_lags.resample_benchmark_lags",
    "scaling_law.bootstrap_scaling_law",
    "measure_savings.save_by_measure",
}
DRAWN_IN_HARDWARE = {
    "gap_draws.resample_runs",
    "gap_draws.sum_chips",
    "gap_draws.resample_clusters",
    "training_growth.resample_selections",
    "disclosure.fill_in_silent",
    "policy_breaks.impose_elsewhere",
    "euv_choices.ask_again",
    "euv_quarters.mix_by_quarter",
}


@dataclass(frozen=True)
class Rig:
    """One engine, and what each chapter computed with its defaults and nothing kept."""

    engine: Engine
    folder: Path
    at_first: dict[str, set[str]] = field(default_factory=dict)

    def compute(self, chapter: str, given: dict[str, Any]) -> set[str]:
        """Return which functions were called because of other parameters."""
        if chapter not in self.at_first:
            self.at_first[chapter] = self._execute(chapter, {})
        return self._execute(chapter, given)

    def _execute(self, chapter: str, given: dict[str, Any]) -> set[str]:
        inputs = runs.plan(PROJECT, chapter, given)
        kept = replace(digested.describe_kept(PROJECT, inputs), folder=self.folder / "kept")
        target = self.folder / inputs.id
        target.mkdir()
        made = self.engine.execute(Job(ROOT, chapter, inputs.parameters, target, kept=kept))
        return {".".join(each.function.split(".")[-2:]) for each in made.made if not each.was_kept}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    engine = Engine()
    yield Rig(engine, tmp_path_factory.mktemp("computed"))
    engine.close()


def require_spared(rig: Rig, chapter: str, given: dict[str, Any], spared: set[str]) -> None:
    again = rig.compute(chapter, given)
    assert spared <= rig.at_first[chapter]  # they are called, and by these names
    assert not again & spared


@pytest.mark.parametrize(
    ("chapter", "given", "spared"),
    [
        (
            "capability-ruler",
            {"interval_level": 0.8},
            {"index_error.resample_index", "index_error.leave_out_each"},
        ),
        ("published-lags", {"first_lag_year": 2024}, {"questions.fit_scales"}),
        ("reproduction", {"huber_delta": 0.002}, {"acceptance_scaling_law.check_likelihood_ratio"}),
    ],
)
def test_what_does_not_depend_on_it_is_not_computed_again(
    rig: Rig, chapter: str, given: dict[str, Any], spared: set[str]
) -> None:
    require_spared(rig, chapter, given, spared)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chapter", "given", "spared"),
    [
        (EFFICIENCY, {"interval_level": 0.8}, DRAWN_IN_EFFICIENCY | {"loss_penalty.fit_laws"}),
        (EFFICIENCY, {"weights": "open"}, DRAWN_IN_EFFICIENCY | {"capability.estimate_lag_now"}),
        (EFFICIENCY, {"compute_gap": 20.0}, DRAWN_IN_EFFICIENCY | {"capability.estimate_lag_now"}),
        (HARDWARE, {"interval_level": 0.8}, DRAWN_IN_HARDWARE),
        (
            HARDWARE,
            {"undisclosed_shift_oom": 0.6},
            DRAWN_IN_HARDWARE - {"disclosure.fill_in_silent"},
        ),
        (HARDWARE, {"smuggled_h100e_thousand": 600.0}, DRAWN_IN_HARDWARE - {"gap_draws.sum_chips"}),
    ],
)
def test_draws_are_made_again_only_where_they_change(
    rig: Rig, chapter: str, given: dict[str, Any], spared: set[str]
) -> None:
    require_spared(rig, chapter, given, spared)


@pytest.mark.slow
def test_what_follows_from_one_number_is_all_that_it_computes(rig: Rig) -> None:
    sections = {
        name for name in rig.compute(HARDWARE, {"diffusion_months": 9.0}) if "figures" not in name
    }
    assert sections == {"compute_lag.estimate_lag", "facts.text_of", "findings.collect_numbers"}
