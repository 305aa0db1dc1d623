"""What a page is about, the part of its head that says so to programs, and the list of pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from overtake.book.figures import ShownFigure
from overtake.book.shown_number import ShownNumber
from overtake.book.shown_table import ShownTable
from overtake.core import pages, prose
from overtake.publishing.citations import edition, formats
from overtake.publishing.citations.catalogue import (
    BOOK,
    Catalogue,
    Citable,
    Reference,
    references_of,
)
from overtake.publishing.citations.edition import Edition
from overtake.publishing.citations.formats import Item
from overtake.publishing.citations.item_types import TYPES, Type
from overtake.publishing.publication import ACCESS, LICENCE, Publication
from overtake.publishing.sharing import SIZE, share_picture

LANGUAGE = "en"
RECORD_TYPE = "application/ld+json"
LINKSET_TYPE = "application/linkset+json"
SHARED_FOLDER = "shared"
"""Where the pictures for sharing of the book and its chapters stand; a figure's stands with it."""
NOT_PUBLISHED = '<meta name="robots" content="noindex">'
_NUMBERS_IN_DESCRIPTION = 3


@dataclass(frozen=True)
class Link:
    """A ``link`` element: relation, address, and media type of what is linked to, or ""."""

    rel: str
    href: str
    type: str = ""


@dataclass(frozen=True)
class Subject:
    """What a page is about, whichever vocabulary says it; `picture` is shown where it is shared."""

    citable: Citable
    description: str
    publication: Publication
    item: Item
    references: tuple[Reference, ...]
    picture: ShownFigure | None
    edition: Edition  # as which it is cited
    predecessor: str = ""  # where the release before it has it, from the book's root; "" if none
    licences: tuple[str, ...] = (LICENCE.path,)  # their addresses

    @property
    def title(self) -> str:
        """Its title, plain text."""
        return self.citable.title

    @property
    def address(self) -> str:
        """Where the version stands that is cited; from the book's root if the book has none."""
        return self.publication.address(self.edition.path)

    @property
    def lasting(self) -> str:
        """The address that citations give: the persistent one, if there is any."""
        return self.publication.lasting(self.edition.path)

    @property
    def identity(self) -> str:
        """What identifies it: the book its DOI, which is no figure's; else its lasting address."""
        doi = self.edition.doi if self.is_book else ""
        return f"https://doi.org/{doi}" if doi else self.lasting

    @property
    def own_address(self) -> str:
        """Where this page stands for good: under its version, or as the newest."""
        return self.publication.address(f"{edition.own_root(self.publication)}{self.citable.path}")

    @property
    def book(self) -> str:
        """Where the book stands that this page is of: this version, or the newest."""
        return self.publication.address(f"{edition.own_root(self.publication)}/")

    @property
    def latest(self) -> str:
        """Where the newest version stands, whichever it is."""
        return self.publication.address(self.citable.path)

    def beside(self, path: str) -> str:
        """Return the address that a path from the book's root has in the version that is cited."""
        return self.publication.address(f"{self.edition.root}{path}")

    @property
    def shared(self) -> str:
        """Address of its picture for sharing, from the book's root."""
        if self.citable.kind == "figure":
            return f"{self.citable.path}{self.citable.id}-share.png"
        return f"/{SHARED_FOLDER}/{self.citable.id}.png"

    def share_picture(self) -> bytes:
        """Return its picture for sharing: its title, and its figure."""
        if self.picture is None:
            raise ValueError(f"{self.citable.id} has no figure to share")
        name = self.publication.short_title
        drawing = (self.picture.shown.folder / f"{self.picture.id}.png").read_bytes()
        return share_picture(drawing, self.title, name)

    @property
    def record_name(self) -> str:
        """Name of the file that describes it as data, beside its page."""
        return f"{self.citable.stem}.dcat.jsonld"

    @property
    def linkset_name(self) -> str:
        """Name of the file with its links, beside its page."""
        return f"{self.citable.stem}.linkset.json"

    @property
    def citation(self) -> str:
        """Its citation as text."""
        return formats.FORMATS["apa"].write(self.item).strip()

    @property
    def type(self) -> Type:
        """Its type in each vocabulary."""
        return TYPES[self.citable.kind]

    @property
    def is_book(self) -> bool:
        """Whether it is the book as a whole."""
        return self.citable.kind == BOOK


def of_figure(figure: ShownFigure, catalogue: Catalogue) -> Subject:
    """Return what a figure's page is about."""
    return _of(figure.citable, catalogue, figure.shown.alt, figure)


def of_table(table: ShownTable, catalogue: Catalogue) -> Subject:
    """Return what a table's page is about; the table keeps the licences of its source."""
    licences = tuple(licence.path for licence in table.described.licenses)
    said = _of(table.citable, catalogue, table.described.description, None)
    return replace(said, licences=licences)


def of_number(number: ShownNumber, catalogue: Catalogue) -> Subject:
    """Return what a headline number's page is about."""
    return _of(number.citable, catalogue, number.headline.definition, None)


def of_chapter(name: str, catalogue: Catalogue, figures: Sequence[ShownFigure]) -> Subject:
    """Return what a chapter's page is about: its first headline numbers, and its first figure."""
    first = list(catalogue.runs[name].headline.values())[:_NUMBERS_IN_DESCRIPTION]
    told = [f"{each.label}: {prose.sentence(each.estimate, each.digits)}" for each in first]
    return _of_text(name, catalogue, f"{'; '.join(told)}.", figures)


def of_book(catalogue: Catalogue, figures: Sequence[ShownFigure]) -> Subject:
    """Return what the book's first page is about."""
    published = catalogue.publication
    return _of_text(BOOK, catalogue, published.abstract or published.title, figures)


def _of_text(
    id: str, catalogue: Catalogue, description: str, figures: Sequence[ShownFigure]
) -> Subject:
    return _of(catalogue.find(id), catalogue, description, figures[0] if figures else None)


def _of(
    citable: Citable, catalogue: Catalogue, description: str, picture: ShownFigure | None
) -> Subject:
    publication, project = catalogue.publication, catalogue.project
    cited = edition.of(citable, publication, project)
    return Subject(
        citable=citable,
        description=description,
        publication=publication,
        item=formats.item(citable, publication, project),
        references=references_of(project, citable.references),
        picture=picture,
        edition=cited,
        predecessor=edition.predecessor(cited, project),
    )


def render(subject: Subject, links: Sequence[Link], data: Mapping[str, Any]) -> str:
    """Write what a page says of its subject, with links besides the usual ones, and JSON-LD."""
    return pages.render(
        "head.html",
        metas=[(key, content) for key, content in _metas(subject) if content],
        links=links_of(subject, links),
        data=data,
    )


def links_of(subject: Subject, links: Sequence[Link]) -> list[Link]:
    """Return the links of a page: the usual ones, and its own."""
    return [*_links(subject), *links]


def render_other(publication: Publication, path: str, data: Mapping[str, Any] | None = None) -> str:
    """Write what a page that isn't cited says: its address for good, if it has one, and JSON-LD."""
    address = publication.address(f"{edition.own_root(publication)}{path}")
    links = [Link("canonical", address)] if publication.site else []
    return pages.render("head.html", metas=[], links=links, data=data)


def _metas(subject: Subject) -> Iterator[tuple[str, str]]:
    yield "description", subject.description
    yield "bibo.type", subject.type.bibo
    yield from _highwire(subject)
    yield from _dublin_core(subject)
    yield from _open_graph(subject)


def _highwire(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield Highwire's words; one that names a whole makes what is described a part of a book."""
    published = subject.publication
    day = subject.edition.released.strftime("%Y/%m/%d")
    yield "citation_title", subject.title
    yield from (("citation_author", author.name) for author in published.authors)
    yield "citation_publication_date", day
    yield "citation_online_date", day
    if subject.is_book:
        yield "citation_technical_report_institution", names_of(published)
    elif subject.citable.kind == "chapter":
        yield "citation_inbook_title", published.title
    yield "citation_language", LANGUAGE
    yield "citation_public_url", subject.lasting if published.site else ""
    yield "citation_abstract_html_url", subject.address if published.site else ""
    yield from (("citation_reference", _reference(each)) for each in subject.references)


def names_of(published: Publication) -> str:
    """Return the names of the authors in one text."""
    return ", ".join(author.name for author in published.authors)


def _reference(reference: Reference) -> str:
    """Write a reference as Highwire does: fields parted by semicolons."""
    fields = [
        ("citation_title", reference.title),
        *(("citation_author", writer.name) for writer in reference.writers),
        ("citation_publication_date", reference.year),
    ]
    return "; ".join(f"{name}={text.replace(';', ',')}" for name, text in fields if text)


def _dublin_core(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield Dublin Core; `DC.type` is a word of the DCMI Type Vocabulary."""
    published = subject.publication
    yield "DC.title", subject.title
    yield from (("DC.creator", author.name) for author in published.authors)
    yield "DC.date", subject.edition.released.isoformat()
    yield "DC.type", subject.type.dcmi
    yield "DC.language", LANGUAGE
    yield from (
        ("DC.identifier", each) for each in dict.fromkeys((subject.identity, subject.lasting))
    )
    yield from (("DC.identifier", f"run {run}") for run in subject.citable.runs)
    yield "DC.description", subject.description
    yield from (("DC.rights", licence) for licence in subject.licences)
    yield "DCTERMS.accessRights", ACCESS
    yield from (("DC.source", reference.sentence) for reference in subject.references)
    yield "DCTERMS.isPartOf", "" if subject.is_book else subject.beside("/")
    yield "DCTERMS.hasVersion", subject.edition.version
    yield from (("DC.subject", keyword) for keyword in published.keywords)
    yield "DCTERMS.bibliographicCitation", subject.citation


def _open_graph(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield what is shown where the page is shared; addresses must be whole for that."""
    published, picture = subject.publication, subject.picture
    yield "og:type", "article"
    yield "og:site_name", published.short_title
    yield "og:title", subject.title
    yield "og:description", subject.description
    yield "twitter:card", "summary_large_image" if picture else "summary"
    yield "twitter:title", subject.title
    yield "twitter:description", subject.description
    if not published.site:
        return
    yield "og:url", subject.own_address
    if picture:
        root = edition.own_root(published)
        (width, height), address = SIZE, published.address(f"{root}{subject.shared}")
        yield "og:image", address
        yield "og:image:type", "image/png"
        yield "og:image:width", str(width)
        yield "og:image:height", str(height)
        yield "og:image:alt", picture.shown.alt
        yield "twitter:image", address
        yield "twitter:image:alt", picture.shown.alt


def _links(subject: Subject) -> Iterator[Link]:
    yield Link("schema.bibo", "http://purl.org/ontology/bibo/")
    yield Link("schema.DC", "http://purl.org/dc/elements/1.1/")
    yield Link("schema.DCTERMS", "http://purl.org/dc/terms/")
    yield from (Link("license", licence) for licence in subject.licences)
    yield Link("describedby", subject.record_name, RECORD_TYPE)
    yield from (Link("author", each) for each in dict.fromkeys(_identities(subject)))
    if subject.publication.site:
        yield Link("canonical", subject.own_address)
        yield Link("cite-as", subject.identity)
        yield Link("linkset", subject.linkset_name, LINKSET_TYPE)
        yield Link("latest-version", subject.latest)
        if not subject.is_book:
            yield Link("collection", subject.book, "text/html")
        if subject.predecessor:
            yield Link("predecessor-version", subject.publication.address(subject.predecessor))


def _identities(subject: Subject) -> Iterator[str]:
    """Yield what says who the authors are; of a body that has no page of its own the book."""
    published = subject.publication
    for author in published.authors:
        if author.identity:
            yield author.identity
        elif published.site and not author.is_person:
            yield published.address("/")


def sitemap(paths: Iterable[str], publication: Publication) -> str:
    """Write the list of a site's pages for search engines; the book must have a web address."""
    root = edition.own_root(publication)
    addresses = [publication.address(f"{root}{path}") for path in sorted(paths)]
    return pages.render("sitemap.xml", addresses=addresses, day=publication.released)
