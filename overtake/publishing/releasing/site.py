"""Put the sites of released versions under ``/v/<version>/`` of the built book."""

import io
import shutil
import zipfile
from pathlib import Path

from overtake.core import digests
from overtake.core.errors import ReleaseError
from overtake.core.paths import Project
from overtake.publishing.releasing import record
from overtake.publishing.releasing.record import Release

FOLDER = "v"
"""Folder of the site that holds the released versions."""


def assemble(project: Project, archives: Path) -> list[str]:
    """Unpack every released version into the built book.

    All or nothing: the versions are unpacked beside the site and moved into it
    in one step.

    Parameters
    ----------
    project : Project
        The checkout, whose ``releases/`` says which versions there are.
    archives : pathlib.Path
        Folder with the packed sites, ``<version>.zip``.

    Returns
    -------
    list of str
        The versions, newest first.

    Raises
    ------
    ReleaseError
        If the book is not built, or an archive is missing or is not the one
        that was released.
    """
    if not (project.site / "index.html").is_file():
        raise ReleaseError(f"there is no book at {project.site}: `make book` builds it")
    releases = record.read_all(project)
    contents = {release.version: _archive(archives, release) for release in releases}
    staged = project.site.with_name(f".{project.site.name}-{FOLDER}")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    try:
        for version, content in contents.items():
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                packed.extractall(staged / version)  # the hash says that we packed it
        shutil.rmtree(project.site / FOLDER, ignore_errors=True)
        staged.rename(project.site / FOLDER)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return list(contents)


def _archive(folder: Path, release: Release) -> bytes:
    path = folder / release.archive.name
    if not path.is_file():
        raise ReleaseError(
            f"the site of version {release.version} is missing: {path}. It is attached to the "
            "release where the repository is hosted; see docs/releasing.md"
        )
    content = path.read_bytes()
    if digests.of(content) != release.archive.sha256:
        raise ReleaseError(
            f"{path} is not the site that was released as {release.version}: it has "
            f"{len(content)} bytes and SHA-256 {digests.of(content)}, the record says "
            f"{release.archive.size} and {release.archive.sha256}"
        )
    return content
