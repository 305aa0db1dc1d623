"""What the book's pages get besides their content: look, formulas, summary, ways to be run."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

from docutils import nodes
from latex2mathml.converter import convert
from latex2mathml.exceptions import NoAvailableTokensError
from lxml import etree, html
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from overtake.book import building

_LOGGER = logging.getLogger(__name__)
Doctree = nodes.document | None
DARK_CODE = "a11y-high-contrast-dark"
_FIRST, _LAST = 100, 900
"""Priorities of what themes read, and of what reads pages that other handlers write."""
_DESCRIPTION_CHARACTERS = 200
_LEFT_OVER = re.compile(r"\\[A-Za-z]+")
_BINDER = {"github.com": "gh", "gitlab.com": "gl"}
"""Binder's word for a host whose repositories it knows by owner and name."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register what pages get besides their content."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    # Jupyter Book sets these whether or not their extensions are there.
    app.add_config_value("comments_config", {}, "")
    app.connect("builder-inited", _darken_code, priority=_FIRST)
    app.connect("html-page-context", _name_licence)
    app.connect("html-page-context", _offer_notebook)
    app.connect("html-page-context", _summarise, priority=_LAST)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _darken_code(app: Sphinx) -> None:
    """Set the colours of code in the dark; the theme reads them at the same event, later."""
    app.config.pygments_dark_style = DARK_CODE


def _name_licence(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Name the code's licence, for the template of pages."""
    if said := building.of(app).publication:
        context["overtake_code_licence"] = said.code_licence


def _offer_notebook(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Say where a chapter's notebook can be had, for the template of pages."""
    if app.builder.name == "html" and "kernelspec" in app.env.metadata.get(page, {}):
        said = building.of(app).publication
        context["overtake_launches"] = launches(page, said.repository if said else None)


def launches(page: str, repository: str | None) -> list[tuple[str, str]]:
    """Return where a chapter of a repository can be run, each with words for readers.

    The notebook has the same path as the page. Colab opens repositories on GitHub only.
    """
    if not repository:
        return []
    parts = urlsplit(repository)
    path = parts.path.strip("/").removesuffix(".git")
    kind, place = _BINDER.get(parts.netloc, "git"), path
    if kind != "gh":
        place = quote(path if kind == "gl" else repository, safe="")
    binder = f"https://mybinder.org/v2/{kind}/{place}/main?urlpath=lab/tree/{page}.ipynb"
    found = [("Run on Binder", binder)]
    if kind == "gh":
        colab = f"https://colab.research.google.com/github/{path}/blob/main/binder/colab.ipynb"
        found.append(("Run on Colab", colab))
    return found


def _summarise(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: Doctree
) -> None:
    """Describe a page by its first paragraph, where nothing better is known."""
    tags = context.get("metatags") or ""
    if doctree is None or 'name="description"' in tags:
        return
    if paragraph := next(iter(doctree.findall(nodes.paragraph)), None):
        text = " ".join("".join(map(_said, paragraph.findall(nodes.Text))).split())
        if len(text) > _DESCRIPTION_CHARACTERS:
            text = f"{text[:_DESCRIPTION_CHARACTERS].rsplit(' ', 1)[0]} …"
        shown = Markup('<meta name="description" content="{}">').format(text)
        context["metatags"] = f"{tags}\n{shown}\n"


def _said(text: nodes.Text) -> str:
    """Return what readers see of a text, which may be HTML already: its explanations wait."""
    if not isinstance(text.parent, nodes.raw):
        return text.astext()
    written = html.fragment_fromstring(text.astext(), create_parent=True)
    for hidden in written.xpath(".//*[@role='tooltip' or @hidden]"):
        hidden.drop_tree()
    return str(written.text_content())


def mathml(formula: str, display: str) -> str:
    r"""Return a formula of LaTeX as a ``math`` element, "inline" or a "block".

    Raises
    ------
    ValueError
        If the converter doesn't know all of it; it would leave commands as text.
    """
    try:
        element = convert(formula, display=display)
        text = "".join(etree.fromstring(element).itertext())
    except (NoAvailableTokensError, etree.XMLSyntaxError, IndexError) as error:
        raise ValueError(f"not LaTeX that becomes MathML: {formula!r}") from error
    if unknown := _LEFT_OVER.findall(text):
        raise ValueError(f"MathML has no {', '.join(unknown)}: {formula!r}")
    said = Markup('<math alttext="{}"').format(" ".join(formula.split()))
    return str(element.replace("<math", said, 1))


def _visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula that stands in a line of text."""
    translator.body.append(_mathml_or_warning(node, "inline"))
    raise nodes.SkipNode


def _visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula that stands by itself, with its number if it has one."""
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})</span>')
    translator.body.append(f"{_mathml_or_warning(node, 'block')}</div>\n")
    raise nodes.SkipNode


def _mathml_or_warning(node: nodes.math | nodes.math_block, display: str) -> str:
    """Return the formula's MathML; a build with warnings as errors stops at what can't be shown."""
    try:
        return mathml(node.astext(), display)
    except ValueError as error:
        _LOGGER.warning("%s", error, location=node)
        return ""
