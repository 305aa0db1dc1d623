"""Archives that hold no clock: the same files give the same archive."""

import io
import zipfile
from collections.abc import Mapping

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_READABLE_FILE = 0o100644 << 16
_UNIX = 3


def pack(files: Mapping[str, bytes], first: str = "") -> bytes:
    """Return a zip archive.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by name, with ``/`` between folders.
    first : str, optional
        Name of the file that stands first and is not compressed, as in EPUB.
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
