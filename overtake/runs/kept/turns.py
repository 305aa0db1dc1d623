"""Turns: whose it is to compute a call, of all processes that share a store.

The system takes the turn of a process that ends, however it ends. Where a turn can't be
written, everyone has it: the work is done twice then, and the result is the same.
"""

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

FOLDER = "turns"


class Turn:
    """The turn to compute one call.

    Parameters
    ----------
    folder : Path
        Where results are kept.
    key : str
        Of the call.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._path = folder / FOLDER / key
        self._lock = FileLock(self._path, thread_local=False)

    def is_ours(self) -> bool:
        """Take the turn, unless another process has it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        except OSError:
            return True
        return True

    def wait(self) -> None:
        """Take the turn once the other process has given it up."""
        with suppress(OSError):
            self._lock.acquire(poll_interval=0.005)

    def give_up(self) -> None:
        """Leave the call to others."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._lock.release()
