"""What a word stands for that someone wants proved: an id, a citation, a picture, a crate."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pybtex.database import Entry, parse_file
from pybtex.exceptions import PybtexError

from overtake.core.errors import (
    CitationError,
    InputsNotAtHandError,
    OvertakeError,
    PictureError,
    RecordError,
    ReferenceToRunError,
)
from overtake.core.paths import Project
from overtake.publishing import crates, framing, releases, stamping
from overtake.publishing.citations.catalogue import BOOK, Catalogue
from overtake.publishing.citations.keys import Keys, Named
from overtake.publishing.publication import Publication
from overtake.publishing.releases import Release
from overtake.publishing.stamp import Stamp
from overtake.publishing.stamping import Identification
from overtake.publishing.verification import enclosed
from overtake.publishing.verification.enclosed import Crate
from overtake.runs import runs, scenarios
from overtake.runs.recorded import Recorded, RunInputs
from overtake.runs.runs import Run

_RUN_ID = re.compile(r"[0-9a-f]{4,16}")  # or the beginning of one
_RUN_IN_NOTE = re.compile(r"\b[0-9a-f]{16}\b")


@dataclass(frozen=True)
class Subject:
    """A run on record that is to be proved, and for which figure's sake, if for one.

    The repetition must make `picture` again if the files of the run are not at hand. What
    `crate` says beside the run must be what this book says.
    """

    recorded: Recorded
    figure: str = ""
    picture: Identification | None = None
    crate: Crate | None = None

    @property
    def name(self) -> str:
        """What is proved, in words."""
        return crates.name_of(self.recorded, self.figure)

    @property
    def files(self) -> int:
        """How many files are compared."""
        return len(self.recorded.outputs) + (self.picture is not None)


@dataclass(frozen=True)
class Records:
    """The records of runs that are at hand: those of the store and those of released versions."""

    project: Project

    @cached_property
    def _releases(self) -> list[Release]:
        return releases.read_all(self.project)

    @cached_property
    def _released(self) -> Mapping[str, Recorded]:
        return {run.id: run for release in self._releases for run in release.runs}

    def find(self, id: str) -> Recorded | None:
        """Return the record of a run, of the store rather than of a release."""
        run = runs.stored(self.project, id)
        return run.record if run else self._released.get(id)

    def starting_with(self, prefix: str) -> Recorded | None:
        """Return the one run whose id starts so, or None; ReferenceToRunError if several do."""
        if not _RUN_ID.fullmatch(prefix):
            return None
        if exact := self.find(prefix):
            return exact
        released = {run for run in self._released if run.startswith(prefix)}
        found = sorted({*runs.starting_with(self.project, prefix), *released})
        if len(found) > 1:
            raise ReferenceToRunError(f"{prefix!r} may be any of the runs {', '.join(found)}")
        return self.find(found[0]) if found else None

    def figure(self, id: str) -> Recorded | None:
        """Return the run that made the newest released figure of this id, or None."""
        runs = (r.figures[id].run for r in self._releases if id in r.figures)
        return next(map(self.find, runs), None)

    def chapter(self, name: str) -> Recorded | None:
        """Return the newest released run of a chapter with its default parameters, or None."""
        runs = (run.id for run in self._released.values() if run.inputs.chapter == name)
        return next(map(self.find, runs), None)


def drawing_of(picture: Identification) -> str:
    """Return where its run keeps the drawing in a picture."""
    return f"figures/{picture.said.figure}.{picture.kind}"


def is_drawn_in(picture: Identification, folder: Path) -> bool:
    """Tell whether the drawing of a run, with the words of the stamp, makes this very picture."""
    said = picture.said
    try:
        return any(
            stamping.complete(said, framing.of_run(folder, words)[picture.kind]) == said
            for words in _wordings(said, folder)
        )
    except PictureError:
        return False


def _wordings(said: Stamp, folder: Path) -> Iterator[Stamp]:
    """Yield a stamp's words; one without a version lacks the subtitle, so with that of today."""
    yield said
    if not said.version:
        with suppress(OvertakeError, OSError, KeyError):
            yield replace(said, subtitle=Run(folder).figures[said.figure].subtitle)


@contextmanager
def named(project: Project, publication: Publication, word: str) -> Iterator[list[Subject]]:
    """Yield what a word stands for; what was unpacked for it is removed afterwards.

    It is ``book``, or a chapter, a figure, a run (the beginning of its id), a citation key,
    or the path of a ``.bib`` file, a crate (``.zip``) or a picture.
    """
    catalogue = Catalogue.of_published(project, publication)
    finder = _Finder(catalogue, Records(project), Keys(catalogue))
    path = Path(word)
    if "/" not in word and ("." not in word or finder.keys.look_like(word)):
        yield finder.of_id(word)
    elif path.suffix == ".bib":
        yield finder.of_bibliography(path)
    elif path.suffix == ".zip":
        with enclosed.opened(path) as crate:
            yield [Subject(crate.recorded, crate.figure, crate=crate)]
    else:
        yield [finder.of_picture(path)]


@dataclass(frozen=True)
class _Finder:
    catalogue: Catalogue
    records: Records
    keys: Keys

    def of_id(self, word: str) -> list[Subject]:
        """Return what an id or a citation key stands for; a renamed one for what it is now."""
        word = self.catalogue.now(word)
        if chapters := [i for i in self.catalogue.wanted if word in {BOOK, i.chapter}]:
            return [self._of_chapter(inputs) for inputs in chapters]
        self.catalogue.draw(word)
        if word in self.catalogue.figures:
            (run,) = self.catalogue.figures[word].runs
            return [_on_record(self.records.find(run), run, f"figure {word}", word)]
        if released := self.records.figure(word) or self.records.starting_with(word):
            return [Subject(released, word if word in released.figures else "")]
        if cited := self.keys.find(word):
            return self._cited(cited, word)
        if _RUN_ID.fullmatch(word) and not word.isalpha():
            raise ReferenceToRunError(
                f"no run that is at hand has an id that starts with {word!r}: neither the store "
                "nor releases/ has it"
            )
        kind = self.catalogue.find(word).kind  # which says what is near, if it is nothing at all
        raise CitationError(
            f"{word!r} is a {kind}, which no run makes; `overtake data check` checks it"
        )

    def of_bibliography(self, path: Path) -> list[Subject]:
        """Return the runs that the entries of a BibTeX file name."""
        try:
            entries = parse_file(str(path), bib_format="bibtex").entries
        except (OSError, UnicodeDecodeError, PybtexError) as error:
            raise RecordError(f"{path}: {error}") from None
        if not entries:
            raise RecordError(f"{path} holds no entry")
        return [s for key, entry in entries.items() for s in self._of_entry(path, key, entry)]

    def of_picture(self, path: Path) -> Subject:
        """Return the run that drew a picture, which must be what it drew."""
        found = stamping.identify_file(path)
        said = found.said
        if found.condition == "damaged":
            raise PictureError(f"{path} is damaged: {found.damage}")
        if found.condition in {"changed", "rewritten"}:
            raise PictureError(
                f"{path} was changed since it was stamped, so it does not show what the run drew. "
                f"The figure itself: `overtake verify {said.figure}`"
            )
        run = self.records.find(said.run) or self._stamped(said.run)
        if run.folder is None:
            return Subject(run, said.figure, found)
        if not is_drawn_in(found, run.folder):
            raise PictureError(
                f"{path}: its stamp says that run {said.run} drew it, but {run.place} has "
                f"another {drawing_of(found)}; the stamp is not to be trusted"
            )
        return Subject(run, said.figure)

    def _of_chapter(self, inputs: RunInputs) -> Subject:
        """Return the run of a chapter with its present inputs, else the last released one."""
        found = self.records.find(inputs.id) or self.records.chapter(inputs.chapter)
        return _on_record(found, inputs.id, f"chapter {inputs.chapter}")

    def _of_entry(self, path: Path, key: str, entry: Entry) -> list[Subject]:
        named, cited = _RUN_IN_NOTE.findall(entry.fields.get("note", "")), self.keys.find(key)
        if not named and cited is None:
            raise CitationError(f"{path}: entry {key} names no run and is no key of this book")
        if not named:
            raise RecordError(f"{path} is damaged in field note of entry {key}: it names no run")
        if cited and cited.release:
            _require_as_released(f"{path}: entry {key}", entry, set(named), cited)
        figure = cited.id if cited else ""
        runs = dict.fromkeys(named)
        what = f"the citation of {figure}"
        return [_on_record(self.records.find(run), run, what, figure) for run in runs]

    def _cited(self, cited: Named, key: str) -> list[Subject]:
        """Return the runs with which a version shows what a key names."""
        if cited.release is None or cited.id in cited.release.tables:
            return self.of_id(cited.id)
        what = f"citation {key}"
        return [_on_record(self.records.find(run), run, what, cited.id) for run in cited.runs]

    def _stamped(self, id: str) -> Recorded:
        """Return a run of which only a stamp says what it drew: its inputs are looked for here."""
        found = (Recorded(i, {}, "the picture's stamp") for i in self._planned() if i.id == id)
        return _on_record(next(found, None), id, "the picture").recorded

    def _planned(self) -> Iterator[RunInputs]:
        """Yield the runs of the book, then those of the book under each scenario."""
        yield from self.catalogue.wanted
        for chapters in scenarios.plans(self.catalogue.project).values():
            yield from chapters.values()


def _require_as_released(where: str, entry: Entry, named: set[str], cited: Named) -> None:
    """Refuse an entry that says something else of a version than its release."""
    release = cited.release
    assert release is not None
    for field, true in (("year", str(release.released.year)), ("version", release.version)):
        if (said := entry.fields.get(field, true)) != true:
            raise CitationError(
                f"{where} gives {field} {said}, but its key that of version {release.version}, "
                f"whose {field} is {true}"
            )
    if named != set(cited.runs):
        raise CitationError(
            f"{where} names run {', '.join(sorted(named))}, but version {release.version} shows "
            f"{cited.id} with run {', '.join(cited.runs)}. `overtake verify RUN` proves either"
        )


def _on_record(found: Recorded | None, id: str, what: str, figure: str = "") -> Subject:
    if found is None:
        raise InputsNotAtHandError(
            f"{what}: no record of run {id} is at hand, neither in the store nor in releases/, so "
            "there is nothing to compare with. A figure's page and `overtake crate` give one as a "
            "crate: `overtake verify FILE.zip`; `make book` makes the runs of this checkout"
        )
    return Subject(found, figure if figure in found.figures else "")
