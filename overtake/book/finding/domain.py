"""Figures and claims as objects of Sphinx, which its search finds by their words.

A domain is Sphinx's documented way to give a search index what is no page:
each object has a name, a place and a kind.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from sphinx.domains import Domain, ObjType

from overtake.book import building, ledger

if TYPE_CHECKING:
    from sphinx.domains.std import StandardDomain

_FIRST = 0
"""Sphinx's word for objects that matter most."""


class BookDomain(Domain):
    """What the book has besides pages.

    An object's name must differ from its anchor, with or without its kind:
    Sphinx's index would leave the anchor out and make it from the words.
    """

    name = "book"
    label = "Book"
    object_types = {  # noqa: RUF012  (as Sphinx declares it)
        "figure": ObjType("Figure"),
        "claim": ObjType("Claim"),
    }

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield each object: its name, words, kind, page, anchor and priority."""
        places = cast("StandardDomain", self.env.get_domain("std")).anonlabels
        build = building.of(self.env.app)
        for figure in build.figures:
            if place := places.get(f"fig-{figure.id}"):
                yield f"figures.{figure.id}", figure.citable.title, "figure", *place, _FIRST
        statements = ledger.statements(build.runs, self.env.config[ledger.CLAIMS_SETTING])
        for claim, words in statements.items():
            if place := places.get(f"claim-{claim}"):
                yield f"claims.{claim}", words, "claim", *place, _FIRST

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:  # noqa: FBT001, FBT002
        """Return what readers call a kind: there is only one domain for them."""
        del primary
        return str(type.lname)

    def merge_domaindata(self, docnames: object, otherdata: object) -> None:
        """Keep nothing: all is computed from the runs."""
        del docnames, otherdata
