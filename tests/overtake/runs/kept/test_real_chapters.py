"""The real chapters: a run is the same to the byte, whatever was kept before it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from overtake.chapter import parameters
from overtake.core.errors import ChapterError, ParameterError
from overtake.core.paths import Project
from overtake.runs import chapter_parameters, digested, runs
from overtake.runs.engine import Engine, Job, Kept
from overtake.runs.facts_process import FactsProcesses, Task
from overtake.runs.kept.report import tell_nobody
from tests.conftest import ROOT

PROJECT = Project(ROOT)
CHAPTERS = PROJECT.chapter_names()
QUICK = ("reproduction", "software-ecosystem")
N_DRAWS = 100


@dataclass(frozen=True)
class Rig:
    """What executes runs, and a folder of kept results that grows from draw to draw."""

    engine: Engine
    processes: FactsProcesses
    folder: Path

    def execute(
        self, chapter: str, given: dict[str, Any], kept: Kept | None, task: Task | None = None
    ) -> Any:
        """Return the files of a run by name, or what it failed with."""
        inputs = runs.plan(PROJECT, chapter, given)
        target = self.folder / "staged" / f"{random.random()}" / inputs.id
        target.mkdir(parents=True)
        job = Job(ROOT, chapter, inputs.parameters, target, kept=kept)
        try:
            if task is None:
                self.engine.execute(job)
            else:
                self.processes.do(task, job, tell_nobody)
        except ChapterError as error:
            return str(error).splitlines()[0].partition(" raised ")[2]
        return {
            path.relative_to(target).as_posix(): path.read_bytes()
            for path in target.rglob("*")
            if path.is_file()
        }

    def compare(self, chapter: str, given: dict[str, Any]) -> None:
        """Require the same files from what was kept and from nothing, and of facts alone."""
        kept = digested.describe_kept(PROJECT, runs.plan(PROJECT, chapter, given))
        kept = replace(kept, folder=self.folder / chapter)
        numbers = self.execute(chapter, given, kept, "attempt_numbers")
        facts = self.execute(chapter, given, kept, "attempt")
        found = self.execute(chapter, given, kept)
        assert found == self.execute(chapter, given, None), given
        if isinstance(found, str):
            assert facts == found, given
            return
        assert facts == {
            name: content
            for name, content in found.items()
            if not name.startswith(("figures/", "notebook.ipynb"))
        }, given
        assert numbers == {"results.json": found["results.json"]}, given


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    engine = Engine()
    processes = FactsProcesses(ROOT)
    yield Rig(engine, processes, tmp_path_factory.mktemp("kept"))
    engine.close()
    processes.close()


def draw(chapter: str, seed: int) -> dict[str, Any]:
    """Return one to three parameters with other values, of those that are allowed together."""
    chance = random.Random(f"{chapter} {seed}")
    declaration = chapter_parameters.of_chapter(chapter)
    values = {each.name: each for each in parameters.describe(declaration)}
    while True:
        names = chance.sample(sorted(values), min(len(values), chance.randint(1, 3)))
        given = {name: _other(values[name], chance) for name in names}
        try:
            parameters.resolve(declaration, given)
        except ParameterError:
            continue
        return given


def _other(described: parameters.ParameterDescription, chance: random.Random) -> Any:
    value = described.default
    if described.choices:
        return chance.choice(described.choices)
    if isinstance(value, int):
        return value + chance.randint(-2, 3)
    if isinstance(value, float):
        return float(f"{value * chance.uniform(0.8, 1.25) + (value == 0) * 0.1:.3g}")
    return value


@pytest.mark.parametrize("chapter", QUICK)
def test_a_run_is_the_same_with_nothing_kept_and_with_everything(rig: Rig, chapter: str) -> None:
    rig.compare(chapter, {})
    rig.compare(chapter, {})
    rig.compare(chapter, draw(chapter, 0))


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_run_with_any_parameters_is_the_same_from_what_is_kept(rig: Rig, chapter: str) -> None:
    rig.compare(chapter, {})
    for seed in range(N_DRAWS):
        rig.compare(chapter, draw(chapter, seed))
