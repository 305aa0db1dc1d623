"""The page of one figure and what stands beside it: its parts as they are shown, and the HTML."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Self

from markdown_it import MarkdownIt

from overtake.book import (
    cite_box,
    dcat,
    freshness,
    head,
    jsonld,
    judged,
    ledger,
    pictures,
    signposts,
)
from overtake.book.figures import ShownFigure
from overtake.book.files import File
from overtake.book.head import Link, Subject, names_of
from overtake.chapter import parameters
from overtake.core import pages
from overtake.core.paths import Project
from overtake.publishing import history
from overtake.publishing.citations.catalogue import table_path
from overtake.publishing.history import Commit
from overtake.publishing.publication import LICENCE, Publication
from overtake.runs import chapter_parameters

MOST_ROWS = 200
"""Rows of the data that a page shows; the files hold all."""
OEMBED_NAME = "oembed.json"

_OEMBED_TYPE = "application/json+oembed"
_RECORD_TYPE = "application/json"
_SIGNIFICANT_DIGITS = 6
_LONGEST_PLAIN = 1e6
_DECIMAL = re.compile(r"-?\d+\.\d+(e[+-]?\d+)?|-?\d+e[+-]?\d+")
_MARKDOWN = MarkdownIt("js-default", {"html": False, "linkify": False})
_WORDS_PIXELS = 150
"""Height of the words below an embedded picture, at the width that the snippet asks for."""


_DOWNLOADS = (
    ("svg", "picture that can be scaled and edited", "image/svg+xml"),
    ("png", "picture, two pixels for each one on the page", "image/png"),
    ("pdf", "picture for print", "application/pdf"),
    ("csv", "the plotted data", "text/csv"),
    ("json", "the figure's record: columns, tables, hashes of the files", _RECORD_TYPE),
)


def downloads(figure: ShownFigure) -> list[File]:
    """Return the files of a figure, as the run and its words give them."""
    return [
        File(
            f"{figure.id}.{kind}", kind.upper(), meaning, media_type,
            figure.record() if media_type == _RECORD_TYPE else figure.file(kind).read_bytes(),
        )
        for kind, meaning, media_type in _DOWNLOADS
    ]  # fmt: skip


def data_from(figure: ShownFigure, root: str) -> File:
    """Return the plotted data as another page links to them, from which the book is at `root`."""
    (data,) = (file for file in downloads(figure) if file.media_type == "text/csv")
    return replace(data, name=f"{root}{figure.citable.path.lstrip('/')}{data.name}")


@dataclass(frozen=True)
class Code:
    """The code that a book is built from: the commit that is checked out, and what differs."""

    commit: Commit | None
    changed: AbstractSet[str]
    repository: str | None

    @classmethod
    def of(cls, project: Project, publication: Publication) -> Self:
        """Return the code of a checkout."""
        changed = frozenset(history.changes(project) or ())
        return cls(history.head(project), changed, publication.repository)

    def address(self, path: str) -> str:
        """Return where a file can be read as it was used, or "" if that is not known."""
        if self.commit is None or self.repository is None or path in self.changed:
            return ""
        return f"{self.repository}/blob/{self.commit.id}/{path}"


def content(figure: ShownFigure, subject: Subject) -> dict[str, Any]:
    """Return what the body of a figure's page says of the figure; its addresses are relative."""
    header, *rows = figure.data()
    declaration, values = chapter_parameters.of_chapter(figure.chapter), figure.inputs.parameters
    data, released = figure.shown.data, subject.publication.released
    return {
        "freshness": freshness.sentence(data, released) if data else "",
        "freshness_classes": freshness.classes(data, released) if data else "",
        "figure": figure,
        "judged": [(claim, judged.found(claim)) for claim in figure.claims],
        "table_path": table_path,
        "caption": _MARKDOWN.renderInline(figure.shown.caption),
        "downloads": downloads(figure),
        "header": header,
        "rows": [[_cell(text) for text in row] for row in rows[:MOST_ROWS]],
        "rows_in_all": len(rows),
        "parameters": [(each, values[each.name]) for each in parameters.describe(declaration)],
        "command": ledger.rerun_command(figure.chapter, parameters.changed(declaration, values)),
        "snippet": snippet(figure, subject),
        "subject": subject,
        "site": subject.publication.site,
    }


def _cell(text: str) -> str:
    """Shorten a number with many decimals; the files have all of them."""
    if not _DECIMAL.fullmatch(text):
        return text
    value = float(text)
    if abs(value) >= _LONGEST_PLAIN:
        return f"{value:.0f}"
    return f"{value:.{_SIGNIFICANT_DIGITS}g}"


def head_of(figure: ShownFigure, subject: Subject) -> str:
    """Write the head for programs."""
    data = jsonld.of_figure(figure, subject, downloads(figure))
    return head.render(subject, links_of(figure, subject), data)


def links_of(figure: ShownFigure, subject: Subject) -> list[Link]:
    """Return the links of a figure's head: the files as Signposting names them, and oEmbed."""
    links = [
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/ImageObject"),
        *(Link("item", f"{figure.id}.{kind}", served) for kind, _, served in _DOWNLOADS[:-1]),
        Link("describedby", f"{figure.id}.json", _RECORD_TYPE),
        *cite_box.links(figure.id),
    ]
    if subject.publication.site:
        links.append(Link("alternate", f"{subject.own_address}{OEMBED_NAME}", _OEMBED_TYPE))
    return links


def signs(figure: ShownFigure, subject: Subject) -> dict[str, bytes]:
    """Return the files for programs that describe a figure, by name."""
    tables = [table_path(table.name) for table in figure.tables]
    makers = subject.publication.authors
    record = dcat.record(subject, downloads(figure), tables, makers)
    return signposts.files(subject, links_of(figure, subject), record)


def embed(figure: ShownFigure, subject: Subject) -> str:
    """Write the page to embed: no script, light or dark as the reader prefers."""
    width, height = pictures.size(figure.pictures / f"{figure.id}-wide.svg")
    return pages.render(
        "embed.html", figure=figure, subject=subject, licence=LICENCE, width=width, height=height,
        until=pictures.NARROW_UNTIL_EM,
    )  # fmt: skip


def snippet(figure: ShownFigure, subject: Subject) -> str:
    """Return the HTML that embeds a figure in another page, as the version that is cited has it."""
    width, height = figure.size
    return pages.render(
        "snippet.html",
        address=f"{subject.address}embed/",
        title=figure.citable.title,
        width=width,
        height=height + _WORDS_PIXELS,
    ).strip()


def oembed(figure: ShownFigure, subject: Subject) -> dict[str, Any]:
    """Return the figure as oEmbed 1.0 describes it; the book must have a web address."""
    published, (width, height) = subject.publication, figure.size
    path, *size = figure.preview
    return {
        "version": "1.0",
        "type": "rich",
        "title": subject.title,
        "author_name": names_of(published),
        "provider_name": published.short_title,
        "provider_url": published.address("/"),
        "html": snippet(figure, subject),
        "width": width,
        "height": height + _WORDS_PIXELS,
        "thumbnail_url": subject.beside(path),
        "thumbnail_width": size[0],
        "thumbnail_height": size[1],
    }


def index(figures: Sequence[ShownFigure]) -> str:
    """Write the index of figures; without scripts it shows every figure."""
    cards = [(f, sorted({c.claim for c in f.claims}), list(_makers(f))) for f in figures]
    makers = {word: maker for figure in figures for word, maker in _makers(figure).items()}
    choices = {
        "chapter": {f.chapter: f.place.chapter_title for f in figures},
        "claim": {claim: claim for claim in sorted({c for _, judged, _ in cards for c in judged})},
        "source": dict(sorted(makers.items(), key=lambda maker: maker[1])),
    }
    return pages.render("figure_index.html", cards=cards, choices=choices)


def _makers(figure: ShownFigure) -> dict[str, str]:
    """Return who made a figure's data, by name without spaces: a card lists several."""
    makers = [table.credit for table in figure.tables]
    return {re.sub(r"\W+", "-", maker.lower()).strip("-"): maker for maker in makers}
