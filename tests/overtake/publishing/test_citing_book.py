"""Citing the book and its pictures end to end, on the small book."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from overtake.core.paths import ROOT_VARIABLE
from overtake.publishing import framing, stamping
from overtake.runs.runs import Run
from tests.conftest import TOC, SmallBook

PAGE = """
# Cite

```{cited-version}
```

```{citation} book apa
```

```{citation} growth-points bibtex
```
"""
SITE = "https://example.org/small"


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book with a page of citations, built for a site."""
    made = make_small_book()
    made.write("chapters/cite.md", PAGE)
    made.write("_toc.yml", f"{TOC}  - file: chapters/cite\n")
    made.build_for_site(OVERTAKE_SITE=SITE)
    return made


@pytest.fixture(autouse=True)
def _at_home(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read tables of the book under test, also in this process."""
    monkeypatch.setenv(ROOT_VARIABLE, str(book.root))


def growth(book: SmallBook) -> Run:
    (run,) = (
        Run(path.parent)
        for path in book.project.runs.glob("*/run.json")
        if "growth-points" in Run(path.parent).drawings
    )
    return run


def pictures(book: SmallBook) -> list[Path]:
    found = [
        p for p in book.project.site.rglob("growth-points.*") if p.suffix[1:] in stamping.KINDS
    ]
    assert {path.suffix for path in found} == {".svg", ".png", ".pdf"}
    return found


def test_every_picture_beside_a_page_says_its_run_and_is_its_drawing_with_words(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTAKE_SITE", SITE)
    run = growth(book)
    shown = framing.framed(run.figures["growth-points"], book.root)
    for path in pictures(book):
        found = stamping.identify_file(path)
        assert found.condition == "unchanged"
        assert (found.said.figure, found.said.run) == ("growth-points", run.id)
        assert found.said.address == f"{SITE}/figures/growth-points/"
        assert path.read_bytes() == (shown / f"growth-points{path.suffix}").read_bytes()
        assert found.said.version == "draft of 0.0.1"
        assert found.said.origin == "Small · growth-points · draft of 0.0.1 · CC BY 4.0"
        made = framing.of_run(run.folder, found.said)
        assert found.said.picture == hashlib.sha256(made[path.suffix[1:]]).hexdigest()
        assert run.id in found.said.citation


def test_the_store_keeps_its_pictures_as_they_were(book: SmallBook) -> None:
    run = growth(book)
    for kind in stamping.KINDS:
        content = (run.folder / "figures" / f"growth-points.{kind}").read_bytes()
        assert stamping.take_apart(content).said is None


def test_the_page_shows_the_citations(book: SmallBook) -> None:
    tree = html.fromstring(book.page("chapters/cite"))
    assert "says “draft of 0.0.1”" in tree.text_content()
    assert "0 of 2 figures are as released" in tree.text_content()
    quoted = tree.xpath("string(//blockquote)")
    assert "Nobody. (2026). Small: a book for tests (Version draft of 0.0.1)" in " ".join(
        quoted.split()
    )
    assert all(run in quoted for run in book.run_ids())
    code = tree.xpath("string(//div[contains(@class, 'highlight-bibtex')])")
    assert "@artwork{small2026-0.0.1-draft-growth-points," in code
    assert growth(book).id in code


def test_the_command_says_the_same_and_the_store_vouches_for_a_picture(book: SmallBook) -> None:
    cited = book.overtake("cite", "growth-points", "--format", "csl-json")
    assert cited.returncode == 0, cited.stderr
    (item,) = json.loads(cited.stdout)
    assert item["issued"] == {"date-parts": [[2026, 1, 3]]}
    assert growth(book).id in item["note"]
    named = book.overtake("identify", str(pictures(book)[0]))
    assert "the run has this very picture" in named.stdout


def test_an_unknown_id_ends_with_two_and_the_nearest(book: SmallBook) -> None:
    refused = book.overtake("cite", "growth-point")
    assert refused.returncode == 2
    assert "did you mean growth-points" in refused.stderr


def test_a_record_that_is_damaged_is_named_with_the_place(book: SmallBook) -> None:
    path = growth(book).folder / "figures" / "growth-points.json"
    before = path.read_bytes()
    path.write_bytes(before[:40])
    try:
        refused = book.overtake("cite", "growth-points")
    finally:
        path.write_bytes(before)
    assert refused.returncode == 1
    assert "growth-points.json is damaged" in refused.stderr
    assert "at line" in refused.stderr


def test_another_address_is_stamped_though_nothing_else_has_changed(book: SmallBook) -> None:
    built = book.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert "executing nothing" in built.stdout
    # Sphinx names the folder of a download by its source, and leaves the former one behind.
    shown = [path for path in pictures(book) if "_downloads" not in path.parts]
    assert {path.relative_to(book.project.site).parts[0] for path in shown} == {"figures"}
    for path in shown:
        assert stamping.identify_file(path).said.address == "/figures/growth-points/"
