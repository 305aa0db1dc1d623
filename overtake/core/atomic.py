"""Files replaced in one step: a reader sees the old content or the new one, never half.

A process may be killed between any two instructions. A file is therefore written
beside its place and renamed. Of several files the last one decides: the description
of the data holds the hash of each table, the record of a release that of its site.
What does not fit its hash is refused where it is read.
"""

import glob
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from overtake.core.errors import OvertakeError
from overtake.core.paths import lock_of

MARK = ".replacing-"
"""Beginning of the name of a file that is not in its place yet."""


def write(path: Path, content: bytes) -> None:
    """Replace one file in one step."""
    write_all({path: content})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Replace several files in the order given; none of them if one can't be written."""
    with ExitStack() as leaving:
        staged = {}
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove_leftovers(path)
            staged[path] = path.with_name(f"{MARK}{path.name}-{os.getpid()}")
            leaving.callback(staged[path].unlink, missing_ok=True)
            staged[path].write_bytes(content)
            if path.exists():
                shutil.copymode(path, staged[path])
        for path, waiting in staged.items():
            waiting.replace(path)


@contextmanager
def alone(folder: Path, refusal: OvertakeError) -> Iterator[None]:
    """Hold the lock of a folder; raise the refusal if another process holds it."""
    from filelock import FileLock, Timeout

    lock = FileLock(lock_of(folder))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise refusal from None
    try:
        yield
    finally:
        lock.release()


def _remove_leftovers(path: Path) -> None:
    """Remove what killed processes wrote for a place."""
    for left in path.parent.glob(f"{MARK}{glob.escape(path.name)}-*"):
        owner = left.name.rpartition("-")[2]
        if owner.isdecimal() and not _is_running(int(owner)):
            left.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    import psutil

    return bool(psutil.pid_exists(process))
