"""Under which version something is cited, and where that version of it stands for good.

A citation names a released version only if the page that was frozen with it shows the same.
Else it is a draft: it says after which version, and leads to the newest page, which may change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from overtake.core.paths import Project
from overtake.publishing import published, releases
from overtake.publishing.citations.catalogue import BOOK, Catalogue, Citable
from overtake.publishing.publication import Publication
from overtake.publishing.releases import Release

_Files = tuple[tuple[Path, int], ...]


@dataclass(frozen=True)
class Edition:
    """What is cited as a version has it, and what a citation says of the version."""

    citable: Citable
    version: str  # in a citation's words
    released: date  # of a draft the day of the release that it comes after
    root: str  # where the version's pages stand, from the book's root; "" if they may change
    beginning: str  # of its citations' keys
    doi: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether it is no released version."""
        return not self.root

    @property
    def sentence(self) -> str:
        """Version and day, as a cover has them."""
        day = f"{self.released:%-d %B %Y}"
        if self.is_draft:
            return f"{self.version.capitalize()} of {day}"
        return f"Version {self.version}, {day}"

    @property
    def path(self) -> str:
        """Where it stands, from the book's root."""
        return f"{self.root}{self.citable.path}"

    @property
    def key(self) -> str:
        """The key of its citation."""
        return key(self.beginning, self.citable.id)


def of(citable: Citable, publication: Publication, project: Project) -> Edition:
    """Return the version as which something of this build is cited."""
    newest = next(iter(known(project)), None)
    if publication.is_being_released:
        said = publication.version, publication.released, releases.root_of(publication.version)
        return Edition(citable, *said, _beginning(publication, *said[:2]), publication.doi)
    if newest and citable.shows and newest.shown.get(citable.within or citable.id) == citable.shows:
        root, cited = releases.root_of(newest.version), _as_released(citable, newest)
        return Edition(cited, newest.version, newest.released, root, newest.key, newest.doi)
    if newest:
        words, day, version = f"draft after {newest.version}", newest.released, newest.version
    else:
        day, version = publication.released, publication.version
        words = _first_draft(publication)
    return Edition(citable, words, day, "", draft_beginning(publication, version, day))


def told(book: Edition, figures: Sequence[Edition]) -> str:
    """Say which version the citations of a book and its figures name."""
    if not book.is_draft:
        return (
            f"The citations name version {book.version} of {book.released:%-d %B %Y} and lead to "
            f"its pages under `{book.root}/`, which never change."
        )
    same = sum(not figure.is_draft for figure in figures)
    return (
        f"**This book is a draft.** A citation of what is not as it was released says "
        f"“{book.version}” and leads to the newest page, which may change. {same} of "
        f"{len(figures)} figures are as released; their citations name the version, and lead to "
        "its pages, which never change."
    )


def predecessor(cited: Edition, project: Project) -> str:
    """Return where the release before a version has the same thing, from the book's root; or "".

    It may have had another id there.
    """
    citable = cited.citable
    names = [citable.id, *former(citable, project)]
    releases_before = list(known(project))
    versions = [release.version for release in releases_before]
    if cited.version in versions:
        del releases_before[: versions.index(cited.version) + 1]
    for release in releases_before:
        there = {*release.shown, *release.figures, *release.verdicts, BOOK}
        if name := next((each for each in names if each in there), ""):
            path = citable.path.replace(citable.id, name)
            return f"{releases.root_of(release.version)}{path}"
    return ""


def former(citable: Citable, project: Project) -> list[str]:
    """Return the ids that a figure, a table or a number has had before."""
    readers = {
        "figure": published.read,
        "table": published.read_tables,
        "number": published.read_numbers,
    }
    read = readers.get(citable.kind)
    return read(project).former(citable.id) if read else []


def as_cited(publication: Publication, project: Project) -> Publication:
    """Return a book with the version and the day that its citations name."""
    if publication.is_being_released:
        return publication
    if not known(project):  # whatever it shows, it is the draft of a first version
        return replace(publication, version=_first_draft(publication))
    book = Catalogue.of_published(project, publication).find(BOOK)
    cited = of(book, publication, project)
    return replace(publication, version=cited.version, released=cited.released)


def _first_draft(publication: Publication) -> str:
    return f"draft of {publication.version}"


def own_root(publication: Publication) -> str:
    """Return where the pages of this build stand, from the book's root: "" or under its version."""
    return releases.root_of(publication.version) if publication.is_being_released else ""


def known(project: Project) -> Sequence[Release]:
    """Return every release, newest first; read once as long as their records don't change."""
    paths = sorted(project.releases.glob("*.json"))
    return _read(project.root, tuple((path, path.stat().st_mtime_ns) for path in paths))


@cache
def _read(root: Path, _files: _Files) -> Sequence[Release]:
    return releases.read_all(Project(root))


def key(beginning: str, id: str) -> str:
    """Return the key of what has this id, from the beginning that a version's keys share."""
    return beginning if id == BOOK else f"{beginning}-{id}"


def beginning_of(release: Release, publication: Publication) -> str:
    """Return how the keys of a release begin; the first releases' had no version."""
    return release.key or f"{name_of(publication)}{release.released.year}"


def draft_beginning(publication: Publication, version: str, day: date) -> str:
    """Return how the keys of a draft begin, by the version and the day that it comes after."""
    return f"{_beginning(publication, version, day)}-draft"


def name_of(publication: Publication) -> str:
    """Return the word that all keys of a book begin with."""
    return publication.short_title.split()[0].lower()


def _beginning(publication: Publication, version: str, day: date) -> str:
    return f"{name_of(publication)}{day.year}-{version}"


def held(release: Release) -> list[str]:
    """Return the id of everything that a release has a page of."""
    numbers = releases.cited_numbers(release)
    return [BOOK, *release.verdicts, *release.tables, *release.figures, *numbers]


def runs_of(release: Release, id: str) -> tuple[str, ...]:
    """Return the runs with which a release shows what has this id; of a table its readers."""
    if id in release.figures:
        return (release.figures[id].run,)
    if id in release.tables:
        return tuple(run.id for run in release.runs if id in run.inputs.tables)
    chapter = id.partition("/")[0]  # a number's id has it
    return tuple(run.id for run in release.runs if chapter in {BOOK, run.inputs.chapter})


def _as_released(citable: Citable, release: Release) -> Citable:
    """Return what a version shows with the runs and the data that its page names."""
    return replace(citable, runs=runs_of(release, citable.id), data=release.data)
