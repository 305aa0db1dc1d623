"""The method is folded, its limits are not."""

from docutils import nodes
from docutils.utils import new_document

from overtake.book.reading import folds


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
    folds.fold_methods(document)
    opened, method, closed, limits = document.children
    assert opened.astext().startswith("<details")
    assert folds.SUMMARY in opened.astext()
    assert method.astext().strip() == "By counting."
    assert closed.astext() == "</details>"
    assert limits.astext() == "What could make it wrong. Miscounts."
    assert limits["classes"] == ["overtake-limits"]  # type: ignore[index]


def test_other_paragraphs_stay_as_they_are() -> None:
    document = page(strong("However."), nodes.Text(" How. is no beginning."))
    before = document.pformat()
    folds.fold_methods(document)
    assert document.pformat() == before
    (paragraph,) = document.children
    assert all(child.parent is paragraph for child in paragraph.children)
