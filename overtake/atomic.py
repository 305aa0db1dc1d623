"""Files replaced in one step, and several of them together or not at all.

A process may be killed between any two instructions. One file is therefore
written beside its place and renamed. Several files are written beside their
places first; then a journal names them; then they are renamed, and the
journal goes. Whoever finds a journal can bring the work to its end: everything
it names is on the disk already.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overtake import digests
from overtake.errors import StoreError

MARK = ".replacing-"
"""Beginning of the name of a file that is not in its place yet."""


@dataclass(frozen=True)
class Replacement:
    """One file of a journal.

    Attributes
    ----------
    target, staged : pathlib.Path
        Its place, and where it waits.
    before, after : str
        SHA-256 of what stood in the place ("" for nothing), and of the new content.
    """

    target: Path
    staged: Path
    before: str
    after: str

    @property
    def is_done(self) -> bool:
        """Whether the new content is in its place."""
        return digests.of_file(self.target) == self.after

    @property
    def can_be_done(self) -> bool:
        """Whether the new content waits whole, and its place is as it was."""
        return (
            digests.of_file(self.staged) == self.after
            and digests.of_file(self.target) == self.before
        )


def write(path: Path, content: bytes) -> None:
    """Replace one file in one step, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = _stage(path, content)
    try:
        staged.replace(path)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise


def write_all(files: Mapping[Path, bytes], journal: Path) -> None:
    """Replace several files: all of them, or none.

    Parameters
    ----------
    files : mapping of pathlib.Path to bytes
        New contents by place.
    journal : pathlib.Path
        Where the journal stands as long as the work is under way.

    Raises
    ------
    StoreError
        If earlier work of this journal was interrupted and not brought to its end.
    OSError
        If a file can't be written; then every file is as it was.
    """
    if journal.exists():
        raise StoreError(
            f"{journal} says that earlier work was interrupted; `overtake doctor` ends it"
        )
    replacements: list[Replacement] = []
    before = {path.absolute(): path.read_bytes() for path in files if path.exists()}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            replacements.append(_replacement(path, content))
        write(journal, _as_json(replacements))
    except BaseException:
        for each in replacements:
            each.staged.unlink(missing_ok=True)
        raise
    try:
        finish(journal, replacements)
    except OSError:
        _take_back(journal, replacements, before)
        raise


def _take_back(
    journal: Path, replacements: list[Replacement], before: Mapping[Path, bytes]
) -> None:
    """Give back what stood in each place before; if that fails too, the journal remains."""
    for each in replacements:
        if each.target in before:
            write(each.target, before[each.target])
        else:
            each.target.unlink(missing_ok=True)
    for each in replacements:
        each.staged.unlink(missing_ok=True)
    journal.unlink()


def read_journal(journal: Path) -> list[Replacement]:
    """Return what a journal names.

    Raises
    ------
    StoreError
        If it is damaged.
    """
    try:
        entries = json.loads(journal.read_text(encoding="utf-8"))
        return [Replacement(Path(e[0]), Path(e[1]), e[2], e[3]) for e in entries]
    except (OSError, ValueError, TypeError, IndexError, KeyError) as error:
        raise StoreError(f"{journal} is damaged: {error}") from None


def finish(journal: Path, replacements: list[Replacement]) -> None:
    """Put what waits in its place, and remove the journal.

    Raises
    ------
    StoreError
        If a file was changed since; then nothing is touched.
    """
    waiting = [each for each in replacements if not each.is_done]
    if changed := [each for each in waiting if not each.can_be_done]:
        raise StoreError(
            f"{journal} can't be ended: {', '.join(str(each.target) for each in changed)} "
            "is another file than when the work began"
        )
    for each in waiting:
        each.staged.replace(each.target)
    for each in replacements:
        each.staged.unlink(missing_ok=True)
    journal.unlink()


def _replacement(path: Path, content: bytes) -> Replacement:
    before = digests.of_file(path)
    staged = _stage(path, content)
    return Replacement(path.absolute(), staged.absolute(), before, digests.of(content))


def _stage(path: Path, content: bytes) -> Path:
    """Write a content beside its place, down to the disk, with the mode that a new file has."""
    number, name = tempfile.mkstemp(prefix=f"{MARK}{os.getpid()}-", dir=path.parent)
    staged = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask())
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
    return staged


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _as_json(replacements: list[Replacement]) -> bytes:
    entries: list[Any] = [
        [str(each.target), str(each.staged), each.before, each.after] for each in replacements
    ]
    return json.dumps(entries, indent=1).encode()
