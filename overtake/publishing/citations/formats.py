"""Every format of a citation."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from overtake.core import pages
from overtake.core.errors import CitationError
from overtake.publishing.citations import bibtex, ris, styles
from overtake.publishing.citations.csl import Item


@dataclass(frozen=True)
class Format:
    """One way to write a citation.

    Attributes
    ----------
    label : str
        Name for readers.
    suffix, media_type : str
        Ending of a file's name, with its dot, and the type to serve it as.
    write : callable
        Takes an item of CSL-JSON, returns text that ends in a line break.
    """

    label: str
    suffix: str
    media_type: str
    write: Callable[[Item], str]


def _csl_json(item: Item) -> str:
    return json.dumps([item], indent=1, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "bibtex": Format("BibTeX", ".bib", "application/x-bibtex", bibtex.write),
        "ris": Format("RIS", ".ris", "application/x-research-info-systems", ris.write),
        "csl-json": Format(
            "CSL-JSON", ".csl.json", "application/vnd.citationstyles.csl+json", _csl_json
        ),
        "apa": Format("APA", ".apa.txt", "text/plain", partial(styles.write, style="apa")),
        "chicago": Format(
            "Chicago",
            ".chicago.txt",
            "text/plain",
            partial(styles.write, style="chicago-author-date"),
        ),
    }
)
"""The formats by the name that the command line knows them by."""

_LANGUAGES = MappingProxyType({"bibtex": "bibtex", "csl-json": "json"})


def markdown(item: Item, name: str) -> str:
    """Return a citation for a page: text as a quotation, the rest as code.

    Parameters
    ----------
    item : dict
        Item of CSL-JSON.
    name : str
        Key of `FORMATS`.

    Raises
    ------
    CitationError
        If there is no such format; the message lists those there are.
    """
    if name not in FORMATS:
        raise CitationError(f"no format is called {name!r}; there are: {', '.join(FORMATS)}")
    text = FORMATS[name].write(item).strip()
    if FORMATS[name].media_type == "text/plain":
        return f"> {pages.escape(text)}\n"
    return pages.code_block(text, _LANGUAGES.get(name, "text"))
