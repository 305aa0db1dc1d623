"""The one pass over finished pages: what only the whole page, or the whole site, lets us say.

What can be said in a page's doctree or a template is said there; the rest here, over each
page's tree, and last the page's policy, computed from what the page then holds. Every step leaves
a page as it is that it has seen before: the next build writes only the pages that have changed.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree, html

from overtake.core import digests
from overtake.publishing.releases import FOLDER as RELEASES

Step = Callable[[html.HtmlElement, Path], None]
"""Changes a page in place; the path is the page's file, which links are relative to."""

# Names, punctuation and white space have the colour of plain code in both of the book's styles.
_COLOURLESS = "//span[@class='n' or @class='p' or @class='w'][not(*)]"
_PIXELS_PER_POINT = 96 / 72
_STYLE_SHEET = re.compile(r"(?P<root>(?:\.\./)*_static/)(?P<name>[^?]+\.css)(?:\?.*)?")
_MADE_OF = re.compile(r"/\* made of (.+?) \*/")
_ELSEWHERE = re.compile(r"@import|url\((?!\s*[\"']?data:)")
_BUNDLE = "bundle-"
_DIGEST_CHARACTERS = 8
_CODE_TYPES = frozenset({"", "module", "text/javascript", "application/javascript"})
"""Types of ``script`` that browsers execute; any other type is data to them."""
_POLICY = "Content-Security-Policy"
_ONLY_FOR = {
    "sphinx-design.min.css": ("sd-",),
    "design-tabs.js": ("sd-tab",),
    **dict.fromkeys(("copybutton.css", "copybutton.js", "clipboard.min.js"), ("highlight",)),
    "mystnb.css": ("cell", "linenos", "pasted-", "-Color"),
}
"""Files that extensions give to all pages, by the words in the classes that they are about."""
_VERSION = re.compile(r"\.[0-9a-f]{64}(?=\.)|\?.*")


def finish(site: Path) -> tuple[int, int]:
    """Finish the book's pages; return how many there are, and how many style sheets they share."""
    styles, paths = StyleSheets(site / "_static"), own_pages(site)
    steps = (mend_roles, thin_code, keep_room, spare_scripts, styles.bundle, protect)
    for path in paths:
        before = path.read_bytes()
        if (after := finished(before, path, steps)) != before:
            path.write_bytes(after)
    return len(paths), styles.count


def finish_alone(pages: Iterable[Path]) -> None:
    """Finish pages without the rest of the site: each keeps its links to style sheets."""
    for path in pages:
        steps = (mend_roles, thin_code, keep_room, spare_scripts, protect)
        path.write_bytes(finished(path.read_bytes(), path, steps))


def own_pages(site: Path) -> list[Path]:
    """Return the book's pages; those of releases never change, and files of themes are none."""
    kept = (site / RELEASES, site / "_static")
    return [
        path
        for path in sorted(site.rglob("*.html"))
        if not any(path.is_relative_to(folder) for folder in kept)
    ]


def finished(content: bytes, path: Path, steps: Iterable[Step]) -> bytes:
    """Return a page's file after some steps."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    page = html.document_fromstring(content, parser=parser)
    for step in steps:
        step(page, path)
    written: bytes = html.tostring(page, encoding="utf-8", doctype="<!doctype html>")
    for ended in (b"</source>", b"</wbr>"):  # libxml2 knows HTML 4 only
        written = written.replace(ended, b"")
    return written + b"\n"


def protected(page: str) -> str:
    """Return a page that stands alone with its policy."""
    return finished(page.encode(), Path(), [protect]).decode()


def mend_roles(page: html.HtmlElement, _path: Path) -> None:
    """Tell assistive technology what is there, where writers of HTML say it wrong."""
    # Docutils: deprecated in DPUB-ARIA 1.1, and no child that a list may have.
    for element in page.xpath("//*[@role='doc-biblioentry']"):
        element.set("role", "listitem")
    # Sphinx: the captions of the navigation's groups are headings of no level.
    for caption in page.xpath("//p[@class='caption'][@role='heading']"):
        caption.set("aria-level", "2")


def thin_code(page: html.HtmlElement, _path: Path) -> None:
    """Take out the marks of code that colour nothing: more than half of a chapter's elements."""
    for mark in page.xpath(_COLOURLESS):
        mark.drop_tag()


def spare_scripts(page: html.HtmlElement, _path: Path) -> None:
    """Take out the scripts that would find nothing to do."""
    for script in page.xpath("//script[@src]"):
        if not wanted(page, script.get("src").rpartition("/")[2]):
            script.drop_tree()


def wanted(page: html.HtmlElement, name: str) -> bool:
    """Return whether a page has anything that a file of this name is about."""
    words = _ONLY_FOR.get(_VERSION.sub("", name))
    return words is None or any(page.xpath("//*[contains(@class, $word)]", word=w) for w in words)


def keep_room(page: html.HtmlElement, path: Path) -> None:
    """Keep the place of each figure with its size, and load it when it comes into view."""
    for image in page.xpath("//img[@class='overtake-figure'][not(@width)]"):
        width, height = size(path.parent / unquote(urlsplit(image.get("src")).path))
        image.attrib.update({"width": str(width), "height": str(height), "loading": "lazy"})


def size(picture: Path) -> tuple[int, int]:
    """Return the width and height in CSS pixels of an SVG with a size in points."""
    with picture.open("rb") as content:
        _, root = next(etree.iterparse(content, events=("start",)))
    width, height = root.get("width", ""), root.get("height", "")
    if not (width.endswith("pt") and height.endswith("pt")):
        raise ValueError(f"{picture}: a size in points is needed, not {width!r} by {height!r}")
    return _pixels(width), _pixels(height)


def _pixels(points: str) -> int:
    return round(float(points.removesuffix("pt")) * _PIXELS_PER_POINT)


@dataclass(frozen=True)
class StyleSheets:
    """One style sheet a page instead of nine: each is a round trip before anything is drawn.

    The files that a page links are put together, in their order, into one beside them. Pages
    that link the same files share it. Its first line names what it is made of, so that the
    next build can make it anew for pages that it doesn't write.
    """

    static: Path
    _addresses: dict[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._addresses)

    def bundle(self, page: html.HtmlElement, _path: Path) -> None:
        """Leave one link in place of all links of a page to style sheets."""
        links = page.xpath("//link[@rel='stylesheet']")
        found = [(link, match) for link in links if (match := _STYLE_SHEET.match(link.get("href")))]
        if not found:
            return
        linked = (name for _, match in found for name in self._parts(match["name"]))
        names = tuple(name for name in linked if wanted(page, name))
        (first, match), *rest = found
        first.set("href", f"{match['root']}{self._bundle(names)}")
        for link, _ in rest:
            link.drop_tree()

    def _parts(self, name: str) -> list[str]:
        """Return what a style sheet of an earlier build was made of; any other is itself."""
        if not name.startswith(_BUNDLE):
            return [name]
        made_of = _MADE_OF.match((self.static / name).read_text(encoding="utf-8"))
        return made_of[1].split(", ") if made_of else [name]

    def _bundle(self, names: tuple[str, ...]) -> str:
        """Write the bundle of some style sheets, unless this build has; return its address."""
        if names not in self._addresses:
            content = f"/* made of {', '.join(names)} */\n" + "\n".join(map(self._read, names))
            file = f"{_BUNDLE}{digests.of(' '.join(names).encode())[:_DIGEST_CHARACTERS]}.css"
            (self.static / file).write_text(content, encoding="utf-8")
            version = digests.of(content.encode())[:_DIGEST_CHARACTERS]
            self._addresses[names] = f"{file}?v={version}"
        return self._addresses[names]

    def _read(self, name: str) -> str:
        content = (self.static / name).read_text(encoding="utf-8").removeprefix("\ufeff")
        if elsewhere := _ELSEWHERE.search(content):
            raise ValueError(f"{name} asks for another file at {elsewhere[0]!r}: link it alone")
        return content


def protect(page: html.HtmlElement, _path: Path) -> None:
    """Write a page's Content-Security-Policy into its head, in place of an earlier one.

    The policy stands right behind the character set, which browsers look for in the first
    1024 bytes. A file that says none isn't a page of ours.
    """
    if (charset := page.find("head/meta[@charset]")) is None:
        return
    stated = page.xpath("/html/head/meta[@http-equiv=$name]", name=_POLICY)
    if not stated:
        stated = [html.Element("meta", {"http-equiv": _POLICY})]
        stated[0].tail = "\n"
        charset.getparent().insert(charset.getparent().index(charset) + 1, stated[0])
    stated[0].set("content", policy(page))


def policy(page: html.HtmlElement) -> str:
    """Return the strictest policy under which a page works.

    Content Security Policy Level 3, W3C Working Draft, sections 2.3.1 (sources and hashes) and
    3.3 (the ``meta`` element). A page may load what stands beside it and run the inline code
    whose hash is listed; nothing from elsewhere, no ``eval``, no inline code that came in
    later. ``style-src-attr`` appears only if the page has inline ``style`` attributes; scripts
    and requests are allowed only if it has scripts.
    """
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in _directives(page))


def _directives(page: html.HtmlElement) -> Iterator[tuple[str, list[str]]]:
    scripts = [each for each in page.iter("script") if each.get("type", "") in _CODE_TYPES]
    code = [each.text or "" for each in scripts if each.get("src") is None]
    attributes = page.xpath("//@style")
    yield "default-src", ["'none'"]
    if scripts:
        yield "script-src", ["'self'", *_hashes(code)]
        yield "connect-src", ["'self'"]
    yield "style-src", ["'self'", *_hashes(each.text or "" for each in page.iter("style"))]
    if attributes:
        yield "style-src-attr", ["'unsafe-hashes'", *_hashes(attributes)]
    yield "img-src", ["'self'", "data:"]
    yield "form-action", ["'self'"]
    yield "base-uri", ["'none'"]


def _hashes(texts: Iterable[str]) -> list[str]:
    """Return the sources that allow inline texts, without repetition and in a fixed order."""
    found = {hashlib.sha256(text.encode()).digest() for text in texts}
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in found)
