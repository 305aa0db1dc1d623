"""One figure: its picture files, the data behind it, its record, its place in the page."""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from overtake import figure_ids, pages, spreadsheet, style, tables
from overtake.errors import ResultError
from overtake.session import Session

_PNG_PIXELS_PER_INCH = 200  # two pixels for each one of the figure's nominal 100
_POINTS_PER_INCH = 72  # in which SVG and PDF are drawn, and all pictures are arranged
_LAYOUT_DIGITS = 6
_SAYS_OF_ITSELF = {
    "svg": ("Date", "Creator", "Format", "Type"),
    "png": ("Software",),
    "pdf": ("Creator", "Producer", "CreationDate"),
}


@dataclass(frozen=True)
class FigureRecord:
    """What is known of a published figure.

    Attributes
    ----------
    id : str
        Stable identity: small letters, digits and hyphens.
    title : str
        The figure's message in one sentence, as it stands above the picture.
    caption : str
        What is drawn and how to read it, in MyST Markdown.
    alt : str
        The message with its numbers, for those who can't see the picture.
    tables : tuple of str
        Tables of ``data/`` that the figure shows.
    columns : dict of str to str
        Meaning and unit of each column of the figure's data.
    rows : int
        Rows of the figure's data.
    files : dict of str to str
        SHA-256 of each file, by file name.
    """

    id: str
    title: str
    caption: str
    alt: str
    tables: tuple[str, ...]
    columns: dict[str, str]
    rows: int
    files: dict[str, str]


def publish(
    figure: Figure,
    data: pd.DataFrame,
    *,
    id: str,
    title: str,
    caption: str,
    alt: str,
    tables: Sequence[str],
    columns: dict[str, str],
) -> FigureRecord:
    """Save a figure with the data behind it and show it in the page.

    Writes ``figures/<id>.svg``, ``.png`` (2x), ``.pdf``, ``.csv`` and ``.json`` into the
    run's folder. In the book the figure appears numbered, with caption and
    alternative text, and can be referred to as ``{numref}`fig-<id>```.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The drawing, best from `overtake.style.new_figure`.
    data : pandas.DataFrame
        Exactly what is drawn, one row for each mark.
    id : str
        Identity for good: small letters, digits and hyphens.
    title : str
        The message, with its number; stands in the picture.
    caption : str
        What is drawn: measure, unit, interval, n. MyST Markdown.
    alt : str
        The message with its numbers, for those who can't see the picture.
    tables : sequence of str
        The tables of ``data/`` behind it; their publishers are credited.
    columns : dict of str to str
        Meaning and unit of every column of `data`.

    Returns
    -------
    FigureRecord
        The record that also stands in ``<id>.json``.

    Raises
    ------
    ResultError
        If the id is malformed or already used in this run, a text is missing,
        `data` is empty, a column has no meaning, or no table is named.
    """
    session = Session.current()
    _check_loaded(id, tables)
    record = save(
        figure, data, folder=session.folder / "figures", id=id, title=title, caption=caption,
        alt=alt, tables=tables, columns=columns,
    )  # fmt: skip
    _show(record, session)
    return record


def save(
    figure: Figure,
    data: pd.DataFrame,
    *,
    folder: Path,
    id: str,
    title: str,
    caption: str,
    alt: str,
    tables: Sequence[str],
    columns: dict[str, str],
) -> FigureRecord:
    """Write a figure's files into `folder`; all else as `publish` says.

    Returns
    -------
    FigureRecord
        The record that also stands in ``<id>.json``.

    Raises
    ------
    ResultError
        If the id is malformed, a text is missing, `data` is empty, a column
        has no meaning, or no table is named.
    """
    _check(id, data, {"title": title, "caption": caption, "alt": alt}, tables, columns)
    style.frame(figure, title=title, source=source_line(tables))
    contents = {
        **_pictures(figure, id),
        f"{id}.csv": spreadsheet.csv_of(data).encode(),
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    record = FigureRecord(
        id, title, caption, " ".join(alt.split()), tuple(tables), columns, len(data), digests
    )
    contents[f"{id}.json"] = _as_json(record)
    _write(folder, contents)
    return record


def markdown(record: FigureRecord, address: str) -> str:
    """Return a saved figure as it stands in a page.

    Parameters
    ----------
    record : FigureRecord
        The figure.
    address : str
        Its folder's address, relative to the book's root and starting with ``/``.
    """
    links = " · ".join(
        pages.download(kind.upper(), f"{address}/{record.id}.{kind}")
        for kind in ("csv", "svg", "png", "pdf")
    )
    body = f"{record.caption} {pages.escape(source_line(record.tables))} {links}"
    return pages.directive(
        "figure",
        body,
        argument=f"{address}/{record.id}.svg",
        options={"name": f"fig-{record.id}", "alt": record.alt, "class": "overtake-figure"},
    )


def source_line(names: Sequence[str]) -> str:
    """Return the credit line for tables: each producer once, with the vintages."""
    return f"Source: {tables.credit(names)}."


def _check(
    id: str,
    data: pd.DataFrame,
    texts: dict[str, str],
    names: Sequence[str],
    columns: dict[str, str],
) -> None:
    problems = [f"{what} is empty" for what, text in texts.items() if not text.strip()]
    if problem := figure_ids.problem(id):
        problems.append(problem)
    if data.empty:
        problems.append("its data have no rows")
    if missing := [str(c) for c in data.columns if not columns.get(str(c), "").strip()]:
        problems.append(f"columns without a meaning: {', '.join(missing)}")
    if not names:
        problems.append("it names no table of data/")
    if problems:
        raise ResultError(f"figure {id!r}: {'; '.join(problems)}")


def _pictures(figure: Figure, id: str) -> dict[str, bytes]:
    """Render without dates, versions or random ids: same figure, same bytes.

    `Figure.savefig` would arrange and draw six times: each picture once to
    arrange it, once for good.
    """
    svg, pdf, png = io.BytesIO(), io.BytesIO(), io.BytesIO()
    canvas = FigureCanvasSVG(figure)
    _arrange(figure)
    with mpl.rc_context({"svg.hashsalt": id}):
        canvas.print_svg(svg, metadata=_nothing_of("svg"))
    FigureCanvasPdf(figure).print_pdf(pdf, metadata=_nothing_of("pdf"))
    figure.dpi = _PNG_PIXELS_PER_INCH
    FigureCanvasAgg(figure).print_png(png, metadata=_nothing_of("png"))
    contents = {"svg": svg, "pdf": pdf, "png": png}
    return {f"{id}.{kind}": buffer.getvalue() for kind, buffer in contents.items()}


def _arrange(figure: Figure) -> None:
    """Place the axes for all pictures alike.

    The solver's last digits depend on where its variables lie in memory, and
    an SVG's clip paths are named by a hash of all digits: so they are rounded.
    """
    engine = figure.get_layout_engine()
    if engine is None:
        return
    figure.dpi = _POINTS_PER_INCH
    engine.execute(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        corners = axes.get_position(original=True).get_points()
        axes.set_position(Bbox(np.round(corners, _LAYOUT_DIGITS)))


def _nothing_of(kind: str) -> dict[str, None]:
    """Leave out what matplotlib would write into a picture; `overtake.stamping` says more."""
    return dict.fromkeys(_SAYS_OF_ITSELF[kind])


def _check_loaded(id: str, names: Sequence[str]) -> None:
    if unloaded := sorted(set(names) - set(tables.loaded())):
        raise ResultError(
            f"figure {id!r}: it names tables that the chapter has not loaded: {', '.join(unloaded)}"
        )


def _as_json(record: FigureRecord) -> bytes:
    return (json.dumps(vars(record), indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def _show(record: FigureRecord, session: Session) -> None:
    from IPython.display import display

    bundle = {
        "text/markdown": markdown(record, f"{session.address}/figures"),
        "image/png": (session.folder / "figures" / f"{record.id}.png").read_bytes(),
        "text/plain": record.title,
    }
    display(bundle, raw=True)
