"""What kind of publication an entry of ``references.bib`` is, in the words of each vocabulary."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pybtex.database import Entry

Kind = Literal[
    "article", "book", "dataset", "other", "paper", "preprint", "report", "section", "software",
    "web page",
]  # fmt: skip

_BY_ENTRY: Mapping[str, Kind] = MappingProxyType(
    {
        "article": "article",
        "book": "book",
        "incollection": "section",
        "inbook": "section",
        "inproceedings": "paper",
        "online": "web page",
        "techreport": "report",
        "dataset": "dataset",
        "software": "software",
    }
)
_PREPRINTS = "arxiv"
_HOW_PUBLISHED: Mapping[str, Kind] = MappingProxyType(
    {"data set": "dataset", "list": "dataset", "software": "software", _PREPRINTS: "preprint"}
)
"""How the words begin in which an entry of no other type says what it is."""
ZENODO: Mapping[Kind, str] = MappingProxyType(
    {
        "article": "publication-article",
        "book": "publication-book",
        "dataset": "dataset",
        "other": "other",
        "paper": "publication-conferencepaper",
        "preprint": "publication-preprint",
        "report": "publication-report",
        "section": "publication-section",
        "software": "software",
        "web page": "publication-other",
    }
)
"""Resource types of Zenodo's deposit metadata."""
DATACITE: Mapping[Kind, str] = MappingProxyType(
    {
        "article": "JournalArticle",
        "book": "Book",
        "dataset": "Dataset",
        "other": "Other",
        "paper": "ConferencePaper",
        "preprint": "Preprint",
        "report": "Report",
        "section": "BookChapter",
        "software": "Software",
        "web page": "Text",
    }
)
"""Values of ``resourceTypeGeneral`` of DataCite 4.6."""
SCHEMA_ORG: Mapping[Kind, str] = MappingProxyType(
    {
        "article": "ScholarlyArticle",
        "book": "Book",
        "dataset": "Dataset",
        "other": "CreativeWork",
        "paper": "ScholarlyArticle",
        "preprint": "ScholarlyArticle",
        "report": "Report",
        "section": "Chapter",
        "software": "SoftwareSourceCode",
        "web page": "WebPage",
    }
)


def of_entry(entry: Entry) -> Kind:
    """Return what an entry is by its type; of ``@misc`` by its ``howpublished``."""
    kind = _BY_ENTRY.get(entry.type, "other")
    if kind == "article" and _PREPRINTS in entry.fields.get("journal", "").lower():
        return "preprint"
    if kind != "other":
        return kind
    how = entry.fields.get("howpublished", "").lower()
    return next(
        (found for words, found in _HOW_PUBLISHED.items() if how.startswith(words)), "other"
    )
