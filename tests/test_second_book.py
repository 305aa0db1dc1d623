"""A second book, on tides and loaves: the machinery serves it, and brings nothing of the first."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from overtake.book import finishing
from overtake.core.paths import Project
from tests.conftest import ROOT, SmallBook
from tests.names_of_the_book import countries, notebooks, phrases, tables
from tests.validators import nu

HERE = Path(__file__).parent / "second_book"
MACHINERY = ("overtake", "theme")
LEFT_OUT = shutil.ignore_patterns("assumptions.js", "explorer.js", "explorer.html", "*.pyc.*")
"""Its sliders, whose scripts and words are its own; and what is being written."""
ENDINGS = {".html", ".js", ".json", ".xml", ".css", ".csv", ".svg", ".txt", ".md", ".ipynb"}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> SmallBook:
    """Return the second book with the machinery beside it, described and built."""
    root = tmp_path_factory.mktemp("second") / "book"
    shutil.copytree(HERE, root)
    for name in MACHINERY:
        shutil.copytree(ROOT / name, root / name, ignore=LEFT_OUT)
    made = SmallBook(Project(root))
    described = made.overtake("data", "describe")
    assert described.stdout == "2 tables are as their schemas say\n", described.stderr
    built = made.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert "executing bread-prices, tides" in built.stdout
    return made


def text_of(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def test_its_pages_tell_what_its_runs_found(book: SmallBook) -> None:
    assert "stands 325 cm (stated range 310 to 340, n = 4)" in text_of(book.page("index"))
    assert (
        "Old data: until 31 December 2024 (Levels at the harbour), 399 days before this release."
        in text_of(book.page("index"))
    )
    tides = text_of(book.page("chapters/tides"))
    assert "The quay stays dry." in tides
    assert "estimate_level(tables.load" not in tides
    evidence = text_of(book.page("chapters/tides-evidence"))
    assert "estimate_level(tables.load" in evidence
    assert ".venv/bin/overtake run tides -p surge=100" in evidence
    assert "Tables: sea_levels" in evidence
    assert "Models:" not in evidence, "it has none"
    assert "costs 6.0 pence a year (stated range 6.0 to 6.0, n = 3)" in text_of(
        book.page("chapters/bread-prices")
    )
    scenarios = text_of(book.page("chapters/scenarios"))
    assert "A stormy year 345 cm (330 to 360)" in scenarios
    assert "Levels at the harbour" in text_of(book.page("chapters/data"))
    assert (book.project.site / "figures" / "loaf-price" / "index.html").is_file()


def test_a_chapter_is_rerun_with_another_parameter(book: SmallBook) -> None:
    done = book.overtake("run", "tides", "-p", "surge=30")
    assert done.returncode == 0, done.stderr
    assert "surge: 0.0 → 30.0" in done.stdout
    assert "355 cm (340 to 370)" in done.stdout
    done = book.overtake("run", "tides", "-p", "surge=300")
    assert done.returncode != 0
    assert "surge" in done.stderr
    assert "0 to 100" in done.stderr


def test_a_figure_is_cited_as_this_book_s(book: SmallBook) -> None:
    done = book.overtake("cite", "high-water", "--format", "bibtex")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("@artwork{tides2026-0.0.1-draft-high-water,")
    assert "The keeper of the gauge (data until 2024-12-31)" in done.stdout
    assert "data until 2024-12-31, data vintage 2026-02-01-" in done.stdout


def test_a_figure_is_verified(book: SmallBook) -> None:
    done = book.overtake("verify", "high-water")
    assert done.returncode == 0, done.stderr
    assert "of tides: reproduced: all 9 files are the same to the byte" in done.stdout


def test_a_number_in_a_sentence_is_on_record_cited_and_verified(book: SmallBook) -> None:
    mean, highest = html.fromstring(book.page("chapters/tides")).xpath(
        "//a[@class='overtake-number']/@href"
    )
    assert mean == "../numbers/tides/high_water/index.html"
    assert highest == "../numbers/tides/index.html#water.highest"
    listed = html.fromstring(book.page("numbers/tides/index"))
    (row,) = listed.xpath("//tr[@id='water.highest']")
    assert row.xpath("th/text()") == ["Highest level of any year, cm "]
    cited = book.overtake("cite", "tides/water.highest")
    assert "Number tides/water.highest, run" in cited.stdout, cited.stderr
    done = book.overtake("verify", "tides/water.highest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "value and interval are the same to the last digit" in done.stdout
    (facts,) = book.project.runs.glob("*/facts/water.json")
    whole = facts.read_bytes()
    facts.write_bytes(whole.replace(b"340", b"341"))
    done = book.overtake("verify", "tides/water.highest")
    facts.write_bytes(whole)
    assert done.returncode == 1
    assert "facts/water.json is not what the record says" in done.stderr
    done = book.overtake("verify", "tides/water.higest")
    assert done.returncode == 2
    assert "no fact is called 'higest' in water; the nearest is 'highest'" in done.stderr


def test_the_book_under_a_scenario_is_built(book: SmallBook) -> None:
    done = book.overtake("build", "--scenario", "storm")
    assert done.returncode == 0, done.stdout + done.stderr
    site = book.project.scenario_output("storm") / "_build" / "html"
    tides = (site / "chapters" / "tides.html").read_text(encoding="utf-8")
    assert "That is above the quay." in text_of(tides)


def test_its_pages_are_valid_html(book: SmallBook) -> None:
    assert nu.faults(book.project.site, finishing.own_pages(book.project.site)) == []


def test_nothing_of_the_first_book_appears(book: SmallBook) -> None:
    names = {*notebooks(), *countries(), *phrases(), *(f"table-{name}" for name in tables())}
    names |= {name for name in tables() if "_" in name}  # the others are English words
    pattern = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, sorted(names))) + r")(?![\w-])")
    files = list(files_of(book.project.site))
    assert len(files) > 20
    found = {
        f"{path.relative_to(book.project.site)}: {name}"
        for path in files
        for name in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def files_of(site: Path) -> Iterator[Path]:
    """Yield the site's files of text, but not those that other projects wrote."""
    others = (site / "_static" / "vendor", site / "_static" / "scripts")
    for path in sorted(site.rglob("*")):
        if path.suffix in ENDINGS and not any(path.is_relative_to(each) for each in others):
            yield path
