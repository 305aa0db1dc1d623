"""How a number reads where it is quoted; one that has no meaning says so.

A scenario, or parameters, may leave a number without a value or without an interval: what is
not finite is none.
"""

import math
from collections.abc import Mapping
from typing import Any

from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core import prose

CANNOT_BE_SAID = "cannot be said"


def has_value(estimate: RecordedEstimate) -> bool:
    """Whether a number says anything."""
    return math.isfinite(estimate.value)


def has_interval(estimate: RecordedEstimate) -> bool:
    """Whether a number with a value has an interval around it."""
    ends = (estimate.low, estimate.high)
    return has_value(estimate) and all(map(math.isfinite, ends)) and ends[0] != ends[1]


def value(number: RecordedNumber) -> str:
    """Write a number with its unit: ``16 times``."""
    if not has_value(number.estimate):
        return CANNOT_BE_SAID
    return prose.shown_value(number.estimate, number.digits)


def interval(number: RecordedNumber) -> str:
    """Write the interval alone, ``9.8 to 26``; "" if there is none."""
    if not has_interval(number.estimate):
        return ""
    return prose.shown_span(number.estimate, number.digits)


def interval_with_kind(number: RecordedNumber) -> str:
    """Write the interval with its kind, and n: ``90% credible interval 5.2 to 14, n = 2``."""
    n = number.estimate.n
    count = f"n = {n:,}" if n else ""
    if not has_interval(number.estimate):
        return f"No interval, {count}" if count else "No interval"
    name = prose.interval_name(number.estimate)
    said = f"{name[:1].upper()}{name[1:]} {interval(number)}"
    return f"{said}, {count}" if count else said


def short(number: RecordedNumber) -> str:
    """Write a number with its interval: ``16 times (9.8 to 26)``."""
    span = interval(number)
    return f"{value(number)} ({span})" if span else value(number)


def plain(estimate: RecordedEstimate) -> Mapping[str, Any]:
    """Return an estimate as JSON has it, where what is not finite is null."""
    numbers = (estimate.value, estimate.low, estimate.high)
    found = [each if math.isfinite(each) else None for each in numbers]
    return {
        **dict(zip(("value", "low", "high"), found, strict=True)),
        "level": estimate.level,
        "kind": estimate.kind,
        "n": estimate.n,
        "unit": estimate.unit,
    }
