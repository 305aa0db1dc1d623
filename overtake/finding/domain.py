"""Figures and claims as objects of Sphinx, which its search finds by their words.

A domain is Sphinx's documented way to give a search index what is no page:
each object has a name, a place and a kind.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from docutils import nodes
from docutils.utils import new_document
from sphinx.domains import Domain, ObjType

from overtake import building, tables
from overtake.figure_pages.figure import ShownFigure
from overtake.figure_pages.site import page_name

if TYPE_CHECKING:
    from sphinx.domains.std import StandardDomain

FIGURES: list[ShownFigure] = []
"""The figures of this build; known when their pages are written."""

_FIRST = 0
"""Sphinx's word for objects that matter most."""
_ANCHOR = "figure"


class BookDomain(Domain):
    """What the book has besides pages."""

    name = "book"
    label = "Book"
    object_types = {  # noqa: RUF012  (as Sphinx declares it)
        "figure": ObjType("Figure"),
        "claim": ObjType("Claim"),
    }

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield each object: its id, words, kind, page, anchor and priority."""
        for figure in FIGURES:
            words = figure.citable.title
            yield figure.id, words, "figure", page_name(figure.id), _ANCHOR, _FIRST
        domain = cast("StandardDomain", self.env.get_domain("std"))
        for claim, words in _claims().items():
            if place := domain.anonlabels.get(f"claim-{claim}"):
                yield claim, words, "claim", *place, _FIRST

    def merge_domaindata(self, docnames: object, otherdata: object) -> None:
        """Keep nothing: all is computed from the runs."""
        del docnames, otherdata


def page_of(figure: ShownFigure) -> nodes.document:
    """Return the words of a figure's own page, for the index of the full text."""
    page = new_document(page_name(figure.id))
    section = nodes.section(ids=[_ANCHOR])
    section += nodes.title("", figure.citable.title)
    claims = [str(claim["reason"]) for claim in figure.claims]
    for text in (figure.record["caption"], figure.record["alt"], *claims):
        section += nodes.paragraph("", text)
    page += section
    return page


def _claims() -> MappingProxyType[str, str]:
    """Return what each judged claim says, by id."""
    judged = {c["claim"] for run in building.RUNS.values() for c in run.results["claims"]}
    if "claims" not in tables.names():
        return MappingProxyType({claim: claim for claim in sorted(judged)})
    rows = tables.load("claims").to_dict("records")
    return MappingProxyType({row["claim"]: str(row["statement"]) for row in rows})
