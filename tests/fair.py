"""How FAIR a page is: the tests of F-UJI's metrics 0.8 that a page alone can pass, written anew.

F-UJI itself is on no package index, so it does not run here. What it looks for was read in its
metrics (``metrics_v0.8.yaml``, 26 points) and in what it does with a page. Assumed is that

- it describes the page by what it finds in the linked data of the node that says most and is
  pointed at least, in Dublin Core, and in RDF that ``describedby`` links to;
- a file counts when it stands in that description, else when an ``item`` link leads to it;
- the vocabularies that every page uses (schema.org, Dublin Core, …) are no sign of semantics, and
  DCAT is the standard of no single community, which is enough for the point;
- a persistent identifier gets half a point for its form. The other half is for its answer, which
  nothing on one machine can give.
"""

import json
import mimetypes
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html
from pyld import jsonld

from tests.page_reading import SCHEMA, context_of_schema_org, metas

POINTS: Mapping[str, int] = {
    "FsF-F1-01MD": 1,  # a unique identifier
    "FsF-F1-02MD": 1,  # a persistent one
    "FsF-F2-01M": 2,  # what a citation and a search need
    "FsF-F3-01M": 1,  # addresses of the data
    "FsF-F4-01M": 2,  # in words that search engines read
    "FsF-A1-01M": 1,  # who may have it
    "FsF-A1-02MD": 2,  # page and data answer
    "FsF-A1.1-01MD": 2,  # by a standard protocol
    "FsF-A1.2-01MD": 2,  # that knows how to ask who is there
    "FsF-I1-01M": 2,  # a formal language
    "FsF-I2-01M": 2,  # registered vocabularies
    "FsF-I3-01M": 2,  # related things by their addresses
    "FsF-R1-01M": 2,  # kind, and type and size of the files
    "FsF-R1.1-01M": 1,  # a licence
    "FsF-R1.2-01M": 1,  # where it comes from
    "FsF-R1.3-01M": 1,  # a standard that a community endorses
    "FsF-R1.3-02D": 1,  # files in open formats
}
"""What each metric gives at most."""

_DCAT, _DCT, _PROV = (
    "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/", "http://www.w3.org/ns/prov#",
)  # fmt: skip
_REGISTERED = (_DCAT, _PROV, "http://www.w3.org/ns/csvw#", "http://qudt.org/")
_ENDORSED = (_DCAT, "http://datacite.org/schema")
_PERSISTENT = re.compile(
    r"https://(www\.)?w3id\.org/.+|https?://(dx\.)?doi\.org/10\..+|https?://purl\.(org|oclc\.org)/.+"
    r"|https?://hdl\.handle\.net/.+|https?://(n2t\.net|arks\.org)/ark:.+"
)
_LICENCE = re.compile(
    r"creativecommons\.org/(licenses|publicdomain)|spdx\.org/licenses|^CC|licen[cs]e"
)
_OPEN_FORMATS = re.compile(r"text/|image/svg\+xml|image/png|application/(pdf|(.+\+)?json)")
_PROTOCOLS = {"http", "https"}
_CORE = ("creator", "title", "identifier", "date", "publisher", "type")
_DESCRIPTIVE = (*_CORE, "summary", "keywords")
_RELATED = ("isPartOf", "includedInDataCatalog", "subjectOf", "isBasedOn", "citation")


@dataclass(frozen=True)
class Site:
    """A built site as it would answer at its address."""

    address: str  # without a slash at its end
    folder: Path

    def get(self, address: str) -> tuple[str, bytes] | None:
        """Return media type and content of what stands at an address, or None."""
        if not address.startswith(f"{self.address}/"):
            return None
        path = self.folder / urlsplit(address.removeprefix(f"{self.address}/")).path
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return None
        return mimetypes.guess_type(path.name)[0] or "", path.read_bytes()


@dataclass(frozen=True)
class File:
    """A file of data as a description has it."""

    address: str
    type: str
    size: str


@dataclass(frozen=True)
class Page:
    """A page of a site and all that it says of itself to programs."""

    site: Site
    address: str

    @cached_property
    def tree(self) -> html.HtmlElement:
        found = self.site.get(self.address)
        assert found is not None, self.address
        return html.document_fromstring(found[1].decode())

    def links(self, relation: str) -> list[tuple[str, str]]:
        """Return address and type of the links of a relation."""
        found = self.tree.xpath(f"//head/link[@rel='{relation}']")
        return [(urljoin(self.address, a.get("href")), a.get("type") or "") for a in found]

    @cached_property
    def schema_org(self) -> dict[str, Any]:
        """The node of the page's linked data that says most and is pointed at least."""
        (*_, script) = self.tree.xpath("//script[@type='application/ld+json']") or [None]
        return _main(_nodes(json.loads(script.text), self.address)) if script is not None else {}

    @cached_property
    def records(self) -> list[tuple[str, Any]]:
        """Address and content of the RDF that the page names as its descriptions."""
        found = []
        for address, type_ in self.links("describedby"):
            if type_ == "application/ld+json" and (got := self.site.get(address)):
                found.append((address, json.loads(got[1])))
        return found

    @cached_property
    def namespaces(self) -> set[str]:
        """What the terms of these records begin with."""
        return {
            begin
            for address, record in self.records
            for node in _nodes(record, address)
            for term in (*node, *_types(node))
            for begin in (*_REGISTERED, *_ENDORSED)
            if term.startswith(begin)
        }

    def said(self, name: str) -> list[str]:
        """Return what linked data or Dublin Core say under one of the metrics' names."""
        terms, words = _TERMS[name]
        found = [v for term in terms for v in _values(self.schema_org.get(f"{SCHEMA}{term}"))]
        known = {key.lower(): value for key, value in metas(self.tree).items()}
        found += [v for word in words for v in known.get(word.lower(), [])]
        return [each for each in found if each]

    @cached_property
    def files(self) -> list[File]:
        """The files of data: of the description, else of links."""
        return list(self._described()) or [File(*link, "") for link in self.links("item")]

    def _described(self) -> Iterator[File]:
        node = self.schema_org
        parts = [p for p in node.get(f"{SCHEMA}hasPart", []) if "MediaObject" in str(_types(p))]
        for part in (*node.get(f"{SCHEMA}distribution", []), *parts):
            yield _file(
                part, f"{SCHEMA}contentUrl", f"{SCHEMA}encodingFormat", f"{SCHEMA}contentSize"
            )

    @cached_property
    def identifiers(self) -> list[str]:
        cited = [address for address, _ in self.links("cite-as")]
        return [*cited, *self.said("identifier")]


_TERMS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "creator": (("creator", "author"), ("DC.creator", "citation_author")),
    "title": (("name", "headline"), ("DC.title",)),
    "identifier": (("identifier", "url", "sameAs"), ("DC.identifier",)),
    "date": (("datePublished", "dateCreated"), ("DC.date", "DCTERMS.issued")),
    "publisher": (("publisher", "provider"), ("DC.publisher",)),
    "type": (("@type",), ("DC.type",)),
    "summary": (("description", "abstract"), ("DC.description",)),
    "keywords": (("keywords",), ("DC.subject",)),
    "access": (("conditionsOfAccess",), ("DC.rights", "DCTERMS.accessRights")),
    "licence": (("license",), ("DCTERMS.license",)),
    "related": (_RELATED, ("DCTERMS.isPartOf", "DC.source", "DCTERMS.hasVersion")),
    "provenance": (
        ("creator", "publisher", "datePublished", "isBasedOn", "dateModified"), ("DC.creator",),
    ),
}  # fmt: skip
"""Where the metrics look: properties of schema.org, and names of ``meta`` elements."""


def assess(page: Page) -> dict[str, float]:
    """Return the points that a page gets for each metric."""
    answered = [file for file in page.files if page.site.get(file.address)]
    schemes = {urlsplit(file.address).scheme for file in page.files} & _PROTOCOLS
    has_kind = bool(page.schema_org) or bool(page.said("type"))
    own = urlsplit(page.address).scheme in _PROTOCOLS
    passed: dict[str, float] = {
        "FsF-F1-01MD": any(urlsplit(each).scheme for each in page.identifiers),
        "FsF-F1-02MD": 0.5 * any(_PERSISTENT.fullmatch(each) for each in page.identifiers),
        "FsF-F2-01M": _has(page, _CORE) + _has(page, _DESCRIPTIVE),
        "FsF-F3-01M": bool(page.files),
        "FsF-F4-01M": 2 * bool(page.schema_org or page.said("title")),
        "FsF-A1-01M": any(not _LICENCE.search(each) for each in page.said("access")),
        "FsF-A1-02MD": 1 + bool(answered),
        "FsF-A1.1-01MD": own + bool(schemes),
        "FsF-A1.2-01MD": own + bool(schemes),
        "FsF-I1-01M": 2 * bool(page.schema_org),
        "FsF-I2-01M": 2 * bool(page.namespaces.intersection(_REGISTERED)),
        "FsF-I3-01M": 2 * bool(page.said("related")),
        "FsF-R1-01M": has_kind + any(file.type and file.size for file in answered),
        "FsF-R1.1-01M": bool(page.said("licence")),
        "FsF-R1.2-01M": bool(page.said("provenance")),
        "FsF-R1.3-01M": bool(page.namespaces.intersection(_ENDORSED)),
        "FsF-R1.3-02D": any(_OPEN_FORMATS.match(file.type) for file in page.files),
    }
    return {metric: min(float(passed[metric]), points) for metric, points in POINTS.items()}


def _has(page: Page, names: tuple[str, ...]) -> bool:
    return all(page.said(name) for name in names)


def _file(node: Mapping[str, Any], address: str, type_: str, size: str) -> File:
    found = [next(iter(_values(node.get(name))), "") for name in (address, type_, size)]
    *_, main, sub = f"/{found[1]}".split("/")  # a type may be an address of IANA's
    return File(found[0], f"{main}/{sub}" if main else "", found[2])


def _nodes(content: Any, address: str) -> list[dict[str, Any]]:
    """Return the nodes of linked data, those within others among them, each with what it holds."""
    options = {"documentLoader": context_of_schema_org, "base": address}
    found: list[dict[str, Any]] = []
    _collect(jsonld.expand(content, options), found)
    return found


def _collect(value: Any, found: list[dict[str, Any]]) -> None:
    if isinstance(value, list):
        for each in value:
            _collect(each, found)
    elif isinstance(value, dict):
        if "@type" in value:
            found.append(value)
        for name, each in value.items():
            if name != "@type":
                _collect(each, found)


def _main(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    pointed = Counter(each for node in nodes for each in _pointed_at(node))
    said = [sum(len(v) if isinstance(v, list) else 1 for v in node.values()) for node in nodes]
    most, least = max(said), max([*pointed.values(), 1])
    scores = [
        said[i] / most + (1 - pointed[node.get("@id", "")] / least) / 4
        for i, node in enumerate(nodes)
    ]
    return nodes[scores.index(max(scores))]


def _pointed_at(node: Mapping[str, Any]) -> Iterator[str]:
    for values in node.values():
        for value in values if isinstance(values, list) else ():
            if isinstance(value, dict) and "@id" in value:
                yield value["@id"]


def _types(node: Mapping[str, Any]) -> list[str]:
    types: list[str] = node.get("@type", [])
    return types


def _values(values: Any) -> list[str]:
    """Return what a property says: a text, an address, or the name of what it points at."""
    found = []
    for value in values if isinstance(values, list) else ():
        told = value if isinstance(value, str) else value.get("@value") or value.get("@id")
        if told is None:
            named = value.get(f"{SCHEMA}value") or value.get(f"{SCHEMA}name")
            told = next(iter(_values(named)), "")
        found.append(str(told))
    return found
