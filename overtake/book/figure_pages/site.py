"""Write what stands beside the pages of figures: files, embeds, redirects, sitemap."""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from overtake.book.figure_pages import embed, page
from overtake.book.figure_pages.figure import ShownFigure
from overtake.book.metadata import subject as subjects
from overtake.book.metadata.head import Link
from overtake.book.metadata.subject import Subject
from overtake.core import templating
from overtake.publishing import crates
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.publication import Publication
from overtake.publishing.verification import subject as proved
from overtake.runs import recorded

FOLDER = "figures"
CRATES = "crates"
"""Folder of the runs as research objects, one for all figures of a run."""


def page_name(id: str) -> str:
    """Return the name under which Sphinx writes a figure's page."""
    return f"{FOLDER}/{id}/index"


def clear(site: Path) -> None:
    """Remove the pages of an earlier build: a figure may be gone."""
    for folder in [*(site / FOLDER).glob("*/"), site / CRATES]:
        shutil.rmtree(folder, ignore_errors=True)


def write_files(site: Path, figure: ShownFigure, catalogue: Catalogue) -> None:
    """Write a published figure's downloads, citations and embed."""
    write_plain_files(site, figure)
    subject = subjects.of_figure(figure, catalogue.publication)
    texts = {
        "embed/index.html": embed.page(figure, subject).encode(),
        **{each.name: each.text.encode() for each in page.citations(figure)},
    }
    if subject.publication.site:
        answer = json.dumps(embed.oembed(figure, subject), indent=1, ensure_ascii=False)
        texts[embed.OEMBED_NAME] = f"{answer}\n".encode()
    _write(site / FOLDER / figure.id, texts)


def write_crates(site: Path, figures: Sequence[ShownFigure], catalogue: Catalogue) -> None:
    """Write the run of each figure with everything that it was made from."""
    for name, run in {figure.crate: figure.run for figure in figures}.items():
        subject = proved.Subject(recorded.of_run(run))
        content = crates.pack(catalogue.project, catalogue.publication, subject)
        _write(site / CRATES, {name: content})


def write_plain_files(site: Path, figure: ShownFigure) -> None:
    """Write a figure's pictures, data and record."""
    files = {each.name: content for each, content in page.files(figure).items()}
    _write(site / FOLDER / figure.id, files)


def links(figure: ShownFigure, subject: Subject) -> list[Link]:
    """Return a figure's files as Signposting names them, and where its oEmbed answer is."""
    found = [
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/ImageObject"),
        *(Link("item", each.name, each.media_type) for each in page.downloads(figure)[:-1]),
        Link("describedby", f"{figure.id}.json", "application/json"),
        *(
            Link("describedby", each.name, each.media_type)
            for each in page.citations(figure)
            if each.media_type != "text/plain"
        ),
    ]
    if subject.publication.site:
        address = f"{subject.address}{embed.OEMBED_NAME}"
        found.append(Link("alternate", address, embed.OEMBED_TYPE))
    return found


def write_redirects(
    site: Path, moved: Mapping[str, str], figures: Sequence[ShownFigure], publication: Publication
) -> None:
    """Write a page for each id that another figure took the place of."""
    titles = {figure.id: figure.citable.title for figure in figures}
    for name, target in moved.items():
        text = templating.render(
            "redirect.html",
            what="figure",
            target=f"../{target}/index.html",
            title=titles[target],
            canonical=publication.address(f"/{FOLDER}/{target}/") if publication.site else "",
        )
        _write(site / FOLDER / name, {"index.html": text.encode()})


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def paths(documents: Iterable[str], figures: Sequence[ShownFigure]) -> list[str]:
    """Return the address of every page from the book's root.

    Parameters
    ----------
    documents : iterable of str
        Names of Sphinx's pages.
    figures : sequence of ShownFigure
        The figures with a page.
    """
    pages = [document_path(name) for name in documents]
    return [*pages, *(figure.citable.path for figure in figures)]


def document_path(name: str) -> str:
    """Return the address of one of Sphinx's pages: a folder's index is the folder."""
    folder, _, page = name.rpartition("/")
    return f"/{folder}/".replace("//", "/") if page == "index" else f"/{name}.html"
