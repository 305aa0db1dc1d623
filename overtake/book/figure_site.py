"""The figures' pages in the hands of Sphinx: what is written for each figure, and links to it."""

import html
import json
import math
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx

from overtake.book import (
    cite_box,
    dcat,
    figure_bundle,
    figure_page,
    head,
    interactive,
    jsonld,
    ledger,
    pictures,
    signposts,
)
from overtake.book.cite_box import CiteBox
from overtake.book.figure_page import Code
from overtake.book.figures import Place, ShownFigure
from overtake.book.files import address_of, write_files
from overtake.book.head import Link, Subject
from overtake.book.moved import copy_files, write_redirect
from overtake.core import digests, pages
from overtake.data.tables import PACKAGE_FILE
from overtake.publishing import crates, deposit, framing, published, releases, sharing
from overtake.publishing.citations import edition
from overtake.publishing.citations.catalogue import (
    NUMBERS_FOLDER,
    TABLES_FOLDER,
    Catalogue,
    number_path,
    references_of,
    table_path,
)
from overtake.publishing.verification import outcomes

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.domains.std import StandardDomain

FOLDER = "figures"
LINKS_CLASS = "overtake-figure-links"
ASSETS = "overtake_assets"
"""What a page loads besides what all load: a key of its context, an attribute of its nodes."""
FILES = "overtake_files"
"""An attribute of nodes: name and text of files that the page wants beside the site's scripts."""
_CRATES = "crates"
"""Folder of the runs as research objects, one for all figures of a run."""
_INDEX = f"{FOLDER}/index"
CITE_ASSETS = ("cite.css", "cite.js")
"""What a page with a cite box loads."""
LOOKS = ("figures.css", "figures.js", *CITE_ASSETS)
"""What the pages of figures, tables and numbers load, and their indexes."""
_OWN_PAGES = (f"{FOLDER}/", f"{TABLES_FOLDER}/", f"{NUMBERS_FOLDER}/")
"""How the names of pages begin that figures, tables and numbers have, which bring their head."""
_PLACES = (("Code", "model"), ("Cite", "cite"), ("Rerun", "rerun"), ("View as table", "table"))


class figure_index(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """Where the index of figures will stand, once their numbers are known."""


@dataclass(frozen=True)
class FigurePages:
    """The figures' pages of one build."""

    app: Sphinx
    catalogue: Catalogue
    scenario: str | None  # its title; the published book, which programs are told of, has none

    @cached_property
    def figures(self) -> list[ShownFigure]:
        """Every figure, in the book's order; known once all pages are read."""
        return [self._figure(name) for name in self._in_order(self._chapters)]

    @cached_property
    def _chapters(self) -> dict[str, str]:
        """The chapter of each figure, by the figure's id."""
        runs = self.catalogue.runs.items()
        return {name: chapter for chapter, run in runs for name in run.drawings}

    @cached_property
    def _made(self) -> dict[str, ShownFigure]:
        return {}

    def _figure(self, name: str) -> ShownFigure:
        if name not in self._made:
            run = self.catalogue.runs[self._chapters[name]]
            self._made[name] = ShownFigure.of(self.catalogue, run, name, self._place(name))
        return self._made[name]

    def _in_order(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=lambda name: (self._number(name) or (math.inf,), name))

    def connect_page(self, doctree: nodes.document, name: str) -> None:
        """Link each figure of a page to the figure's own, and fill the place of the index.

        A picture gets its other widths and colours.
        """
        for image in list(doctree.findall(nodes.image)):
            if "overtake-figure" in image["classes"]:
                image.parent.replace(image, self._picture(image, name))
        for node in doctree.findall(nodes.figure):
            if (figure := figure_id(node)) in self._chapters:
                caption = next(node.findall(nodes.caption))
                drop_downloads(caption)
                caption += self._links(figure, name)
        for shown in doctree.findall(nodes.container):
            if "overtake-shown" in shown["classes"]:  # a figure of another page; then its id
                links = self._links(shown["classes"][-1], name)
                shown.append(nodes.paragraph("", "", links))
        for place in list(doctree.findall(figure_index)):
            place.replace_self(nodes.raw("", figure_page.index(self.figures), format="html"))

    def describe(self, name: str, context: dict[str, Any]) -> None:
        """Add to a page's head what programs read; the pages of single things have it already."""
        if name.startswith(_OWN_PAGES):
            context[ASSETS] = (*LOOKS, *context.get(ASSETS, ()))
        if not name.startswith(_OWN_PAGES) or name == _INDEX:
            context["metatags"] = f"{context.get('metatags') or ''}{self._head(name)}"

    def pages(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Yield the page of each figure, after writing what stands beside it."""
        target, project = Path(self.app.outdir), self.catalogue.project
        publication = self.catalogue.publication
        code = Code.of(project, publication)
        verified = outcomes.read(project)
        for folder in [*(target / FOLDER).glob("*/"), target / _CRATES]:  # a figure may be gone
            shutil.rmtree(folder, ignore_errors=True)
        if not self.scenario:
            self._write_crates(target / _CRATES)
        for figure in self.figures:
            subject = head.of_figure(figure, self.catalogue)
            box = CiteBox.of(figure.citable, figure.item, project)
            self._write_files(target / FOLDER / figure.id, figure, subject, box)
            chart = interactive.of_figure(figure.run, figure.id, interactive.colours(self.app))
            names = [figure.id, *edition.former(figure.citable, project)]
            versions = releases.versions(edition.known(project), names)
            proof = outcomes.sentence(outcomes.of_run(verified, figure.run))
            body = pages.render(
                "figure.html", **figure_page.content(figure, subject), cite=box, interactive=chart,
                claim_address=self._claim_address,
                code=code, versions=versions, proof=proof, scenario=self.scenario,
                bundle=figure_bundle.of_figure(figure, subject),
            )  # fmt: skip
            said = head.NOT_PUBLISHED if self.scenario else figure_page.head_of(figure, subject)
            context = {
                "title": html.escape(subject.title),
                "body": body,
                "metatags": said,
                "display_toc": False,
                ASSETS: interactive.ASSETS if chart else (),
            }
            yield _page_name(figure.id), context, "page.html"
        titles = {figure.id: figure.citable.title for figure in self.figures}
        for old, new in published.read(project).moved(titles).items():
            moved = (_page_name(old), _page_name(new))
            write_redirect(target, moved, "figure", titles[new], publication)
            if not self.scenario:
                embedded = (f"{FOLDER}/{old}/embed/index", f"{FOLDER}/{new}/embed/index")
                write_redirect(target, embedded, "figure", titles[new], publication)
            copy_files(target / FOLDER / old, target / FOLDER / new)

    def write_sitemap(self, others: Iterable[str]) -> None:
        """Write the sitemap of a published book whose address is known, with others' paths."""
        publication = self.catalogue.publication
        if self.scenario or not publication.site:
            return
        pages = [address_of(name) for name in sorted(self.app.env.found_docs)]
        listed = head.sitemap(
            [*pages, *(f.citable.path for f in self.figures), *others], publication
        )
        (Path(self.app.outdir) / "sitemap.xml").write_text(listed, encoding="utf-8")

    def _write_crates(self, folder: Path) -> None:
        """Write the run of each figure with everything that it was made from."""
        project = self.catalogue.project
        said = edition.as_cited(self.catalogue.publication, project)
        for name, run in {figure.crate: figure.run for figure in self.figures}.items():
            packed = crates.pack(project, said, run.record)
            write_files(folder, {name: packed})

    def _write_files(
        self, folder: Path, figure: ShownFigure, subject: Subject, box: CiteBox
    ) -> None:
        """Write a figure's downloads; of the published one with citations and embed."""
        contents = {each.name: each.content for each in figure_page.downloads(figure)}
        contents |= figure.shown_files()
        if not self.scenario:
            bundle = figure_bundle.of_figure(figure, subject)
            contents |= box.files | {bundle.name: bundle.content}
            contents |= figure_page.signs(figure, subject)
            contents["embed/index.html"] = figure_page.embed(figure, subject).encode()
            if subject.publication.site:
                contents[Path(subject.shared).name] = self._shared(subject)
                answer = figure_page.oembed(figure, subject)
                text = json.dumps(answer, indent=1, ensure_ascii=False)
                contents[figure_page.OEMBED_NAME] = f"{text}\n".encode()
        write_files(folder, contents)

    def _head(self, name: str) -> str:
        if self.scenario:
            return head.NOT_PUBLISHED
        chapter = name.removeprefix("chapters/")
        drawn: list[ShownFigure] = []
        used: list[str] = []
        if name == self.app.config.root_doc:
            parts = [f"/chapters/{each}.html" for each in self.catalogue.runs]
            subject = head.of_book(self.catalogue, self.figures)
        elif chapter in self.catalogue.runs:
            run = self.catalogue.runs[chapter]
            drawn = [self._figure(name) for name in self._in_order(run.drawings)]
            parts = [jsonld.picture_id(figure.citable.path) for figure in drawn]
            parts += [number_path(chapter, name) for name in run.results.numbers]
            used = [table_path(name) for name in run.record.inputs.tables]
            subject = head.of_chapter(chapter, self.catalogue, drawn)
        else:
            said = self._claims(name)
            return head.render_other(self.catalogue.publication, address_of(name), said)
        self._share(subject)
        files = [figure_page.data_from(figure, "../") for figure in drawn]
        links = [
            Link("type", f"https://schema.org/{subject.type.schema}"),
            *(Link("item", file.name, file.media_type) for file in files),
            *cite_box.links(subject.citable.id),
        ]
        if subject.is_book:
            links.append(Link("item", f"{TABLES_FOLDER}/{PACKAGE_FILE}", "application/json"))
        if subject.is_book and subject.publication.is_being_released:
            links.append(Link("describedby", deposit.DATACITE_NAME, deposit.DATACITE_TYPE))
        record = dcat.record(subject, files, used, subject.publication.authors)
        write_files(Path(self.app.outdir, name).parent, signposts.files(subject, links, record))
        return head.render(subject, links, jsonld.of_text(subject, parts, files, used))

    def _claims(self, name: str) -> dict[str, Any] | None:
        """Return the claims whose cards stand on a page, as linked data; None if there are none."""
        domain = cast("StandardDomain", self.app.env.get_domain("std"))
        cards = {label for label, (page, _) in domain.anonlabels.items() if page == name}
        stated = ledger.claims(self.app.config[ledger.CLAIMS_SETTING])
        shown = [claim for claim in stated if ledger.anchor(claim["claim"]) in cards]
        behind = references_of(self.catalogue.project, [claim["source"] for claim in shown])
        page = self.catalogue.publication.address(address_of(name))
        return jsonld.of_claims(shown, behind, page) if shown else None

    def _share(self, subject: Subject) -> None:
        """Write the picture for sharing of the book or a chapter; without an address none is."""
        if subject.picture is not None and subject.publication.site:
            path = Path(self.app.outdir, subject.shared.lstrip("/"))
            write_files(path.parent, {path.name: self._shared(subject)})

    def _shared(self, subject: Subject) -> bytes:
        """Return the picture for sharing, made once for its title and its figure."""
        picture = subject.picture
        drawn = picture.shown.files if picture else {}
        made_from = (subject.title, subject.publication.short_title, sorted(drawn.items()))
        key = digests.of(repr((made_from, digests.of_file(Path(sharing.__file__)))).encode())
        kept = self.catalogue.project.root / "_build" / "shared" / f"{key[:16]}.png"
        if not kept.is_file():
            write_files(kept.parent, {kept.name: subject.share_picture()})
        return kept.read_bytes()

    def _links(self, figure: str, page: str) -> nodes.inline:
        """Return one line of links to a figure's data, code, citation and rerun."""
        builder = cast("StandaloneHTMLBuilder", self.app.builder)
        there = builder.get_relative_uri(page, _page_name(figure))
        csv = f"{there.rpartition('/')[0]}/{figure}.csv"
        shown = nodes.inline(classes=[LINKS_CLASS])
        shown += _link("Data (CSV)", csv, number := self._place(figure).number)
        for label, anchor in _PLACES:
            shown += [nodes.Text(" · "), _link(label, f"{there}#{anchor}", number)]
        return shown

    def _picture(self, image: nodes.image, page: str) -> nodes.raw:
        """Return a picture as a page shows it; a scenario's figure has no page with its files."""
        shown = Path(self.app.srcdir, image["uri"])
        figure = shown.stem.removesuffix("-wide")
        builder = cast("StandaloneHTMLBuilder", self.app.builder)
        if figure in self._chapters:
            there = builder.get_relative_uri(page, _page_name(figure))
        else:
            there = builder.get_relative_uri(page, f"{builder.imagedir}/")
            files = {f"{figure}-{name}.svg" for name in framing.SHOWN}
            write_files(Path(self.app.outdir, builder.imagedir), {
                name: shown.with_name(name).read_bytes() for name in files
            })  # fmt: skip
        address = f"{there.rpartition('/')[0]}/"
        written = pictures.markup(shown.parent, figure, image["alt"], address)
        return nodes.raw("", written, format="html")

    def _place(self, id: str) -> Place:
        document, anchor = self._label(id)
        number = self._number(id)
        numbered = self.app.config.numfig_format["figure"] % ".".join(map(str, number))
        return Place(
            chapter_title=self.app.env.titles[document].astext(),
            address=f"{document}.html#{anchor}" if anchor else f"{document}.html",
            number=numbered if number else "",
        )

    def _claim_address(self, claim: str) -> str:
        """Return where the card of a claim stands, from a figure's page; the book, if nowhere."""
        domain = cast("StandardDomain", self.app.env.get_domain("std"))
        nowhere = (self.app.config.root_doc, "")
        document, anchor = domain.anonlabels.get(ledger.anchor(claim), nowhere)
        return f"../../{document}.html#{anchor}".rstrip("#")

    def _label(self, id: str) -> tuple[str, str]:
        """Return the page and the anchor of a figure; its chapter, if no page shows it."""
        domain = cast("StandardDomain", self.app.env.get_domain("std"))
        return domain.anonlabels.get(f"fig-{id}", (f"chapters/{self._chapters[id]}", ""))

    def _number(self, id: str) -> tuple[int, ...]:
        document, anchor = self._label(id)
        return self.app.env.toc_fignumbers.get(document, {}).get("figure", {}).get(anchor, ())


@dataclass(frozen=True)
class BesideFigures:
    """Pages of one build that stand beside those of its figures."""

    figures: FigurePages

    @property
    def app(self) -> Sphinx:
        """The application that builds."""
        return self.figures.app

    @property
    def catalogue(self) -> Catalogue:
        """What can be cited."""
        return self.figures.catalogue


def figure_id(node: nodes.figure) -> str:
    """Return the id of a run's figure, or "" if a picture is none."""
    return next((n.removeprefix("fig-") for n in node["names"] if n.startswith("fig-")), "")


def drop_downloads(element: nodes.Element) -> None:
    """Take out the links to files, each with the mark that parts it from what is before."""
    for download in list(element.findall(download_reference)):
        parent = download.parent
        place = parent.index(download)
        parent.remove(download)
        if place and isinstance(before := parent[place - 1], nodes.Text):
            text = before.astext()
            left = text.rstrip(" ·")
            if not left or "·" in text[len(left) :]:
                parent.replace(before, [nodes.Text(left)] if left else [])


def _link(label: str, address: str, number: str) -> nodes.reference:
    """Return a link; whoever hears it alone is told which figure it is about."""
    link = nodes.reference("", label, refuri=address, internal=True)
    if number:
        link += nodes.inline("", f" of {number}", classes=["overtake-spoken"])
    return link


def _page_name(id: str) -> str:
    """Return the name under which Sphinx writes a figure's page."""
    return f"{FOLDER}/{id}/index"
