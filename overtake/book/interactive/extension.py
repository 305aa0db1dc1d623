"""Interactive charts in the hands of Sphinx."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from overtake.book import building
from overtake.book.interactive.charts import CHARTS
from overtake.book.interactive.content import render
from overtake.core.errors import OvertakeError

_SCRIPT, _STYLE = "interactive.js", "interactive.css"
_MARK = "interactive"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.connect("doctree-resolved", _add_charts)
    app.connect("html-page-context", _bring_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _add_charts(app: Sphinx, doctree: nodes.document, _page: str) -> None:
    """Put each chart behind the picture that it can take the place of."""
    if app.builder.format != "html":
        return
    for node in doctree.findall(nodes.figure):
        figure = next((n.removeprefix("fig-") for n in node["names"] if n.startswith("fig-")), "")
        run = next(
            (each for each in building.of(app).runs.values() if figure in each.drawings), None
        )
        if figure not in CHARTS or run is None:
            continue
        try:
            chart = nodes.raw("", render(run, figure, run.figures[figure].title), format="html")
        except OvertakeError as error:
            raise ExtensionError(str(error)) from None
        chart[_MARK] = True
        node.insert(1, chart)


def _bring_script(
    app: Sphinx,
    page: str,
    _template: str,
    _context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load the script on the pages that hold a chart, and on no other."""
    folder, _, rest = page.partition("/")
    alone = folder == "figures" and rest.removesuffix("/index") in CHARTS
    if alone or (doctree and any(node.get(_MARK) for node in doctree.findall(nodes.raw))):
        app.add_css_file(_STYLE)
        app.add_js_file(_SCRIPT, loading_method="defer")
