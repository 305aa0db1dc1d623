"""What the real book gives to programs: facts, twins of pages, and the list that leads to them."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from jsonschema import Draft202012Validator
from lxml import html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from overtake.core.paths import Project
from overtake.runs import runs
from tests.conftest import ROOT

PROJECT = Project(ROOT)
READER = MarkdownIt("commonmark").enable("table")
NUMBER = re.compile(r"\d[\d.,]*\d|\d")
UNSEEN = (
    "//script | //button | //svg | //*[@hidden] | //*[@role='tooltip'] | //*[@popover]"
    " | //*[@class='overtake-cite' or @class='only-dark' or contains(@class, 'above-input')]"
)


@pytest.fixture(scope="module")
def facts(site: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site / "facts.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def twins(site: Path) -> dict[Path, str]:
    """Return the text of the twin of every page, by its file."""
    found = [page.with_name(f"{page.name}.md") for page in pages(site)]
    return {path: path.read_text(encoding="utf-8") for path in found}


def pages(site: Path) -> Iterator[Path]:
    """Yield the files of pages with content of their own."""
    for path in sorted(site.rglob("*.html")):
        own = path.relative_to(site).parts[0] not in {"v", "_static"}
        if own and path.name != "search.html" and b'<article role="main"' in path.read_bytes():
            yield path


def tokens(text: str) -> Iterator[Token]:
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


def links(text: str) -> list[str]:
    """Return the addresses that a text of Markdown leads to, pictures among them."""
    found = [token.attrGet("href") or token.attrGet("src") for token in tokens(text)]
    return [str(address) for address in found if address]


def numbers_in(element: html.HtmlElement) -> Counter[str]:
    """Count the numbers that readers see, each block for itself."""
    for block in element.iter(
        "p", "td", "th", "li", "dt", "dd", "summary", "caption", "pre", "div"
    ):
        block.tail = f" {block.tail or ''}"
    for meaning in element.iter("small"):
        meaning.text = f" {meaning.text or ''}"
    return Counter(NUMBER.findall(element.text_content()))


def target(file: Path, address: str) -> Path | None:
    """Return the file of the site that a link leads to; None if it leads elsewhere.

    Elsewhere are released versions too, which stand there only where the book is published.
    """
    parts = urlsplit(address)
    if parts.scheme or re.match(r"(\.\./)*v/", parts.path):
        return None
    path = file.parent / unquote(parts.path)
    return path / "index.html" if path.is_dir() else path


def test_every_headline_number_of_every_run_is_among_the_facts(facts: dict[str, Any]) -> None:
    told = {number["id"]: number for number in facts["numbers"]}
    assert len(told) == len(facts["numbers"])
    expected = {}
    for chapter in PROJECT.chapter_names():
        run = runs.find(PROJECT, runs.plan(PROJECT, chapter))
        assert run is not None
        for name, number in run.results.numbers.items():
            estimate = number.estimate
            expected[f"{chapter}/{name}"] = (
                estimate.value, estimate.low, estimate.high, estimate.level, estimate.kind,
                estimate.n, estimate.unit, number.data_until, run.id,
            )  # fmt: skip
    names = ("value", "low", "high", "level", "kind", "n", "unit", "data_until", "run")
    assert {key: tuple(each[name] for name in names) for key, each in told.items()} == expected


def test_the_facts_are_as_their_schema_says_and_it_refuses_others(
    site: Path, facts: dict[str, Any]
) -> None:
    schema = json.loads((site / "facts.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert list(validator.iter_errors(facts)) == []
    for kind in ("NumberFact", "VerdictFact", "FactList"):
        described = schema["$defs"].get(kind, schema)["properties"]
        assert all(each.get("description") for name, each in described.items() if name != "$schema")
    first = facts["numbers"][0]
    for broken in ({**first, "value": "7"}, {**first, "strange": 1}, {"id": first["id"]}):
        assert list(validator.iter_errors({**facts, "numbers": [broken]})) != []


def test_a_number_s_address_is_its_page_and_its_citation_is_the_page_s(
    site: Path, facts: dict[str, Any]
) -> None:
    for number in facts["numbers"]:
        page = target(site / "facts.json", number["address"].lstrip("/"))
        assert page is not None
        assert page.is_file()
        bibtex = page.with_name(f"{number['id'].rpartition('/')[2]}.bib")
        assert number["key"] in bibtex.read_text(encoding="utf-8")
        assert number["text"] in html.fromstring(page.read_bytes()).text_content()
        assert number["data_until"] in number["quote"]
        assert number["text"] in number["quote"]
        assert number["address"] in number["quote"]


def test_a_number_s_label_stands_alone(facts: dict[str, Any]) -> None:
    leaning = re.compile(r"(The same|Its|Their|This|That)\b")
    assert [each["id"] for each in facts["numbers"] if leaning.match(each["label"])] == []
    assert len({(each["chapter"], each["label"]) for each in facts["numbers"]}) == len(
        facts["numbers"]
    )


def test_the_verdicts_are_those_of_the_ledger(site: Path, facts: dict[str, Any]) -> None:
    ledger = json.loads((site / "ledger.json").read_text(encoding="utf-8"))
    names = ("id", "claim", "part", "verdict", "probability_true", "tested", "data_until")
    assert [[each[name] for name in names] for each in facts["verdicts"]] == [
        [each[name] for name in names] for each in ledger
    ]
    for verdict in facts["verdicts"]:
        assert verdict["said_by"]
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", verdict["said_on"])
        path, _, anchor = verdict["address"].lstrip("/").partition("#")
        assert f'id="{anchor}"' in (site / path).read_text(encoding="utf-8")


def test_every_page_has_a_twin_and_says_so(site: Path, twins: dict[Path, str]) -> None:
    expected = set()
    for page in pages(site):
        head = html.fromstring(page.read_bytes()).find("head")
        (twin,) = head.xpath("link[@rel='alternate'][@type='text/markdown']/@href")
        expected.add(page.with_name(str(twin)))
    assert set(twins) == expected


def test_a_twin_s_head_has_what_a_quotation_needs(twins: dict[Path, str]) -> None:
    for path, text in twins.items():
        heading, head, *_ = text.split("\n\n")
        assert heading.startswith("# "), path
        for said in ("- Page: [", "- Version: ", "- Data until ", "- Licence: ", "- Cite as: "):
            assert said in head or said.replace("Data", "Historical data") in head, (path, said)
        if path.parent.parent.name == "figures":
            assert f"({path.parent.name}.bib)" in head
            assert f"({path.parent.name}.sources.txt)" in head


def test_twins_are_markdown_and_nothing_else(twins: dict[Path, str]) -> None:
    for path, text in twins.items():
        assert "{{" not in text, path
        assert "{%" not in text, path
        assert not re.search("[\ue000-\uf8ff]", text), path
        for token in tokens(text):
            assert token.type not in {"html_block", "html_inline"}, (path, token.content)
            assert not token.info.startswith("{"), path
            assert not (token.type == "text" and token.content.startswith(":::")), path


def test_the_twin_of_a_page_that_has_moved_leads_on(site: Path, twins: dict[Path, str]) -> None:
    others = {path for path in site.rglob("*.html.md") if "v" not in path.parts} - twins.keys()
    assert others, "figures have been renamed"
    known = {path.resolve() for path in twins}
    for path in others:
        told = path.read_text(encoding="utf-8")
        assert told.startswith("This page is now ")
        (there,) = (target(path, address) for address in links(told))
        assert there is not None
        assert there.resolve() in known, path


def test_links_of_twins_lead_to_files(site: Path, twins: dict[Path, str]) -> None:
    assert site.is_dir()
    lost = {
        (path.relative_to(site).as_posix(), address)
        for path, text in twins.items()
        for address in links(text)
        if (file := target(path, address)) is not None and not file.is_file()
    }
    assert lost == set()


def test_a_twin_tells_every_number_that_its_page_tells(site: Path, twins: dict[Path, str]) -> None:
    for page in pages(site):
        (content,) = html.fromstring(page.read_bytes()).xpath("//article[@role='main']")
        for element in content.xpath(UNSEEN):
            if element.getparent() is not None:
                element.drop_tree()
        twin = html.fromstring(READER.render(twins[page.with_name(f"{page.name}.md")]))
        assert numbers_in(content) - numbers_in(twin) == Counter(), page


def test_figures_of_a_twin_have_title_words_picture_and_data(site: Path) -> None:
    text = (site / "index.html.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[(.+?)\]\((.+?)\)", text)
    assert pictures
    for words, address in pictures:
        assert NUMBER.search(words)
        assert address.endswith(".png")
        assert f"({address.removesuffix('.png')}.csv)" in text


def test_llms_txt_is_of_its_form_and_leads_to_every_page(
    site: Path, twins: dict[Path, str], facts: dict[str, Any]
) -> None:
    file = site / "llms.txt"
    title, rest = file.read_text(encoding="utf-8").split("\n\n", 1)
    assert re.fullmatch(r"# .+", title)
    summary, rest = rest.split("\n\n", 1)
    assert re.fullmatch(r"> .+", summary)
    words, *lists = re.split(r"(?m)^## ", rest)
    assert "How to quote" in words
    assert not re.search(r"(?m)^#", words)
    listed = []
    for section in lists:
        name, *lines = section.strip().splitlines()
        assert name
        for line in filter(None, lines):
            entry = re.fullmatch(r"- \[(?P<title>.+?)\]\((?P<address>\S+)\)(: .+)?", line)
            assert entry, line
            listed.append(target(file, entry["address"]))
    assert all(path is None or path.is_file() for path in listed)
    numbers = {site / "numbers" / each["id"] / "index.html.md" for each in facts["numbers"]}
    assert set(twins) - set(listed) == numbers
    assert len(set(listed)) == len(listed)
    assert lists[-1].startswith("Optional")
    examples = [each for each in facts["numbers"] if each["quote"] in words]
    assert len(examples) == 1
