"""Every format, read back by a parser that did not write it."""

import json
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

import bibtexparser
import pytest
import rispy
from hypothesis import example, given
from hypothesis import strategies as st
from pybtex.database import parse_string
from pybtex.richtext import Text

from overtake.core.errors import CitationError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import vintages
from overtake.publishing.citations import formats
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.citations.formats import DATA_CREDIT, DATA_UNTIL, Item
from overtake.publishing.publication import Author
from tests.overtake.publishing.citations.conftest import INPUTS, PUBLICATION

STATE = vintages.current(Project.find()).id
REACHED = tables.describe("electricity").reaches
IDS = ("book", "hardware-bottleneck", "ai_models", "power")
AWKWARD = (
    'Say "no" to 100% & a_b #1 $5 {x} \\y ~ ^',
    "Unbalanced { and } } braces",
    "Käse “quoted” — 人工智能 <i>x</i> ∑",
    "ends in a backslash \\",
    "% a comment?",
    "@article{key, title={x}}",
    "ER  - ",
)
TITLES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" "), min_size=1
).map(lambda text: " ".join(text.split()) or "x")


def awkward(catalogue: Catalogue, title: str) -> Item:
    figure = replace(catalogue.find("power"), title=title, credit=f"Maker of {title}")
    return formats.item(figure, PUBLICATION, catalogue.project)


@pytest.fixture(params=IDS)
def item(request: pytest.FixtureRequest, catalogue: Catalogue) -> Item:
    return formats.item(catalogue.find(request.param), PUBLICATION, catalogue.project)


@pytest.mark.parametrize("name", formats.FORMATS)
def test_run_data_and_release_year_are_in_every_citation(item: Item, name: str) -> None:
    text = formats.FORMATS[name].write(item)
    assert INPUTS.id in text
    assert STATE in text
    assert "ata until " in text
    assert "Our World in Data" in text or "Epoch AI" in text
    assert "2026" in text
    assert text.endswith("\n")


def test_apa_of_a_figure(catalogue: Catalogue) -> None:
    figure = formats.item(catalogue.find("power"), PUBLICATION, catalogue.project)
    assert formats.FORMATS["apa"].write(figure) == (
        "The Overtake authors. (2026). China adds 80% & more "
        f"[Figure power, run {INPUTS.id}, data until {REACHED}, data vintage {STATE}]. "
        "In Overtake: will it? (Version 0.1.0). "
        "https://example.org/book/v/0.1.0/figures/power/ "
        "Data: Ember and Energy Institute, processed by Our World in Data "
        f"(data until {REACHED}).\n"
    )


def test_chicago_of_a_figure(catalogue: Catalogue) -> None:
    figure = formats.item(catalogue.find("power"), PUBLICATION, catalogue.project)
    assert formats.FORMATS["chicago"].write(figure) == (
        "The Overtake authors. 2026. China Adds 80% & More. In Overtake: Will It?, "
        f"version 0.1.0. November 24. Figure power, run {INPUTS.id}, data until {REACHED}, "
        f"data vintage {STATE}. "
        "https://example.org/book/v/0.1.0/figures/power/. "
        "Data: Ember and Energy Institute, processed by Our World in Data "
        f"(data until {REACHED}).\n"
    )


def test_persons_are_named_as_the_styles_ask(catalogue: Catalogue) -> None:
    signed = replace(PUBLICATION, authors=(Author("Müller", "Ana"), Author("A body")))
    item = formats.item(catalogue.find("power"), signed, catalogue.project)
    assert formats.FORMATS["apa"].write(item).startswith("Müller, A., & A body. (2026).")
    assert formats.FORMATS["chicago"].write(item).startswith("Müller, Ana, and A body. 2026.")
    assert rispy.loads(formats.FORMATS["ris"].write(item))[0]["authors"] == [
        "Müller, Ana",
        "A body",
    ]
    parsed = parse_string(formats.FORMATS["bibtex"].write(item), "bibtex")
    (entry,) = parsed.entries.values()
    assert [str(Text.from_latex(p.last_names[0])) for p in entry.persons["author"]] == [
        "Müller",
        "A body",
    ]


def test_bibtex_is_read_by_bibtexparser(item: Item) -> None:
    library = bibtexparser.parse_string(formats.FORMATS["bibtex"].write(item))
    assert not library.failed_blocks
    (entry,) = library.entries
    assert entry.key == item["id"]
    assert entry["year"] == "2026"
    assert entry["url"] == item["URL"]


@given(title=TITLES)
@example(AWKWARD[0])
@example(AWKWARD[1])
@example(AWKWARD[2])
@example(AWKWARD[3])
@example(AWKWARD[4])
@example(AWKWARD[5])
def test_any_title_survives_bibtex(catalogue: Catalogue, title: str) -> None:
    text = formats.FORMATS["bibtex"].write(awkward(catalogue, title))
    (entry,) = parse_string(text, "bibtex").entries.values()
    assert _unbraced(entry.fields["title"]) == title
    (other,) = bibtexparser.parse_string(text).entries
    assert _unbraced(other["title"]) == title


def _unbraced(tex: str) -> str:
    """Undo TeX's names of characters; what is left must be the text itself."""
    names = {
        r"\textbackslash{}": "\\",
        r"\textbraceleft{}": "{",
        r"\textbraceright{}": "}",
        r"\textasciitilde{}": "~",
        r"\textasciicircum{}": "^",
    }
    assert tex.startswith("{")
    assert tex.endswith("}")
    pattern = "|".join([*(re.escape(name) for name in names), r"\\[%&_#$]"])
    return re.sub(pattern, lambda m: names.get(m[0], m[0][1:]), tex[1:-1])


@given(title=TITLES)
@example(AWKWARD[0])
@example(AWKWARD[2])
@example(AWKWARD[6])
def test_any_title_survives_ris(catalogue: Catalogue, title: str) -> None:
    (record,) = rispy.loads(formats.FORMATS["ris"].write(awkward(catalogue, title)))
    assert record["title"] == " ".join(title.split())
    assert record["year"] == "2026"
    assert record["date"] == "2026/11/24"


def test_ris_types_are_known_to_rispy(item: Item) -> None:
    (record,) = rispy.loads(formats.FORMATS["ris"].write(item))
    assert record["type_of_reference"] in rispy.TYPE_OF_REFERENCE_MAPPING
    assert record["id"] == item["id"]
    assert record["urls"] == [item["URL"]]
    assert "unknown_tag" not in record


@pytest.mark.parametrize("style", ["apa", "chicago"])
@pytest.mark.parametrize("title", AWKWARD)
def test_awkward_titles_are_whole_in_text(catalogue: Catalogue, style: str, title: str) -> None:
    text = formats.FORMATS[style].write(awkward(catalogue, title))
    assert _letters(title) in _letters(text)
    assert text.count("\n") == 1


def _letters(text: str) -> str:
    """Return what is left when a style has changed capitals, quotation marks and spaces."""
    return re.sub(r"[\s\"'“”‘’.]", "", text).casefold()


def test_csl_variables_and_types_are_those_of_the_specification(item: Item) -> None:
    """Against the schema of the style language, which citeproc-py ships.

    The schema of CSL-JSON itself is in no package that a test may install.
    """
    folder = files("citeproc") / "data" / "schema" / "schemas" / "styles"
    types = re.findall(r'"([\w-]+)"', (folder / "csl-types.rnc").read_text(encoding="utf-8"))
    known = re.findall(r'"([\w-]+)"', (folder / "csl-variables.rnc").read_text(encoding="utf-8"))
    (read,) = json.loads(formats.FORMATS["csl-json"].write(item))
    assert read == item
    assert read["type"] in types
    assert set(read) - {"id", "type", "custom"} <= set(known)


def test_csl_json_names_the_publications_behind_the_data(catalogue: Catalogue) -> None:
    item = formats.item(catalogue.find("ai_models"), PUBLICATION, catalogue.project)
    (based_on,) = item["custom"]["is-based-on"]
    assert based_on["key"] == "epoch-ai-models"
    assert based_on["title"] == "Data on AI models"
    assert based_on["authors"] == ["Epoch AI"]
    assert item["custom"][DATA_UNTIL] == tables.describe("ai_models").reaches
    assert (
        item["custom"][DATA_CREDIT]
        == f"Epoch AI (data until {tables.describe('ai_models').reaches})"
    )


def test_the_key_holds_year_and_version(catalogue: Catalogue) -> None:
    keys = [
        formats.item(catalogue.find(name), PUBLICATION, catalogue.project)["id"] for name in IDS
    ]
    assert keys == ["overtake2026-0.1.0", *(f"overtake2026-0.1.0-{name}" for name in IDS[1:])]
    later = replace(PUBLICATION, version="0.2.0")
    assert (
        formats.item(catalogue.find("power"), later, catalogue.project)["id"]
        == "overtake2026-0.2.0-power"
    )


def test_a_release_names_the_newest_page_second(catalogue: Catalogue) -> None:
    item = formats.item(catalogue.find("power"), PUBLICATION, catalogue.project)
    assert item["URL"] == "https://example.org/book/v/0.1.0/figures/power/"
    assert item["note"].endswith("Latest version: https://example.org/book/figures/power/")


def test_the_doi_of_the_book_is_no_figure_s(catalogue: Catalogue) -> None:
    known = replace(PUBLICATION, doi="10.5281/zenodo.1003150")
    book = formats.item(catalogue.find("book"), known, catalogue.project)
    assert book["DOI"] == "10.5281/zenodo.1003150"
    (entry,) = parse_string(formats.FORMATS["bibtex"].write(book), "bibtex").entries.values()
    assert entry.fields["doi"] == "10.5281/zenodo.1003150"
    (record,) = rispy.loads(formats.FORMATS["ris"].write(book))
    assert record["doi"] == "10.5281/zenodo.1003150"
    assert "DOI" not in formats.item(catalogue.find("power"), known, catalogue.project)


def test_every_part_of_a_name_is_in_every_format(catalogue: Catalogue) -> None:
    person = Author("Humboldt", "Alexander", particle="von", suffix="Jr.")
    signed = replace(PUBLICATION, authors=(person, Author("Plato", has_one_name=True)))
    item = formats.item(catalogue.find("power"), signed, catalogue.project)
    assert formats.FORMATS["apa"].write(item).startswith("von Humboldt, A., Jr., & Plato. (2026).")
    assert formats.FORMATS["chicago"].write(item).startswith("Humboldt, Alexander von, Jr., and")
    assert rispy.loads(formats.FORMATS["ris"].write(item))[0]["authors"] == [
        "von Humboldt, Alexander, Jr.",
        "Plato",
    ]
    (entry,) = parse_string(formats.FORMATS["bibtex"].write(item), "bibtex").entries.values()
    first = entry.persons["author"][0]
    assert (first.prelast_names, first.lineage_names) == (["von"], ["Jr."])


def test_without_a_site_the_note_gives_the_address_in_the_book(catalogue: Catalogue) -> None:
    homeless = replace(PUBLICATION, site=None)
    item = formats.item(catalogue.find("power"), homeless, catalogue.project)
    assert "URL" not in item
    assert item["note"].endswith("Address in the book: /v/0.1.0/figures/power/")


def test_a_page_shows_text_as_a_quotation_and_the_rest_as_code(catalogue: Catalogue) -> None:
    item: Any = awkward(catalogue, "a ```` b _c_ $d$")
    assert formats.markdown(item, "bibtex").startswith("`````bibtex\n")
    assert r"\_c\_ \$d\$" in formats.markdown(item, "apa")
    with pytest.raises(CitationError, match="there are: bibtex, ris"):
        formats.markdown(item, "mla")
