"""How the cells of a comparison read, in the terminal and on its page."""

from overtake.chapter.results import RecordedNumber
from overtake.core import prose
from overtake.runs.compare import NumberChange

NOT_COMPARABLE = "not comparable"
_OVERLAP = {True: "yes", False: "no", None: NOT_COMPARABLE}


def name_of(number: NumberChange) -> str:
    """Write what a number is."""
    return number.label


def estimate(number: RecordedNumber | None) -> str:
    """Write a headline number with its interval."""
    if number is None:
        return "not in this run"
    return prose.short(number.estimate, number.digits)


def widths(number: NumberChange) -> str:
    """Write how far a number moved, in widths of its own interval."""
    if number.widths is None:
        return NOT_COMPARABLE if number.difference is None else "no interval"
    return prose.number(number.widths)


def difference(number: NumberChange) -> str:
    """Write by how much a number changes."""
    if number.difference is None:
        return NOT_COMPARABLE
    if not number.difference:
        return "none"
    assert number.baseline is not None
    return prose.shown_change(number.baseline.estimate, number.difference)


def overlap(number: NumberChange) -> str:
    """Write whether the intervals overlap."""
    return _OVERLAP[number.intervals_overlap]
