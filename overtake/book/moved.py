"""What was published and has another name by now: its old address leads on."""

import os
from collections.abc import Collection
from pathlib import Path

from sphinx.util import logging

from overtake.book.files import address_of, write_files
from overtake.core import pages
from overtake.publishing.citations import edition
from overtake.publishing.publication import Publication
from overtake.publishing.published import REDIRECTS_NAME, PublishedAddresses

_LOGGER = logging.getLogger(__name__)


def write_redirect(
    site: Path, moved: tuple[str, str], what: str, title: str, publication: Publication
) -> None:
    """Write a page at an address that a page once had; it works without scripts.

    `moved` are the names of the page that is gone and of the one that took its place, whose
    title is given; `what` is "figure", "table", "number" or "page".
    """
    old, new = moved
    path = site / f"{old}.html"
    text = pages.render(
        "redirect.html",
        what=what,
        target=Path(os.path.relpath(site / f"{new}.html", path.parent)).as_posix(),
        title=title,
        canonical=publication.address(f"{edition.own_root(publication)}{address_of(new)}")
        if publication.site
        else "",
    )
    write_files(path.parent, {path.name: text.encode()})


def warn_of_lost(known: PublishedAddresses, current: Collection[str], what: str) -> None:
    """Warn of what was published and neither is there nor has led on to anything."""
    for name in known.lost(current):
        _LOGGER.warning(
            "overtake: the %s %s was published and is gone; say in %s what took its place",
            what, name, known.folder / REDIRECTS_NAME,
        )  # fmt: skip


def copy_files(old: Path, new: Path) -> None:
    """Put the files of what was renamed also under its old name, where only pages can lead on."""
    write_files(old, {
        path.name.replace(new.name, old.name, 1): path.read_bytes()
        for path in sorted(new.iterdir())
        if path.is_file() and path.suffix != ".html"
    })  # fmt: skip
