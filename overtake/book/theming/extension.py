"""The theme in the hands of Sphinx."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from overtake.book.theming import highlighting, launch, mathml, pictures, roles, security
from overtake.book.theming.bundles import Bundles
from overtake.publishing.publication import REPOSITORY_VARIABLE
from overtake.publishing.releases import FOLDER as RELEASES

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

_LOGGER = logging.getLogger(__name__)
_DESCRIPTION_CHARACTERS = 200
DARK_CODE = "a11y-high-contrast-dark"
_FIRST, _LAST = 100, 900
"""Priorities of what themes read, and of what reads pages that other handlers write."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register what pages get besides their content."""
    app.add_html_math_renderer("mathml", (mathml.visit_inline, None), (mathml.visit_block, None))
    # Jupyter Book sets these whether or not their extensions are there.
    app.add_config_value("comments_config", {}, "")
    app.connect("builder-inited", _darken_code, priority=_FIRST)
    app.connect("html-page-context", _offer_notebook)
    app.connect("html-page-context", _mend_body)
    app.connect("html-page-context", _summarise, priority=_LAST)
    app.connect("build-finished", _finish, priority=_LAST)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _darken_code(app: Sphinx) -> None:
    """Set the colours of code in the dark; the theme reads them at the same event, later."""
    app.config.pygments_dark_style = DARK_CODE


def _offer_notebook(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Say where a chapter's notebook can be had, for the template of pages."""
    if app.builder.name == "html" and "kernelspec" in app.env.metadata.get(page, {}):
        repository = os.environ.get(REPOSITORY_VARIABLE)
        context["overtake_launches"] = launch.of_chapter(page, repository)


def _mend_body(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Give each figure of a chapter its size, each part its right role, and code few marks."""
    builder = cast("StandaloneHTMLBuilder", app.builder)
    sources = {name: Path(app.srcdir) / source for source, name in builder.images.items()}
    if "body" in context:
        context["body"] = pictures.lazy(
            highlighting.lean(roles.mended(context["body"])),
            lambda address: sources[unquote(address.rsplit("/", 1)[-1])],
        )


def _summarise(
    _app: Sphinx,
    _page: str,
    _template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Describe a page by its first paragraph, where nothing better is known."""
    tags = context.get("metatags") or ""
    if doctree is None or 'name="description"' in tags:
        return
    if paragraph := next(iter(doctree.findall(nodes.paragraph)), None):
        text = " ".join(paragraph.astext().split())
        shown = Markup('<meta name="description" content="{}">').format(_shortened(text))
        context["metatags"] = f"{tags}\n{shown}\n"


def _shortened(text: str) -> str:
    if len(text) <= _DESCRIPTION_CHARACTERS:
        return text
    return f"{text[:_DESCRIPTION_CHARACTERS].rsplit(' ', 1)[0]} …"


def _finish(app: Sphinx, exception: Exception | None) -> None:
    """Give each page one style sheet and its security policy, once all of them are written."""
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    pages, sheets = own_pages(site), Bundles(site / "_static")
    for path in pages:
        before = path.read_text(encoding="utf-8")
        if (after := security.protect(sheets.link(before))) != before:
            path.write_text(after, encoding="utf-8")
    _LOGGER.info("overtake: %d pages share %d style sheets", len(pages), sheets.count)


def own_pages(site: Path) -> list[Path]:
    """Return the book's pages; those of releases never change, and files of themes are none."""
    kept = (site / RELEASES, site / "_static")
    return [
        path
        for path in sorted(site.rglob("*.html"))
        if not any(path.is_relative_to(folder) for folder in kept)
    ]
