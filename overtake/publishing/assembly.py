"""The sites of released versions, out of their archives into the newest book.

An archive is attached to the release where the repository is hosted. Nothing is taken from one
that is not, to the byte, what the record in git says; a version whose archive is missing, or
that needs another's, ends the publication: an address that once worked is never dropped
silently.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from overtake.core import atomic, digests
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import publication, releases, version_list
from overtake.publishing.contents import Contents
from overtake.publishing.releases import FOLDER, Release


def assemble(project: Project, archives: Path) -> list[str]:
    """Put the sites of all released versions into the built book, in one step.

    The archives stand in `archives`; the versions are returned, newest first.
    """
    if not (project.site / "index.html").is_file():
        raise PublicationError(f"there is no book at {project.site}: `make book` builds it")
    released = releases.read_all(project)
    for release in released:
        require_archive(archives, release)
    busy = PublicationError(
        f"another process is writing {project.site}; call this again when it has ended"
    )
    with atomic.alone(project.site, busy), _staging(project.site) as staged:
        known = gather(in_order(released), archives, staged / "contents")
        for version in known.sites:
            known.lay(version, staged / FOLDER / version)
        listed = [(release.version, release.released) for release in released]
        for name, content in version_list.files(listed, publication.read(project)).items():
            (staged / FOLDER / name).write_bytes(content)
        _replace(project.site / FOLDER, staged / FOLDER, staged / "before")
    return [release.version for release in released]


def in_order(released: Iterable[Release]) -> list[Release]:
    """Return releases, given newest first, each behind those whose archives it needs."""
    waiting, ordered = [*released][::-1], list[Release]()
    while waiting:
        known = {release.version for release in ordered}
        ready = (each for each in waiting if known.issuperset(each.archive.needs or ()))
        following = next(ready, None)
        if following is None:
            first = waiting[0]
            unknown = sorted({*(first.archive.needs or ())} - known)
            raise PublicationError(
                f"version {first.version} shares contents with {', '.join(unknown)}, whose "
                "record is missing in releases/: `git log -- releases` finds it"
            )
        ordered.append(following)
        waiting.remove(following)
    return ordered


def at_hand(released: Iterable[Release], archives: Path) -> list[Release]:
    """Return those releases whose sites can be had from a folder of archives, each in order."""
    found: dict[str, Release] = {}
    for release in in_order(released):
        is_there = (archives / release.archive.name).is_file()
        if is_there and found.keys() >= {*(release.archive.needs or ())}:
            require_archive(archives, release)
            found[release.version] = release
    return [*found.values()]


def gather(ordered: Iterable[Release], archives: Path, folder: Path) -> Contents:
    """Collect what archives hold in a new folder; they come in order, and were checked."""
    folder.mkdir(parents=True)
    known = Contents(folder)
    for release in ordered:
        add = known.add_site if release.archive.needs is None else known.add
        add(release.version, archives / release.archive.name)
    return known


def require_archive(archives: Path, release: Release) -> None:
    """Refuse an archive that is missing, or is not what was released."""
    path = archives / release.archive.name
    if not path.is_file():
        raise PublicationError(
            f"the archive of version {release.version} is missing: {path}. It is attached to "
            "the release where the repository is hosted; see docs/releasing.md"
        )
    if (found := digests.of_file(path)) != release.archive.sha256:
        raise PublicationError(
            f"{path} is not what was released as {release.version}: it has "
            f"{path.stat().st_size} bytes and SHA-256 {found}, the record says "
            f"{release.archive.size} and {release.archive.sha256}"
        )


@contextmanager
def _staging(site: Path) -> Iterator[Path]:
    """Yield an empty folder beside a site, which is gone afterwards, whatever happens."""
    staged = site.with_name(f".{site.name}-{FOLDER}")
    shutil.rmtree(staged, ignore_errors=True)  # of a process that was killed
    try:
        (staged / FOLDER).mkdir(parents=True)
        yield staged
    except OSError as error:
        raise PublicationError(
            f"the released versions can't be written beside {site}: {error}. What stood in "
            f"{site / FOLDER} stands there still"
        ) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _replace(place: Path, staged: Path, aside: Path) -> None:
    """Put a folder in the place of another, which is brought back if that fails."""
    if place.exists():
        place.rename(aside)
    try:
        staged.rename(place)
    except OSError:
        if aside.exists():
            aside.rename(place)
        raise
