"""One figure of a chapter: its drawing, the data behind it, and its record.

The words of a figure (title, caption, alternative text, what its columns mean) stand in
the chapter's Markdown; what is drawn here carries neither title nor source line. Both are
put around it when a page is read: see `overtake.publishing.framing`.
"""

import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from overtake.chapter.session import Session
from overtake.core import digests, paths
from overtake.core.errors import ResultError
from overtake.data import spreadsheet

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FOLDER = "figures"
PNG_PIXELS_PER_INCH = 200  # two pixels for each one of the figure's nominal 100
_POINTS_PER_INCH = 72  # in which SVG and PDF are drawn, and all pictures are arranged
_LAYOUT_DIGITS = 6
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
    exactly what is drawn, one row for each mark; the publishers of the tables are credited.
    """

    figure: "Figure"
    data: "pd.DataFrame"
    tables: tuple[str, ...]


@dataclass(frozen=True)
class DrawingRecord:
    """What a run knows of a figure.

    `columns` and `rows` are those of its data; `files` has the SHA-256 of each, by name.
    """

    id: str
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int
    files: dict[str, str]


def publish(id: str, drawing: Drawing) -> None:
    """Save a figure with the data behind it.

    Writes ``figures/<id>.svg``, ``.png`` (2x), ``.pdf``, ``.csv`` and ``.json`` into the
    run's folder. The page shows it where the chapter's Markdown has its words. The id is
    its identity for good: small letters, digits and hyphens.

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
    """Write a figure's files into `folder`.

    Raises
    ------
    ResultError
        If the id is malformed, the data are empty, or no table is named.
    """
    problems = [problem] if (problem := paths.figure_id_problem(id)) else []
    if drawing.data.empty:
        problems.append("its data have no rows")
    if not drawing.tables:
        problems.append("it names no table of data/")
    if problems:
        raise ResultError(f"figure {id!r}: {'; '.join(problems)}")
    data = spreadsheet.csv_of(drawing.data).encode()
    contents = {**render(drawing.figure, salt=id, stem=id), f"{id}.csv": data}
    files = {name: digests.of(content) for name, content in contents.items()}
    columns = tuple(map(str, drawing.data.columns))
    record = DrawingRecord(id, drawing.tables, columns, len(drawing.data), files)
    text = json.dumps(asdict(record), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    contents[f"{id}.json"] = text.encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return record


def render(figure: "Figure", *, salt: str, stem: str) -> dict[str, bytes]:
    """Return a figure as SVG, PDF and PNG, without dates, versions or random ids."""
    # `Figure.savefig` would draw six times: each picture once to arrange it, once for good.
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    svg, pdf, png = io.BytesIO(), io.BytesIO(), io.BytesIO()
    canvas = FigureCanvasSVG(figure)
    _arrange(figure)
    with mpl.rc_context({"svg.hashsalt": salt}):
        canvas.print_svg(svg, metadata=_NOTHING_OF_ITSELF["svg"])
    FigureCanvasPdf(figure).print_pdf(pdf, metadata=_NOTHING_OF_ITSELF["pdf"])
    figure.dpi = PNG_PIXELS_PER_INCH
    FigureCanvasAgg(figure).print_png(png, metadata=_NOTHING_OF_ITSELF["png"])
    contents = {"svg": svg, "pdf": pdf, "png": png}
    return {f"{stem}.{kind}": buffer.getvalue() for kind, buffer in contents.items()}


def _show(id: str, folder: Path) -> None:
    """Show a figure below its cell; Jupyter knows no picture of a figure without pyplot."""
    from IPython.display import display

    display({"image/png": (folder / f"{id}.png").read_bytes(), "text/plain": id}, raw=True)


def _arrange(figure: "Figure") -> None:
    """Place the axes for all pictures alike.

    The solver's last digits depend on where its variables lie in memory, and
    an SVG's clip paths are named by a hash of all digits: so they are rounded.
    """
    import numpy as np
    from matplotlib.transforms import Bbox

    engine = figure.get_layout_engine()
    if engine is None:
        return
    figure.dpi = _POINTS_PER_INCH
    engine.execute(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        corners = axes.get_position(original=True).get_points()
        axes.set_position(Bbox(np.round(corners, _LAYOUT_DIGITS)))
