"""What changes in a page where there is no browser: on paper, and in an e-book."""

from collections.abc import Callable, Iterable

from docutils import nodes

from overtake.book.figure_pages import links
from overtake.book.figure_pages.extension import figure_index
from overtake.book.figure_pages.figure import ShownFigure

_CODE, _FOLD_OF_CODE = "cell_input", "above-input"


def adapt(doctree: nodes.document, figures: Iterable[tuple[ShownFigure, str]]) -> None:
    """Leave out what needs a browser, and open what is folded.

    Code stays in the notebooks: a reader of paper can't run it. Downloads lead
    nowhere; the explorer becomes a sentence, and the index of figures a list.

    Parameters
    ----------
    doctree : docutils.nodes.document
        A page, or the whole book; it is changed.
    figures : iterable of (ShownFigure, str)
        The figures in the book's order, each with the address of its place, for their list.
    """
    _remove(doctree, lambda node: _CODE in node.get("classes", ()))
    _remove(doctree, lambda node: _FOLD_OF_CODE in node.get("classes", ()) and not node.children)
    links.drop_downloads(doctree)
    for node in list(doctree.findall(nodes.raw)):
        replaced = [nodes.paragraph("", node["explorer"])] if node.get("explorer") else []
        if replaced or node.get("interactive") or "<script" in node.astext():
            node.parent.replace(node, replaced)
    for place in list(doctree.findall(figure_index)):
        place.replace_self(_list(figures))


def _remove(doctree: nodes.document, unwanted: Callable[[nodes.Element], bool]) -> None:
    for node in list(doctree.findall(nodes.Element)):
        if unwanted(node):
            node.parent.remove(node)


def _list(figures: Iterable[tuple[ShownFigure, str]]) -> nodes.bullet_list:
    """Return the figures with their numbers, each a link to its place."""
    found = nodes.bullet_list(classes=["overtake-figure-list"])
    for figure, address in figures:
        words = nodes.Text(f"{figure.place.number} {figure.citable.title}".strip())
        link = nodes.reference("", "", words, refuri=address, internal=True)
        found.append(nodes.list_item("", nodes.paragraph("", "", link)))
    return found
