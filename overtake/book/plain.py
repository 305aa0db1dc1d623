"""The words of plain pages, rendered from the facts of all chapters."""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from overtake.book import building, freshness
from overtake.book.changes import Changes
from overtake.book.scenario_page import Outcome, Scenarios
from overtake.chapter.acceptance import RecordedAcceptance
from overtake.core import digests
from overtake.core.errors import ResultError
from overtake.core.paths import Project
from overtake.publishing import publication
from overtake.publishing.publication import Publication
from overtake.runs import chapter_parameters
from overtake.runs.runs import Run
from overtake.runs.words import expressions, facts, marks
from overtake.runs.words.facts import Facts
from overtake.runs.words.marks import Mark

MODULES_SETTING = "overtake_pages"
"""In ``_config.yml``: dotted names of the book's own modules whose functions its pages call."""


@dataclass(frozen=True)
class PlainNames:
    """What the words of a plain page may call.

    Each chapter stands under its name, with underscores: its facts, and `numbers`, `claims`,
    `tests` and `figures` with their words. Besides there are all `runs` by chapter, published
    results beside ours (`acceptance`), the `scenarios`, the measured `coverage` of intervals,
    `data_until` for the note on the data behind what it is given, `oldest_data` for the same in
    a few words, the `changes` since the last release, who issued the `book` and when, if
    ``CITATION.cff`` says so, and the book's own modules.
    """

    root: Path
    runs: Mapping[str, Run]
    find_outcomes: Callable[[], Sequence[Outcome]]
    modules: Sequence[str] = ()
    released: date | None = None

    def render(self, text: str, place: str) -> str:
        """Render a page's text; the place is for messages about it."""
        return expressions.render(text, self.names, place)

    def render_marked(self, text: str, place: str, mark: Mark) -> str:
        """Render a page's text with the headline numbers in its sentences marked."""
        told = self.render(text, place)
        if mark is marks.unmarked:
            return told
        marked = expressions.render(text, self.names, place, mark)
        marks.check(marked, told, place)
        return marks.in_sentences(marked)

    @cached_property
    def names(self) -> Mapping[str, Any]:
        """Everything by name, made when it is called."""
        return _MadeWhenCalled(
            {
                **{
                    chapter_parameters.package_of(name): partial(of_chapter, run)
                    for name, run in self.runs.items()
                },
                **{
                    name.rpartition(".")[2]: partial(importlib.import_module, name)
                    for name in self.modules
                },
                "runs": lambda: self.runs,
                "acceptance": lambda: acceptance(self.runs),
                "scenarios": lambda: Scenarios(self.find_outcomes()),
                "coverage": lambda: facts.read_coverage(self.root),
                "data_until": lambda: self._data_until,
                "oldest_data": lambda: self._oldest_data,
                "changes": lambda: Changes(self.root, self.runs),
                "book": lambda: self._book,
            }
        )

    def _data_until(self, *shown: object) -> str:
        """Say how far the data behind verdicts, figures and numbers reach; warn of old ones."""
        return freshness.note(freshness.of_shown(*shown), self.released)

    def _oldest_data(self, *shown: object) -> str:
        """Say the same in a few words."""
        return freshness.brief(freshness.of_shown(*shown), self.released)

    @property
    def _book(self) -> Publication | None:
        """Title, authors, version and day of the book as it was issued."""
        is_issued = (self.root / publication.FILE_NAME).is_file()
        return publication.read(Project(self.root)) if is_issued else None


class _MadeWhenCalled(Mapping[str, Any]):
    """Values by name, each made when it is first called."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def names_of(app: Sphinx) -> PlainNames:
    """Return what the words of plain pages may call in a build."""
    build = building.of(app)
    modules = app.config[MODULES_SETTING]
    root, released = build.project.root, build.released
    return PlainNames(root, build.runs, lambda: build.all_outcomes, modules, released)


def state_of(modules: Sequence[str]) -> str:
    """Return a hash of the book's modules, on which its pages depend."""
    files = [importlib.import_module(name).__file__ or "" for name in modules]
    return digests.of("\n".join(digests.of_file(Path(file)) or "" for file in files).encode())


def of_chapter(run: Run) -> Facts:
    """Return what other pages may call of a chapter: its facts, and its results with words."""
    told = {
        "numbers": run.headline,
        "claims": run.claims,
        "tests": run.tests,
        "figures": run.figures,
    }
    return Facts(run.chapter, {**run.facts, **told})


def acceptance(runs: Mapping[str, Run]) -> list[RecordedAcceptance]:
    """Return the published results of all chapters beside ours, each under an id of its own."""
    records = [record for name in sorted(runs) for record in runs[name].acceptance]
    ids = [record.id for record in records]
    if doubled := sorted({key for key in ids if ids.count(key) > 1}):
        raise ResultError(f"two chapters check the same published result: {', '.join(doubled)}")
    return records
