"""What the book says otherwise than its last release: numbers and verdicts, and why.

The release's record has them with the hashes of all that they were made from, so that what
moved a number is told by what differs: tables, parameters, code. What a person knows of the
reason stands in ``chapters/what_changed.csv``: for a version, a chapter, and a number or a claim
(``*`` for all others of the chapter), a sentence.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from overtake.chapter.results import RecordedNumber
from overtake.core import prose
from overtake.core.errors import WordsError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import releases
from overtake.publishing.history import git
from overtake.publishing.numbers import told
from overtake.publishing.releases import Release
from overtake.publishing.why import pairing, record, words
from overtake.publishing.why.answers import Answer
from overtake.publishing.why.pairing import Pair, Place
from overtake.publishing.why.record import Answers
from overtake.runs.compare import NOT_JUDGED
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run

REASONS_NAME = "what_changed.csv"
NOT_EXPLAINED = "not yet explained"
_HEADER = ["since", "chapter", "name", "reason"]
_ALL_OTHERS = "*"
_MOST_NAMED = 4
_MACHINERY = "overtake/"


@dataclass(frozen=True)
class Change:
    """A number or verdict that is not as it was released; "" stands for what is not there.

    `until_before` and `until_now` are the days to which the data reach; `cause` is what
    differs between the two runs, and `reason` what the book says of it. `split` is how far
    each input moved a number, by runs of what lies in between, where that is on record; then
    there is no `cause` to guess, and `mover` is the input that moved it farthest.
    """

    chapter: str
    name: str
    label: str
    before: str
    until_before: str
    now: str
    until_now: str
    cause: str
    reason: str
    split: str = ""
    mover: str = ""

    @property
    def is_explained(self) -> bool:
        """Whether the book gives the reason."""
        return self.reason != NOT_EXPLAINED


@dataclass(frozen=True)
class Changes:
    """What differs between a release and the runs that the book shows.

    It is the newest release from which anything differs: the book as it was just released
    tells what has changed since the version before.
    """

    root: Path
    runs: Mapping[str, Run]

    @cached_property
    def releases(self) -> list[Release]:
        """All releases, newest first."""
        return releases.read_all(Project(self.root))

    @cached_property
    def last(self) -> Release | None:
        """The release that is compared with; None in a first edition."""
        newest = next(iter(self.releases), None)
        return next(filter(self._is_otherwise, self.releases), newest)

    @cached_property
    def numbers(self) -> list[Change]:
        """Headline numbers that differ at the digits with which they are shown."""
        return [change for change in self._numbers if change.before and change.now]

    @cached_property
    def new(self) -> list[Change]:
        """Headline numbers that the release lacks."""
        return [change for change in self._numbers if not change.before]

    @cached_property
    def gone(self) -> list[Change]:
        """Headline numbers that the release has, and the book no more."""
        return [change for change in self._numbers if not change.now]

    @cached_property
    def verdicts(self) -> list[Change]:
        """Verdicts that differ; a part that one side lacks is not judged there.

        A claim that had one verdict is set beside each of its parts.
        """
        if self.last is None:
            return []
        pairs = pairing.pairs(self._as_parts(pairing.flat(self.last.verdicts)), self._verdicts_now)
        return [self._verdict(self.last, pair) for pair in pairs if pair.before != pair.now]

    @property
    def unexplained(self) -> list[Change]:
        """What moved without the book saying why."""
        return [each for each in (*self.verdicts, *self.numbers) if not each.is_explained]

    @property
    def split(self) -> list[Change]:
        """The numbers of which it is on record how far each input moved them."""
        return [each for each in self.numbers if each.split]

    @property
    def moved_most(self) -> Mapping[str, int]:
        """How many of these each input moved farthest, the most first."""
        return dict(Counter(each.mover for each in self.split).most_common())

    @property
    def compared(self) -> int:
        """Headline numbers that both the release and the book have."""
        then = pairing.flat(self.last.numbers) if self.last else {}
        return sum(
            bool(pair.before and pair.now) for pair in pairing.pairs(then, self._numbers_now)
        )

    @cached_property
    def _numbers_now(self) -> dict[Place, RecordedNumber]:
        return pairing.flat({name: run.results.numbers for name, run in self.runs.items()})

    @cached_property
    def _verdicts_now(self) -> dict[Place, str]:
        return {
            (name, claim): judged.verdict
            for name, run in self.runs.items()
            for claim, judged in run.results.claims.items()
        }

    @cached_property
    def _claims(self) -> dict[str, str]:
        """The claim of each part that is judged now."""
        found = (run.results.claims for run in self.runs.values())
        return {part: each.claim for claims in found for part, each in claims.items()}

    def _as_parts(self, released: Mapping[Place, str]) -> dict[Place, str]:
        """Return released verdicts by part: a claim's counts for each part that it has now."""
        parts = dict[str, list[str]]()
        for part, claim in self._claims.items():
            parts.setdefault(claim, []).append(part)
        return {
            (chapter, part): word
            for (chapter, name), word in released.items()
            for part in ([name] if name in self._claims else parts.get(name, [name]))
        }

    def _is_otherwise(self, release: Release) -> bool:
        """Whether a number or a verdict is not as it was released."""
        shown, released_as = (
            {place: _shown(number) for place, number in numbers.items()}
            for numbers in (self._numbers_now, pairing.flat(release.numbers))
        )
        return shown != released_as or self._verdicts_now != pairing.flat(release.verdicts)

    @cached_property
    def _numbers(self) -> list[Change]:
        if self.last is None:
            return []
        pairs = pairing.pairs(pairing.flat(self.last.numbers), self._numbers_now)
        return [
            self._number(self.last, pair)
            for pair in pairs
            if _shown(pair.before) != _shown(pair.now)
        ]

    def _number(self, last: Release, pair: Pair[RecordedNumber]) -> Change:
        before, now, split = pair.before, pair.now, self._split(pair)
        return Change(
            chapter=pair.chapter,
            name=pair.name,
            label=self.runs[pair.chapter].headline[pair.name].label if now else pair.name,
            before=_shown(before),
            until_before=before.data_until if before else "",
            now=_shown(now),
            until_now=now.data_until if now else "",
            cause="" if split else self._cause(last, pair),
            reason=self._reason(pair),
            split=words.parts(split) if split else "",
            mover=words.mover(split) if split else "",
        )

    def _split(self, pair: Pair[RecordedNumber]) -> Answer | None:
        """Return how far each input moved a number; None if that is not on record."""
        if self._answers is None or pair.before is None or pair.now is None:
            return None
        found = self._answers.told(pair.chapter, pair.before, pair.now)
        return found[1] if found and found[1].parts and found[1].change else None

    @cached_property
    def _answers(self) -> Answers | None:
        return record.read(Project(self.root), self.last.version) if self.last else None

    def _verdict(self, last: Release, pair: Pair[str]) -> Change:
        run = self.runs.get(pair.chapter)
        judged = run.claims.get(pair.name) if run else None
        behind = run.figures[judged.figure].tables if run and judged and judged.figure else ()
        return Change(
            chapter=pair.chapter,
            name=pair.name,
            label=pair.name,
            before=pair.before or NOT_JUDGED,
            until_before=_oldest(behind, self._reaches_then) if pair.before else "",
            now=pair.now or NOT_JUDGED,
            until_now=judged.data.until if judged and judged.data else "",
            cause=self._cause(last, pair),
            reason=self._reason(pair),
        )

    @cached_property
    def _tables(self) -> dict[str, str]:
        return releases.tables_of(Project(self.root))

    @cached_property
    def _reaches_then(self) -> Mapping[str, str]:
        """How far each table reached in the release; of old records the vintage, by git."""
        if self.last is None or self.last.reaches:
            return self.last.reaches if self.last else {}
        name = f"{self.last.commit}:./data/datapackage.json"
        package = git(Project(self.root), "cat-file", "blob", name)
        described = json.loads(package)["resources"] if package else []
        return {each["name"]: tables.last_day(each["vintage"]) for each in described}

    def _cause(self, last: Release, pair: Pair[Any]) -> str:
        """Return what differs between a chapter's run in the release and its run now."""
        chapter = pair.chapter_before
        then = next((run.inputs for run in last.runs if run.inputs.chapter == chapter), None)
        if then is None or pair.chapter not in self.runs:
            return "new chapter" if then is None else "chapter gone"
        now = self.runs[pair.chapter].record.inputs
        used = sorted(then.tables.keys() | now.tables.keys())
        changed = [
            tables.describe(name).title if name in self._tables else name
            for name in used
            if last.tables.get(name) != self._tables.get(name)
        ]
        parts = [f"data: {_listed(changed)}"] if changed else []
        if chapter == pair.chapter:
            parts += _other_causes(then, now)
        else:  # two chapters have hardly a parameter or a file in common
            parts.insert(0, f"place: before in {chapter}")
        return "; ".join(parts) or "the machinery or the environment"

    @cached_property
    def _reasons(self) -> dict[Place, str]:
        path = Project(self.root).chapters / REASONS_NAME
        version = self.last.version if self.last else ""
        return {(c, n): reason for since, c, n, reason in _rows(path) if since == version}

    @cached_property
    def _checked_reasons(self) -> dict[Place, str]:
        """The reasons; refused are those about what neither side has."""
        known = {*self._numbers_now, *self._verdicts_now}
        if self.last:
            known |= {*pairing.flat(self.last.numbers), *pairing.flat(self.last.verdicts)}
        known |= {(chapter, self._claims.get(name, name)) for chapter, name in known}
        known |= {(chapter, _ALL_OTHERS) for chapter, _ in known}
        if strange := [place for place in self._reasons if place not in known]:
            nearest = prose.suggestion(" ".join(strange[0]), map(" ".join, known))
            raise WordsError(
                f"chapters/{REASONS_NAME}: there is no {' '.join(strange[0])!r}{nearest}"
            )
        return self._reasons

    def _reason(self, pair: Pair[Any]) -> str:
        found = self._checked_reasons
        names = (pair.name, self._claims.get(pair.name, pair.name), _ALL_OTHERS)
        given = (found[pair.chapter, name] for name in names if (pair.chapter, name) in found)
        return next(given, NOT_EXPLAINED)


def _other_causes(then: RunInputs, now: RunInputs) -> Iterator[str]:
    """Yield what differs besides data; the machinery is told of only where nothing else is."""
    names = sorted(then.parameters.keys() | now.parameters.keys())
    if other := [n for n in names if then.parameters.get(n) != now.parameters.get(n)]:
        yield f"parameters: {_listed(other)}"
    paths = sorted(then.modules.keys() | now.modules.keys())
    code = [p for p in paths if then.modules.get(p) != now.modules.get(p)]
    own = [path for path in code if not path.startswith(_MACHINERY)]
    if own:
        yield f"code: {len(own)} {'file' if len(own) == 1 else 'files'}"
    elif then.source != now.source:
        yield "code: the notebook"


def _shown(number: RecordedNumber | None) -> str:
    """Write a number with its interval as the book shows it."""
    return told.short(number) if number else ""


def _oldest(names: Iterable[str], reaches: Mapping[str, str]) -> str:
    """Return the oldest day of those tables that are known and not historical; "" if none is."""
    ageing = [name for name in names if not tables.describe(name).historical]
    return min((reaches[name] for name in ageing if name in reaches), default="")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of the book's own reasons, if it gives any."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            if len(row) != len(_HEADER) or (number == 1 and row != _HEADER):
                raise WordsError(f"{path}: line {number} must be {','.join(_HEADER)}")
            if number > 1:
                yield row
