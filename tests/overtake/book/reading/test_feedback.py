"""The link by which a reader reports a problem."""

from urllib.parse import parse_qs, urlsplit

from overtake.book.reading import feedback


def test_an_issue_is_prefilled_with_page_version_and_run() -> None:
    link = feedback.address(
        "https://example.org/o/r", title="A & B", page="chapters/a.html", version="1.0", run="ab12"
    )
    parts = urlsplit(link)
    fields = parse_qs(parts.query)
    assert parts.path == "/o/r/issues/new"
    assert fields["title"] == ["A & B: "]
    assert "Page: A & B (chapters/a.html)\nVersion: 1.0\nRun: ab12\n" in fields["body"][0]
    assert "&amp;" in feedback.paragraph(link)
