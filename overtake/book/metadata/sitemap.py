"""The list of a site's pages, for search engines."""

from collections.abc import Iterable

from lxml import etree

from overtake.publishing.publication import Publication

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def write(paths: Iterable[str], publication: Publication) -> bytes:
    """Write a sitemap.

    Parameters
    ----------
    paths : iterable of str
        Addresses of the pages from the book's root, each with a slash at its beginning.
    publication : Publication
        The released book; it must have a web address.
    """
    root = etree.Element(f"{{{_NAMESPACE}}}urlset", nsmap={None: _NAMESPACE})
    for path in sorted(paths):
        entry = etree.SubElement(root, f"{{{_NAMESPACE}}}url")
        etree.SubElement(entry, f"{{{_NAMESPACE}}}loc").text = publication.address(path)
        day = publication.released.isoformat()
        etree.SubElement(entry, f"{{{_NAMESPACE}}}lastmod").text = day
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written
