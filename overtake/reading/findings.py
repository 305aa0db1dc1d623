"""Headings that say what was found, in the words of the run.

A notebook names a section by its topic, and in a comment the figure, or the
told phrase, that says what was found::

    ## How fast training compute grows <!-- finding: hardware-growth -->

The page shows that figure's title as the heading. Its anchor is made of the
topic, so that it stays when the numbers change.
"""

import ast
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from docutils import nodes
from nbformat import NotebookNode
from sphinx.transforms import SphinxTransform

from overtake import pages
from overtake.errors import ResultError
from overtake.runs import Run

_HEADING = re.compile(
    r"^(?P<level>#{2,4}) (?P<topic>\S.*?) *<!-- *finding: *(?P<name>[\w-]+) *-->$", re.MULTILINE
)
_LABEL = "finding-"


def shown(run: Run) -> NotebookNode:
    """Return a run's notebook with its findings in the headings.

    Raises
    ------
    ResultError
        If a heading names neither a figure nor a told phrase of the run.
    """
    notebook, titles = run.notebook, of_run(run)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_findings(cell.source, titles)
    return notebook


def with_findings(text: str, titles: Mapping[str, str]) -> str:
    """Return Markdown with each heading that names a finding replaced by it.

    Parameters
    ----------
    text : str
        Markdown.
    titles : mapping of str to str
        Findings, by name.
    """
    return _HEADING.sub(lambda match: _heading(match, titles), text)


def of_run(run: Run) -> dict[str, str]:
    """Return what a run says it found, by name: its figures' titles, and what it tells."""
    return {**told(run.notebook), **{name: figure["title"] for name, figure in run.figures.items()}}


def told(notebook: NotebookNode) -> dict[str, str]:
    """Return the phrases that an executed notebook tells, by name."""
    return {
        output["metadata"]["scrapbook"]["name"]: _plain(output)
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "scrapbook" in output.get("metadata", {})
    }


class StableAnchors(SphinxTransform):
    """Give a heading with a finding the anchor of its topic alone."""

    default_priority: ClassVar[int] = 300  # behind PropagateTargets

    def apply(self, **_kwargs: object) -> None:
        """Drop the anchors that are made of the finding's words."""
        for section in self.document.findall(nodes.section):
            topics = [anchor for anchor in section["ids"] if anchor.startswith(_LABEL)]
            if topics:
                section["ids"] = [topics[0].removeprefix(_LABEL), *topics]


def _heading(match: re.Match[str], titles: Mapping[str, str]) -> str:
    name = match["name"]
    if name not in titles:
        known = ", ".join(sorted(titles))
        raise ResultError(f"heading {match['topic']!r}: no finding {name!r}; there are: {known}")
    label = f"{_LABEL}{nodes.make_id(match['topic'])}"
    return f"({label})=\n{match['level']} {pages.escape(titles[name])}"


def _plain(output: Mapping[str, Any]) -> str:
    data = output["data"]
    text = next(data[kind] for kind in data if kind.endswith("text/plain"))
    return str(ast.literal_eval(text))
