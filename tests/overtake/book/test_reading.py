"""The method is folded, its limits are not; a reader can report a problem."""

from urllib.parse import parse_qs, urlsplit

from docutils import nodes
from docutils.utils import new_document

from overtake.book import reading
from overtake.core import pages


def page(*children: nodes.Node) -> nodes.document:
    document = new_document("page")
    document += nodes.paragraph("", "", *children)
    return document


def strong(text: str) -> nodes.strong:
    return nodes.strong("", text)


def test_one_paragraph_with_method_and_limits_becomes_a_fold_and_a_marked_paragraph() -> None:
    document = page(
        strong("How."), nodes.Text(" By counting. "),
        strong("What could make it wrong."), nodes.Text(" Miscounts."),
    )  # fmt: skip
    reading.fold_methods(document)
    opened, method, closed, limits = document.children
    assert opened.astext().startswith("<details")
    assert reading.SUMMARY in opened.astext()
    assert method.astext().strip() == "By counting."
    assert closed.astext() == "</details>"
    assert limits.astext() == "What could make it wrong. Miscounts."
    assert limits["classes"] == ["overtake-limits"]  # type: ignore[index]


def test_other_paragraphs_stay_as_they_are() -> None:
    document = page(strong("However."), nodes.Text(" How. is no beginning."))
    before = document.pformat()
    reading.fold_methods(document)
    assert document.pformat() == before
    (paragraph,) = document.children
    assert all(child.parent is paragraph for child in paragraph.children)


def test_an_issue_is_prefilled_with_page_version_and_run() -> None:
    link = reading.issue(
        "https://example.org/o/r",
        title="A & B",
        page="chapters/a.html",
        version="1.0",
        run="\nRun: ab12",
    )
    parts = urlsplit(link)
    fields = parse_qs(parts.query)
    assert parts.path == "/o/r/issues/new"
    assert fields["title"] == ["A & B: "]
    assert "Page: A & B (chapters/a.html)\nVersion: 1.0\nRun: ab12\n" in fields["body"][0]
    assert "&amp;" in pages.render("feedback.html", link=link)
