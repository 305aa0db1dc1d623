"""Pictures made of pixels, from files that hold none: the book's own SVGs, and anybody's PDFs."""

import base64
import io
from collections.abc import Iterator

import pypdfium2
from PIL import Image

from overtake.core.errors import PictureError
from overtake.publishing import framing

_PIXELS_PER_INCH = 100
_POINTS_PER_INCH = 72
_MOST_PAGES = 40
_LARGEST_PAGE_INCHES = 50
_PAGE = """<style>@page {{ size: {0}pt {1}pt; margin: 0 }} body {{ margin: 0 }}
img {{ display: block; height: {1}pt; width: {0}pt }}</style><img src="{2}">"""


def of_own_svg(svg: bytes) -> Image.Image:
    """Return a picture of the book's own as pixels; a stranger's could keep the drawing busy."""
    import weasyprint

    width, height = framing.size_points(svg)
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
    printed = weasyprint.HTML(string=_PAGE.format(width, height, address)).write_pdf()
    return next(of_pdf(printed))


def of_pdf(content: bytes) -> Iterator[Image.Image]:
    """Yield the first pages of a PDF as pixels."""
    try:
        with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
            for number in range(min(len(document), _MOST_PAGES)):
                page = document[number]
                if max(page.get_size()) > _LARGEST_PAGE_INCHES * _POINTS_PER_INCH:
                    raise PictureError(f"page {number + 1} is larger than any page of paper")
                shown = page.render(scale=_PIXELS_PER_INCH / _POINTS_PER_INCH)
                yield shown.to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise PictureError(f"its pages can't be drawn: {error}") from None
