"""A chapter's page: its words, rendered, and what its code gave out.

A chapter names a section by its topic, and in a comment what was found: words, or the id of
the figure whose title says it::

    ## How fast training compute grows <!-- finding: hardware-growth -->

The page shows the finding as the heading. Its anchor is made of the topic, so that it stays
when the numbers change.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from nbformat import NotebookNode
from sphinx.transforms import SphinxTransform

from overtake.core import pages, prose
from overtake.core.estimates import EstimateLike
from overtake.core.paths import Project
from overtake.publishing import framing
from overtake.runs import chapter_source
from overtake.runs.runs import Run
from overtake.runs.words import chapter as chapter_words
from overtake.runs.words import marks
from overtake.runs.words.chapter import Block
from overtake.runs.words.marks import Mark
from overtake.runs.words.told import Figure, Headline

_HEADING = re.compile(
    r"^(?P<level>#{2,4}) (?P<topic>\S.*?) *<!-- *finding: *(?P<finding>.*?) *-->$", re.MULTILINE
)
_LABEL = "finding-"
_TITLE, _SUBTITLE = "overtake-title", "overtake-subtitle"
_CODE = "Every cell of the chapter’s notebook, in order"


def page(project: Project, run: Run, mark: Mark = marks.unmarked) -> NotebookNode:
    """Return a chapter as a page shows it: words of today, outputs of the run.

    A chapter with a page of evidence shows its code there; `mark` marks numbers in sentences.
    """
    notebook, executed = run.notebook, {cell.id: cell for cell in run.notebook.cells}
    path = project.chapter(run.chapter)
    source = chapter_source.read_node(path)
    titles = {name: shown.title for name, shown in run.figures.items()}
    written = chapter_words.markdown_cells(chapter_source.read(path), run.chapter)
    places = [place for place, _ in written]
    words = [cell for cell in source.cells if cell.cell_type == "markdown"]
    texts, _ = run.texts_marked(mark)
    for cell, place, text in zip(words, places, texts, strict=True):
        told = chapter_words.replaced(text, place, lambda block: _block(project, run, block))
        cell.source = with_findings(told, titles)
    if project.evidence(run.chapter).is_file():
        notebook.cells = words
    else:
        notebook.cells = [executed.get(cell.id, cell) for cell in source.cells]
    return notebook


def evidence(project: Project, run: Run, mark: Mark = marks.unmarked) -> str:
    """Return the page of a chapter's evidence as Markdown: its words of today, then all code."""
    titles = {name: shown.title for name, shown in run.figures.items()}
    _, text = run.texts_marked(mark)
    told = chapter_words.replaced(
        text,
        chapter_words.evidence_place(run.chapter),
        lambda block: _block(project, run, block),
    )
    source = chapter_source.read(project.chapter(run.chapter))
    cells = [pages.code_block(c.source, "python") for c in chapter_source.code_cells(source)]
    code = pages.directive("dropdown", "\n".join(cells), argument=_CODE, fence="````")
    return f"{with_findings(told, titles)}\n\n## The code\n\n{code}"


def with_findings(text: str, titles: Mapping[str, str]) -> str:
    """Return rendered Markdown with each heading's finding in its place, or a figure's title."""

    def heading(match: re.Match[str]) -> str:
        finding = match["finding"]
        told = pages.escape(titles[finding]) if finding in titles else finding
        return f"({_LABEL}{nodes.make_id(match['topic'])})=\n{match['level']} {told}"

    return _HEADING.sub(heading, text)


class StableAnchors(SphinxTransform):
    """Give a heading with a finding the anchor of its topic alone, and let links find anchors.

    A link to an anchor, on the page or on another (`page.md#topic`), is resolved by MyST among
    the slugs that it has made of the headings' words: here each heading's anchors take their
    place, and those that are written in front of anything else.
    """

    default_priority: ClassVar[int] = 300  # behind PropagateTargets

    def apply(self, **_kwargs: object) -> None:
        """Drop the anchors that are made of the finding's words, and list those that stay."""
        slugs: dict[str, tuple[int, str, str]] = {}
        for section in self.document.findall(nodes.section):
            topics = [anchor for anchor in section["ids"] if anchor.startswith(_LABEL)]
            if topics:
                section["ids"] = [topics[0].removeprefix(_LABEL), *topics]
            title = section[0].astext()
            slugs |= {anchor: (section.line or 0, anchor, title) for anchor in section["ids"]}
        written = (name for name, is_written in self.document.nametypes.items() if is_written)
        for anchor in filter(None, map(self.document.nameids.get, written)):
            slugs.setdefault(anchor, (0, anchor, ""))
        self.document.myst_slugs = slugs  # type: ignore[attr-defined]
        if env := getattr(self.document.settings, "env", None):
            env.metadata[env.docname]["myst_slugs"] = slugs


class TitleOnce(SphinxTransform):
    """Leave out the title above a figure where the heading of its section says the same."""

    default_priority: ClassVar[int] = StableAnchors.default_priority

    def apply(self, **_kwargs: object) -> None:
        """Compare each figure's title with the heading above it."""
        for title in list(self.document.findall(nodes.container)):
            if _TITLE in title["classes"] and title.astext() == _heading_above(title):
                title.parent.remove(title)


def _heading_above(node: nodes.Node) -> str:
    """Return the words of the heading of the section that a node stands in, or ""."""
    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    heading = None if node is None else node.next_node(nodes.title)
    return "" if heading is None else heading.astext()


def figure(shown: Figure, root: Path) -> str:
    """Return a figure as it stands in its chapter, as Markdown; the root is the checkout's."""
    picture, data = (
        _address(folder, root) for folder in (framing.framed(shown, root), shown.folder)
    )
    files = [("CSV", f"{data}/{shown.id}.csv")]
    files += [(kind.upper(), f"{picture}/{shown.id}.{kind}") for kind in framing.KINDS]
    links = " · ".join(pages.download(*each) for each in files)
    source = pages.escape(framing.source_line(shown.sources))
    drawn = pages.directive(
        "figure",
        f"{shown.caption} {source} {links}",
        argument=f"{picture}/{shown.id}-wide.svg",
        options={"name": f"fig-{shown.id}", "alt": shown.alt, "class": "overtake-figure"},
    )
    return f"{_heading(shown)}\n{drawn}"


def figure_elsewhere(shown: Figure, root: Path) -> str:
    """Return a figure for another page than its chapter's: it has no number of its own there."""
    address = _address(framing.framed(shown, root), root)
    options = {"alt": shown.alt, "class": "overtake-figure"}
    picture = pages.directive("image", argument=f"{address}/{shown.id}-wide.svg", options=options)
    caption = f"{shown.caption} {{numref}}`fig-{shown.id}` in its chapter."
    body = f"{_heading(shown)}\n{picture}\n{caption}\n"
    return pages.directive("container", body, argument=f"overtake-shown {shown.id}", fence="````")


def _heading(shown: Figure) -> str:
    """Return the words above a picture: its title, and what it measures in which unit."""
    said = {_TITLE: shown.title, _SUBTITLE: shown.subtitle}
    return "\n".join(
        pages.directive("container", pages.escape(words), argument=name)
        for name, words in said.items()
        if words
    )


def headline_table(chapter: str, numbers: Sequence[Headline]) -> str:
    """Return a chapter's headline numbers as a numbered table."""
    rows = [
        (
            pages.escape(number.label),
            pages.escape(prose.shown_value(number.estimate, number.digits)),
            pages.escape(_interval(number.estimate, number.digits)),
            pages.escape(f"{number.definition} Data until {number.data_until}."),
        )
        for number in numbers
    ]
    header = ("Number", "Estimate", "Interval, kind and n", "Definition")
    return pages.numbered_table(
        header, rows, name=f"tab-{chapter}-headline", caption="The chapter's numbers"
    )


def _block(project: Project, run: Run, block: Block) -> str:
    """Return what a page shows in the place of a block of words."""
    match block.kind:
        case chapter_words.FIGURE:
            return figure(run.figures[block.id], project.root)
        case chapter_words.NUMBERS:
            shown = [each for name, each in run.headline.items() if name in block.content]
            return headline_table(run.chapter, shown)
    return ""  # words on claims are for their cards


def _interval(estimate: EstimateLike, digits: int) -> str:
    if estimate.low == estimate.high:
        return "none: a count, a maximum, seen on no path, or as reported"
    count = f", n = {estimate.n:,}" if estimate.n else ""
    return f"{prose.shown_span(estimate, digits)} ({prose.interval_name(estimate)}{count})"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _address(folder: Path, root: Path) -> str:
    return f"/{folder.relative_to(root).as_posix()}"
