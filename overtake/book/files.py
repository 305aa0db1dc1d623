"""A file that a page offers to save."""

from dataclasses import dataclass

_BYTES_SHOWN = 1000


@dataclass(frozen=True)
class File:
    """A file beside the page: what readers call it, what it is for, and the type to serve."""

    name: str
    label: str
    meaning: str
    media_type: str
    content: bytes

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode()

    @property
    def size(self) -> str:
        """The content's size in words."""
        count = len(self.content)
        return f"{count / 1000:.0f} kB" if count >= _BYTES_SHOWN else f"{count} bytes"
