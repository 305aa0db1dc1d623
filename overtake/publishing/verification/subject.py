"""What a word stands for that someone wants proved: an id, a citation, a picture, a crate."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from pybtex.database import Entry, parse_file
from pybtex.exceptions import PybtexError

from overtake.core.errors import (
    CitationError,
    InputsNotAtHandError,
    PictureError,
    RecordError,
    ReferenceToRunError,
)
from overtake.core.paths import Project
from overtake.publishing import framing, releases, stamping
from overtake.publishing.citations.catalogue import BOOK, Catalogue
from overtake.publishing.publication import Publication
from overtake.publishing.releases import Release
from overtake.publishing.stamping import Identification
from overtake.runs import recorded, runs, scenarios
from overtake.runs.recorded import Recorded, RunInputs
from overtake.runs.runs import Run

RUN_IN_CRATE = "run/"
"""Where a crate holds the files of its run."""

_RUN_ID = re.compile(r"[0-9a-f]{4,16}")
"""What may be a run's id or the beginning of one."""
_FULL_ID = 16
_RUN_IN_NOTE = re.compile(r"\b[0-9a-f]{16}\b")
_LARGEST_CRATE_BYTES = 256 * 2**20
_UNTRUE = "changed since it was stamped, so it does not show what the run drew"


@dataclass(frozen=True)
class Subject:
    """A run on record that is to be proved, and for which figure's sake, if for one."""

    recorded: Recorded
    figure: str = ""
    picture: Identification | None = None
    """What the repetition must make again, if the files of the run are not at hand."""

    @property
    def name(self) -> str:
        """What is proved, in words."""
        run = f"run {self.recorded.id} of {self.recorded.inputs.chapter}"
        return f"figure {self.figure}, {run}" if self.figure else run

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
        run = Run(self.project.runs / id)
        return run.record if run.folder.is_dir() else self._released.get(id)

    def starting_with(self, prefix: str) -> Recorded | None:
        """Return the one run whose id starts so, or None; ReferenceToRunError if several do."""
        if not _RUN_ID.fullmatch(prefix):
            return None
        if len(prefix) == _FULL_ID:
            return self.find(prefix)
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
    """Tell whether the drawing of a run makes this very picture.

    The title and the credit are those of the stamp: the words of a chapter may have
    changed since.
    """
    said = picture.said
    try:
        made = framing.of_run(folder, said.figure, title=said.title, credit=said.data)
        return stamping.complete(said, made[picture.kind]) == said
    except PictureError:
        return False


@contextmanager
def named(project: Project, publication: Publication, word: str) -> Iterator[list[Subject]]:
    """Yield what a word stands for; what was unpacked for it is removed afterwards.

    It is ``book``, or a chapter, a figure, a run (the beginning of its id), a citation key,
    or the path of a ``.bib`` file, a crate (``.zip``) or a picture.

    Raises
    ------
    CitationError, ReferenceToRunError
        If it stands for nothing, or for several runs.
    InputsNotAtHandError
        If it names a run of which no record is at hand.
    PictureError, RecordError
        If a picture, a record or a file is damaged; says where.
    """
    finder = _Finder(Catalogue.of_published(project, publication), Records(project))
    path = Path(word)
    if "." not in word and "/" not in word:
        yield finder.of_id(word)
    elif path.suffix == ".bib":
        yield finder.of_bibliography(path)
    elif path.suffix == ".zip":
        with _unpacked(path) as folder:
            yield [Subject(recorded.of_folder(folder, f"the crate {path.name}"))]
    else:
        yield [finder.of_picture(path)]


@dataclass(frozen=True)
class _Finder:
    catalogue: Catalogue
    records: Records

    def of_id(self, word: str) -> list[Subject]:
        """Return what an id or a citation key stands for."""
        chapters = {inputs.chapter: inputs for inputs in self.catalogue.wanted}
        if word == BOOK:
            return [self._of_chapter(inputs) for inputs in chapters.values()]
        if word in chapters:
            return [self._of_chapter(chapters[word])]
        if word in self.catalogue.figures:
            (run,) = self.catalogue.figures[word].runs
            return [self._of_run(run, f"figure {word}", word)]
        if released := self.records.figure(word) or self.records.starting_with(word):
            return [Subject(released, word if word in released.figures else "")]
        if cited := self._key(word):
            return self.of_id(cited)
        raise self._unknown(word)

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
        if found.condition == "changed":
            raise PictureError(
                f"{path} was {_UNTRUE}. The figure itself: `overtake verify {said.figure}`"
            )
        run = self.records.find(said.run)
        if run is None:
            return Subject(self._stamped(said.run), said.figure, found)
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
        if found is None:
            raise _no_record(inputs.id, f"chapter {inputs.chapter}")
        return Subject(found)

    def _of_run(self, id: str, what: str, figure: str) -> Subject:
        found = self.records.find(id)
        if found is None:
            raise _no_record(id, what)
        return Subject(found, figure if figure in found.figures else "")

    def _of_entry(self, path: Path, key: str, entry: Entry) -> list[Subject]:
        named, cited = _RUN_IN_NOTE.findall(entry.fields.get("note", "")), self._key(key)
        if not named and cited is None:
            raise CitationError(f"{path}: entry {key} names no run and is no key of this book")
        if not named:
            raise RecordError(f"{path} is damaged in field note of entry {key}: it names no run")
        what, figure = f"the citation of {cited or ''}", cited or ""
        return [self._of_run(run, what, figure) for run in dict.fromkeys(named)]

    def _key(self, word: str) -> str | None:
        """Return the id that a citation key of any release names."""
        stem = re.escape(self.catalogue.publication.short_title.split()[0].lower())
        found = re.fullmatch(rf"{stem}\d{{4}}(?:-(?P<id>.+))?", word)
        return (found["id"] or BOOK) if found else None

    def _stamped(self, id: str) -> Recorded:
        """Return a run of which only a stamp says what it drew: its inputs are looked for here."""
        for inputs in chain(self.catalogue.wanted, self._under_scenarios()):
            if inputs.id == id:
                return Recorded(inputs, {}, "the picture's stamp")
        raise _no_record(id, "the picture")

    def _under_scenarios(self) -> Iterator[RunInputs]:
        for chapters in scenarios.plans(self.catalogue.project).values():
            yield from chapters.values()

    def _unknown(self, word: str) -> Exception:
        if _RUN_ID.fullmatch(word) and not word.isalpha():
            return ReferenceToRunError(
                f"no run that is at hand has an id that starts with {word!r}: neither the store "
                "nor releases/ has it"
            )
        try:
            found = self.catalogue.find(word)
        except CitationError as error:
            return error
        return CitationError(
            f"{word!r} is a {found.kind}, which no run makes; `overtake data check` checks it"
        )


def _no_record(id: str, what: str) -> InputsNotAtHandError:
    return InputsNotAtHandError(
        f"{what}: no record of run {id} is at hand, neither in the store nor in releases/, so "
        "there is nothing to compare with. A figure's page and `overtake crate` give one as a "
        "crate: `overtake verify FILE.zip`; `make book` makes the runs of this checkout"
    )


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Unpack the run of a crate into a folder that lives as long as this."""
    with TemporaryDirectory(prefix="overtake-crate-") as folder:
        try:
            with zipfile.ZipFile(path) as packed:
                _unpack(packed, path, Path(folder))
        except (OSError, zipfile.BadZipFile) as error:
            raise RecordError(f"{path} is damaged: {error}") from None
        yield Path(folder)


def _unpack(packed: zipfile.ZipFile, path: Path, folder: Path) -> None:
    entries = [e for e in packed.infolist() if e.filename.startswith(RUN_IN_CRATE)]
    if sum(entry.file_size for entry in entries) > _LARGEST_CRATE_BYTES:
        raise RecordError(f"{path} unpacks to more than any run")
    for entry in entries:
        if entry.is_dir():
            continue
        target = (folder / entry.filename.removeprefix(RUN_IN_CRATE)).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise RecordError(f"{path}: entry {entry.filename!r} leads out of the crate")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_content(packed, entry, path))


def _content(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> bytes:
    try:
        return packed.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        first = entry.header_offset
        span = f"about bytes {first}–{first + entry.compress_size + len(entry.filename)}"
        raise RecordError(
            f"{path} is damaged in its entry {entry.filename}, {span}: {error}"
        ) from None
