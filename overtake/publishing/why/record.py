"""Answers on record, ``releases/why/<version>.json``: why numbers moved since a release.

Git keeps them, so that pages tell them in a clone in which nothing was run. An answer belongs
to the numbers at its ends: a page tells it as long as it shows these.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from overtake.chapter.results import RecordedNumber
from overtake.core import atomic
from overtake.core.errors import RecordError
from overtake.core.paths import Project
from overtake.publishing.numbers import told
from overtake.publishing.why import pairing
from overtake.publishing.why.answers import OTHER_SEEDS, Answer, ChapterAnswer, Question
from overtake.publishing.why.rerunning import Machine, ObstacleError
from overtake.publishing.why.states import Recipe, State
from overtake.runs import recorded

FOLDER = "why"
_FORMAT = 1


@dataclass(frozen=True)
class Answers:
    """Why numbers moved since a release, by chapter; `refused` says which could not be split."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    since: str
    chapters: tuple[ChapterAnswer, ...]
    refused: Mapping[str, str]

    def of(self, chapter: str) -> Iterator[ChapterAnswer]:
        """Yield what is known of a chapter, more than once if its numbers were of several."""
        return (each for each in self.chapters if each.chapter == chapter)

    def find(self, chapter: str, name: str) -> tuple[ChapterAnswer, Answer] | None:
        """Return why a number moved, with what is known of its chapter."""
        found = ((each, each.answer(name)) for each in self.of(chapter))
        return next(((each, answer) for each, answer in found if answer), None)

    def told(
        self, chapter: str, before: RecordedNumber, now: RecordedNumber
    ) -> tuple[ChapterAnswer, Answer] | None:
        """Return why a number moved, if it did so from and to these, as they are shown."""
        found = self.find(chapter, now.name)
        if found is None:
            return None
        ends = ((found[1].before, before), (found[1].now, now))
        return found if all(told.short(one) == told.short(other) for one, other in ends) else None


def path_of(project: Project, version: str) -> Path:
    """Return where the answers since a version are kept."""
    return project.releases / FOLDER / f"{version}.json"


def read(project: Project, version: str) -> Answers | None:
    """Return the answers since a version; None if there are none on record."""
    path = path_of(project, version)
    if not path.is_file():
        return None
    return _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, _changed: int) -> Answers:
    """Read and check a record once, though every number's page asks for it."""
    content = recorded.read_json(path)
    if content.pop("format", None) != _FORMAT:
        raise RecordError(f"{path} is damaged in field format: it is not {_FORMAT}")
    try:
        return TypeAdapter(Answers).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        raise RecordError(f"{path} is damaged in field {field}: {first['msg'].lower()}") from None


def as_json(answers: Answers) -> str:
    """Write answers, the same for the same ones."""
    content = {"format": _FORMAT, **asdict(answers)}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def write(project: Project, answers: Answers) -> Path:
    """Put answers on record; return where."""
    path = path_of(project, answers.since)
    atomic.write(path, as_json(answers).encode())
    return path


def gather(
    project: Project, machine: Machine, then: State, now: State, other_seeds: int = OTHER_SEEDS
) -> Iterator[ChapterAnswer | tuple[str, str]]:
    """Yield why the numbers of each chapter moved since a release, or its name and why not."""
    known = pairing.flat(then.release.numbers) if then.release else {}
    found = dict[pairing.Place, RecordedNumber]()
    for chapter in project.chapter_names():
        try:
            ran = machine.run(Recipe(chapter, now.tree, now.tree, now.tree))
        except ObstacleError as obstacle:
            yield chapter, str(obstacle)
        else:
            found |= {(chapter, name): number for name, number in ran.numbers.items()}
    both = dict[tuple[str, str], set[str]]()
    for pair in pairing.pairs(known, found):
        if pair.before and pair.now:
            both.setdefault((pair.chapter, pair.chapter_before), set()).add(pair.name)
    for (chapter, before), names in sorted(both.items()):
        question = Question(
            project, machine, then, now, chapter, before, frozenset(names), other_seeds
        )
        try:
            yield question.answer()
        except ObstacleError as obstacle:
            yield chapter, str(obstacle)


def collect(since: str, gathered: Iterable[ChapterAnswer | tuple[str, str]]) -> Answers:
    """Put together what was gathered."""
    chapters, refused = list[ChapterAnswer](), dict[str, str]()
    for each in gathered:
        if isinstance(each, ChapterAnswer):
            chapters.append(each)
        else:
            refused[each[0]] = each[1]
    return Answers(since, tuple(chapters), refused)
