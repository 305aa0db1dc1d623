"""Citations in RIS, the format that every reference manager reads.

A few tags, each on a line of its own: no library is needed to write them
(rispy, which reads them back in the tests, has had no release since May 2025).
"""

from collections.abc import Iterator
from types import MappingProxyType

from overtake.publishing.citations.csl import Item

_TYPES = MappingProxyType(
    {"report": "RPRT", "chapter": "CHAP", "dataset": "DATA", "figure": "FIGURE"}
)


def write(item: Item) -> str:
    """Write a record.

    Parameters
    ----------
    item : dict
        Item of CSL-JSON.
    """
    lines = [f"{tag}  - {' '.join(value.split())}".rstrip() for tag, value in _tags(item) if value]
    return "\n".join([*lines, "ER  - ", ""])


def _tags(item: Item) -> Iterator[tuple[str, str]]:
    year, month, day = item["issued"]["date-parts"][0]
    yield "TY", _TYPES[item["type"]]
    yield "ID", item["id"]
    yield "TI", item["title"]
    for author in item["author"]:
        yield "AU", _inverted(author)
    yield "PY", str(year)
    yield "DA", f"{year}/{month:02}/{day:02}"
    yield "T2", item.get("container-title", "")
    yield "M3", item.get("genre") or item.get("medium") or ""
    yield "ET", item["version"]
    yield "UR", item.get("URL", "")
    yield "N1", item["note"]


def _inverted(author: dict[str, str]) -> str:
    return author["literal"] if "literal" in author else f"{author['family']}, {author['given']}"
