"""What was ever published, and where that went which is no more.

An address that was once given out keeps working: ``figures/published.txt`` holds the id of
every figure, and ``figures/redirects.csv`` those that no run has any more. ``chapters/`` has
the same two files for pages, ``data/`` for tables, and ``numbers/`` for headline numbers.
"""

import csv
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from overtake.core import atomic, paths
from overtake.core.errors import PublicationError
from overtake.core.paths import Project

IDS_NAME = "published.txt"
REDIRECTS_NAME = "redirects.csv"
DATA_FOLDER = "data"
"""Folder of the two files of tables, also where the tables themselves come from another one."""
NUMBERS_FOLDER = "numbers"
"""Folder of the two files of headline numbers."""
_HEADER = ["id", "moved_to"]
_TABLE = re.compile(r"[a-z][a-z0-9_-]*")
_NUMBER = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z][a-z0-9_]*")
_PAGE = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")


@dataclass(frozen=True)
class PublishedAddresses:
    """The ids of things of one kind that were given out, and which took whose place."""

    ids: tuple[str, ...]  # sorted
    redirects: Mapping[str, str]
    folder: Path  # of the two files

    def lost(self, current: Collection[str]) -> list[str]:
        """Return the ids that neither are current nor lead to what is."""
        known = {*current, *self.moved(current)}
        return [name for name in self.ids if name not in known]

    def moved(self, current: Collection[str]) -> dict[str, str]:
        """Return the current id that each redirect ends at; refuse one that ends at none."""
        if both := sorted(set(self.redirects) & set(current)):
            raise PublicationError(
                f"{REDIRECTS_NAME}: {both[0]} is still there, so it can't have moved"
            )
        return {name: self._end(name, current) for name in self.redirects}

    def follow(self, id: str) -> str:
        """Return what has taken the place of an id by now; the id itself, if nothing has."""
        seen = [id]
        while (following := self.redirects.get(seen[-1], id)) not in seen:
            seen.append(following)
        return seen[-1]

    def former(self, id: str) -> list[str]:
        """Return the ids that something has had before."""
        return sorted(old for old in self.redirects if self.follow(old) == id)

    def _end(self, id: str, current: Collection[str]) -> str:
        seen = [id]
        while seen[-1] not in current:
            following = self.redirects.get(seen[-1])
            if following is None or following in seen:
                raise PublicationError(f"{REDIRECTS_NAME}: {id} leads nowhere")
            seen.append(following)
        return seen[-1]

    def freeze(self, current: Collection[str]) -> list[str]:
        """Write the ids that the book has now beside the published ones, and return the new.

        Nothing is written if a published one is gone without a redirect.
        """
        if lost := self.lost(current):
            raise PublicationError(
                f"what was published is gone: {', '.join(lost)}. For each, say in "
                f"{self.folder / REDIRECTS_NAME} what took its place"
            )
        text = "".join(f"{name}\n" for name in sorted({*self.ids, *current}))
        self.folder.mkdir(exist_ok=True)
        atomic.write(self.folder / IDS_NAME, text.encode())
        return sorted(set(current) - set(self.ids))


def read(project: Project) -> PublishedAddresses:
    """Read the ids of figures and their redirects; none of either where there is no file."""
    return _read(project.figures, paths.figure_id_problem)


def read_pages(project: Project) -> PublishedAddresses:
    """Read the published pages' names, as ``chapters/cite``, and their redirects."""
    return _read(project.chapters, _page_problem)


def read_tables(project: Project) -> PublishedAddresses:
    """Read the published tables' names and their redirects."""
    return _read(project.root / DATA_FOLDER, _table_problem)


def read_numbers(project: Project) -> PublishedAddresses:
    """Read the ids of headline numbers, as ``chapter/name``, and their redirects."""
    return _read(project.root / NUMBERS_FOLDER, number_problem)


def number_problem(id: str) -> str:
    """Return why `id` can't be a headline number's and a part of an address, or "" if it can."""
    if _NUMBER.fullmatch(id):
        return ""
    return (
        "a number's id is its chapter, a slash and its name: a small letter, then small letters, "
        "digits and _"
    )


def _read(folder: Path, problem: Callable[[str], str]) -> PublishedAddresses:
    ids_path, redirects_path = folder / IDS_NAME, folder / REDIRECTS_NAME
    ids = [
        _checked(ids_path, number, line.strip(), problem)
        for number, line in enumerate(_lines(ids_path), start=1)
        if line.strip()
    ]
    redirects: dict[str, str] = {}
    for number, row in enumerate(csv.reader(_lines(redirects_path)), start=1):
        if len(row) != len(_HEADER) or (number == 1 and row != _HEADER):
            raise PublicationError(f"{redirects_path}: line {number} must be {','.join(_HEADER)}")
        if number > 1:
            old, new = (_checked(redirects_path, number, each, problem) for each in row)
            redirects[old] = new
    return PublishedAddresses(tuple(sorted(ids)), redirects, folder)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _page_problem(name: str) -> str:
    """Return why `name` can't be a page's, or "" if it can."""
    if _PAGE.fullmatch(name):
        return ""
    return "a page's name has folders and a name, of small letters, digits, - and _"


def _table_problem(name: str) -> str:
    """Return why `name` can't be a table's, or "" if it can."""
    if _TABLE.fullmatch(name):
        return ""
    return "a table's name begins with a small letter and has small letters, digits, - and _"


def _checked(path: Path, number: int, id: str, problem: Callable[[str], str]) -> str:
    if complaint := problem(id):
        raise PublicationError(f"{path}: line {number}: {id!r}: {complaint}")
    return id
