"""What a crate says beside its run, compared with the same run packed again from this checkout.

Packing again leaves nothing out: what the inputs settle is proved by it, and what only
``CITATION.cff`` and the pages say (authors, title, words) is found where it differs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from overtake.core.paths import Project
from overtake.publishing import crates, publication, releases
from overtake.publishing.citations import edition
from overtake.publishing.crates import METADATA_NAME, PACKAGE_PATH
from overtake.publishing.publication import Publication
from overtake.publishing.verification import metadata
from overtake.publishing.verification.enclosed import Crate

NOT_SIGNED = (
    "who made the crate: it is not signed, and its authors, version and licence were only compared "
    "with those of this book"
)


@dataclass(frozen=True)
class Compared:
    """What a crate says otherwise than this book, and what could not be compared."""

    otherwise: tuple[str, ...]
    unknown: tuple[str, ...]


def compare(project: Project, crate: Crate) -> Compared:
    """Pack the run of a crate again from the inputs at hand, and compare all but the bytes."""
    here = edition.as_cited(publication.read(project), project)
    published, adopted = _with_addresses(_as_released(project, here, crate), crate)
    again = crates.contents(project, published, crate.recorded, crate.figure)
    packed = metadata.parse(again[METADATA_NAME])
    unknown = [f"its address {word}: this checkout has none to compare it with" for word in adopted]
    return Compared(
        (*_unlike_files(crate, again), *metadata.differences(crate.said, packed)),
        (*unknown, NOT_SIGNED),
    )


def _unlike_files(crate: Crate, again: dict[str, bytes]) -> Iterator[str]:
    """Say in which files that the run's record doesn't settle a crate differs."""
    for name in sorted(crate.files.keys() | again.keys()):
        if name == METADATA_NAME or crate.files.get(name) == again.get(name):
            continue
        if name == crates.notebook_path(crate.recorded.inputs.chapter):
            yield f"{name} has the code of the run, and other words than this book's chapter"
        elif name == PACKAGE_PATH:
            yield f"{name} describes the run's tables as they were, and the rest otherwise"
        else:
            yield f"{name} is another file than this book's"


def _as_released(project: Project, here: Publication, crate: Crate) -> Publication:
    """Return the release that a crate says it is of, if its record is at hand and has the run."""
    for release in releases.read_all(project):
        if release.version == crate.said.root.get("version") and any(
            run.id == crate.recorded.id for run in release.runs
        ):
            return replace(here, version=release.version, released=release.released)
    return here


def _with_addresses(published: Publication, crate: Crate) -> tuple[Publication, tuple[str, ...]]:
    """Take from a crate the addresses that nothing here says, and return them too."""
    page = crates.page_of(crate.figure)
    notebook = crate.said.entities.get(crates.notebook_path(crate.recorded.inputs.chapter), {})
    site, repository = crate.said.root.get("url"), notebook.get("url")
    adopted: list[str] = []
    if published.site is None and isinstance(site, str) and site.endswith(page):
        published = replace(published, site=site.removesuffix(page))
        adopted.append(site)
    if published.repository is None and isinstance(repository, str):
        published = replace(published, repository=repository)
        adopted.append(repository)
    return published, tuple(map(ascii, adopted))
