"""Runs: planned, found in the store, and executed through papermill.

A run is *a chapter's code + parameters + tables + local modules + locked
environment*; its id is the hash of those inputs. Words are no input: they are
rendered from the run's facts when a page is read. It is written whole or not
at all, under ``_build/runs/<id>/``, and never changed afterwards.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overtake.chapter import acceptance, parameters, results
from overtake.chapter.acceptance import RecordedAcceptance
from overtake.chapter.figures import DrawingRecord
from overtake.chapter.results import Results
from overtake.core import digests
from overtake.core.errors import (
    RecordError,
    ReferenceToRunError,
)
from overtake.core.paths import Project
from overtake.runs import chapter_parameters, chapter_source, digested, recorded, store
from overtake.runs.engine import NOTEBOOK_NAME
from overtake.runs.kept import entries, report
from overtake.runs.kept.report import Report
from overtake.runs.notebooks import Notebook
from overtake.runs.recorded import Recorded, RunInputs
from overtake.runs.words import chapter as chapter_words
from overtake.runs.words import facts as run_facts
from overtake.runs.words import marks, told
from overtake.runs.words.chapter import ChapterWords
from overtake.runs.words.marks import Mark
from overtake.runs.words.told import Figure, Headline, JudgedClaim, NamedTest

if TYPE_CHECKING:
    from nbformat import NotebookNode

_SHORTEST_PREFIX = 4


@dataclass(frozen=True)
class Run:
    """A finished run in the store: its folder, ``_build/runs/<id>``.

    What it computed is read from its folder; its words are those of the chapter's notebook
    as it is now, rendered from the run's facts.
    """

    folder: Path

    @property
    def id(self) -> str:
        """The run's identity."""
        return self.folder.name

    @property
    def notebook(self) -> "NotebookNode":
        """The executed notebook: code cells with their outputs."""
        import nbformat

        notebook: NotebookNode = nbformat.read(self.folder / NOTEBOOK_NAME, as_version=4)
        return notebook

    @cached_property
    def record(self) -> Recorded:
        """Inputs and outputs with their hashes; a `RecordError` names what is damaged."""
        return recorded.of_folder(self.folder, f"run {self.id} of the store")

    @property
    def chapter(self) -> str:
        """The chapter's name."""
        return self.record.inputs.chapter

    @property
    def results(self) -> Results:
        """Headline numbers, verdicts and formal tests, without words."""
        return results.read(self.folder / results.FILE_NAME)

    @property
    def acceptance(self) -> tuple[RecordedAcceptance, ...]:
        """Published results beside ours; empty for a chapter that compares none."""
        return acceptance.read(self.folder)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the words of the chapter may call, by name."""
        inputs = self.record.inputs
        return run_facts.of_run(self.folder, inputs.parameters, inputs.tables, self._project.root)

    @cached_property
    def words(self) -> ChapterWords:
        """The words of the chapter as its pages have them now, rendered from the facts."""
        return chapter_words.render(*self._written, self.facts, self.chapter)

    def texts_marked(self, mark: Mark) -> tuple[tuple[str, ...], str]:
        """Return the cells and the evidence of `words` with headline numbers marked."""
        if mark is marks.unmarked:
            return self.words.cells, self.words.evidence
        marked = chapter_words.texts_told(*self._written, self.facts, self.chapter, mark)
        told = (*self.words.cells, self.words.evidence)
        for (place, text), unmarked in zip(marked, told, strict=True):
            marks.check(text, unmarked, place)
        *cells, evidence = (marks.in_sentences(text) for _, text in marked)
        return tuple(cells), evidence

    @property
    def _written(self) -> tuple[Notebook, str]:
        """The chapter's notebook, and the page of its evidence or ""."""
        page = self._project.evidence(self.chapter)
        evidence = page.read_text(encoding="utf-8") if page.is_file() else ""
        return chapter_source.read(self._project.chapter(self.chapter)), evidence

    @cached_property
    def headline(self) -> dict[str, Headline]:
        """Headline numbers with their words, by name, most important first."""
        return told.headline(self.results, self.words, self.chapter)

    @cached_property
    def claims(self) -> dict[str, JudgedClaim]:
        """Verdicts with their words, by claim."""
        return told.claims(self.results, self.words, self.drawings, self.chapter)

    @cached_property
    def tests(self) -> dict[str, NamedTest]:
        """Formal tests with their words, by id."""
        return told.tests(self.results, self.words, self.chapter)

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Figures with their words, by id."""
        return told.figures(self.folder, self.words, self.chapter)

    @cached_property
    def drawings(self) -> dict[str, DrawingRecord]:
        """What the run knows of each figure, without words, by id."""
        return told.drawings(self.folder)

    @property
    def report(self) -> Report:
        """What it called when it was executed, as far as that is known."""
        home = self.folder.parent if self.is_whole else self.folder.parent.parent
        return report.read(home / entries.FOLDER, self.id)

    @property
    def is_whole(self) -> bool:
        """Whether it has a notebook and pictures."""
        return self.folder.parent.name not in (store.FACTS, store.NUMBERS)

    @property
    def _project(self) -> Project:
        """The checkout that the store belongs to."""
        return Project(self.folder.parents[2 if self.is_whole else 3])


def plan(
    project: Project,
    chapter: str,
    given: Mapping[str, Any] | None = None,
    problems: Sequence[str] = (),
) -> RunInputs:
    """Collect and hash the inputs of a run; nothing is executed.

    `given` are parameters that differ from the defaults, as they were written;
    `problems`, what was wrong with them before, is told with what is found here.
    """
    path = project.chapter(chapter)
    declaration = chapter_parameters.of_chapter(chapter)
    values = parameters.resolve(declaration, given or {}, problems)
    notebook = chapter_source.read(path)
    needs = chapter_source.dependencies_of(notebook, project.root, chapter)
    modules = {*needs.modules, *digested.rules_of(project, needs.tables)}
    return RunInputs(
        chapter=chapter,
        parameters=values,
        source=chapter_source.code_digest(notebook),
        tables=digested.of_tables(project, needs.tables),
        modules=digested.of_modules(project, sorted(modules)),
        lock=digests.of(project.lock.read_bytes()),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def find(project: Project, inputs: RunInputs) -> Run | None:
    """Return the stored run of these inputs, or None if there is none with a record that fits."""
    run = Run(project.runs / inputs.id)
    return run if _is_readable(run) else None


def find_facts(project: Project, inputs: RunInputs) -> Run | None:
    """Return the run of these inputs, whole or without pictures, or None if there is neither."""
    return find_whole(project, inputs) or _undamaged(project.runs / store.FACTS / inputs.id)


def find_numbers(project: Project, inputs: RunInputs) -> Run | None:
    """Return the run of these inputs if at least its numbers are there, or None."""
    return find_facts(project, inputs) or _undamaged(project.runs / store.NUMBERS / inputs.id)


def _undamaged(folder: Path) -> Run | None:
    run = Run(folder)
    return run if _is_readable(run) and not run.record.damaged_files() else None


def find_whole(project: Project, inputs: RunInputs) -> Run | None:
    """Return the stored run of these inputs if every file of it is as recorded, or None."""
    run = find(project, inputs)
    return run if run and not run.record.damaged_files() else None


def all_runs(project: Project, prefix: str = "") -> list[Run]:
    """Return every finished run whose id starts so, newest first; others are not read.

    Those without pictures or facts are among them.
    """
    # Of several with one id the one with most counts.
    homes = (project.runs / store.NUMBERS, project.runs / store.FACTS, project.runs)
    records = {
        path.parent.name: path
        for home in homes
        for path in home.glob(f"{prefix}*/{recorded.RECORD_NAME}")
    }
    newest = sorted(records.values(), key=lambda path: (-path.stat().st_mtime, path))
    return [run for path in newest if _is_readable(run := Run(path.parent))]


def stored(project: Project, run_id: str) -> Run | None:
    """Return the run of this id as the store has it, damaged or not; None if there is none."""
    homes = (project.runs, project.runs / store.FACTS, project.runs / store.NUMBERS)
    found = (Run(home / run_id) for home in homes)
    return next((run for run in found if run.folder.is_dir()), None)


def starting_with(project: Project, prefix: str) -> list[str]:
    """Return the ids of the finished runs whose ids start so, sorted."""
    is_beginning = re.fullmatch("[0-9a-f]+", prefix)
    return sorted(run.id for run in all_runs(project, prefix)) if is_beginning else []


def by_prefix(project: Project, prefix: str) -> Run:
    """Return the one run whose id starts with `prefix`; refuse one too short to mean a run."""
    if len(prefix) < _SHORTEST_PREFIX:
        raise ReferenceToRunError(
            f"{prefix!r}: a run is named by at least {_SHORTEST_PREFIX} characters of its id"
        )
    found = starting_with(project, prefix)
    if not found:
        raise ReferenceToRunError(f"no run in the store has an id that starts with {prefix!r}")
    if len(found) > 1:
        raise ReferenceToRunError(f"{prefix!r} may be any of the runs {', '.join(found)}")
    run = stored(project, found[0])
    assert run  # it was read just now
    return run


def _is_readable(run: Run) -> bool:
    """Whether a run has a record, whole and of its id: the hash of its inputs."""
    try:
        return run.record.id == run.id
    except RecordError:
        return False
