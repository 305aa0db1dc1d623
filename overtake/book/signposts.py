"""Signposts: where a page's files, descriptions, licence, authors and identity are, in one file.

The links of a page's head stand there again as a set of links (RFC 9264), and with them the way
back from each file to its page. That is level 2 of Signposting's profile for FAIR.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from overtake.book import head
from overtake.book.head import Link, Subject

_RELATIONS = ("cite-as", "author", "license", "type", "item", "describedby", "collection")
"""The relations of the profile, in the order in which it names them."""
_PAGE_TYPE = "text/html"


def files(subject: Subject, links: Sequence[Link], record: bytes) -> dict[str, bytes]:
    """Return what stands beside a page for programs, by name: its record, and its links.

    Links lead to addresses, which a book may not have yet.
    """
    found = {subject.record_name: record}
    if subject.publication.site:
        found[subject.linkset_name] = linkset(subject, links)
    return found


def linkset(subject: Subject, links: Sequence[Link]) -> bytes:
    """Write the links of a page with an address, to which `links` are its own ones."""
    every = head.links_of(subject, links)
    targets = {name: [_target(subject, e) for e in every if e.rel == name] for name in _RELATIONS}
    page = subject.own_address
    back = [{"href": page, "type": _PAGE_TYPE}]
    licences = {"license": targets["license"]} if targets["license"] else {}
    sets = [
        {"anchor": page, **{name: found for name, found in targets.items() if found}},
        *(
            {"anchor": item["href"], "collection": back, **licences}
            for item in targets["item"]
        ),
        *({"anchor": each["href"], "describes": back} for each in targets["describedby"]),
    ]  # fmt: skip
    return f"{json.dumps({'linkset': sets}, indent=1, ensure_ascii=False)}\n".encode()


def _target(subject: Subject, link: Link) -> dict[str, Any]:
    href = urljoin(subject.own_address, link.href)
    return {"href": href, "type": link.type} if link.type else {"href": href}
