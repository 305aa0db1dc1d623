"""Guided reading: charts behind their pictures, and words of the text that steer them.

``{steer}`words of the sentence <figure:view>``` shows a view that the figure's ``{interactive}``
block declares, on a page that shows the figure. Without scripts, and on paper, it is words.
"""

from types import SimpleNamespace

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import ReferenceRole
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from overtake.book import building, figure_site, interactive
from overtake.book.building import stopping_at_refusals
from overtake.book.figure_site import ASSETS
from overtake.core.errors import WordsError

SHOWN = "overtake-shown"
"""A figure on another page than its chapter's: the class before its id."""


class steering(nodes.inline):  # noqa: N801  (docutils names nodes so)
    """Words that show a view of a figure; where nothing can be shown they are words."""


class Steer(ReferenceRole):
    """The role: words, and behind them a figure's id and a view's name."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words, which may be emphasised, with what they show."""
        memo, parent = SimpleNamespace(), nodes.Element()
        parsed, messages = self.inliner.parse(self.title, self.lineno, memo, parent)
        return [steering("", "", *parsed, steers=self.target)], messages


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.add_config_value(interactive.COLOURS_SETTING, default="", rebuild="env", types=[str])
    app.add_node(steering, html=(_begin, _end))
    app.add_role("steer", Steer())
    app.connect("doctree-resolved", _connect)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def _begin(translator: HTML5Translator, node: steering) -> None:
    attributes = {"CLASS": "overtake-steer", "data-steer": node["steers"]}
    translator.body.append(translator.starttag(node, "span", "", **attributes))


def _end(translator: HTML5Translator, _node: steering) -> None:
    translator.body.append("</span>")


def _connect(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put each chart behind the picture that it can replace; refuse words that steer nothing."""
    if app.builder.name != "html":
        return
    drawn = {figure: run for run in building.of(app).runs.values() for figure in run.drawings}
    views: set[str] = set()
    with stopping_at_refusals():
        for node, figure in _figures(doctree):
            if figure not in drawn:
                continue
            chart = interactive.of_figure(drawn[figure], figure, interactive.colours(app))
            if chart:
                loaded = {ASSETS: interactive.ASSETS}
                node.insert(_behind_picture(node), nodes.raw("", chart, format="html", **loaded))
                declared = interactive.declared(drawn[figure])[figure]
                views |= {f"{figure}:{name}" for name in declared.views}
        for words in doctree.findall(steering):
            if words["steers"] not in views:
                raise WordsError(
                    f"page {page}: {words.astext()!r} steers {words['steers']!r}, which no figure "
                    f"of the page has; there are: {', '.join(sorted(views)) or 'none'}"
                )


def _figures(doctree: nodes.document) -> list[tuple[nodes.Element, str]]:
    """Return what holds a figure on a page, with the figure's id."""
    found: list[tuple[nodes.Element, str]] = [
        (node, figure_site.figure_id(node)) for node in doctree.findall(nodes.figure)
    ]
    shown = [node for node in doctree.findall(nodes.container) if SHOWN in node["classes"]]
    return found + [(node, node["classes"][-1]) for node in shown]


def _behind_picture(node: nodes.Element) -> int:
    """Return the place before a figure's words."""
    words = (nodes.caption, nodes.legend, nodes.paragraph)
    return next((i for i, each in enumerate(node) if isinstance(each, words)), len(node))
