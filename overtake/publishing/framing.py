"""A figure's pictures: those that pages show, and those that are taken away.

A run draws a picture without title and source. Pages show it so, since they say both in text: at
a desk's width or a phone's, light or dark. What leaves the page, as a download, has title and
source line around it and a stamp in it. All of them come from here, as `framed` returns them.
"""

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

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

KINDS = stamping.KINDS
SHOWN = ("wide", "narrow", "wide-dark", "narrow-dark")
"""Pictures that pages show, by what stands between a figure's id and ``.svg``, after a hyphen."""
_POINTS_PER_INCH = 72
_TITLE_CHARACTERS, _SUBTITLE_CHARACTERS, _SOURCE_CHARACTERS = 64, 80, 108
_TITLE_LINE_INCHES, _SUBTITLE_LINE_INCHES, _SOURCE_LINE_INCHES = 0.19, 0.17, 0.13
_GAP_INCHES = 0.08
_ROOT = re.compile(rb'<svg [^>]*?width="([0-9.]+)pt"\s+height="([0-9.]+)pt"[^>]*>')
_IDS = re.compile(rb'(\sid="|href="#|url\(#)')


@dataclass(frozen=True)
class _Strips:
    """The lines of words around a picture, and the height they need above and below, in inches."""

    title: list[str]
    subtitle: list[str]
    source: list[str]

    @property
    def top(self) -> float:
        return self.above_subtitle + _SUBTITLE_LINE_INCHES * len(self.subtitle) + _GAP_INCHES

    @property
    def above_subtitle(self) -> float:
        return _TITLE_LINE_INCHES * len(self.title)

    @property
    def bottom(self) -> float:
        return _SOURCE_LINE_INCHES * len(self.source) + _GAP_INCHES


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
    target = root / "_build" / "pictures" / f"{figure.id}-{key[:16]}"
    if not target.is_dir():
        bodies = {kind: (figure.folder / f"{figure.id}.{kind}").read_bytes() for kind in KINDS}
        pictures = frame(bodies, title=figure.title, subtitle=figure.subtitle, source=source)
        if said:
            pictures = {kind: stamping.add(each, said) for kind, each in pictures.items()}
        files = {f"{figure.id}.{kind}": content for kind, content in pictures.items()}
        _put(target, files | _for_pages(figure, bodies["svg"]))
    return target


def _for_pages(figure: Figure, wide: bytes) -> dict[str, bytes]:
    """Return the pictures that pages show, by file name."""
    narrow = (figure.folder / f"{figure.id}{NARROW}.svg").read_bytes()
    made = (wide, narrow, dark.recoloured(wide), dark.recoloured(narrow))
    return {f"{figure.id}-{name}.svg": svg for name, svg in zip(SHOWN, made, strict=True)}


def _says(figure: Figure, project: Project) -> Stamp | None:
    """Return the stamp of a figure that a run drew, if it is known what the book is."""
    run = figure.folder.parent
    if run.parent != project.runs or not (project.root / publication.FILE_NAME).is_file():
        return None
    cited = catalogue.of_figure(figure, run.name)
    return stamp.of_figure(cited, publication.read(project), project)


def of_run(folder: Path, id: str, *, title: str, credit: str) -> dict[str, bytes]:
    """Return the pictures of a figure in a run's folder with any title and credit, not stamped."""
    try:
        bodies = {kind: (folder / FOLDER / f"{id}.{kind}").read_bytes() for kind in KINDS}
        return frame(bodies, title=title, source=f"Source: {credit}.")
    except (OSError, pikepdf.PdfError) as error:
        raise PictureError(f"the drawing of figure {id} is damaged: {error}") from None


def frame(
    bodies: Mapping[str, bytes], *, title: str, source: str, subtitle: str = ""
) -> dict[str, bytes]:
    """Put a title above a picture, which is given in each of `KINDS`, and a source below it."""
    strips = _Strips(
        textwrap.wrap(title, _TITLE_CHARACTERS),
        textwrap.wrap(subtitle, _SUBTITLE_CHARACTERS),
        textwrap.wrap(source, _SOURCE_CHARACTERS),
    )
    width, height = size_points(bodies["svg"])
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
    canvas.text(0.012, 1 - 0.05 / total, "\n".join(strips.title), ha="left", va="top",
                fontsize=11, fontweight="bold", parse_math=False)  # fmt: skip
    canvas.text(0.012, 1 - (0.05 + strips.above_subtitle) / total, "\n".join(strips.subtitle),
                ha="left", va="top", fontsize=10, color="#4A4A4A", parse_math=False)  # fmt: skip
    canvas.text(0.012, 0.04 / total, "\n".join(strips.source), ha="left", va="bottom",
                fontsize=7.5, color="#5A5A5A", parse_math=False)  # fmt: skip
    return render(canvas, salt="frame", stem="frame").pictures


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
