"""Which figures and pages were ever published, and where those went that are no more.

An address that was once given out keeps working: ``figures/published.txt``
holds the id of every figure, and one that no run has any more is in
``figures/redirects.csv``. ``chapters/`` has the same two files for pages.
"""

import csv
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from overtake.core import atomic, figure_ids
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing.releases import Release

IDS_NAME = "published.txt"
REDIRECTS_NAME = "redirects.csv"
_HEADER = ["id", "moved_to"]
_PAGE = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")


@dataclass(frozen=True)
class PublishedAddresses:
    """The ids of figures, or of pages, that were given out.

    Attributes
    ----------
    ids : tuple of str
        Every id, sorted.
    redirects : mapping of str to str
        The id that took an id's place.
    """

    ids: tuple[str, ...]
    redirects: Mapping[str, str]

    def lost(self, current: Collection[str]) -> list[str]:
        """Return the ids that neither are current nor lead to a current figure."""
        known = {*current, *self.moved(current)}
        return [name for name in self.ids if name not in known]

    def moved(self, current: Collection[str]) -> dict[str, str]:
        """Return the current figure that each redirect ends at.

        Raises
        ------
        PublicationError
            If a redirect stands for a current figure, or ends at none.
        """
        if both := sorted(set(self.redirects) & set(current)):
            raise PublicationError(
                f"{REDIRECTS_NAME}: {both[0]} is still there, so it can't have moved"
            )
        return {name: self._end(name, current) for name in self.redirects}

    def _end(self, id: str, current: Collection[str]) -> str:
        seen = [id]
        while seen[-1] not in current:
            following = self.redirects.get(seen[-1])
            if following is None or following in seen:
                raise PublicationError(f"{REDIRECTS_NAME}: {id} leads nowhere")
            seen.append(following)
        return seen[-1]


@dataclass(frozen=True)
class ReleasedVersion:
    """A figure in a release.

    Attributes
    ----------
    version, released, run : str
        The release's version and ISO date, and the figure's run in it.
    path : str
        Address from the book's root, with a slash at its beginning; never changes.
    """

    version: str
    released: str
    run: str
    path: str


def read(project: Project) -> PublishedAddresses:
    """Read the ids of figures and their redirects; none of either where there is no file.

    Raises
    ------
    PublicationError
        If a line is no id, or no redirect; names file and line.
    """
    return _read(project.figures, figure_ids.problem)


def read_pages(project: Project) -> PublishedAddresses:
    """Read the pages that were published and their redirects, by name: ``chapters/cite``.

    Raises
    ------
    PublicationError
        If a line is no page's name, or no redirect; names file and line.
    """
    return _read(project.chapters, _page_problem)


def freeze(project: Project, current: Collection[str]) -> list[str]:
    """Add the current figures to the published ids.

    Parameters
    ----------
    project : Project
        The checkout.
    current : collection of str
        Ids of the figures that the book shows.

    Returns
    -------
    list of str
        The ids that are new.

    Raises
    ------
    PublicationError
        If a published id is gone without a redirect: then nothing is written.
    """
    return _freeze(project.figures, read(project), current)


def freeze_pages(project: Project, current: Collection[str]) -> list[str]:
    """Add the book's pages to the published ones; all else as `freeze` says."""
    return _freeze(project.chapters, read_pages(project), current)


def _freeze(folder: Path, published: PublishedAddresses, current: Collection[str]) -> list[str]:
    if lost := published.lost(current):
        raise PublicationError(
            f"what was published is gone: {', '.join(lost)}. For each, say in "
            f"{folder / REDIRECTS_NAME} what took its place"
        )
    new = sorted(set(current) - set(published.ids))
    folder.mkdir(exist_ok=True)
    text = "".join(f"{name}\n" for name in sorted({*published.ids, *new}))
    atomic.write(folder / IDS_NAME, text.encode())
    return new


def versions(releases: Iterable[Release], id: str) -> list[ReleasedVersion]:
    """Return those of the releases that have a figure, in their order."""
    return [
        ReleasedVersion(
            version=release.version,
            released=release.released.isoformat(),
            run=release.figures[id].run,
            path=f"/v/{release.version}/figures/{id}/",
        )
        for release in releases
        if id in release.figures
    ]


def _read(folder: Path, problem: Callable[[str], str]) -> PublishedAddresses:
    return PublishedAddresses(
        tuple(sorted(_ids(folder / IDS_NAME, problem))),
        dict(_redirects(folder / REDIRECTS_NAME, problem)),
    )


def _ids(path: Path, problem: Callable[[str], str]) -> Iterable[str]:
    return [
        _checked(path, number, line.strip(), problem)
        for number, line in _lines(path)
        if line.strip()
    ]


def _redirects(path: Path, problem: Callable[[str], str]) -> Iterable[tuple[str, str]]:
    lines = _lines(path)
    rows = list(csv.reader(line for _, line in lines))
    if rows and rows[0] != _HEADER:
        raise PublicationError(f"{path}: line 1 must be {','.join(_HEADER)}")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(_HEADER):
            raise PublicationError(f"{path}: line {number} must be {','.join(_HEADER)}")
        yield _checked(path, number, row[0], problem), _checked(path, number, row[1], problem)


def _lines(path: Path) -> list[tuple[int, str]]:
    if not path.is_file():
        return []
    return list(enumerate(path.read_text(encoding="utf-8").splitlines(), start=1))


def _page_problem(name: str) -> str:
    """Return why `name` can't be a page's, or "" if it can."""
    if _PAGE.fullmatch(name):
        return ""
    return "a page's name has folders and a name, of small letters, digits, - and _"


def _checked(path: Path, number: int, id: str, problem: Callable[[str], str]) -> str:
    if complaint := problem(id):
        raise PublicationError(f"{path}: line {number}: {id!r}: {complaint}")
    return id
