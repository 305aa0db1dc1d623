"""The feed of releases, as Atom (RFC 4287): programs read it, and nothing in it is today's."""

import uuid
from collections.abc import Sequence
from datetime import date

from lxml import etree

from overtake.publishing.publication import LICENCE, Publication
from overtake.publishing.releasing.record import Release
from overtake.publishing.releasing.site import FOLDER

NAME = "feed.xml"
TYPE = "application/atom+xml"

_NAMESPACE = "http://www.w3.org/2005/Atom"


def write(releases: Sequence[Release], published: Publication) -> bytes:
    """Write the feed.

    Identities depend on the book's name and the version alone: a feed reader
    knows an entry again wherever the book stands. Without a web address the
    links are relative to the feed.

    Parameters
    ----------
    releases : sequence of Release
        Newest first; there may be none.
    published : Publication
        The book.
    """
    root = etree.Element(f"{{{_NAMESPACE}}}feed", nsmap={None: _NAMESPACE})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    newest = releases[0].released if releases else published.released
    _add(root, "id", _identity(published.short_title))
    _add(root, "title", published.title)
    _add(root, "updated", _moment(newest))
    _link(root, "self", _address(published, NAME), TYPE)
    _link(root, "alternate", _address(published, "index.html"), "text/html")
    for author in published.authors:
        _add(_add(root, "author"), "name", author.name)
    _add(root, "rights", LICENCE.title)
    for release, before in zip(releases, [*releases[1:], None], strict=False):
        _entry(root, release, before, published)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def summary(release: Release, before: Release | None) -> str:
    """Return what a release holds, and which of its figures say something else than before."""
    held = (
        f"{len(release.figures)} figures of {len(release.runs)} runs, {len(release.tables)} tables."
    )
    if before is None:
        return f"First edition: {held}"
    new = release.figures.keys() - before.figures.keys()
    gone = before.figures.keys() - release.figures.keys()
    kept = release.figures.keys() & before.figures.keys()
    retold = [n for n in kept if release.figures[n].title != before.figures[n].title]
    return (
        f"{held} Since {before.version}: {len(new)} figures are new, {len(gone)} are gone, "
        f"{len(retold)} say something else."
    )


def _entry(
    root: etree._Element, release: Release, before: Release | None, published: Publication
) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", _identity(published.short_title, release.version))
    _add(entry, "title", f"{published.short_title} {release.version}")
    _add(entry, "updated", _moment(release.released))
    _add(entry, "published", _moment(release.released))
    _link(
        entry,
        "alternate",
        _address(published, f"{FOLDER}/{release.version}/index.html"),
        "text/html",
    )
    _add(entry, "summary", summary(release, before))


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}")
    element.text = text or None
    return element


def _link(parent: etree._Element, rel: str, href: str, type: str) -> None:
    etree.SubElement(parent, f"{{{_NAMESPACE}}}link", rel=rel, href=href, type=type)


def _address(published: Publication, path: str) -> str:
    return f"{published.site}/{path}" if published.site else path


def _identity(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(parts)).urn


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
