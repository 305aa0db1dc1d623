"""Files as they were when they were hashed: what changed since must not be kept by that hash."""

from collections.abc import Mapping
from pathlib import Path

from overtake.core.errors import ChapterError

Stamp = tuple[int, int]
"""When a file was changed last, in nanoseconds, and how many bytes it has."""
_GONE: Stamp = (0, -1)


def stamp_of(path: Path) -> Stamp:
    """Return a file's stamp."""
    try:
        found = path.stat()
    except OSError:
        return _GONE
    return found.st_mtime_ns, found.st_size


def require_unchanged(stamps: Mapping[str, Stamp]) -> None:
    """Refuse files, given by their paths, that have changed.

    Raises
    ------
    ChapterError
        If one has.
    """
    for name, stamp in stamps.items():
        if stamp_of(Path(name)) != stamp:
            raise ChapterError(
                f"{name} was changed while the chapter ran; nothing was stored. Run it again"
            )
