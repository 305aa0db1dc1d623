"""What programs read of a page, read by parsers of each vocabulary."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import html
from pyld import jsonld

SCHEMA = "https://schema.org/"
# Offline stand-in for the context at https://schema.org: the same vocabulary, the same addresses.
_ADDRESSES = ("url", "contentUrl", "license", "image", "thumbnailUrl", "acquireLicensePage")
_CONTEXT = {
    "@vocab": SCHEMA,
    **{name: {"@id": f"{SCHEMA}{name}", "@type": "@id"} for name in _ADDRESSES},
}


def tree(path: Path) -> html.HtmlElement:
    return html.fromstring(path.read_text(encoding="utf-8"))


def metas(page: html.HtmlElement) -> dict[str, list[str]]:
    """Return the contents of ``meta`` elements by name or property."""
    found: dict[str, list[str]] = {}
    for meta in page.xpath("//head/meta[@content]"):
        key = meta.get("name") or meta.get("property")
        if key:
            found.setdefault(key, []).append(meta.get("content"))
    return found


def rel(page: html.HtmlElement, name: str) -> list[str]:
    """Return the addresses of ``link`` elements of a relation."""
    return [str(link.get("href")) for link in page.xpath(f"//head/link[@rel='{name}']")]


def linked_data(page: html.HtmlElement, address: str) -> dict[str, dict[str, Any]]:
    """Return the nodes of a page's JSON-LD by identity, as a JSON-LD processor sees them."""
    (script,) = page.xpath("//script[@type='application/ld+json']")
    options = {"documentLoader": context_of_schema_org, "base": address}
    expanded = jsonld.expand(json.loads(script.text), options)
    graph = jsonld.flatten(expanded, _CONTEXT)["@graph"]
    return {node["@id"]: node for node in graph}


def context_of_schema_org(url: str, _options: Mapping[str, Any]) -> dict[str, Any]:
    """Return schema.org's context, for a JSON-LD processor that has no network."""
    assert url == SCHEMA.rstrip("/"), "no other context is asked for"
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": {"@context": _CONTEXT},
    }
