"""Newer data put in the place of the present ones, which are kept as a vintage."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from overtake.core import atomic
from overtake.core.errors import RefreshError
from overtake.core.paths import Project
from overtake.publishing import vintages
from overtake.publishing.refreshing.candidate import LARGEST_LOSS, Candidate


def apply(project: Project, candidate: Candidate, accepted_losses: Iterable[str] = ()) -> None:
    """Keep the present data as a vintage and put the newer ones in their place.

    The description of the data, with the hash of each table, comes last.

    Parameters
    ----------
    project : Project
        The checkout.
    candidate : Candidate
        The newer data.
    accepted_losses : iterable of str
        Tables that may lose many rows.

    Raises
    ------
    RefreshError
        If a table would lose many rows and that was not accepted.
    """
    losses = {name: c for name, c in candidate.losses.items() if name not in set(accepted_losses)}
    if losses:
        told = ", ".join(f"{name} {c.removed} rows" for name, c in losses.items())
        names = " ".join(f"--accept-losses {name}" for name in losses)
        raise RefreshError(
            f"more than {LARGEST_LOSS:.0%} of a table would be lost ({told}): the file may be cut "
            f"short. If the publisher took them back, say so: {names}"
        )
    atomic.write_all(_files(project, candidate))


def _files(project: Project, candidate: Candidate) -> dict[Path, bytes]:
    """Return every file to write; the description of the data comes last."""
    names = candidate.changed
    changed = [f"{folder}/{name}.{kind}" for name in names for folder, kind in _KINDS]
    downloads = {name: asdict(each) for name, each in candidate.downloads.items()}
    record = project.data / vintages.FOLDER / "downloads" / f"{candidate.vintage.id}.json"
    return {
        **vintages.archived(project, names),
        record: (json.dumps(downloads, indent=1, sort_keys=True) + "\n").encode(),
        **{project.data / path: (candidate.data / path).read_bytes() for path in changed},
        project.data / vintages.PACKAGE: (candidate.data / vintages.PACKAGE).read_bytes(),
    }


_KINDS = (("tables", "csv"), ("descriptors", "yml"))
