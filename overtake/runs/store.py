"""The store of runs as folders: staged where no reader looks, published in one step.

A store is the folder ``_build/runs``. Whoever writes a run holds its lock, so that
builds side by side execute it once. The system drops the lock of a process that ends,
however it ends. What can't be written is told as a `StoreError`.
"""

import errno
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from overtake.core.errors import StoreError
from overtake.runs.kept import entries, turns
from overtake.runs.recorded import RECORD_NAME

if TYPE_CHECKING:
    from filelock import FileLock

_STAGING = ".staging"
_LOCKS = ".locks"
FACTS, NUMBERS = ".facts", ".numbers"
"""Folders of the store that hold runs without pictures, and those with numbers alone."""
_SECONDS_PER_DAY = 86_400
_LOGGER = logging.getLogger(__name__)
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def locked(store: Path, run_id: str) -> Iterator[None]:
    """Hold the lock of a run; wait for another process or thread that holds it."""
    with explained(store):
        held = _lock(store, run_id).acquire()
    with held:
        yield


def staging(store: Path) -> Path:
    """Return where runs are written until they are whole."""
    return store / _STAGING


@contextmanager
def staged(store: Path, run_id: str) -> Iterator[Path]:
    """Yield a folder that no reader of the store sees, and remove it if it is left."""
    folder = staging(store) / f"{run_id}.{os.getpid()}"
    with explained(store):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, target: Path) -> None:
    """Move a finished run to its address in one step; a damaged one there gives way."""
    if target.exists():  # it is not whole: it would have been found
        _LOGGER.warning("run %s was damaged, and was executed anew", target.name)
        damaged = folder.with_suffix(".damaged")
        target.rename(damaged)
        shutil.rmtree(damaged)
    target.parent.mkdir(exist_ok=True)
    folder.rename(target)


def sweep(store: Path) -> None:
    """Remove what killed processes have left: staging folders of runs whose lock is free."""
    from filelock import Timeout

    for folder in staging(store).glob("*.*"):
        with explained(store), suppress(Timeout), _lock(store, folder.stem).acquire(blocking=False):
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Pruned:
    """What was removed from a store: whole runs, results of sections; and what is left."""

    runs: int
    results: int
    bytes: int
    bytes_left: int


def prune(store: Path, *, days: float) -> Pruned:
    """Remove runs and kept results that were made or used last more than so many days ago."""
    limit = time.time() - days * _SECONDS_PER_DAY
    before = _bytes_below(store)
    with explained(store):
        homes = (store, store / FACTS, store / NUMBERS)
        records = (path for home in homes for path in home.glob(f"*/{RECORD_NAME}"))
        old = [path for path in records if path.stat().st_mtime < limit]
        kept = store / entries.FOLDER
        results = [path for path in kept.glob("??/*") if path.stat().st_mtime < limit]
        left = [path for path in kept.glob(f"{turns.FOLDER}/*") if path.stat().st_mtime < limit]
        for record in old:
            shutil.rmtree(record.parent)
        for path in (*results, *left):
            path.unlink()
    bytes_left = _bytes_below(store)
    return Pruned(len(old), len(results), before - bytes_left, bytes_left)


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def explained(store: Path) -> Iterator[None]:
    """Turn what the operating system says of a disk into a `StoreError` with what to do."""
    try:
        yield
    except OSError as error:
        told = f"{store} can't be written; nothing was stored: {error}"
        if error.errno in _FULL:
            told = (
                f"no space is left on the device of {store}; nothing was stored. "
                "Free some, or remove runs: each folder of the store can be made again"
            )
        raise StoreError(told) from error


def _lock(store: Path, run_id: str) -> "FileLock":
    from filelock import FileLock

    (store / _LOCKS).mkdir(parents=True, exist_ok=True)
    return FileLock(store / _LOCKS / f"{run_id}.lock", thread_local=False)
