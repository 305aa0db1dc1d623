"""Pages of every kind as an assessor of FAIRness sees them, and their links as a set."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pyld import jsonld

from tests import fair, linksets
from tests.conftest import TOC, SmallBook
from tests.page_reading import linked_data, metas, rel, tree
from tests.validators import nu, vocabulary

SITE = "https://example.org/small"
LASTING = "https://w3id.org/small"
DOI = "10.5072/small.1"
AUTHORS = 'authors: [{family-names: Body, given-names: No, orcid: "https://orcid.org/0000-0002-1825-0097"}]'
CITATION = f"""
cff-version: 1.2.0
message: Cite it.
title: "Small: a book for tests"
abstract: A book.
{AUTHORS}
version: 0.0.1
date-released: 2026-01-03
keywords: [tests]
url: {SITE}
"""
IDENTIFIED = f"{CITATION}identifiers: [{{type: url, value: {LASTING}}}]\n"
PAGES = {
    "figure": "figures/growth-points/",
    "number": "numbers/growth/total/",
    "table": "tables/points/",
    "chapter": "chapters/growth.html",
}
"""A page of each kind, by its address."""
WITHOUT_IDENTIFIER = sum(fair.POINTS.values()) - fair.POINTS["FsF-F1-02MD"]


def built(make: Callable[[], SmallBook], citation: str) -> SmallBook:
    book = make()
    book.write("CITATION.cff", citation)
    book.write("figures/index.md", "# Figures\n\n```{figure-index}\n```\n")
    book.write("chapters/data.md", "# Data\n\n```{data-catalogue}\n```\n\n```{bibliography}\n```\n")
    book.write("_toc.yml", f"{TOC}  - file: figures/index\n  - file: chapters/data\n")
    done = book.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return book


@pytest.fixture(scope="module")
def plain(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book with an address that is not persistent."""
    return built(make_small_book, CITATION)


@pytest.fixture(scope="module")
def identified(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book to which w3id.org leads on."""
    return built(make_small_book, IDENTIFIED)


def page_of(book: SmallBook, path: str) -> fair.Page:
    return fair.Page(fair.Site(SITE, book.project.site), f"{SITE}/{path}")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_gets_every_point_that_needs_no_persistent_identifier(
    plain: SmallBook, path: str
) -> None:
    points = fair.assess(page_of(plain, path))
    lost = {
        name: (got, fair.POINTS[name]) for name, got in points.items() if got < fair.POINTS[name]
    }
    assert lost == {"FsF-F1-02MD": (0, 1)}
    assert sum(points.values()) == WITHOUT_IDENTIFIER


def test_the_first_page_misses_but_the_size_of_the_package_that_it_links(plain: SmallBook) -> None:
    points = fair.assess(page_of(plain, ""))
    lost = {name: got for name, got in points.items() if got < fair.POINTS[name]}
    assert lost == {"FsF-F1-02MD": 0, "FsF-R1-01M": 1}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_persistent_identifier_of_its_own_gets_the_point_for_its_form(
    identified: SmallBook, path: str
) -> None:
    assert fair.assess(page_of(identified, path))["FsF-F1-02MD"] == 0.5


@pytest.mark.parametrize("metric", ["FsF-R1-01M", "FsF-A1-01M", "FsF-I2-01M", "FsF-F3-01M"])
def test_the_assessor_misses_what_a_page_does_not_say(plain: SmallBook, metric: str) -> None:
    taken = {
        "FsF-R1-01M": ("contentSize", "_"),
        "FsF-A1-01M": ("accessRights", "_"),
        "FsF-I2-01M": ('rel="describedby"', 'rel="_"'),
        "FsF-F3-01M": ("hasPart", "_"),
    }
    folder, page = plain.project.site, "figures/growth-points/index.html"
    text = (folder / page).read_text(encoding="utf-8")
    word, instead = taken[metric]
    poorer = text.replace(word, instead).replace("conditionsOfAccess", "_")
    if metric == "FsF-F3-01M":
        poorer = poorer.replace('rel="item"', 'rel="_"').replace("distribution", "_")
    (folder / page).write_text(poorer, encoding="utf-8")
    try:
        assert fair.assess(page_of(plain, PAGES["figure"]))[metric] < fair.POINTS[metric]
    finally:
        (folder / page).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("path", ["", *PAGES.values()], ids=["book", *PAGES])
def test_the_links_of_a_page_stand_in_a_set_with_the_way_back_from_each_file(
    identified: SmallBook, path: str
) -> None:
    page = page_of(identified, path)
    ((address, type_),) = page.links("linkset")
    assert type_ == "application/linkset+json"
    got = page.site.get(address)
    assert got is not None
    links = linksets.read(got[1])
    own = links[page.address]
    for relation in ("cite-as", "author", "license", "type", "item", "describedby", "collection"):
        assert own.get(relation, ()) == tuple(page.links(relation)), relation
    assert own.keys() >= {"cite-as", "author", "license", "type", "describedby"}
    for file, _ in own.get("item", ()):
        assert links[file]["collection"] == ((page.address, "text/html"),)
        assert page.site.get(file), file
    for record, _ in own["describedby"]:
        assert links[record]["describes"] == ((page.address, "text/html"),)
        assert page.site.get(record), record


def test_every_page_and_citation_gives_the_persistent_address(identified: SmallBook) -> None:
    for path in ("", *PAGES.values()):
        page = tree(
            identified.project.site / (path if path.endswith("html") else f"{path}index.html")
        )
        assert rel(page, "cite-as") == [f"{LASTING}/{path}"]
        assert rel(page, "canonical") == [f"{SITE}/{path}"], "a search engine keeps the real one"
        assert f"{LASTING}/{path}" in metas(page)["DC.identifier"]
        assert metas(page)["citation_public_url"] == [f"{LASTING}/{path}"]
    cited = identified.overtake("cite", "growth-points", "--format", "csl-json")
    assert json.loads(cited.stdout)[0]["URL"] == f"{LASTING}/figures/growth-points/"
    facts = json.loads((identified.project.site / "facts.json").read_text(encoding="utf-8"))
    assert facts["numbers"][0]["address"] == f"{LASTING}/{PAGES['number']}"
    picture = (identified.project.site / "figures/growth-points/growth-points.svg").read_text()
    assert f"{LASTING}/figures/growth-points/" in picture
    data = page_of(identified, PAGES["table"]).files[0]
    assert data.address == f"{SITE}/tables/points/points.csv", "files are where they are"


def test_a_preview_elsewhere_has_no_persistent_address(identified: SmallBook) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OVERTAKE_SITE", "https://preview.example.org")
        cited = identified.overtake("cite", "growth-points", "--format", "csl-json")
    assert json.loads(cited.stdout)[0]["URL"].startswith("https://preview.example.org/")


def test_the_record_says_which_run_made_it_from_which_tables(identified: SmallBook) -> None:
    folder = identified.project.site / "figures/growth-points"
    record = json.loads((folder / "growth-points.dcat.jsonld").read_text(encoding="utf-8"))
    (node,) = jsonld.expand(record)  # it brings its own context: nothing else is loaded
    assert node["@id"] == f"{LASTING}/figures/growth-points/"
    dcat, prov = "http://www.w3.org/ns/dcat#", "http://www.w3.org/ns/prov#"
    sizes = {
        file[f"{dcat}downloadURL"][0]["@id"]: int(file[f"{dcat}byteSize"][0]["@value"])
        for file in node[f"{dcat}distribution"]
    }
    assert sizes == {
        f"{SITE}/figures/growth-points/{name.name}": name.stat().st_size
        for name in map(folder.joinpath, [f"growth-points.{kind}" for kind in KINDS])
    }
    (run,) = node[f"{prov}wasGeneratedBy"]
    assert run[f"{prov}used"] == [{"@id": f"{SITE}/tables/points/"}]
    assert run["http://purl.org/dc/terms/identifier"][0]["@value"] in identified.run_ids()


KINDS = ("svg", "png", "pdf", "csv", "json")


def test_a_number_is_a_value_of_the_variable_that_its_definition_defines(
    identified: SmallBook,
) -> None:
    address = f"{SITE}/{PAGES['number']}"
    nodes = linked_data(tree(identified.project.site / PAGES["number"] / "index.html"), address)
    page, number = nodes[address], nodes[f"{address}#number"]
    assert page["mainEntity"] == {"@id": f"{address}#number"}
    assert page["isPartOf"] == {"@id": f"{SITE}/chapters/growth.html"}
    assert {"@id": f"{SITE}/tables/points/"} in page["isBasedOn"]
    assert number["@type"] == "Observation"
    assert (number["value"], number["unitText"], number["observationDate"]) == (
        14, "units", "2026-01-01",
    )  # fmt: skip
    interval = nodes[number["marginOfError"]["@id"]]
    assert (interval["minValue"], interval["maxValue"]) == (13, 15)
    assert interval["name"] == "90% confidence interval"
    variable = nodes[f"{address}#variable"]
    assert number["observationAbout"] == number["variableMeasured"] == {"@id": variable["@id"]}
    assert variable["@type"] == "StatisticalVariable"
    assert (variable["name"], variable["description"]) == ("Total", "Sum times factor.")


@pytest.mark.parametrize("path", ["", *PAGES.values()], ids=["book", *PAGES])
def test_linked_data_keep_to_the_vocabulary(identified: SmallBook, path: str) -> None:
    page = page_of(identified, path).tree
    (script,) = page.xpath("//script[@type='application/ld+json']")
    assert list(vocabulary.read().faults(json.loads(script.text))) == []


def test_the_pages_stay_valid_html(identified: SmallBook) -> None:
    site = identified.project.site
    paths = [site / (p if p.endswith("html") else f"{p}index.html") for p in PAGES.values()]
    assert nu.faults(site, [Path(path) for path in paths]) == []
