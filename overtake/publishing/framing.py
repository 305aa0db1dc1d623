"""A figure's pictures: those that pages show, and those that are taken away.

A run draws a picture without title and source. Pages show it so, since they say both in text: at
a desk's width or a phone's, light or dark. What leaves the page, as a download, has title and
source line around it and a stamp in it. Below each stands in small type where it is from, which
a screenshot keeps. All of them come from here, as `framed` returns them.
"""

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pikepdf
from PIL import Image

from overtake.chapter.figures import FOLDER, NARROW, PNG_PIXELS_PER_INCH, render
from overtake.core import digests
from overtake.core.errors import PictureError, StoreError
from overtake.core.paths import Project
from overtake.data import reach
from overtake.publishing import dark, publication, stamp, stamping
from overtake.publishing.citations import catalogue
from overtake.publishing.stamp import Stamp
from overtake.runs.words.told import Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

KINDS = stamping.KINDS
PICTURES = "pictures"
"""Folder of ``_build`` with a folder for each figure: its id, a hyphen, what it is made from."""
SHOWN = ("wide", "narrow", "wide-dark", "narrow-dark")
"""Pictures that pages show, by what stands between a figure's id and ``.svg``, after a hyphen."""
_POINTS_PER_INCH = 72
_TITLE_CHARACTERS, _SUBTITLE_CHARACTERS, _SOURCE_CHARACTERS = 64, 80, 108
_TITLE_LINE_INCHES, _SUBTITLE_LINE_INCHES, _SOURCE_LINE_INCHES = 0.19, 0.17, 0.13
_GAP_INCHES = 0.08
_ORIGIN_POINTS, _ORIGIN_LINE_INCHES = 7, 0.14
_ORIGIN_CHARACTER_POINTS = 0.6 * _ORIGIN_POINTS
"""How wide a character is in DejaVu Sans, on the average."""
_QUIET = "#5A5A5A"
_EDGE = 0.012
"""Share of the width that is left free beside words."""
_ROOT = re.compile(rb'<svg [^>]*?width="([0-9.]+)pt"\s+height="([0-9.]+)pt"[^>]*>')
_SIZES = re.compile(rb'(height="|viewBox="0 0 [0-9.]+ )[0-9.]+')
_IDS = re.compile(rb'(\sid="|href="#|url\(#)')


@dataclass(frozen=True)
class _Strips:
    """The lines of words around a picture, and the height they need above and below, in inches."""

    title: list[str]
    subtitle: list[str]
    source: list[str]
    origin: list[str]

    @property
    def top(self) -> float:
        return self.above_subtitle + _SUBTITLE_LINE_INCHES * len(self.subtitle) + _GAP_INCHES

    @property
    def above_subtitle(self) -> float:
        return _TITLE_LINE_INCHES * len(self.title)

    @property
    def bottom(self) -> float:
        return _SOURCE_LINE_INCHES * len(self.source) + self.below_source + _GAP_INCHES

    @property
    def below_source(self) -> float:
        return _ORIGIN_LINE_INCHES * len(self.origin)


def framed(figure: Figure, root: Path) -> Path:
    """Return the folder that holds a figure's pictures: for pages, and with title and source line.

    The latter are stamped if a run drew the figure and the book says what it is. All are made
    once for the drawing, the words and the stamp that they have now, and found again.
    """
    source, said = source_line(figure.sources), _says(figure, Project(root))
    made_from = (
        figure.title,
        figure.subtitle,
        source,
        sorted(figure.files.items()),
        said,
        _maker(),
    )
    key = digests.of(repr(made_from).encode())
    target = root / "_build" / PICTURES / f"{figure.id}-{key[:16]}"
    if not target.is_dir():
        bodies = {kind: (figure.folder / f"{figure.id}.{kind}").read_bytes() for kind in KINDS}
        origin = said.origin if said else ""
        words = {"title": figure.title, "subtitle": figure.subtitle, "origin": origin}
        pictures = frame(bodies, source=source, **words)
        if said:
            pictures = {kind: stamping.add(each, said) for kind, each in pictures.items()}
        files = {f"{figure.id}.{kind}": content for kind, content in pictures.items()}
        _put(target, files | _for_pages(figure, bodies["svg"], origin))
    return target


def _for_pages(figure: Figure, wide: bytes, origin: str) -> dict[str, bytes]:
    """Return the pictures that pages show, by file name."""
    narrow = (figure.folder / f"{figure.id}{NARROW}.svg").read_bytes()
    if origin:
        wide, narrow = _above_origin(wide, narrow, origin)
    made = (wide, narrow, dark.recoloured(wide), dark.recoloured(narrow))
    return {f"{figure.id}-{name}.svg": svg for name, svg in zip(SHOWN, made, strict=True)}


def _says(figure: Figure, project: Project) -> Stamp | None:
    """Return the stamp of a figure that a run drew, if it is known what the book is."""
    run = figure.folder.parent
    if run.parent != project.runs or not (project.root / publication.FILE_NAME).is_file():
        return None
    cited = catalogue.of_figure(figure, run.name)
    stamped = stamp.of_figure(cited, publication.read(project), project)
    return replace(stamped, subtitle=figure.subtitle)


def of_run(folder: Path, said: Stamp) -> dict[str, bytes]:
    """Return the pictures of a figure in a run's folder with the words of a stamp, not stamped."""
    try:
        bodies = {kind: (folder / FOLDER / f"{said.figure}.{kind}").read_bytes() for kind in KINDS}
        words = {"title": said.title, "subtitle": said.subtitle, "origin": said.origin}
        return frame(bodies, source=f"Source: {said.data}.", **words)
    except (OSError, pikepdf.PdfError) as error:
        raise PictureError(f"the drawing of figure {said.figure} is damaged: {error}") from None


def frame(
    bodies: Mapping[str, bytes], *, title: str, source: str, subtitle: str = "", origin: str = ""
) -> dict[str, bytes]:
    """Put a title above a picture, which is given in each of `KINDS`, and below it its source.

    At the bottom stands its origin: book, figure, version and licence.
    """
    width, height = size_points(bodies["svg"])
    strips = _Strips(
        textwrap.wrap(title, _TITLE_CHARACTERS),
        textwrap.wrap(subtitle, _SUBTITLE_CHARACTERS),
        textwrap.wrap(source, _SOURCE_CHARACTERS),
        _wrapped_origin(origin, width),
    )
    drawn = _words(strips, width / _POINTS_PER_INCH, height / _POINTS_PER_INCH)
    return {
        "svg": _framed_svg(bodies["svg"], drawn["frame.svg"], strips),
        "png": _framed_png(bodies["png"], drawn["frame.png"], strips),
        "pdf": _framed_pdf(bodies["pdf"], drawn["frame.pdf"], strips),
    }


def source_line(used: Mapping[str, Sequence[str]]) -> str:
    """Return the credit line for the sources that are used, by table: see `reach.credit`."""
    return f"Source: {reach.credit(used)}."


def size_points(svg: bytes) -> tuple[float, float]:
    """Return the width and height of an SVG, in points."""
    root = _root(svg)
    return float(root[1]), float(root[2])


def _root(svg: bytes) -> re.Match[bytes]:
    """Return the tag that begins an SVG, with width and height as matplotlib writes them."""
    if root := _ROOT.search(svg):
        return root
    raise PictureError("no SVG of a figure: it has no root with width and height")


def _maker() -> str:
    """Return a hash of what makes the pictures, so that a change of it makes them anew."""
    from overtake.chapter import style

    made_by = (__file__, dark.__file__, style.__file__, stamp.__file__, stamping.__file__)
    return digests.of(b"".join(Path(path).read_bytes() for path in made_by))


def _words(strips: _Strips, width: float, height: float) -> dict[str, bytes]:
    """Return the words around an empty drawing of this size in inches."""
    from matplotlib.figure import Figure as Canvas

    from overtake.chapter import style

    style.use()
    total = height + strips.top + strips.bottom
    canvas = Canvas(figsize=(width, total))
    canvas.text(_EDGE, 1 - 0.05 / total, "\n".join(strips.title), ha="left", va="top",
                fontsize=11, fontweight="bold", parse_math=False)  # fmt: skip
    canvas.text(_EDGE, 1 - (0.05 + strips.above_subtitle) / total, "\n".join(strips.subtitle),
                ha="left", va="top", fontsize=10, color="#4A4A4A", parse_math=False)  # fmt: skip
    canvas.text(_EDGE, (0.04 + strips.below_source) / total, "\n".join(strips.source),
                ha="left", va="bottom", fontsize=7.5, color=_QUIET, parse_math=False)  # fmt: skip
    _write_origin(canvas, strips.origin)
    return render(canvas, salt="frame", stem="frame").pictures


def _wrapped_origin(origin: str, width: float) -> list[str]:
    """Break a picture's origin into lines that its width in points has room for."""
    return textwrap.wrap(origin, max(1, int((1 - 2 * _EDGE) * width / _ORIGIN_CHARACTER_POINTS)))


def _write_origin(canvas: "Canvas", lines: list[str]) -> None:
    """Write a picture's origin at its lower right."""
    canvas.text(1 - _EDGE, 0.03 / float(canvas.get_figheight()), "\n".join(lines), ha="right",
                va="bottom", fontsize=_ORIGIN_POINTS, color=_QUIET, parse_math=False)  # fmt: skip


def _above_origin(wide: bytes, narrow: bytes, origin: str) -> tuple[bytes, bytes]:
    """Return the two SVGs of a drawing, each on a strip of its own that says its origin."""
    from matplotlib.figure import Figure as Canvas

    from overtake.chapter import style

    style.use()
    lines = _wrapped_origin(origin, size_points(narrow)[0])
    height = _ORIGIN_LINE_INCHES * len(lines) + _GAP_INCHES
    canvas = Canvas(figsize=(size_points(wide)[0] / _POINTS_PER_INCH, height))
    _write_origin(canvas, lines)
    strips = render(canvas, salt="origin", stem="origin").pictures
    return _on(strips["origin.svg"], wide), _on(strips[f"origin{NARROW}.svg"], narrow)


def _on(strip: bytes, body: bytes) -> bytes:
    """Return an SVG on top of another of the same width."""
    root, beneath = _root(body), _root(strip)
    height = f"{float(root[2]) + float(beneath[2]):.6g}".encode()
    taller = _SIZES.sub(rb"\g<1>" + height, root[0])
    above = body[root.end() : body.rindex(b"</svg>")]
    below = _IDS.sub(rb"\1origin-", strip[beneath.end() : strip.rindex(b"</svg>")])
    moved = b'<g transform="translate(0 ' + root[2] + b')">' + below + b"</g>\n</svg>\n"
    return body[: root.start()] + taller + above + moved


def _framed_svg(body: bytes, words: bytes, strips: _Strips) -> bytes:
    inner = body[_root(body).end() : body.rindex(b"</svg>")]
    # Both pictures were numbered from one: the words' ids get a prefix.
    outer = _IDS.sub(rb"\1words-", words)
    top = f"{strips.top * _POINTS_PER_INCH:.6g}".encode()
    end = outer.rindex(b"</svg>")
    return outer[:end] + b'<g transform="translate(0 ' + top + b')">' + inner + b"</g>\n</svg>\n"


def _framed_png(body: bytes, words: bytes, strips: _Strips) -> bytes:
    with Image.open(io.BytesIO(words)) as canvas, Image.open(io.BytesIO(body)) as drawing:
        whole = canvas.convert("RGB")
        whole.paste(drawing.convert("RGB"), (0, round(strips.top * PNG_PIXELS_PER_INCH)))
        written = io.BytesIO()
        whole.save(written, "png")
        return written.getvalue()


def _framed_pdf(body: bytes, words: bytes, strips: _Strips) -> bytes:
    # Pikepdf's own overlay names the drawing at random: same picture, other bytes.
    place = f"q 1 0 0 1 0 {strips.bottom * _POINTS_PER_INCH:.6g} cm /Drawing Do Q".encode()
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(words)) as whole, pikepdf.open(io.BytesIO(body)) as drawing:
        page = whole.pages[0]
        form = whole.copy_foreign(drawing.pages[0].as_form_xobject())
        page.obj.Resources.XObject = pikepdf.Dictionary(Drawing=form)
        page.contents_add(place)
        whole.save(written, deterministic_id=True)
    return written.getvalue()


def _put(target: Path, pictures: Mapping[str, bytes]) -> None:
    """Write pictures into a folder that appears whole."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".making-", dir=target.parent) as making:
            folder = Path(making) / target.name
            folder.mkdir()
            for name, content in pictures.items():
                (folder / name).write_bytes(content)
            folder.rename(target)
    except OSError as error:
        if not target.is_dir():  # else another process was first
            raise StoreError(f"{target} can't be written: {error}") from None
