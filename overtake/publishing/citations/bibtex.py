"""Citations for BibTeX."""

from types import MappingProxyType

from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer

from overtake.publishing.citations.csl import Item

_TYPES = MappingProxyType(
    {"report": "techreport", "chapter": "incollection", "dataset": "misc", "figure": "misc"}
)
_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "%&_#$"},
    }
)
"""What TeX reads as a command. Braces have names, because BibTeX counts them even if escaped."""


class _Utf8Writer(Writer):  # type: ignore[misc]
    """A writer that leaves texts as they are: they are TeX already, and addresses must stay."""

    def _encode(self, text: str) -> str:
        return text


def write(item: Item) -> str:
    """Write an entry, in UTF-8.

    Parameters
    ----------
    item : dict
        Item of CSL-JSON.
    """
    year, month, day = item["issued"]["date-parts"][0]
    container = "howpublished" if _TYPES[item["type"]] == "misc" else "booktitle"
    fields = {
        "title": f"{{{_tex(item['title'])}}}",
        container: _tex(item.get("container-title", "")),
        "year": str(year),
        "date": f"{year}-{month:02}-{day:02}",
        "version": _tex(item["version"]),
        "url": item.get("URL", ""),
        "note": _tex(item["note"]),
    }
    entry = Entry(
        _TYPES[item["type"]],
        {name: value for name, value in fields.items() if value},
        {"author": [_person(author) for author in item["author"]]},
    )
    data = BibliographyData({item["id"]: entry})
    return str(_Utf8Writer(encoding="utf-8").to_string(data))


def _person(author: dict[str, str]) -> Person:
    if "literal" in author:  # in braces a body's name is not taken apart
        return Person(last=f"{{{_tex(author['literal'])}}}")
    return Person(first=_tex(author["given"]), last=f"{{{_tex(author['family'])}}}")


def _tex(text: str) -> str:
    return text.translate(_SPECIAL)
