"""Pages at addresses that pages once had."""

import os
from collections.abc import Mapping
from pathlib import Path

from overtake.book.figure_pages.site import document_path
from overtake.core import templating
from overtake.publishing.publication import Publication


def write(
    site: Path, moved: Mapping[str, str], titles: Mapping[str, str], published: Publication
) -> list[str]:
    """Write a page for each page that another took the place of.

    Parameters
    ----------
    site : pathlib.Path
        Folder of the built site.
    moved : mapping of str to str
        The page that took each one's place, by name.
    titles : mapping of str to str
        Title of each page that is there.
    published : Publication
        Where the book stands.

    Returns
    -------
    list of str
        The files, relative to `site`.
    """
    for name, target in moved.items():
        path = site / f"{name}.html"
        there = os.path.relpath(site / f"{target}.html", path.parent)
        text = templating.render(
            "redirect.html",
            what="page",
            target=Path(there).as_posix(),
            title=titles[target],
            canonical=published.address(document_path(target)) if published.site else "",
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [f"{name}.html" for name in moved]
