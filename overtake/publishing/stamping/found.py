"""What reading a picture gives, whatever its kind."""

from dataclasses import dataclass

from overtake.publishing.stamping.stamp import Stamp


@dataclass(frozen=True)
class Found:
    """A picture taken apart.

    Attributes
    ----------
    said : Stamp or None
        The stamp, if it has one of this book's.
    picture : bytes
        The file without its stamp.
    damage : str or None
        What is wrong with the file, with the bytes.
    """

    said: Stamp | None
    picture: bytes
    damage: str | None = None


def span(first: int, after: int) -> str:
    """Name the bytes from `first` to just before `after`."""
    return f"bytes {first}–{max(first, after - 1)}"
