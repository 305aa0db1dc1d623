"""A term is explained at its first use on a page, and nowhere else."""

from docutils import nodes
from docutils.utils import new_document

from overtake.book import reading
from overtake.book.reading import Entry

INTERVAL = Entry("term-ci", ("credible interval", "credible intervals"), "Where it is <likely>.")


def page(*children: nodes.Node) -> nodes.document:
    document = new_document("page")
    document += children
    return document


def explained(document: nodes.document) -> list[str]:
    return [node.astext() for node in document.findall(nodes.raw)]


def test_the_first_use_is_linked_and_its_definition_is_escaped_beside_it() -> None:
    document = page(
        nodes.paragraph("", "Its Credible intervals are wide; a credible interval is one."),
        nodes.paragraph("", "Another credible interval."),
    )
    words = document.astext()
    reading.explain_first_use(document, INTERVAL, "glossary.html")
    (link,) = explained(document)
    assert 'href="glossary.html#term-ci"' in link
    assert 'aria-describedby="tip-term-ci">Credible intervals</a>' in link
    assert "Where it is &lt;likely&gt;." in link
    assert document.astext().replace(link, "Credible intervals") == words


def test_links_code_tables_and_parts_of_words_are_left_alone() -> None:
    cell = nodes.entry("", nodes.paragraph("", "credible interval"))
    row = nodes.tgroup("", nodes.tbody("", nodes.row("", cell)), cols=1)
    document = page(
        nodes.title("", "credible interval"),
        nodes.table("", row),
        nodes.paragraph("", "", nodes.reference("", "credible interval", refuri="x")),
        nodes.paragraph("", "", nodes.literal("", "credible interval")),
        nodes.paragraph("", "incredible intervals and credible interval-like things"),
    )
    reading.explain_first_use(document, INTERVAL, "glossary.html")
    assert explained(document) == []


def test_words_told_inside_bold_text_are_found() -> None:
    document = page(nodes.paragraph("", "", nodes.strong("", "a credible\ninterval of 3")))
    reading.explain_first_use(document, INTERVAL, "glossary.html")
    assert len(explained(document)) == 1
