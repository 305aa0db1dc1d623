"""How the cells of a comparison read, in the terminal and on its page."""

from collections.abc import Mapping
from typing import Any

from overtake import prose
from overtake.compare import NumberChange
from overtake.results import RecordedEstimate

NOT_COMPARABLE = "not comparable"
_OVERLAP = {True: "yes", False: "no", None: NOT_COMPARABLE}


def name_of(number: NumberChange) -> str:
    """Write what a number is, with its unit."""
    return f"{number.label} ({number.unit})" if number.unit else number.label


def estimate(row: Mapping[str, Any] | None) -> str:
    """Write a row of ``results.json`` with its interval."""
    if row is None:
        return "not in this run"
    recorded, digits = RecordedEstimate.of(row), row["digits"]
    return f"{prose.number(recorded.value, digits)} ({prose.span(recorded, digits)})"


def difference(number: NumberChange) -> str:
    """Write by how much a number changes."""
    if number.difference is None:
        return NOT_COMPARABLE
    return prose.number(number.difference) if number.difference else "none"


def overlap(number: NumberChange) -> str:
    """Write whether the intervals overlap."""
    return _OVERLAP[number.intervals_overlap]
