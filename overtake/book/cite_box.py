"""The box that says how to cite what a page is about: in a text, in five formats, its sources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from overtake.book.files import File
from overtake.book.head import Link
from overtake.core.paths import Project
from overtake.data.tables import Licence
from overtake.publishing.citations import formats, styles
from overtake.publishing.citations.catalogue import Citable, entries_of, references_of
from overtake.publishing.citations.formats import FORMATS, Item
from overtake.publishing.citations.item_types import TYPES
from overtake.publishing.publication import LICENCE


@dataclass(frozen=True)
class CiteBox:
    """What a cite box holds.

    Attributes
    ----------
    what : str
        What is cited, as readers call it.
    in_text : mapping
        How a text names it in brackets, by the style's name.
    citations : tuple of File
        Its citation in every format, text for readers first.
    sources : tuple of File
        The publications behind its data, all as text and all as BibTeX; none if there are none.
    n_sources : int
        How many publications these are.
    """

    what: str
    in_text: Mapping[str, str]
    citations: tuple[File, ...]
    sources: tuple[File, ...]
    n_sources: int
    licence: Licence = LICENCE

    @classmethod
    def of(cls, citable: Citable, item: Item, project: Project) -> Self:
        """Return the box of what is cited by an item of CSL-JSON."""
        type_ = TYPES[citable.kind]
        part = type_.part.format(citable.id)
        sources = tuple(_sources(citable, project)) if citable.references else ()
        return cls(
            what=citable.kind if type_.part else type_.words,
            in_text={style: styles.in_text(item, style, part) for style in styles.STYLES},
            citations=citations(citable.stem, item),
            sources=sources,
            n_sources=len(citable.references),
        )

    @property
    def files(self) -> dict[str, bytes]:
        """The files to write beside the page, by name."""
        return {each.name: each.content for each in (*self.citations, *self.sources)}


def citations(stem: str, item: Item) -> tuple[File, ...]:
    """Return a citation in every format, text for readers first."""
    found = [
        File(f"{stem}{each.suffix}", each.label, "", each.media_type, each.write(item).encode())
        for each in FORMATS.values()
    ]
    return tuple(sorted(found, key=lambda citation: citation.media_type != "text/plain"))


def links(stem: str) -> list[Link]:
    """Return the citations that programs read, as a page's head names them."""
    return [
        Link("describedby", f"{stem}{each.suffix}", each.media_type)
        for each in FORMATS.values()
        if each.media_type != "text/plain"
    ]


def _sources(citable: Citable, project: Project) -> Iterator[File]:
    text = "".join(f"{each.sentence}\n" for each in references_of(project, citable.references))
    yield File(f"{citable.stem}.sources.txt", "Text", "", "text/plain", text.encode())
    entries = entries_of(project, citable.references)
    bibtex, media_type = formats.bibtex_of(entries), FORMATS["bibtex"].media_type
    yield File(f"{citable.stem}.sources.bib", "BibTeX", "", media_type, bibtex.encode())
