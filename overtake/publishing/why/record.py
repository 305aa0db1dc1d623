"""Answers on record in ``releases/why/``: why numbers moved since a release, by its version.

So do those of forecasts between two days of the log, by the later day. Git keeps them, so that
pages tell them in a clone in which nothing was run. An answer belongs to the numbers at its
ends: a page tells it as long as it shows these.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from overtake.chapter.results import RecordedNumber
from overtake.core import atomic
from overtake.core.errors import RecordError
from overtake.core.paths import Project
from overtake.publishing import forecast_log
from overtake.publishing.numbers import told
from overtake.publishing.releases import Release
from overtake.publishing.why import pairing
from overtake.publishing.why.answers import Answer, ChapterAnswer, Question
from overtake.publishing.why.defaults import NOW, OTHER_SEEDS
from overtake.publishing.why.forecasts import name_of
from overtake.publishing.why.rerunning import Machine, ObstacleError
from overtake.publishing.why.states import Recipe, State
from overtake.runs import recorded

FOLDER = "why"
Chapters = tuple[str, str]  # the chapter that has numbers now, and the one that had them
_FORMAT = 1


@dataclass(frozen=True)
class Answers:
    """Why numbers moved between two states, by chapter.

    Attributes
    ----------
    since, until : str
        A version and ``now``, or two days of the log of forecasts.
    chapters : tuple of ChapterAnswer
    refused : mapping
        Why nothing could be run of a chapter, by its name.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    since: str
    until: str
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


def path_of(project: Project, name: str) -> Path:
    """Return where the answers since a version, or of a day of the log, are kept."""
    return project.releases / FOLDER / f"{name}.json"


def read(project: Project, name: str) -> Answers | None:
    """Return the answers since a version, or of a day; None if there are none on record."""
    path = path_of(project, name)
    if not path.is_file():
        return None
    return _parsed(path, path.stat().st_mtime_ns)


def of_days(project: Project, days: Iterable[str]) -> list[Answers]:
    """Return the answers of days of the log that are on record, the newest first."""
    found = (read(project, day) for day in sorted(set(days), reverse=True))
    return [answers for answers in found if answers]


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
    is_since = answers.until == NOW
    path = path_of(project, answers.since if is_since else answers.until)
    atomic.write(path, as_json(answers).encode())
    return path


def numbers_of_both(
    project: Project, machine: Machine, then: Release, now: State
) -> dict[Chapters, frozenset[str]]:
    """Return the names of the headline numbers that a release and now have, by chapters."""
    found = dict[pairing.Place, RecordedNumber]()
    for chapter in project.chapter_names():
        with suppress(ObstacleError):  # which is told when its numbers are asked for
            ran = machine.run(Recipe(chapter, now.tree, now.tree, now.tree))
            known = ((chapter, name) for name in ran.numbers)
            found |= dict(zip(known, ran.numbers.values(), strict=True))
    both = dict[Chapters, set[str]]()
    for pair in pairing.pairs(pairing.flat(then.numbers), found):
        if pair.before and pair.now:
            both.setdefault((pair.chapter, pair.chapter_before), set()).add(pair.name)
    return {chapters: frozenset(names) for chapters, names in sorted(both.items())}


def forecasts_of_both(project: Project, then: str, now: str) -> dict[Chapters, frozenset[str]]:
    """Return the names of the forecasts that were logged on both of two days, by chapters."""
    logged = forecast_log.read(project).forecasts
    said = ({(f.chapter, name_of(f)) for f in logged if f.made == day} for day in (then, now))
    both = dict[Chapters, set[str]]()
    for chapter, name in set.intersection(*said):
        both.setdefault((chapter, chapter), set()).add(name)
    return {chapters: frozenset(names) for chapters, names in sorted(both.items())}


def gather(
    project: Project, machine: Machine, ends: tuple[State, State],
    names: Mapping[Chapters, frozenset[str]], other_seeds: int = OTHER_SEEDS,
) -> Iterator[ChapterAnswer | tuple[str, str]]:  # fmt: skip
    """Yield why the numbers of each chapter moved from end to end, or its name and why not."""
    for (chapter, before), wanted in names.items():
        question = Question(project, machine, *ends, chapter, before, wanted, other_seeds)
        try:
            yield question.answer()
        except ObstacleError as obstacle:
            yield chapter, str(obstacle)


def collect(since: str, until: str, gathered: Iterable[ChapterAnswer | tuple[str, str]]) -> Answers:
    """Put together what was gathered."""
    chapters, refused = list[ChapterAnswer](), dict[str, str]()
    for each in gathered:
        if isinstance(each, ChapterAnswer):
            chapters.append(each)
        else:
            refused[each[0]] = each[1]
    return Answers(since, until, tuple(chapters), refused)
