"""Contents that can be told apart: SHA-256, and archives that hold no clock."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_READABLE_FILE = 0o100644 << 16
_UNIX = 3


def of(content: bytes) -> str:
    """Return the SHA-256 of a content in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def of_file(path: Path) -> str:
    """Return the SHA-256 of a file; "" if there is none that can be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):  # a null byte is in no file's name
        return ""


def pack(files: Mapping[str, bytes], first: str = "") -> bytes:
    """Return a zip archive of contents by name; the same files give the same archive.

    The file called `first` stands first and is not compressed, as in EPUB.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items(), key=lambda file: (file[0] != first, file[0])):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system = _UNIX
            entry.external_attr = _READABLE_FILE
            entry.compress_type = zipfile.ZIP_STORED if name == first else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()
