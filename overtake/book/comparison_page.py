"""A comparison as one HTML file: no script, no outside request, figures side by side."""

import base64

from overtake.book import finishing
from overtake.chapter.figures import DrawingRecord
from overtake.core import pages
from overtake.runs.compare import Comparison, told_estimate
from overtake.runs.explain import InputChange
from overtake.runs.runs import Run

_SHORT_HASH = 12


def render(comparison: Comparison) -> str:
    """Return the page; everything that comes from runs is escaped."""
    page = pages.render(
        "comparison.html",
        comparison=comparison,
        told_estimate=told_estimate,
        picture=_picture,
        cell=_input_cell,
    )
    return finishing.protected(page)


def _picture(run: Run, record: DrawingRecord) -> str:
    """Return a figure as an address that holds the picture itself; scripts in it never run."""
    content = (run.folder / "figures" / f"{record.id}.svg").read_bytes()
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"


def _input_cell(change: InputChange, value: object) -> str:
    if value is None:
        return "not an input"
    return str(value) if change.kind == "python" else str(value)[:_SHORT_HASH]
