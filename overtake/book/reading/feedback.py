"""A link at the end of each page that opens an issue with the page already named."""

from urllib.parse import quote, urlencode

from overtake.core import templating

_BODY = """\
Page: {title} ({page})
Version: {version}{run}

What is wrong, unclear or missing:

"""


def address(repository: str, *, title: str, page: str, version: str, run: str | None) -> str:
    """Return the address of a new issue about a page.

    Parameters
    ----------
    repository : str
        Web address of the repository, on a host whose new issues take `title` and `body`.
    title, page : str
        The page's heading and its address from the book's root.
    version : str
        Version of the book.
    run : str or None
        Id of the run that the page shows, if it shows one.
    """
    shown = f"\nRun: {run}" if run else ""
    body = _BODY.format(title=title, page=page, version=version, run=shown)
    fields = urlencode({"title": f"{title}: ", "body": body}, quote_via=quote)
    return f"{repository}/issues/new?{fields}"


def paragraph(link: str) -> str:
    """Return the line at the end of a page."""
    return templating.render("feedback.html", link=link)
