"""The page of one figure: its parts as they are shown, and the HTML."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt

from overtake.book import ledger
from overtake.book.figure_pages import embed
from overtake.book.figure_pages.code import Code
from overtake.book.figure_pages.figure import ShownFigure
from overtake.book.interactive import content as interactive
from overtake.book.metadata.subject import Subject
from overtake.chapter import parameters
from overtake.chapter.parameters import ParameterDescription
from overtake.core import templating
from overtake.publishing.citations.catalogue import table_path
from overtake.publishing.citations.formats import FORMATS
from overtake.publishing.publication import LICENCE
from overtake.publishing.releasing.record import ReleasedVersion
from overtake.runs import chapter_parameters

MOST_ROWS = 200
"""Rows of the data that a page shows; the files hold all."""

_RECORD_TYPE = "application/json"
_BYTES_SHOWN = 1000
_SIGNIFICANT_DIGITS = 6
_LONGEST_PLAIN = 1e6
_DECIMAL = re.compile(r"-?\d+\.\d+(e[+-]?\d+)?|-?\d+e[+-]?\d+")
_MARKDOWN = MarkdownIt("js-default", {"html": False, "linkify": False})


@dataclass(frozen=True)
class Download:
    """A file beside the page.

    Attributes
    ----------
    name : str
        The file's name.
    label, meaning : str
        What readers call its kind, and what it is for.
    media_type : str
        The type to serve it as.
    """

    name: str
    label: str
    meaning: str
    media_type: str


@dataclass(frozen=True)
class Citation:
    """A citation in one format.

    Attributes
    ----------
    label, name, text, media_type : str
        The format's name for readers, the file's name, its content and type.
    """

    label: str
    name: str
    text: str
    media_type: str


def downloads(figure: ShownFigure) -> list[Download]:
    """Return the files of a figure."""
    return [Download(f"{figure.id}.{kind}", *rest) for kind, *rest in _KINDS]


_KINDS = (
    ("svg", "SVG", "picture that can be scaled and edited", "image/svg+xml"),
    ("png", "PNG", "picture, two pixels for each one on the page", "image/png"),
    ("pdf", "PDF", "picture for print", "application/pdf"),
    ("csv", "CSV", "the plotted data", "text/csv"),
    (
        "json",
        "JSON",
        "the figure's record: columns, tables, hashes of the files",
        _RECORD_TYPE,
    ),
)


def citations(figure: ShownFigure) -> list[Citation]:
    """Return a figure's citation in every format, text for readers first."""
    found = [
        Citation(
            chosen.label,
            f"{figure.id}{chosen.suffix}",
            chosen.write(figure.item),
            chosen.media_type,
        )
        for chosen in FORMATS.values()
    ]
    return sorted(found, key=lambda citation: citation.media_type != "text/plain")


def render(
    figure: ShownFigure,
    subject: Subject,
    code: Code,
    versions: Sequence[ReleasedVersion],
    proof: str,
    scenario: str | None,
) -> str:
    """Write the body of a figure's page; every address in it is relative.

    Parameters
    ----------
    figure : ShownFigure
        The figure.
    subject : Subject
        What the page is about.
    code : Code
        Where the model code can be read.
    versions : sequence of ReleasedVersion
        The releases that have the figure, newest first.
    proof : str
        What came of repeating the run, in one sentence.
    scenario : str or None
        Title of the scenario that the book shows; None for the published book.
    """
    header, *rows = figure.data()
    return templating.render(
        "figure.html",
        figure=figure,
        table_path=table_path,
        interactive=interactive.render(figure.run, figure.id, figure.shown.title),
        caption=_MARKDOWN.renderInline(figure.shown.caption),
        downloads=[(each, _size(len(content))) for each, content in files(figure).items()],
        header=header,
        rows=[[_cell(text) for text in row] for row in rows[:MOST_ROWS]],
        rows_in_all=len(rows),
        parameters=_parameters(figure),
        command=_command(figure),
        code=code,
        citations=citations(figure),
        snippet=embed.snippet(figure, subject.publication),
        site=subject.publication.site,
        licence=LICENCE,
        versions=versions,
        proof=proof,
        scenario=scenario,
    )


def files(figure: ShownFigure) -> dict[Download, bytes]:
    """Return the content of each file of a figure, as the run and its words give it."""
    return {
        each: figure.record()
        if each.media_type == _RECORD_TYPE
        else figure.file(each.name.rpartition(".")[2]).read_bytes()
        for each in downloads(figure)
    }


def _size(count: int) -> str:
    return f"{count / 1000:.0f} kB" if count >= _BYTES_SHOWN else f"{count} bytes"


def _cell(text: str) -> str:
    """Shorten a number with many decimals; the files have all of them."""
    if not _DECIMAL.fullmatch(text):
        return text
    value = float(text)
    if abs(value) >= _LONGEST_PLAIN:
        return f"{value:.0f}"
    return f"{value:.{_SIGNIFICANT_DIGITS}g}"


def _parameters(figure: ShownFigure) -> list[tuple[ParameterDescription, Any]]:
    values = figure.inputs.parameters
    described = parameters.describe(chapter_parameters.of_chapter(figure.chapter))
    return [(each, values[each.name]) for each in described]


def _command(figure: ShownFigure) -> str:
    """Return the command that repeats the figure's run."""
    declaration = chapter_parameters.of_chapter(figure.chapter)
    changed: Mapping[str, Any] = parameters.changed(declaration, figure.inputs.parameters)
    return ledger.rerun_command(figure.chapter, changed)
