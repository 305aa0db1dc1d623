"""Several files replaced together or not at all.

New contents are written beside their places first; then a journal names them;
then they are renamed. Whoever finds a journal brings the work to its end:
everything that it names is on the disk.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

_MARK = ".incoming"


def write_all(files: Mapping[Path, bytes], journal: Path) -> None:
    """Replace files in this order: all of them, or none.

    Parameters
    ----------
    files : mapping of pathlib.Path to bytes
        New contents by place.
    journal : pathlib.Path
        Where the journal stands while the work is under way.

    Raises
    ------
    OSError
        If a file can't be written; then every file is as it was.
    """
    finish(journal)
    staged: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            staged[path] = path.with_name(path.name + _MARK)
            _write(staged[path], content)
        journal.parent.mkdir(parents=True, exist_ok=True)
        waiting = journal.with_name(journal.name + _MARK)
        _write(waiting, json.dumps([[str(s), str(t)] for t, s in staged.items()]).encode())
        waiting.replace(journal)
    except BaseException:
        for each in staged.values():
            each.unlink(missing_ok=True)
        raise
    try:
        finish(journal)
    except KeyboardInterrupt:
        finish(journal)
        raise


def finish(journal: Path) -> None:
    """Bring work that was interrupted to its end; do nothing if there is none."""
    if not journal.is_file():
        return
    for staged, target in json.loads(journal.read_text(encoding="utf-8")):
        if Path(staged).exists():
            Path(staged).replace(target)
    journal.unlink()


def _write(path: Path, content: bytes) -> None:
    """Write a file down to the disk: a rename must not overtake its content."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
