"""What is damaged or left over is put aside, not deleted: it might be the only copy.

``_build/quarantine/<number>/<name>`` holds it, and ``moved.txt`` there says of
each where it was and why it was moved.
"""

from pathlib import Path

from overtake.core.paths import Project

LOG_NAME = "moved.txt"


def put_aside(project: Project, path: Path, reason: str) -> Path:
    """Move a file or folder into the quarantine.

    Parameters
    ----------
    project : Project
        The checkout.
    path : pathlib.Path
        What to move; on the same file system as the quarantine.
    reason : str
        Why, on one line.

    Returns
    -------
    pathlib.Path
        Where it is now.
    """
    project.quarantine.mkdir(parents=True, exist_ok=True)
    target = _reserve(project.quarantine, path.name.lstrip("."))
    with (project.quarantine / LOG_NAME).open("a", encoding="utf-8") as log:
        log.write(f"{target.parent.name}\t{path}\t{' '.join(reason.split())}\n")
    path.rename(target)
    return target


def _reserve(folder: Path, name: str) -> Path:
    """Return a new place, which no other process gets: a folder can be made only once."""
    number = sum(1 for _ in folder.iterdir()) + 1
    while True:
        try:
            (folder / f"{number:04}").mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder / f"{number:04}" / (name or "unnamed")
