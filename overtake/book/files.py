"""Files beside a page: those that it offers to save, where it stands, and writing them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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


def address_of(page: str) -> str:
    """Return a page's address from the book's root: a folder's index is the folder."""
    folder, _, name = page.rpartition("/")
    return f"/{folder}/".replace("//", "/") if name == "index" else f"/{page}.html"


def write_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder, by their names in it."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
