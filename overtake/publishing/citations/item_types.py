"""What kind of thing is cited, in the words of each format and vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass

from overtake.publishing.citations.catalogue import Kind


@dataclass(frozen=True)
class Type:
    """The one type of a kind of thing, so that every way to read it gives the same.

    Attributes
    ----------
    csl, bibtex, ris : str
        In CSL 1.0.2, in BibTeX with what BibLaTeX adds, and in RIS.
    dcmi, bibo, schema : str
        In the DCMI Type Vocabulary, the Bibliographic Ontology ("" if it has none) and schema.org.
    identity : str
        The CSL variable that holds what tells it from every other version of it.
    words : str
        How that begins, with a place for the id.
    part : str
        How a citation in a text calls it, with a place for the id; "" for the book as a whole.
    """

    csl: str
    bibtex: str
    ris: str
    dcmi: str
    bibo: str
    schema: str
    identity: str
    words: str
    part: str


# Zotero reads them as report, bookSection, dataset, artwork and webpage, from whichever format;
# except that from BibTeX it reads no dataset: it drops @dataset, and makes a document of @misc.
TYPES: Mapping[Kind, Type] = {
    "book": Type(
        csl="report", bibtex="techreport", ris="RPRT",
        dcmi="Text", bibo="Report", schema="Report",
        identity="genre", words="report", part="",
    ),
    "chapter": Type(
        csl="chapter", bibtex="incollection", ris="CHAP",
        dcmi="Text", bibo="Chapter", schema="Chapter",
        identity="medium", words="", part="chapter {}",
    ),
    "table": Type(
        csl="dataset", bibtex="misc", ris="DATA",
        dcmi="Dataset", bibo="", schema="Dataset",
        identity="genre", words="table {}", part="table {}",
    ),
    "figure": Type(
        csl="graphic", bibtex="artwork", ris="FIGURE",
        dcmi="StillImage", bibo="Image", schema="ImageObject",
        identity="medium", words="figure {}", part="figure {}",
    ),
    # A number is no data set: it is one value, with what is said of it on its page.
    "number": Type(
        csl="webpage", bibtex="online", ris="ELEC",
        dcmi="Text", bibo="Document", schema="WebPage",
        identity="genre", words="number {}", part="number {}",
    ),
}  # fmt: skip
BY_CSL: Mapping[str, Type] = {each.csl: each for each in TYPES.values()}
