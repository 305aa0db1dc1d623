"""HTML to PDF, by WeasyPrint: tagged (PDF/UA), and the same bytes for the same pages."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from overtake.book.editions.documents import epoch
from overtake.core.errors import PublicationError

if TYPE_CHECKING:
    from weasyprint import HTML

_VARIANT = "pdf/ua-1"
_IDENTIFIER_BYTES = 16


def write(page: str, folder: Path, released: date) -> bytes:
    """Return a page as PDF.

    Fonts are those that Matplotlib ships, so that a document looks the same,
    and has the same bytes, on every machine.

    Parameters
    ----------
    page : str
        The page's HTML.
    folder : pathlib.Path
        What its relative addresses are relative to.
    released : datetime.date
        The date that its fonts get, which are cut down to the letters used.

    Raises
    ------
    PublicationError
        If WeasyPrint's libraries are not there; says how to bring them.
    """
    with _dated(released):
        written: bytes = _html(page, folder).write_pdf(
            pdf_variant=_VARIANT,
            pdf_identifier=hashlib.sha256(page.encode()).digest()[:_IDENTIFIER_BYTES],
        )
    return written


@contextmanager
def _dated(day: date) -> Iterator[None]:
    """Let fontTools write a day instead of this moment."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = epoch(day)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _html(page: str, folder: Path) -> "HTML":
    try:
        from weasyprint import HTML
    except OSError as error:  # the library that it loads, not its own code
        raise PublicationError(
            f"PDFs need the library Pango: `make pdf` brings it where it may ({error})"
        ) from None
    return HTML(string=page, base_url=f"{folder.as_uri()}/")
