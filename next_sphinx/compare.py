"""Compare two builds of the book page by page: whether a reader gets the same from both."""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lxml.html

SPHINX = ("_static/", "searchindex.js", ".buildinfo", "objects.inv")
"""What belongs to the version of Sphinx: its scripts and styles, its index of search."""
DOWNLOADS = "_downloads/"
"""Below it, a file's folder is a hash that each version of Sphinx makes in its own way."""


@dataclass(frozen=True)
class Comparison:
    """Two builds beside each other.

    Attributes
    ----------
    pages, files : int
        How many pages and other files both have.
    missing, added : tuple of str
        Files that only the first or only the second has.
    text, bytes : tuple of str
        Pages whose text differs, and other files whose bytes differ.
    sphinx : tuple of str
        Files of Sphinx itself that differ, are missing or were added.
    """

    pages: int
    files: int
    missing: tuple[str, ...]
    added: tuple[str, ...]
    text: tuple[str, ...]
    bytes: tuple[str, ...]
    sphinx: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether a reader gets the same from both."""
        return not (self.missing or self.added or self.text or self.bytes)


def compare(first: Path, second: Path) -> Comparison:
    """Compare two built sites; a download goes by its name and content, not by its folder."""
    ours, theirs = dict(_files(first)), dict(_files(second))
    common = sorted(ours.keys() & theirs.keys())
    differing = [name for name in common if not _equal(ours[name], theirs[name])]
    apart = [*differing, *sorted(ours.keys() ^ theirs.keys())]
    return Comparison(
        pages=sum(name.endswith(".html") for name in common),
        files=sum(not name.endswith(".html") for name in common),
        missing=tuple(name for name in apart if name not in theirs and not _of_sphinx(name)),
        added=tuple(name for name in apart if name not in ours and not _of_sphinx(name)),
        text=tuple(name for name in differing if name.endswith(".html")),
        bytes=tuple(n for n in differing if not n.endswith(".html") and not _of_sphinx(n)),
        sphinx=tuple(name for name in apart if _of_sphinx(name)),
    )


def _files(site: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if name.startswith(DOWNLOADS) and path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            yield f"{DOWNLOADS}{digest[:16]}/{path.name}", path
        elif path.is_file():
            yield name, path


def _equal(ours: Path, theirs: Path) -> bool:
    if ours.suffix == ".html":
        return read_text(ours) == read_text(theirs)
    return ours.read_bytes() == theirs.read_bytes()


def read_text(page: Path) -> str:
    """Return a page's words, its titles and alternative texts, without scripts and styles."""
    tree = lxml.html.fromstring(page.read_bytes())
    for element in tree.xpath("//script | //style"):
        element.drop_tree()
    described = tree.xpath("//img/@alt | //@title | //@aria-label")
    return " ".join([*tree.text_content().split(), *map(str, described)])


def _of_sphinx(name: str) -> bool:
    return name.startswith(SPHINX)


def main() -> None:
    """Print what differs; exit with 1 if a reader would see it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    given = parser.parse_args()
    found = compare(given.first, given.second)
    for title, names in (
        ("only in the first", found.missing),
        ("only in the second", found.added),
        ("another text", found.text),
        ("other bytes", found.bytes),
        ("Sphinx's own files", found.sphinx),
    ):
        print(f"{title}: {', '.join(names) or 'none'}")
    print(f"{found.pages} pages with the same text" if not found.text else "The text differs")
    print(f"{found.files} other files compared, {len(found.bytes)} of them differ")
    sys.exit(0 if found.same else 1)


if __name__ == "__main__":
    main()
