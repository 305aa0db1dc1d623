"""Repeat a number: the sections that it rests on, and no others, and compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from overtake.chapter import facts, results
from overtake.chapter.results import RecordedNumber
from overtake.core import digests, locked
from overtake.core.errors import CitationError, InputsNotAtHandError, RecordError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import at_hand, releases, vintages
from overtake.publishing.citations.catalogue import BOOK, Catalogue
from overtake.publishing.citations.keys import Keys
from overtake.publishing.numbers import told_fact
from overtake.publishing.numbers.told_fact import ToldFact
from overtake.publishing.releases import Release
from overtake.publishing.verification.proof import TRUTH, WORDS, Deviation
from overtake.publishing.verification.subject import Records
from overtake.runs import repeating
from overtake.runs.engine import Limits
from overtake.runs.kept.report import Made
from overtake.runs.pools import NO_LIMITS
from overtake.runs.recorded import Recorded
from overtake.runs.words import fact_numbers
from overtake.runs.words import facts as run_facts

Outcome = Literal["reproduced", "within tolerance", "not reproduced"]
_COMPARED = ("value", "low", "high")
_PICTURES = "the pictures and the other files of the run: `overtake verify {}` repeats all of it"


@dataclass(frozen=True)
class Compared:
    """How a number came out again.

    Attributes
    ----------
    deviations : tuple of Deviation
        Value and ends of the interval that are not the same to the last digit.
    otherwise : tuple of str
        What else is said otherwise: n, level, kind, unit, day of the data.
    outcome : str
        See `Outcome`.
    """

    deviations: tuple[Deviation, ...]
    otherwise: tuple[str, ...]
    outcome: Outcome


@dataclass(frozen=True)
class RepeatedNumber:
    """What came of repeating a number.

    Attributes
    ----------
    id : str
        Its chapter, a slash and its name, or its path among the facts.
    recorded : Recorded
        The run on record.
    before, after : RecordedNumber
        The number on record, and as it was computed now.
    sections : tuple of Made
        The calls of sections that were computed for it, with the time that each took.
    kept : int
        How many calls of other sections were not repeated.
    compared : Compared
        How it came out.
    environment : tuple of str
        Packages that are not of the locked version, if something differs.
    unchecked : tuple of str
        What nothing here was compared with.
    """

    id: str
    recorded: Recorded
    before: RecordedNumber
    after: RecordedNumber
    sections: tuple[Made, ...]
    kept: int
    compared: Compared
    environment: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the number came out again."""
        return self.compared.outcome != "not reproduced"

    @property
    def seconds(self) -> float:
        """How long its sections took."""
        return sum(made.seconds for made in self.sections)


@dataclass(frozen=True)
class NamedNumber:
    """A number that a word names, and the release whose number is meant, if it says."""

    id: str
    release: Release | None = None

    @property
    def chapter(self) -> str:
        """Its chapter."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """Its name there, or its path among the facts."""
        return self.id.partition("/")[2]

    @property
    def is_fact(self) -> bool:
        """Whether it is no headline number."""
        return fact_numbers.is_path(self.name)


def named(catalogue: Catalogue, word: str) -> NamedNumber | None:
    """Return the number that an id, a name or a citation key stands for, or None.

    A name is one only if no chapter, figure or table is called so.
    """
    keys = Keys(catalogue)
    if keys.look_like(word) and "/" in word and (cited := keys.find(word)):
        _refuse_parameter(catalogue.fact(cited.id))
        return NamedNumber(catalogue.now(cited.id), cited.release) if "/" in cited.id else None
    drawn = (name for run in catalogue.runs.values() for name in run.drawings)
    others = {BOOK, *tables.names(), *drawn}
    if word in others or any(inputs.chapter == word for inputs in catalogue.wanted):
        return None
    found = catalogue.find_number(word) or catalogue.find_number(catalogue.now(word))
    if found is None and _looks_like_one(catalogue, word):
        found = catalogue.find(word)  # or it says what is near
        _refuse_parameter(catalogue.fact(word))
    return NamedNumber(found.id) if found else None


def _refuse_parameter(fact: ToldFact | None) -> None:
    if fact is not None and fact.behind is None:
        name = fact.path.rpartition(".")[2]
        raise CitationError(
            f"{fact.id} is a parameter: it is given, not computed; `overtake run {fact.chapter} "
            f"-p {name}=…` gives another"
        )


def _looks_like_one(catalogue: Catalogue, word: str) -> bool:
    """Whether a word begins as the id of a number does, and is no file."""
    chapter, slash, _ = word.partition("/")
    chapters = [inputs.chapter for inputs in catalogue.wanted]
    return bool(slash) and chapter in chapters and not Path(word).exists()


def verify(
    catalogue: Catalogue, number: NamedNumber, tolerance: float, limits: Limits = NO_LIMITS
) -> RepeatedNumber:
    """Repeat the sections behind a number, and compare it with the record.

    An `InputsNotAtHandError` says so if its run was made from other inputs than are here.
    """
    project = catalogue.project
    recorded = _recorded(catalogue, number)
    before = _on_record(project, recorded, number)
    vintage = vintages.holding(project, recorded.inputs.tables) or vintages.current(project)
    with vintages.in_use(project, vintage):
        inputs = at_hand.require_inputs(project, recorded)
        sections = [section.dotted for section in catalogue.behind(number.id).sections]
        repeat = repeating.repeat_facts if number.is_fact else repeating.repeat_numbers
        done = repeat(project, inputs, sections, limits)
    after = _in(done.found, number)
    if after is None:
        raise RecordError(f"run {recorded.id} repeated has no number {number.name!r}")
    made = [each for each in done.report.made if each.is_of_a_section]
    kept = sum(each.was_kept for each in made)
    compared = compare(before, after, tolerance)
    return RepeatedNumber(
        number.id,
        recorded,
        before,
        after,
        tuple(each for each in made if not each.was_kept),
        kept,
        compared,
        locked.deviations(project) if compared.outcome != "reproduced" else (),
        tuple(_unchecked(number.chapter, kept)),
    )


def _recorded(catalogue: Catalogue, number: NamedNumber) -> Recorded:
    """Return the run of a number: of the release that is meant, else of what is here."""
    records, chapter = Records(catalogue.project), number.chapter
    if number.release:
        runs = [run.id for run in number.release.runs if run.inputs.chapter == chapter]
    else:
        runs = [inputs.id for inputs in catalogue.wanted if inputs.chapter == chapter]
    found = next(filter(None, map(records.find, runs)), None) or records.chapter(chapter)
    if found is None:
        raise InputsNotAtHandError(
            f"number {number.id}: no record of run {', '.join(runs)} is at hand, neither in the "
            "store nor in releases/, so there is nothing to compare with; `make book` makes it"
        )
    return found


def _on_record(project: Project, recorded: Recorded, number: NamedNumber) -> RecordedNumber:
    """Return a number as its run has it, else as a release that shows the run."""
    found: RecordedNumber | None = None
    if recorded.folder is not None:
        group = number.name.partition(".")[0]
        name = facts.path_of(group) if number.is_fact else results.FILE_NAME
        path = recorded.folder / name
        if name not in recorded.outputs:
            raise RecordError(f"{recorded.place} has no facts {group!r} to compare with")
        if digests.of_file(path) != recorded.outputs[name]:
            raise RecordError(
                f"{path} is not what the record says; remove the run's folder, and `make book` "
                "makes it again"
            )
        is_fact, folder = number.is_fact, recorded.folder
        found = _in(run_facts.read(folder) if is_fact else vars(results.read(path)), number)
    for release in releases.read_all(project) if found is None else ():
        if any(run.id == recorded.id for run in release.runs):
            found = release.numbers.get(number.chapter, {}).get(number.name)
    if found is None:
        why = ": releases keep headline numbers only" if number.is_fact else ""
        raise RecordError(f"{recorded.place} has no number {number.name!r} to compare with{why}")
    return found


def _in(found: Mapping[str, Any], number: NamedNumber) -> RecordedNumber | None:
    """Return a number from a run's facts, or from its results."""
    if not number.is_fact:
        named: RecordedNumber | None = found["numbers"].get(number.name)
        return named
    *_, part = fact_numbers.parts(found, number.name)
    return told_fact.as_number(number.name, part.content)


def compare(before: RecordedNumber, after: RecordedNumber, tolerance: float) -> Compared:
    """Compare a number on record with the same number computed again."""
    deviations, otherwise = _deviations(before, after), _otherwise(before, after)
    if otherwise or not all(each.relative <= tolerance for each in deviations):
        return Compared(deviations, otherwise, "not reproduced")
    return Compared(deviations, otherwise, "within tolerance" if deviations else "reproduced")


def _deviations(before: RecordedNumber, after: RecordedNumber) -> tuple[Deviation, ...]:
    """Return what is not the same to the last digit; NaN is the same as NaN."""
    first, second = before.estimate, after.estimate
    scale = max(map(abs, (first.value, first.low, first.high, second.value)))
    pairs = [(part, getattr(first, part), getattr(second, part)) for part in _COMPARED]
    return tuple(
        Deviation(part, old, new, scale) for part, old, new in pairs if repr(old) != repr(new)
    )


def _otherwise(before: RecordedNumber, after: RecordedNumber) -> tuple[str, ...]:
    """Say what else differs; n has no scale, so that any other is another."""
    pairs = {
        "n": (before.estimate.n, after.estimate.n),
        "level": (before.estimate.level, after.estimate.level),
        "kind of interval": (before.estimate.kind, after.estimate.kind),
        "unit": (before.estimate.unit, after.estimate.unit),
        "data until": (before.data_until, after.data_until),
    }
    return tuple(
        f"{what}: {old!r}, now {new!r}" for what, (old, new) in pairs.items() if old != new
    )


def _unchecked(chapter: str, kept: int) -> list[str]:
    others = f"the other sections of chapter {chapter}, whose {kept} kept results were used"
    return [*([others] if kept else []), _PICTURES.format(chapter), WORDS, TRUTH]
