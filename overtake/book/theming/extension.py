"""The theme in the hands of Sphinx."""

import os
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from overtake.book import finishing
from overtake.book.theming import launch, mathml
from overtake.publishing.publication import REPOSITORY_VARIABLE

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
    """Finish the pages once all of them are written."""
    if exception is None and app.builder.name == "html":
        pages, sheets = finishing.finish(Path(app.outdir))
        _LOGGER.info("overtake: %d pages share %d style sheets", pages, sheets)
