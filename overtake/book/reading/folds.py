"""The method of each finding, folded below what it means; its limits stay in sight."""

from collections.abc import Iterator

from docutils import nodes

METHOD, LIMITS = "How.", "What could make it wrong."
SUMMARY = "How it was computed"
_OPEN = f'<details class="overtake-method"><summary>{SUMMARY}</summary>'


def fold_methods(doctree: nodes.document) -> None:
    """Fold each paragraph that says how something was computed, and mark those on limits.

    A chapter writes them as paragraphs that begin with a bold "How." and a bold
    "What could make it wrong."; one paragraph may hold both.
    """
    for paragraph in list(doctree.findall(nodes.paragraph)):
        if any(map(_is_subject, paragraph.children)):
            parts = list(_parts(paragraph))  # it takes the children out of the paragraph
            paragraph.replace_self([node for part in parts for node in _shown(part)])


def _parts(paragraph: nodes.paragraph) -> Iterator[nodes.paragraph]:
    """Yield the paragraph in pieces, each with at most one subject at its beginning."""
    part = nodes.paragraph(classes=paragraph["classes"], ids=paragraph["ids"])
    for child in list(paragraph.children):
        if _is_subject(child) and part.children:
            yield part
            part = nodes.paragraph()
        part += child
    yield part


def _shown(part: nodes.paragraph) -> list[nodes.Node]:
    subject = _subject(part)
    if subject == LIMITS:
        part["classes"].append("overtake-limits")
    if subject != METHOD:
        return [part]
    part.remove(part.children[0])
    opened, closed = (nodes.raw("", text, format="html") for text in (_OPEN, "</details>"))
    return [opened, part, closed]


def _subject(part: nodes.paragraph) -> str:
    return part.children[0].astext() if part.children and _is_subject(part.children[0]) else ""


def _is_subject(node: nodes.Node) -> bool:
    return isinstance(node, nodes.strong) and node.astext() in {METHOD, LIMITS}
