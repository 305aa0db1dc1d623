"""A figure inside another page: the page to embed, the snippet, and the oEmbed answer."""

from typing import Any

from overtake.book.figure_pages.figure import ShownFigure
from overtake.book.metadata.subject import Subject
from overtake.core import templating
from overtake.publishing.publication import LICENCE, Publication

OEMBED_NAME = "oembed.json"
OEMBED_TYPE = "application/json+oembed"

_WORDS_PIXELS = 150
"""Height of the words below the picture, at the width that the snippet asks for."""


def page(figure: ShownFigure, subject: Subject) -> str:
    """Write the page to embed: no script, light or dark as the reader prefers."""
    return templating.render("embed.html", figure=figure, subject=subject, licence=LICENCE)


def snippet(figure: ShownFigure, publication: Publication) -> str:
    """Return the HTML that embeds a figure in another page."""
    width, height = _size(figure)
    return templating.render(
        "snippet.html",
        address=publication.address(f"{figure.citable.path}embed/"),
        title=figure.citable.title,
        width=width,
        height=height,
    ).strip()


def oembed(figure: ShownFigure, subject: Subject) -> dict[str, Any]:
    """Return the figure as oEmbed 1.0 describes it.

    Parameters
    ----------
    figure : ShownFigure
        The figure.
    subject : Subject
        What its page is about; the book must have a web address.
    """
    published = subject.publication
    width, height = _size(figure)
    described = {
        "version": "1.0",
        "type": "rich",
        "title": subject.title,
        "author_name": ", ".join(author.name for author in published.authors),
        "provider_name": published.short_title,
        "provider_url": published.address("/"),
        "html": snippet(figure, published),
        "width": width,
        "height": height,
    }
    if subject.picture:
        described |= {
            "thumbnail_url": published.address(subject.picture.path),
            "thumbnail_width": subject.picture.width,
            "thumbnail_height": subject.picture.height,
        }
    return described


def _size(figure: ShownFigure) -> tuple[int, int]:
    width, height = figure.size
    return width, height + _WORDS_PIXELS
