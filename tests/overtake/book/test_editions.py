"""The book on paper and as an e-book, end to end on the small book, read back by other programs."""

import os
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from lxml import etree, html

from overtake.book import editions, printing
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing.publication import Author, Publication
from tests.conftest import TOC, SmallBook
from tests.printed import find_tools
from tests.validators import nu

NAMED_STRINGS = ("“string-set”", "“string(")
"""Of CSS Generated Content for Paged Media, which WeasyPrint reads and the checker doesn't know."""
STRICT = ("-W", "-n", "--keep-going", "--builder", "custom", "--custom-builder")
BRIEF = "# The brief\n\nIt grows: {numref}`fig-growth-points`.\n"
INDEX = "# Small\n\n## Answer\n\nIt is {numref}`fig-growth-points`.\n\n```{downloads}\n```\n"


def build(book: SmallBook, builder: str) -> None:
    done = book.execute("jupyter-book", "build", ".", *STRICT, builder)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book with its documents, and its site built after them."""
    if not find_tools.is_there("pango"):
        assert not os.environ.get("CI"), "no Pango in CI: `make pango` must bring it"
        pytest.skip("no Pango here: PDFs can't be made")
    made = make_small_book()
    made.write("index.md", INDEX)
    made.write("chapters/brief.md", BRIEF)
    made.write("figures/index.md", "# Figures\n\n```{figure-index}\n```\n")
    made.write("_toc.yml", f"{TOC}  - file: figures/index\n  - file: chapters/brief\n")
    made.write("_config.yml", (made.root / "_config.yml").read_text() + "    numfig: true\n")
    build(made, "print")
    build(made, "epub")
    done = made.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def path(book: SmallBook, name: str) -> Path:
    return editions.folder(book.project) / name


def titles(pages: pikepdf.Pdf) -> list[str]:
    with pages.open_outline() as outline:
        return [entry.title for entry in outline.root]


def alternative_texts(pages: pikepdf.Pdf) -> list[str]:
    return [
        str(each.Alt)
        for each in pages.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure" and "/Alt" in each
    ]


def test_the_pdf_says_what_it_is_and_which_runs_it_shows(book: SmallBook) -> None:
    with pikepdf.open(path(book, printing.BOOK_PDF)) as pages:
        said = {key: str(value) for key, value in pages.docinfo.items()}
        assert said["/Title"] == "Small: a book for tests"
        assert said["/Author"] == "Nobody"
        assert said["/CreationDate"].startswith("D:20260103")
        assert all(run in said["/Keywords"] for run in book.run_ids())
        assert bool(pages.Root.MarkInfo.Marked)
        assert str(pages.Root.Lang) == "en"


def test_the_pdf_has_bookmarks_and_what_figures_say_to_those_who_can_t_see(
    book: SmallBook,
) -> None:
    with pikepdf.open(path(book, printing.BOOK_PDF)) as pages:
        assert titles(pages) == ["Small", "Growth", "Other", "Figures"]
        assert set(alternative_texts(pages)) >= {"A line whose total is 14.", "A line."}


def test_figures_are_vectors(book: SmallBook) -> None:
    with pikepdf.open(path(book, printing.BOOK_PDF)) as pages:
        images = [
            each
            for each in pages.objects
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"
        ]
    assert not images


def test_the_printed_page_has_neither_code_nor_files_to_save(book: SmallBook) -> None:
    page = html.parse(book.root / "_build" / "print" / "overtake.html").getroot()
    assert not page.xpath("//*[contains(@class, 'cell_input')] | //script | //button")
    assert "publish(" not in page.text_content()
    anchors = page.xpath("//@id")
    assert len(page.xpath("//nav//a")) == 5
    for link in page.xpath("//a[starts-with(@href, '#')]"):
        assert link.get("href")[1:] in anchors
    caption = page.xpath("string(//figcaption)").strip()
    assert caption.startswith("Fig. 1 Value by year.")
    assert caption.endswith("."), "no marks between links that are gone"
    assert [li.text_content().strip() for li in page.find_class("overtake-figure-list")[0]] == [
        "Fig. 1 The total is 14",
        "Fig. 2 Others",
    ]


def test_the_brief_is_one_sheet(book: SmallBook) -> None:
    with pikepdf.open(path(book, printing.BRIEF_PDF)) as pages:
        assert len(pages.pages) == 1
        assert titles(pages) == ["The brief"]


def test_the_site_links_to_documents_of_the_same_runs(book: SmallBook) -> None:
    links = html.fromstring(book.page("index")).xpath(
        "//ul[contains(@class, 'overtake-downloads')]//a/@href"
    )
    assert links == [f"downloads/{name}" for name in links_names()]
    for link in links:
        assert (book.project.site / link).read_bytes() == path(book, Path(link).name).read_bytes()
    assert editions.current(book.project, {"growth": "another run"}) == {}


def links_names() -> list[str]:
    return [printing.BOOK_PDF, editions.BOOK_EPUB, printing.BRIEF_PDF]


def test_a_document_without_a_record_is_not_offered(tmp_path: Path) -> None:
    project, runs = Project(tmp_path), {"growth": "0"}
    editions.put(project, printing.BOOK_PDF, b"%PDF", runs)
    assert [path.name for path in editions.current(project, runs)] == [printing.BOOK_PDF]
    (editions.folder(project) / f"{printing.BOOK_PDF}.json").unlink()
    assert editions.current(project, runs) == {}


def test_the_epub_is_valid(book: SmallBook) -> None:
    command = find_tools.epubcheck()
    if command is None:
        pytest.skip("no epubcheck here")
    done = subprocess.run(
        [*command, str(path(book, editions.BOOK_EPUB))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_epub_names_the_book_and_shows_its_figures(book: SmallBook) -> None:
    with zipfile.ZipFile(path(book, editions.BOOK_EPUB)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        package = etree.fromstring(archive.read("content.opf"))
        chapter = archive.read("chapters/growth.xhtml").decode()
        names = archive.namelist()
    said = package.xpath("//*[local-name()='metadata']/*[local-name()='title']/text()")
    assert said == ["Small: a book for tests"]
    assert "A line whose total is 14." in chapter
    assert "publish(" not in chapter
    assert "_images/growth-points-wide.svg" in names
    assert not [name for name in names if name.endswith((".js", ".csv"))]


def test_documents_are_the_same_bytes_again(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path(book, editions.BOOK_EPUB).read_bytes()
    build(book, "epub")
    assert path(book, editions.BOOK_EPUB).read_bytes() == before
    monkeypatch.setenv("SOURCE_DATE_EPOCH", editions.epoch(date(2026, 1, 3)))
    folder = book.root / "_build" / "print"
    page = (folder / "overtake.html").read_bytes().decode()
    assert printing.pdf(page, folder) == path(book, printing.BOOK_PDF).read_bytes()


def test_the_pages_that_become_pdfs_are_valid_html(book: SmallBook) -> None:
    folder = book.root / "_build" / "print"
    pages = [
        (folder / name).with_suffix(".html") for name in (printing.BOOK_PDF, printing.BRIEF_PDF)
    ]
    found = [fault.message for fault in nu.faults(folder, pages)]
    assert [text for text in found if not any(word in text for word in NAMED_STRINGS)] == []


BODY = (
    '<section id="root"><h1>Root</h1><h2>First</h2><div class="toctree-wrapper">'
    '<span id="document-chapters/one"></span><section id="one"><h2>One</h2>'
    '<p><a class="headerlink" href="#x">#</a><a href="index.html#here">in</a>'
    '<a href="figures/x/index.html">out</a><a href="https://example.org">far</a></p>'
    '<p id="here">Here</p><details><summary>More</summary>Text</details></section>'
    '<span id="document-chapters/brief"></span><section id="b"><h2>Brief</h2></section>'
    "</div></section>"
)
PUBLISHED = Publication("A <title>", (Author("Nobody"),), "1", date(2026, 1, 3))


def test_pages_become_chapters_side_by_side_and_the_brief_stands_apart() -> None:
    book, brief = printing.cut(BODY)
    assert [section.xpath("string(h1)") for section in book] == ["Root", "One"]
    assert brief is not None
    assert brief.xpath("string(h1)") == "Brief"
    page = html.fromstring(printing.book_page(book, PUBLISHED, {"one": "0" * 16}, "Version 1"))
    assert page.xpath("string(//p[@class='release'])") == "Version 1"
    assert page.xpath("string(//title)") == "A <title>"
    assert [a.get("href") for a in page.xpath("//main//a")] == ["#here", "https://example.org"]
    assert "out" in page.text_content()


def test_a_page_without_a_heading_is_refused() -> None:
    with pytest.raises(PublicationError, match="chapters/one"):
        printing.cut('<div><span id="document-chapters/one"></span><p>Text</p></div>')


def test_pictures_in_an_epub_have_lines_where_the_format_wants_them(tmp_path: Path) -> None:
    file = tmp_path / "x.epub"
    blank = (
        b'<!DOCTYPE svg PUBLIC "x" "y">\n<svg xmlns="http://www.w3.org/2000/svg">'
        b'<path id="a" transform="scale(1)"/><path d="M0"/></svg>'
    )
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.svg", blank)
        archive.writestr("mimetype", "application/epub+zip")
    file.write_bytes(editions.repacked(file))
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["mimetype", "a.svg"]
        assert archive.read("a.svg").count(b" d=") == 2
        assert b"DOCTYPE" not in archive.read("a.svg")
