"""What a word stands for that someone wants proved: an id, a citation, a picture, a crate."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.exceptions import PybtexError

from overtake.core.errors import (
    CitationError,
    InputsNotAtHandError,
    PictureError,
    RecordError,
    ReferenceToRunError,
)
from overtake.core.paths import Project
from overtake.publishing import stamping
from overtake.publishing.citations.catalogue import BOOK, Catalogue
from overtake.publishing.publication import Publication
from overtake.publishing.verification.loose import LoosePicture
from overtake.publishing.verification.records import RUN_ID, Records
from overtake.runs import recorded, scenarios
from overtake.runs.recorded import Recorded
from overtake.runs.runs import RunInputs

RUN_IN_CRATE = "run/"
"""Where a crate holds the files of its run."""

_RUN_IN_NOTE = re.compile(r"\b[0-9a-f]{16}\b")
_LARGEST_CRATE_BYTES = 256 * 2**20
_UNTRUE = "changed since it was stamped, so it does not show what the run drew"


@dataclass(frozen=True)
class Subject:
    """A run to prove, and for which figure's sake.

    Attributes
    ----------
    recorded : Recorded
        The run on record.
    figure : str
        Id of the figure that was asked for, or "".
    picture : LoosePicture or None
        A picture that the repetition must make again, if the files of the run are not at hand.
    """

    recorded: Recorded
    figure: str = ""
    picture: LoosePicture | None = None

    @property
    def name(self) -> str:
        """What is proved, in words."""
        run = f"run {self.recorded.id} of {self.recorded.inputs.chapter}"
        return f"figure {self.figure}, {run}" if self.figure else run

    @property
    def files(self) -> int:
        """How many files are compared."""
        return len(self.recorded.outputs) + (self.picture is not None)


@contextmanager
def named(project: Project, publication: Publication, word: str) -> Iterator[list[Subject]]:
    """Yield what a word stands for; what was unpacked for it is removed afterwards.

    Parameters
    ----------
    project : Project
        The checkout.
    publication : Publication
        The released book.
    word : str
        ``book``, or a chapter, a figure, a run (the beginning of its id), a citation key,
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
            return [self._of_run(run, word)]
        if released := self.records.figure(word) or self.records.starting_with(word):
            return [Subject(released, word if word in released.figures else "")]
        if cited := self._key(word):
            return self.of_id(cited)
        raise self._unknown(word)

    def of_bibliography(self, path: Path) -> list[Subject]:
        """Return the runs that the entries of a BibTeX file name."""
        entries = _parsed(path).entries
        if not entries:
            raise RecordError(f"{path} holds no entry")
        return [
            subject
            for key, entry in entries.items()
            for subject in self._of_entry(path, key, entry)
        ]

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
        picture, run = LoosePicture.of(found), self.records.find(said.run)
        if run is None:
            return Subject(self._stamped(said.run), said.figure, picture)
        if run.folder is None:
            return Subject(run, said.figure, picture)
        if not picture.is_of(run.folder):
            raise PictureError(
                f"{path}: its stamp says that run {said.run} drew it, but {run.place} has "
                f"another {picture.file}; the stamp is not to be trusted"
            )
        return Subject(run, said.figure)

    def _of_chapter(self, inputs: RunInputs) -> Subject:
        """Return the run of a chapter with its present inputs, else the last released one."""
        found = self.records.find(inputs.id) or self.records.chapter(inputs.chapter)
        if found is None:
            raise _no_record(inputs.id, f"chapter {inputs.chapter}")
        return Subject(found)

    def _of_run(self, id: str, figure: str = "") -> Subject:
        found = self.records.find(id)
        if found is None:
            raise _no_record(id, f"figure {figure}" if figure else "")
        return Subject(found, figure)

    def _of_entry(self, path: Path, key: str, entry: Entry) -> list[Subject]:
        named = _RUN_IN_NOTE.findall(entry.fields.get("note", ""))
        cited = self._key(key)
        if not named and cited is None:
            raise CitationError(f"{path}: entry {key} names no run and is no key of this book")
        if not named:
            raise RecordError(f"{path} is damaged in field note of entry {key}: it names no run")
        return [self._of_cited(run, cited or "") for run in dict.fromkeys(named)]

    def _of_cited(self, id: str, cited: str) -> Subject:
        found = self.records.find(id)
        if found is None:
            raise _no_record(id, f"the citation of {cited}")
        return Subject(found, cited if cited in found.figures else "")

    def _key(self, word: str) -> str | None:
        """Return the id that a citation key of any release names."""
        stem = re.escape(self.catalogue.publication.short_title.split()[0].lower())
        found = re.fullmatch(rf"{stem}\d{{4}}(?:-(?P<id>.+))?", word)
        return (found["id"] or BOOK) if found else None

    def _stamped(self, id: str) -> Recorded:
        """Return a run of which only a stamp says what it drew: its inputs are looked for here."""
        for chapters in (self.catalogue.wanted, *self._scenarios()):
            for inputs in chapters:
                if inputs.id == id:
                    return Recorded(inputs, {}, "the picture's stamp")
        raise _no_record(id, "the picture")

    def _scenarios(self) -> Iterator[tuple[RunInputs, ...]]:
        for chapters in scenarios.plans(self.catalogue.project).values():
            yield tuple(chapters.values())

    def _unknown(self, word: str) -> Exception:
        if RUN_ID.fullmatch(word) and not word.isalpha():
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
    of = f"{what}: " if what else ""
    return InputsNotAtHandError(
        f"{of}no record of run {id} is at hand, neither in the store nor in releases/, so there "
        "is nothing to compare with. A figure's page and `overtake crate` give one as a crate: "
        "`overtake verify FILE.zip`; `make book` makes the runs of this checkout"
    )


def _parsed(path: Path) -> BibliographyData:
    try:
        return parse_file(str(path), bib_format="bibtex")
    except (OSError, UnicodeDecodeError, PybtexError) as error:
        raise RecordError(f"{path}: {error}") from None


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
