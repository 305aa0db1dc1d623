"""Archives that anyone may have made: read within bounds, and only as `digests.pack` writes them.

What two programs would unpack differently is refused: a name that stands twice, bytes
between two entries, a name that another field replaces, links, folders, encryption.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from overtake.core.errors import RecordError

LARGEST_BYTES = 256 * 2**20
"""More than any crate of ours has, packed or unpacked."""
MOST_ENTRIES = 10_000
_NAME = re.compile(r"([A-Za-z0-9_][A-Za-z0-9._-]*/)*[A-Za-z0-9_][A-Za-z0-9._-]*")
_PACKED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # bits of an entry's flags
_ENTRY_BYTES, _LISTED_BYTES, _END_BYTES = 30, 46, 22  # of the format, without names
_SHOWN = 20
_UNREADABLE = (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error)


def read(path: Path) -> dict[str, bytes]:
    """Return the files of an archive by name; a `RecordError` names each entry that is refused."""
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise RecordError(f"{path} has {size} bytes, more than any crate of a run")
        with path.open("rb") as file, zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
            refuse(path, list(_problems(entries)))
            refuse(path, list(_hidden(file, packed, size)))
            return {entry.filename: _content(packed, entry, path) for entry in entries}
    except _UNREADABLE as error:
        raise RecordError(f"{path} is damaged: {error}") from None


def refuse(path: Path, problems: Sequence[str]) -> None:
    """Refuse an archive that has problems, and name them."""
    if problems:
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        told = "\n  ".join([*problems[:_SHOWN], *more])
        raise RecordError(f"{path} is no crate as `overtake crate` packs it:\n  {told}")


def _problems(entries: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    if len(entries) > MOST_ENTRIES:
        yield f"it holds {len(entries)} files, more than any crate of a run"
        return
    if sum(entry.file_size for entry in entries) > LARGEST_BYTES:
        yield "it unpacks to more than any crate of a run"
    for name, count in Counter(entry.filename for entry in entries).items():
        if count > 1:
            yield f"{name!r} stands in it {count} times"
    for entry in entries:
        if oddity := _oddity(entry):
            yield f"{entry.orig_filename!r} {oddity}"


def _oddity(entry: zipfile.ZipInfo) -> str:
    """Return what is wrong with an entry, or "" if it is a plain file."""
    if not _NAME.fullmatch(entry.filename) or entry.orig_filename != entry.filename:
        return "leads out of the crate, or is no name of a file in one"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        return "is a link or a device"
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if entry.compress_type not in _PACKED_AS:
        return f"is packed by method {entry.compress_type}, which no crate is"
    if entry.extra or entry.comment:
        return "says more than its name and content: it was packed by another program"
    return ""


def _hidden(file: IO[bytes], packed: zipfile.ZipFile, size: int) -> Iterator[str]:
    """Say if there are bytes that belong to no listed entry, which another program might unpack."""
    at = 0
    for entry in sorted(packed.infolist(), key=lambda entry: entry.header_offset):
        file.seek(entry.header_offset)
        header = file.read(_ENTRY_BYTES + len(entry.filename))
        if entry.header_offset != at or header != entry.FileHeader():
            yield f"{entry.orig_filename!r} is told otherwise in the list of files than before it"
            return
        at += len(header) + entry.compress_size
    listed = sum(_LISTED_BYTES + len(entry.filename) for entry in packed.infolist())
    if at != packed.start_dir or at + listed + _END_BYTES != size:
        yield "it holds bytes beside its files"


def _content(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> bytes:
    try:
        return packed.read(entry)
    except (*_UNREADABLE, zlib.error, RuntimeError) as error:
        first = entry.header_offset
        span = f"about bytes {first}–{first + entry.compress_size + len(entry.filename)}"
        raise RecordError(
            f"{path} is damaged in its entry {entry.filename}, {span}: {error}"
        ) from None
