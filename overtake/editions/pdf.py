"""HTML to PDF, by WeasyPrint: tagged (PDF/UA), and the same bytes for the same pages."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from overtake.errors import PublicationError

if TYPE_CHECKING:
    from weasyprint import HTML

_VARIANT = "pdf/ua-1"
_IDENTIFIER_BYTES = 16


def write(page: str, folder: Path) -> bytes:
    """Return a page as PDF.

    Fonts are those that Matplotlib ships, so that a document looks the same,
    and has the same bytes, on every machine.

    Parameters
    ----------
    page : str
        The page's HTML.
    folder : pathlib.Path
        What its relative addresses are relative to.

    Raises
    ------
    PublicationError
        If WeasyPrint's libraries are not there; says how to bring them.
    """
    written: bytes = _html(page, folder).write_pdf(
        pdf_variant=_VARIANT,
        pdf_identifier=hashlib.sha256(page.encode()).digest()[:_IDENTIFIER_BYTES],
        uncompressed_pdf=False,
    )
    return written


def pages(page: str, folder: Path) -> int:
    """Return on how many pages something is printed."""
    return len(_html(page, folder).render().pages)


def _html(page: str, folder: Path) -> "HTML":
    try:
        from weasyprint import HTML
    except OSError as error:  # the library that it loads, not its own code
        raise PublicationError(
            f"PDFs need the library Pango: `make pdf` brings it where it may ({error})"
        ) from None
    return HTML(string=page, base_url=f"{folder.as_uri()}/")
