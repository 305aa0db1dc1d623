"""Files replaced in one step, and several of them together or not at all.

A process may be killed between any two instructions. One file is therefore
written beside its place and renamed. Several files are written beside their
places first; then a journal names them; then they are renamed, and the
journal goes. Whoever finds a journal can bring the work to its end: everything
it names is on the disk already. As long as the work's process lives, it holds
a lock beside the journal, which the system drops with it.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from overtake.core import digests
from overtake.core.errors import StoreError

MARK = ".replacing-"
"""Beginning of the name of a file that is not in its place yet."""


def _umask() -> int:
    """Read the mode that new files don't have; the system tells it only to who sets it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


_UMASK = _umask()  # once, before there are threads that write


@dataclass(frozen=True)
class Replacement:
    """One file of a journal.

    Attributes
    ----------
    target, staged : pathlib.Path
        Its place, and where it waits.
    before, after : str
        SHA-256 of what stood in the place, and of the new content ("" for nothing).
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
        If earlier work of this journal is under way, or was interrupted and
        not brought to its end.
    OSError
        If a file can't be written; then every file is as it was. If the disk
        doesn't even take what stood there before, the journal remains.
    """
    with held(journal):
        if journal.exists():
            raise StoreError(
                f"{journal} says that earlier work was interrupted; `overtake doctor` ends it"
            )
        _write_all(files, journal)


@contextmanager
def held(journal: Path) -> Iterator[None]:
    """Hold the lock of a journal's work; this process may hold it several times.

    Raises
    ------
    StoreError
        If another process holds it.
    """
    journal.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(journal.with_suffix(".lock"), is_singleton=True, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise StoreError(
            f"{journal.stem}: another process is at work; call again when it has ended"
        ) from None
    try:
        yield
    finally:
        if lock.lock_counter == 1:  # whoever waits for it sees that it is gone, and takes a new one
            Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def is_under_way(journal: Path) -> bool:
    """Whether another process is at a journal's work."""
    try:
        with held(journal):
            return False
    except StoreError:
        return True


def _write_all(files: Mapping[Path, bytes], journal: Path) -> None:
    replacements: list[Replacement] = []
    before = {path.absolute(): path.read_bytes() for path in files if path.exists()}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            replacements.append(_replacement(path, content))
        write(journal, _as_json(replacements))
    except BaseException:
        _discard(replacements)
        raise
    try:
        finish(journal, replacements)
    except OSError:
        _take_back(journal, replacements, before)
        raise


def _take_back(
    journal: Path, replacements: list[Replacement], before: Mapping[Path, bytes]
) -> None:
    """Give back what stood in each place that was replaced.

    If that can't even begin, the journal remains as it was, and can be ended
    forwards; once it has begun, the journal says the way back.
    """
    back: list[Replacement] = []
    try:
        replaced = [each for each in replacements if each.is_done and each.before != each.after]
        back.extend(_replacement(each.target, before.get(each.target)) for each in replaced)
        write(journal, _as_json(back))
    except BaseException:
        _discard(back)
        raise
    _discard(replacements)
    finish(journal, back)


def _discard(replacements: list[Replacement]) -> None:
    for each in replacements:
        each.staged.unlink(missing_ok=True)


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


def finish(journal: Path, replacements: list[Replacement]) -> bool:
    """Put what waits in its place, and remove the journal.

    Returns
    -------
    bool
        Whether the new contents are in their places. They are not if a new one
        is lost while every place holds what it held before: then the work has
        not begun, and the journal goes.

    Raises
    ------
    StoreError
        If another process is at work, or a file was changed since; then
        nothing is touched.
    """
    with held(journal):
        waiting = [each for each in replacements if not each.is_done]
        changed = [each for each in waiting if not each.can_be_done]
        if changed and any(digests.of_file(each.target) != each.before for each in replacements):
            raise StoreError(
                f"{journal} can't be ended: {', '.join(str(each.target) for each in changed)} "
                "is another file than when the work began"
            )
        for each in [] if changed else waiting:
            _put(each)
        _discard(replacements)
        journal.unlink()
        return not changed


def _put(replacement: Replacement) -> None:
    if replacement.after:
        replacement.staged.replace(replacement.target)
    else:
        replacement.target.unlink()


def _replacement(path: Path, content: bytes | None) -> Replacement:
    """Stage a new content, or, for None, that there shall be no file."""
    before = digests.of_file(path)
    if content is None:
        nowhere = path.with_name(f"{MARK}{os.getpid()}-nothing")
        return Replacement(path.absolute(), nowhere.absolute(), before, "")
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
        staged.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_UMASK)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
    return staged


def _as_json(replacements: list[Replacement]) -> bytes:
    entries: list[Any] = [
        [str(each.target), str(each.staged), each.before, each.after] for each in replacements
    ]
    return json.dumps(entries, indent=1).encode()
