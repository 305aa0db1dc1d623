"""What a page is about, whichever vocabulary says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from overtake.book.figures import ShownFigure
from overtake.core import prose
from overtake.publishing.citations import formats
from overtake.publishing.citations.catalogue import Catalogue, Reference, references_of
from overtake.publishing.publication import LICENCE, Publication

Kind = Literal["report", "chapter", "figure"]

LANGUAGE = "en"
_NUMBERS_IN_DESCRIPTION = 3


@dataclass(frozen=True)
class Subject:
    """What a page is about.

    Attributes
    ----------
    kind : {"report", "chapter", "figure"}
        What it is.
    title, description : str
        Plain text.
    path : str
        Address from the book's root, with a slash at its beginning.
    publication : Publication
        The released book.
    citation : str
        Citation as text.
    runs : tuple of str
        Ids of the runs that made it.
    references : tuple of Reference
        Publications that it is based on.
    picture : ShownFigure or None
        The figure that stands for the page where it is shared.
    """

    kind: Kind
    title: str
    description: str
    path: str
    publication: Publication
    citation: str
    runs: tuple[str, ...]
    references: tuple[Reference, ...]
    picture: ShownFigure | None

    @property
    def address(self) -> str:
        """The canonical address; from the book's root if the book has none."""
        return self.publication.address(self.path)

    @property
    def licence(self) -> str:
        """Address of the licence of text and figures."""
        return LICENCE.path


def of_figure(figure: ShownFigure, publication: Publication) -> Subject:
    """Return what a figure's page is about."""
    return Subject(
        kind="figure",
        title=figure.citable.title,
        description=figure.shown.alt,
        path=figure.citable.path,
        publication=publication,
        citation=formats.FORMATS["apa"].write(figure.item).strip(),
        runs=figure.citable.runs,
        references=figure.references,
        picture=figure,
    )


def of_chapter(name: str, catalogue: Catalogue, figures: Sequence[ShownFigure]) -> Subject:
    """Return what a chapter's page is about: its first headline numbers, and its first figure."""
    first = list(catalogue.runs[name].headline.values())[:_NUMBERS_IN_DESCRIPTION]
    told = [f"{each.label}: {prose.sentence(each.estimate, each.digits)}" for each in first]
    return _of_text("chapter", name, catalogue, f"{'; '.join(told)}.", figures)


def of_book(catalogue: Catalogue, figures: Sequence[ShownFigure]) -> Subject:
    """Return what the book's first page is about."""
    publication = catalogue.publication
    description = publication.abstract or publication.title
    return _of_text("report", "book", catalogue, description, figures)


def _of_text(
    kind: Kind, id: str, catalogue: Catalogue, description: str, figures: Sequence[ShownFigure]
) -> Subject:
    citable, publication = catalogue.find(id), catalogue.publication
    item = formats.item(citable, publication, catalogue.project)
    return Subject(
        kind=kind,
        title=citable.title,
        description=description,
        path=citable.path,
        publication=publication,
        citation=formats.FORMATS["apa"].write(item).strip(),
        runs=citable.runs,
        references=references_of(catalogue.project, citable.references),
        picture=figures[0] if figures else None,
    )
