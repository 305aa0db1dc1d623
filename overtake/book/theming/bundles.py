"""One style sheet a page instead of nine: each is a round trip before anything is drawn.

Sphinx and its extensions link one file each. Once all pages are written, the
files that a page links are put together, in their order, into one beside them.
Pages that link the same files share it. Its first line names what it is made
of, so that the next build can make it anew for pages that it doesn't write.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from overtake.core import digests

_LINK = re.compile(
    r'\s*<link rel="stylesheet" type="text/css" '
    r'href="(?P<root>(?:\.\./)*)_static/(?P<name>[^"?]+\.css)(?:\?[^"]*)?" />'
)
_MADE_OF = re.compile(r"/\* made of (.+?) \*/")
_ELSEWHERE = re.compile(r"@import|url\((?!\s*[\"']?data:)")
_PREFIX = "bundle-"
_DIGEST_CHARACTERS = 8


@dataclass(frozen=True)
class Bundles:
    """The bundles of one build of a site.

    Attributes
    ----------
    static : pathlib.Path
        Folder of the site's style sheets.
    """

    static: Path
    _links: dict[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._links)

    def link(self, page: str) -> str:
        """Return a page with one link in place of all its links to style sheets.

        Parameters
        ----------
        page : str
            HTML of the page.

        Raises
        ------
        ValueError
            If a style sheet asks for a file by its place, which the bundle is not in.
        """
        found = list(_LINK.finditer(page))
        if not found:
            return page
        names = tuple(name for each in found for name in self._parts(each["name"]))
        line = f'\n    <link rel="stylesheet" type="text/css" href="{found[0]["root"]}_static/'
        first, rest = found[0].span(), page[found[0].end() :]
        return f'{page[: first[0]]}{line}{self._bundle(names)}" />{_LINK.sub("", rest)}'

    def _parts(self, name: str) -> list[str]:
        """Return what a style sheet of an earlier build was made of; any other is itself."""
        if not name.startswith(_PREFIX):
            return [name]
        made_of = _MADE_OF.match((self.static / name).read_text(encoding="utf-8"))
        return made_of[1].split(", ") if made_of else [name]

    def _bundle(self, names: tuple[str, ...]) -> str:
        """Write the bundle of some style sheets, unless this build has; return its address."""
        if names not in self._links:
            content = f"/* made of {', '.join(names)} */\n" + "\n".join(map(self._read, names))
            file = f"{_PREFIX}{digests.of(' '.join(names).encode())[:_DIGEST_CHARACTERS]}.css"
            (self.static / file).write_text(content, encoding="utf-8")
            version = digests.of(content.encode())[:_DIGEST_CHARACTERS]
            self._links[names] = f"{file}?v={version}"
        return self._links[names]

    def _read(self, name: str) -> str:
        content = (self.static / name).read_text(encoding="utf-8").removeprefix("\ufeff")
        if elsewhere := _ELSEWHERE.search(content):
            raise ValueError(f"{name} asks for another file at {elsewhere[0]!r}: link it alone")
        return content
