"""Kept results: a file for each call in ``.sections`` of the store of runs, found by its key.

A file holds the pickle of a result behind a line that says its SHA-256, and that line is signed
with a key that this store alone knows: a pickle from elsewhere is never read. What is damaged,
foreign or can't be written counts as not kept, so that the call is computed again.
"""

import hashlib
import hmac
import json
import logging
import os
import pickle
import secrets
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overtake.runs.kept.keys import Pickled

FOLDER = ".sections"
_SMALL = 1 << 16
_BYTES_PER_SECOND = 4_000_000
"""A result that takes more room than this for each second of its call is not kept."""
_KEY_FILE = "key"
_KEY_BYTES = 32
_LOGGER = logging.getLogger(__name__)


class NotKeptError(Exception):
    """An entry that can't be read back; its call has to be computed."""


@dataclass(frozen=True)
class Entry:
    """What the store knows of a result without reading it.

    Attributes
    ----------
    key : str
        Of the call.
    digest : str
        SHA-256 of the pickle.
    modules : list of str
        Modules whose classes and functions the result holds.
    seconds : float
        Time that the call took.
    items : int or None
        How many items it has, if it is a tuple: a cell may take it apart without reading it.
    is_whole : bool
        Whether the result is kept, or only known: what takes more room than it saves time is
        computed again by whoever needs it.
    """

    key: str
    digest: str
    modules: list[str]
    seconds: float
    items: int | None
    is_whole: bool


class Entries:
    """Results of calls in a folder, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str) -> Entry | None:
        """Return what is known of a call's result; None if it isn't kept, or not whole."""
        try:
            with self._path(key).open("rb") as file:
                entry = self._signed(key, file.readline())
            os.utime(self._path(key))  # what was used last goes last
        except FileNotFoundError:
            return None
        except (OSError, NotKeptError) as error:
            _LOGGER.warning("a kept result is damaged, and is computed anew: %s", error)
            return None
        return entry

    def read(self, entry: Entry) -> Any:  # noqa: ANN401  (whatever a section returns)
        """Return a result.

        Raises
        ------
        NotKeptError
            If it isn't kept, or is not what was written.
        """
        if not entry.is_whole:
            raise NotKeptError(f"{entry.key} is known, but its result is not kept")
        try:
            content = self._path(entry.key).read_bytes()
        except OSError as error:
            raise NotKeptError(str(error)) from None
        line, _, pickled = content.partition(b"\n")
        self._signed(entry.key, line)
        if hashlib.sha256(pickled).hexdigest() != entry.digest:
            raise NotKeptError(f"{self._path(entry.key)} is not what was written")
        return pickle.loads(pickled)  # noqa: S301  (signed by this store)

    def write(self, key: str, pickled: "Pickled", seconds: float, items: int | None) -> Entry:
        """Keep a result; where the disk takes none, it is said and the work goes on."""
        is_whole = len(pickled.content) <= max(_SMALL, seconds * _BYTES_PER_SECOND)
        digest = hashlib.sha256(pickled.content).hexdigest()
        entry = Entry(key, digest, list(pickled.modules), round(seconds, 3), items, is_whole)
        told = json.dumps(asdict(entry), sort_keys=True)
        line = f"{self._signature(told)} {told}\n".encode()
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, delete=False, suffix=".tmp") as file:
                file.write(line + (pickled.content if is_whole else b""))
            Path(file.name).replace(path)
        except OSError as error:
            _LOGGER.warning("a result is not kept: %s", error)
        return entry

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def _signed(self, key: str, line: bytes) -> Entry:
        try:
            signature, _, told = line.decode().strip().partition(" ")
            if not hmac.compare_digest(signature, self._signature(told)):
                raise NotKeptError(f"{self._path(key)} was not written by this store")
            entry = Entry(**json.loads(told))
        except (ValueError, TypeError) as error:
            raise NotKeptError(f"{self._path(key)}: {error}") from None
        if entry.key != key:
            raise NotKeptError(f"{self._path(key)} holds another call's result")
        return entry

    def _signature(self, told: str) -> str:
        return hmac.new(self._secret, told.encode(), "sha256").hexdigest()

    @cached_property
    def _secret(self) -> bytes:
        """The store's key, made at its first use; whoever comes second takes the first one's."""
        path = self.folder / _KEY_FILE
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f".{_KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
        if not path.exists():
            fresh.touch(mode=0o600)
            fresh.write_bytes(secrets.token_bytes(_KEY_BYTES))
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_bytes()


class Overlaid(Entries):
    """Results of calls in a folder, over those of another store, which is only read."""

    def __init__(self, folder: Path, below: Entries) -> None:
        super().__init__(folder)
        self._below = below

    def find(self, key: str) -> Entry | None:
        """Return what either knows of a call's result, this folder first."""
        return super().find(key) or self._below.find(key)

    def find_own(self, key: str) -> Entry | None:
        """Return what this folder knows of a call's result."""
        return super().find(key)

    def read(self, entry: Entry) -> Any:  # noqa: ANN401  (whatever a section returns)
        """Return a result from whichever keeps it; see `Entries.read`."""
        if self._path(entry.key).is_file():
            return super().read(entry)
        return self._below.read(entry)
