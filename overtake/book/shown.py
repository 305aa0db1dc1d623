"""A chapter's page: its words, rendered, and what its code gave out.

A chapter names a section by its topic, and in a comment what was found: words, or the id of
the figure whose title says it::

    ## How fast training compute grows <!-- finding: hardware-growth -->

The page shows the finding as the heading. Its anchor is made of the topic, so that it stays
when the numbers change.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from nbformat import NotebookNode
from sphinx.transforms import SphinxTransform

from overtake.book import freshness, judged
from overtake.core import pages, prose
from overtake.core.estimates import EstimateLike
from overtake.core.paths import Project
from overtake.data import reach
from overtake.publishing import framing
from overtake.runs import chapter_source
from overtake.runs.runs import Run
from overtake.runs.words import chapter as chapter_words
from overtake.runs.words.chapter import Block
from overtake.runs.words.told import Figure, Headline, JudgedClaim

_HEADING = re.compile(
    r"^(?P<level>#{2,4}) (?P<topic>\S.*?) *<!-- *finding: *(?P<finding>.*?) *-->$", re.MULTILINE
)
_LABEL = "finding-"


def page(project: Project, run: Run, released: date | None = None) -> NotebookNode:
    """Return a chapter as a page shows it: words of today, outputs of the run.

    By the day of the release it is told which verdicts rest on old data.
    """
    notebook, executed = run.notebook, {cell.id: cell for cell in run.notebook.cells}
    source = chapter_source.read(project.chapter(run.chapter))
    titles = {name: shown.title for name, shown in run.figures.items()}
    places = [place for place, _ in chapter_words.markdown_cells(source, run.chapter)]
    words = [cell for cell in source.cells if cell.cell_type == "markdown"]
    for cell, place, text in zip(words, places, run.words.cells, strict=True):
        told = chapter_words.replaced(
            text, place, lambda block: _block(project, run, block, released)
        )
        cell.source = with_findings(told, titles)
    notebook.cells = [executed.get(cell.id, cell) for cell in source.cells]
    return notebook


def with_findings(text: str, titles: Mapping[str, str]) -> str:
    """Return rendered Markdown with each heading's finding in its place, or a figure's title."""

    def heading(match: re.Match[str]) -> str:
        finding = match["finding"]
        told = pages.escape(titles[finding]) if finding in titles else finding
        return f"({_LABEL}{nodes.make_id(match['topic'])})=\n{match['level']} {told}"

    return _HEADING.sub(heading, text)


class StableAnchors(SphinxTransform):
    """Give a heading with a finding the anchor of its topic alone."""

    default_priority: ClassVar[int] = 300  # behind PropagateTargets

    def apply(self, **_kwargs: object) -> None:
        """Drop the anchors that are made of the finding's words."""
        for section in self.document.findall(nodes.section):
            topics = [anchor for anchor in section["ids"] if anchor.startswith(_LABEL)]
            if topics:
                section["ids"] = [topics[0].removeprefix(_LABEL), *topics]


def figure(shown: Figure, root: Path) -> str:
    """Return a figure as it stands in its chapter, as Markdown; the root is the checkout's."""
    picture, data = (
        _address(folder, root) for folder in (framing.framed(shown, root), shown.folder)
    )
    files = [("CSV", f"{data}/{shown.id}.csv")]
    files += [(kind.upper(), f"{picture}/{shown.id}.{kind}") for kind in framing.KINDS]
    links = " · ".join(pages.download(*each) for each in files)
    source = pages.escape(framing.source_line(shown.tables))
    return pages.directive(
        "figure",
        f"{shown.caption} {source} {links}",
        argument=f"{picture}/{shown.id}-wide.svg",
        options={"name": f"fig-{shown.id}", "alt": shown.alt, "class": "overtake-figure"},
    )


def figure_elsewhere(shown: Figure, root: Path) -> str:
    """Return a figure for another page than its chapter's: it has no number of its own there."""
    address = _address(framing.framed(shown, root), root)
    options = {"alt": shown.alt, "class": "overtake-figure"}
    picture = pages.directive("image", argument=f"{address}/{shown.id}-wide.svg", options=options)
    body = f"{picture}\n{shown.caption} {{numref}}`fig-{shown.id}` in its chapter.\n"
    return pages.directive("container", body, argument=f"overtake-shown {shown.id}", fence="````")


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


def verdict_table(chapter: str, claims: Sequence[JudgedClaim], released: date | None = None) -> str:
    """Return a chapter's verdicts as a numbered table, and behind it what speaks against them."""
    rows = [
        (
            pages.escape(claim.says),
            pages.chip(claim) + (f", {claim.confidence} confidence" if claim.confidence else ""),
            pages.escape(_sentence(judged.found(claim))),
            pages.escape(claim.tested),
        )
        for claim in claims
    ]
    header = ("What is claimed", "Verdict, and how likely it is true", "Found", "Tested")
    caption = "What the chapter finds of each part of the claims"
    table = pages.numbered_table(header, rows, name=f"tab-{chapter}-verdicts", caption=caption)
    by_claim: dict[str, list[JudgedClaim]] = {}
    for claim in claims:
        by_claim.setdefault(claim.claim, []).append(claim)
    return "\n".join([table, *(_against(*each, released) for each in by_claim.items())])


def _against(claim: str, parts: Sequence[JudgedClaim], released: date | None) -> str:
    """Return what speaks against the verdicts on a claim, and how far its data reach."""
    told = parts[0]
    note = freshness.note(reach.oldest(part.data for part in parts), released)
    text = (
        f"`{claim}`: *against the verdicts:* {pages.escape(told.contrary)} "
        f"*What would change them:* {pages.escape(told.would_change)} {note}"
    )
    return f"{text.rstrip()}\n"


def _block(project: Project, run: Run, block: Block, released: date | None) -> str:
    """Return what a page shows in the place of a block of words."""
    match block.kind:
        case chapter_words.FIGURE:
            return figure(run.figures[block.id], project.root)
        case chapter_words.NUMBERS:
            shown = [each for name, each in run.headline.items() if name in block.content]
            return headline_table(run.chapter, shown)
        case chapter_words.CLAIMS:
            parts = [each for each in run.claims.values() if each.claim in block.content]
            return verdict_table(run.chapter, parts, released)
    return ""


def _interval(estimate: EstimateLike, digits: int) -> str:
    if estimate.low == estimate.high:
        return "none: a count, a maximum, seen on no path, or as reported"
    count = f", n = {estimate.n:,}" if estimate.n else ""
    return f"{prose.shown_span(estimate, digits)} ({prose.interval_name(estimate)}{count})"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _address(folder: Path, root: Path) -> str:
    return f"/{folder.relative_to(root).as_posix()}"
