"""The finished documents: where they lie, and which runs they show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType

from overtake.core import atomic, digests
from overtake.core.paths import Project

BOOK_PDF = "overtake.pdf"
BRIEF_PDF = "overtake-brief.pdf"
BOOK_EPUB = "overtake.epub"
FOLDER = "downloads"
"""Folder of the site that holds the documents."""

_TITLES = MappingProxyType(
    {
        BOOK_PDF: "The whole book as PDF",
        BOOK_EPUB: "The whole book as EPUB, for e-readers",
        BRIEF_PDF: "The brief: one page to print",
    }
)
_RECORD = ".json"


@dataclass(frozen=True)
class Document:
    """A finished document.

    Attributes
    ----------
    name, title : str
        The file's name, and what readers call it.
    path : pathlib.Path
        Where it lies.
    size : int
        Its bytes.
    """

    name: str
    title: str
    path: Path
    size: int


def epoch(day: date) -> str:
    """Return the beginning of a day as tools read it from ``SOURCE_DATE_EPOCH``."""
    return str(int(datetime.combine(day, time(), UTC).timestamp()))


def put(project: Project, name: str, content: bytes, shown: Mapping[str, str]) -> None:
    """Write a document, and beside it which runs it shows."""
    path = path_of(project, name)
    atomic.write(path, content)
    record = {"sha256": digests.of(content), "runs": dict(sorted(shown.items()))}
    text = json.dumps(record, indent=1) + "\n"
    atomic.write(path.with_name(f"{name}{_RECORD}"), text.encode())


def path_of(project: Project, name: str) -> Path:
    """Return where a document lies."""
    return folder(project) / name


def folder(project: Project) -> Path:
    """Return the folder of the documents."""
    return project.root / "_build" / "documents"


def current(project: Project, shown: Mapping[str, str]) -> list[Document]:
    """Return the documents that show the same runs as the site: another one would contradict it.

    Parameters
    ----------
    project : Project
        The checkout.
    shown : mapping of str to str
        The id of each chapter's run on the site.
    """
    return [
        Document(name, title, path, path.stat().st_size)
        for name, title in _TITLES.items()
        if _shows(path := path_of(project, name), shown)
    ]


def _shows(path: Path, shown: Mapping[str, str]) -> bool:
    """Whether a document is whole and shows these runs."""
    record = path.with_name(f"{path.name}{_RECORD}")
    if not path.is_file():
        return False
    try:
        said = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none, or damaged: it is not known what the document shows
        return False
    return bool(said == {"sha256": digests.of_file(path), "runs": dict(shown)})
