"""One figure of a chapter: its drawing, the data behind it, and its record.

The words of a figure (title, caption, alternative text, what its columns mean) stand in
the chapter's Markdown; what is drawn here carries neither title nor source line. Both are
put around it when a page is read: see `overtake.publishing.framing`.
"""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from overtake.chapter.session import Session
from overtake.core import digests, paths
from overtake.core.errors import ResultError
from overtake.data import spreadsheet, used
from overtake.data.used import Used

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FOLDER = "figures"
PNG_PIXELS_PER_INCH = 200  # two pixels for each one of the figure's nominal 100
NARROW = "-narrow"
"""Behind a figure's id: its picture for a phone."""
_NOTHING_OF_ITSELF = {
    "svg": dict.fromkeys(("Date", "Creator", "Format", "Type")),
    "png": dict.fromkeys(("Software",)),
    "pdf": dict.fromkeys(("Creator", "Producer", "CreationDate")),
}
"""Leaves out what matplotlib would write into a picture; its stamp says more."""


@dataclass(frozen=True)
class Drawing:
    """What a section draws.

    The figure, best from `overtake.chapter.style.new_figure`, has no title; the data are
    exactly what is drawn, one row for each mark. Credited are the sources of the tables: of a
    whole one, or of the rows and columns that a `Used` names.
    """

    figure: "Figure"
    data: "pd.DataFrame"
    tables: tuple[str | Used, ...]


@dataclass(frozen=True)
class DrawingRecord:
    """What a run knows of a figure.

    `sources` has the keys of the sources that it uses, by table; `columns` and `rows` are those
    of its data; `files` has the SHA-256 of each, by name; `touching` says which words touch
    others or a line, at a desk's and at a phone's width.
    """

    id: str
    sources: dict[str, tuple[str, ...]]
    columns: tuple[str, ...]
    rows: int
    files: dict[str, str]
    touching: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables behind it."""
        return tuple(self.sources)


def publish(id: str, drawing: Drawing) -> None:
    """Save a figure with the data behind it.

    Writes ``figures/<id>.svg``, ``.png`` (2x), ``.pdf``, ``.csv`` and ``.json``, and
    ``<id>-narrow.svg`` for phones, into the run's folder. The page shows it where the chapter's
    Markdown has its words. The id is its identity for good: small letters, digits and hyphens.

    Raises
    ------
    ResultError
        As `save`. A table that the chapter doesn't load is refused when the run is stored.
    """
    session = Session.current()
    save(id, drawing, session.folder / FOLDER)
    if session.is_scratch:  # in a page the figure stands beside its words
        _show(id, session.folder / FOLDER)


def save(id: str, drawing: Drawing, folder: Path) -> DrawingRecord:
    """Write a figure's files into `folder`; otherwise as `files_of`."""
    record, files = _recorded(id, drawing)
    write(files, folder)
    return record


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files by their names into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def files_of(id: str, drawing: Drawing) -> dict[str, bytes]:
    """Return a figure's files by name.

    Raises
    ------
    ResultError
        If the id is malformed, the data are empty, or no table is named.
    TableError
        If it is said to use rows or columns that a table doesn't have.
    """
    return _recorded(id, drawing)[1]


def _recorded(id: str, drawing: Drawing) -> tuple[DrawingRecord, dict[str, bytes]]:
    problems = [problem] if (problem := paths.figure_id_problem(id)) else []
    if drawing.data.empty:
        problems.append("its data have no rows")
    if not drawing.tables:
        problems.append("it names no table of data/")
    if problems:
        raise ResultError(f"figure {id!r}: {'; '.join(problems)}")
    data = spreadsheet.csv_of(drawing.data).encode()
    rendered = render(drawing.figure, salt=id, stem=id)
    contents = {**rendered.pictures, f"{id}.csv": data}
    files = {name: digests.of(content) for name, content in contents.items()}
    columns = tuple(map(str, drawing.data.columns))
    rows, touching = len(drawing.data), rendered.touching
    record = DrawingRecord(id, sources_behind(drawing.tables), columns, rows, files, touching)
    text = json.dumps(asdict(record), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    return record, {**contents, f"{id}.json": text.encode()}


def sources_behind(tables: Iterable[str | Used]) -> dict[str, tuple[str, ...]]:
    """Return the keys of the sources that are used, by table; a table may be named twice."""
    found: dict[str, tuple[str, ...]] = {}
    for each in tables:
        part = Used(each) if isinstance(each, str) else each
        keys = (*found.get(part.table, ()), *used.sources_of(part))
        found[part.table] = tuple(dict.fromkeys(keys))
    return found


@dataclass(frozen=True)
class Rendered:
    """A figure's pictures by file name, and at each width the words that touch anything."""

    pictures: dict[str, bytes]
    touching: dict[str, tuple[str, ...]]


def render(figure: "Figure", *, salt: str, stem: str) -> Rendered:
    """Return a figure as SVG, PDF and PNG, and for phones as a narrow SVG.

    They have no dates, versions or random ids.
    """
    # `Figure.savefig` would draw six times: each picture once to arrange it, once for good.
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    from overtake.chapter import layouts

    svg, pdf, png, narrow = (io.BytesIO() for _ in range(4))
    canvas, arranged, touching = FigureCanvasSVG(figure), layouts.Arranged.of(figure), {}
    with mpl.rc_context({"svg.hashsalt": salt}):
        touching["narrow"] = arranged.narrow()
        canvas.print_svg(narrow, metadata=_NOTHING_OF_ITSELF["svg"])
        touching["wide"] = arranged.wide()
        canvas.print_svg(svg, metadata=_NOTHING_OF_ITSELF["svg"])
    FigureCanvasPdf(figure).print_pdf(pdf, metadata=_NOTHING_OF_ITSELF["pdf"])
    figure.dpi = PNG_PIXELS_PER_INCH
    FigureCanvasAgg(figure).print_png(png, metadata=_NOTHING_OF_ITSELF["png"])
    written = {".svg": svg, ".pdf": pdf, ".png": png, f"{NARROW}.svg": narrow}
    return Rendered({f"{stem}{end}": each.getvalue() for end, each in written.items()}, touching)


def _show(id: str, folder: Path) -> None:
    """Show a figure below its cell; Jupyter knows no picture of a figure without pyplot."""
    from IPython.display import display

    display({"image/png": (folder / f"{id}.png").read_bytes(), "text/plain": id}, raw=True)
