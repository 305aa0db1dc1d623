"""A figure's title and source line, put around its picture.

A run draws a picture without words. Its words are rendered when they are shown, so the
picture gets its title then: a strip above, the source line below, the drawing as it was.
"""

import io
import re
import shutil
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pikepdf
from PIL import Image

from overtake.chapter.figures import FOLDER, PNG_PIXELS_PER_INCH, render
from overtake.core import digests
from overtake.core.errors import PictureError, StoreError
from overtake.data import tables
from overtake.runs.words.told import Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

KINDS = ("svg", "png", "pdf")
_POINTS_PER_INCH = 72
_TITLE_CHARACTERS, _SOURCE_CHARACTERS = 52, 88
_TITLE_LINE_INCHES, _SOURCE_LINE_INCHES, _GAP_INCHES = 0.19, 0.13, 0.08
_ROOT = re.compile(rb"<svg [^>]*>", re.DOTALL)
_SIZE = re.compile(rb'\swidth="([0-9.]+)pt"|\sheight="([0-9.]+)pt"')
_IDS = re.compile(rb'(\sid="|href="#|url\(#)')
_KEY_CHARACTERS = 16


@dataclass(frozen=True)
class _Strips:
    """The words around a picture, and the room they need.

    Attributes
    ----------
    title, source : list of str
        Lines of text.
    """

    title: list[str]
    source: list[str]

    @property
    def top(self) -> float:
        """Height above the drawing, inches."""
        return _TITLE_LINE_INCHES * len(self.title) + _GAP_INCHES

    @property
    def bottom(self) -> float:
        """Height below the drawing, inches."""
        return _SOURCE_LINE_INCHES * len(self.source) + _GAP_INCHES


def framed(figure: Figure, root: Path) -> Path:
    """Return the folder that holds a figure's pictures with title and source line.

    They are made once for the drawing and the words that they have now, and found again.

    Parameters
    ----------
    figure : Figure
        The figure with its words.
    root : pathlib.Path
        The checkout's root folder.

    Raises
    ------
    StoreError
        If the pictures can't be written.
    """
    source = source_line(figure.tables)
    key = digests.of(repr((figure.title, source, sorted(figure.files.items()), _maker())).encode())
    target = root / "_build" / "pictures" / f"{figure.id}-{key[:_KEY_CHARACTERS]}"
    if not target.is_dir():
        bodies = {kind: (figure.folder / f"{figure.id}.{kind}").read_bytes() for kind in KINDS}
        _put(target, figure.id, frame(bodies, title=figure.title, source=source))
    return target


def of_run(folder: Path, id: str, *, title: str, credit: str) -> dict[str, bytes]:
    """Return the pictures of a run's figure with a title and a credit, whatever they were.

    Parameters
    ----------
    folder : pathlib.Path
        The run's folder.
    id : str
        The figure's id.
    title, credit : str
        The figure's message, and who made the data.

    Raises
    ------
    PictureError
        If a drawing is missing or damaged.
    """
    try:
        bodies = {kind: (folder / FOLDER / f"{id}.{kind}").read_bytes() for kind in KINDS}
        return frame(bodies, title=title, source=_source(credit))
    except (OSError, pikepdf.PdfError) as error:
        raise PictureError(f"the drawing of figure {id} is damaged: {error}") from None


def frame(bodies: Mapping[str, bytes], *, title: str, source: str) -> dict[str, bytes]:
    """Put a title above a picture and a source line below it.

    Parameters
    ----------
    bodies : mapping of str to bytes
        The picture as ``svg``, ``png`` and ``pdf``.
    title, source : str
        The words; they are wrapped to the picture's width.

    Raises
    ------
    PictureError
        If the SVG is none.
    """
    strips = _Strips(
        textwrap.wrap(title, _TITLE_CHARACTERS), textwrap.wrap(source, _SOURCE_CHARACTERS)
    )
    width, height = size_points(bodies["svg"])
    canvas = _canvas(strips, width / _POINTS_PER_INCH, height / _POINTS_PER_INCH)
    drawn = render(canvas, salt="frame", stem="frame")
    return {
        "svg": _framed_svg(bodies["svg"], drawn["frame.svg"], strips),
        "png": _framed_png(bodies["png"], drawn["frame.png"], strips),
        "pdf": _framed_pdf(bodies["pdf"], drawn["frame.pdf"], strips),
    }


def source_line(names: tuple[str, ...]) -> str:
    """Return the credit line for tables: each producer once, with the vintages."""
    return _source(tables.credit(names))


def _source(credit: str) -> str:
    return f"Source: {credit}."


def size_points(svg: bytes) -> tuple[float, float]:
    """Return the width and height of an SVG, in points."""
    root = _root(svg)
    found = {name: float(width or height) for width, height in _SIZE.findall(root[0])
             for name in ("width" if width else "height",)}  # fmt: skip
    return found["width"], found["height"]


def _root(svg: bytes) -> re.Match[bytes]:
    """Return the tag that begins an SVG."""
    root = _ROOT.search(svg)
    if root is None or len(_SIZE.findall(root[0])) < len(("width", "height")):
        raise PictureError("no SVG of a figure: it has no root with width and height")
    return root


def _maker() -> str:
    """Return a hash of what makes the pictures, so that a change of it makes them anew."""
    from overtake.chapter import style

    made_by = (Path(__file__), Path(style.__file__))
    return digests.of(b"".join(path.read_bytes() for path in made_by))


def _canvas(strips: _Strips, width: float, height: float) -> "Canvas":
    """Return the words on an empty picture; sizes in inches."""
    from matplotlib.figure import Figure as Canvas

    from overtake.chapter import style

    style.use()
    total = height + strips.top + strips.bottom
    canvas = Canvas(figsize=(width, total))
    canvas.text(
        0.012, 1 - 0.05 / total, "\n".join(strips.title), ha="left", va="top", fontsize=11,
        fontweight="bold", parse_math=False,
    )  # fmt: skip
    canvas.text(
        0.012, 0.04 / total, "\n".join(strips.source), ha="left", va="bottom", fontsize=7.5,
        color="#5A5A5A", parse_math=False,
    )  # fmt: skip
    return canvas


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


def _put(target: Path, stem: str, pictures: Mapping[str, bytes]) -> None:
    """Write pictures into a folder that appears whole."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        making = Path(mkdtemp(prefix=".making-", dir=target.parent))
        for kind, content in pictures.items():
            (making / f"{stem}.{kind}").write_bytes(content)
        try:
            making.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(making)
            if not target.is_dir():
                raise
    except OSError as error:
        raise StoreError(f"{target} can't be written: {error}") from None
