"""The picture that is shown where a page is shared: a title, a figure, and the book's name."""

import io
import textwrap
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

SIZE = (1200, 630)
"""Width and height in pixels, which those who show links ask for."""

_MARGIN, _TITLE_POINTS, _NAME_POINTS = 48, 44, 26
_TITLE_CHARACTERS, _TITLE_LINES = 44, 3
_LINE_SPACING, _GAP = 10, 20
_INK, _QUIET = "#1A1A1A", "#5A5A5A"
_COLOURS = 128  # enough for a figure, and a third of the bytes


def share_picture(drawing: bytes, title: str, name: str) -> bytes:
    """Return a PNG for sharing, of a drawing given as PNG; the same bytes each time.

    A title of more than three lines is cut at a word.
    """
    canvas = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(canvas)
    lines = textwrap.wrap(title, _TITLE_CHARACTERS, max_lines=_TITLE_LINES, placeholder=" …")
    words, large = "\n".join(lines), _font("DejaVuSans-Bold", _TITLE_POINTS)
    place = (float(_MARGIN), float(_MARGIN))
    draw.multiline_text(place, words, fill=_INK, font=large, spacing=_LINE_SPACING)
    top = round(draw.multiline_textbbox(place, words, font=large, spacing=_LINE_SPACING)[3]) + _GAP
    bottom = SIZE[1] - _MARGIN
    draw.text((SIZE[0] - _MARGIN, bottom), name, fill=_QUIET,
              font=_font("DejaVuSans", _NAME_POINTS), anchor="rs")  # fmt: skip
    _put_in(canvas, drawing, (_MARGIN, top, SIZE[0] - _MARGIN, bottom - _NAME_POINTS - _GAP // 2))
    written = io.BytesIO()
    canvas.quantize(_COLOURS).save(written, "png", optimize=True)
    return written.getvalue()


def _put_in(canvas: Image.Image, drawing: bytes, box: tuple[int, int, int, int]) -> None:
    """Put a drawing into the middle of a box, as large as fits."""
    left, top, right, bottom = box
    with Image.open(io.BytesIO(drawing)) as given:
        scale = min((right - left) / given.width, (bottom - top) / given.height)
        size = (round(given.width * scale), round(given.height * scale))
        fitting = given.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    at = (left + (right - left - size[0]) // 2, top + (bottom - top - size[1]) // 2)
    canvas.paste(fitting, at)


@cache
def _font(name: str, points: int) -> FreeTypeFont:
    import matplotlib as mpl  # it comes with the fonts of the figures

    path = Path(mpl.get_data_path(), "fonts", "ttf", f"{name}.ttf")
    return ImageFont.truetype(str(path), points)
