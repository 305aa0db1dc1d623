"""As which item type Zotero reads what the book says of itself.

What its translators RIS.js (of 2023-07-28), BibTeX.js, CSL JSON.js, Embedded Metadata.js (of
2024-06-13) and RDF.js do with these few types; all are at https://github.com/zotero/translators.
"""

from collections.abc import Mapping, Sequence

FROM_RIS = {
    "RPRT": "report", "CHAP": "bookSection", "DATA": "dataset", "FIGURE": "artwork",
    "ELEC": "webpage",
}  # fmt: skip
FROM_CSL = {
    "report": "report", "chapter": "bookSection", "dataset": "dataset", "graphic": "artwork",
    "webpage": "webpage",
}  # fmt: skip
FROM_BIBTEX = {
    "techreport": "report", "incollection": "bookSection", "misc": "document", "artwork": "artwork",
    "online": "webpage",
}  # fmt: skip
"""A record of any type that is not in Zotero's list, such as ``dataset``, is dropped."""

_HIGHWIRE = {
    "citation_journal_title": "journalArticle",
    "citation_technical_report_institution": "report",
    "citation_conference_title": "conferencePaper",
    "citation_book_title": "bookSection",
    "citation_inbook_title": "bookSection",
    "citation_dissertation_institution": "thesis",
}
_BIBO = {
    "report": "report", "chapter": "bookSection", "image": "artwork", "document": "webpage",
}  # fmt: skip
_DUBLIN_CORE = {"dataset": "dataset"}  # stillimage and text are guesses, which come last


def from_page(metas: Mapping[str, Sequence[str]]) -> str:
    """Return the type of a page: Highwire decides, then BIBO, then Dublin Core, then a guess."""
    for name in metas:
        if name in _HIGHWIRE:
            return _HIGHWIRE[name]
    said = (
        _BIBO.get(metas.get("bibo.type", [""])[0].lower()),
        _DUBLIN_CORE.get(metas.get("DC.type", [""])[0].lower()),
        "journalArticle" if "citation_title" in metas else None,
    )
    return next((found for found in said if found), "webpage")
