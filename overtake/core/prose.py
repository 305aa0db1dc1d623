"""Numbers as words, how estimates read in sentences and tables, and what was meant by a name."""

import difflib
import math
from collections.abc import Iterable
from fractions import Fraction

from overtake.core.estimates import EstimateLike

SHARE = "share"
"""Unit of a share or probability from 0 to 1."""
CALENDAR_YEAR = "calendar year"
"""Unit of a year of the calendar; within a year it counts as that year."""
_SCIENTIFIC_FROM = 1e15
_SMALLEST_SHARE = 0.001
_TENTH = 0.1
_QUARTER = 0.25
_FRACTIONS = tuple(sorted({Fraction(n, d) for d in (2, 3, 4, 5, 10) for n in range(1, d)}))
_TWO_DIGITS = 10
_MOST_CASES = 1000
_FINEST_CHANCE = 0.01
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 2) -> str:
    """Write a number to `digits` significant digits, as a person would; whole numbers in full.

    For instance ``0.034``, ``4.2``, ``1,234`` or ``3.3 × 10²⁴``.
    """
    if digits < 1:
        raise ValueError(f"a number needs at least one digit, got {digits}")
    if value != 0 and not 1 / _SCIENTIFIC_FROM < abs(value) < _SCIENTIFIC_FROM:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}".replace("-", "−")
    scale = int(f"{value:e}".split("e")[1])
    decimals = max(digits - 1 - scale, 0)
    return f"{value:,.{decimals}f}".replace("-", "−")


def quantity(value: float, unit: str, digits: int = 2) -> str:
    """Write a number with its unit: ``4.2 times``, ``30%``, ``0.5``."""
    if unit == CALENDAR_YEAR:
        return f"{math.floor(value)}"
    gap = "" if unit.startswith("%") or not unit else " "
    return f"{number(value, digits)}{gap}{unit}"


def percent(share: float, digits: int = 2) -> str:
    """Write a share between 0 and 1 as a percentage; never "0%" or "100%" for what is not."""
    if 0 < share < _SMALLEST_SHARE:
        return f"under {100 * _SMALLEST_SHARE:g}%"
    if 1 - _SMALLEST_SHARE < share < 1:
        return f"over {100 * (1 - _SMALLEST_SHARE):g}%"
    if share < 1 and number(100 * share, digits) == "100":
        return f"{100 * share:.1f}%"
    return f"{number(100 * share, digits)}%"


def frequency(probability: float) -> str:
    """Write a probability as a plain frequency: ``about 1 in 18``, ``about 3 in 5``.

    Below a quarter it is one in so many, to two digits, and above three quarters all but one of
    so many; in between it is the nearest fraction of halves, thirds, quarters, fifths or tenths.

    Raises
    ------
    ValueError
        If it is no probability.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability lies between 0 and 1, got {probability:g}")
    if probability < _SMALLEST_SHARE:
        return f"less than 1 in {_MOST_CASES:,}"
    if probability > 1 - _SMALLEST_SHARE:
        return f"more than {_MOST_CASES - 1:,} in {_MOST_CASES:,}"
    rare = min(probability, 1 - probability)
    if rare < _QUARTER:
        few = int(1 / rare)
        nearest_of_two = min((few, few + 1), key=lambda n: abs(1 / n - rare))
        cases = nearest_of_two if few < _TWO_DIGITS else round(float(f"{1 / rare:.2g}"))
        return f"about {1 if rare == probability else cases - 1:,} in {cases:,}"
    nearest = min(_FRACTIONS, key=lambda each: (abs(each - probability), each.denominator))
    return f"about {nearest.numerator} in {nearest.denominator}"


def chance(probability: float) -> str:
    """Write a probability that was read off draws: no finer than they tell it.

    Below a tenth it has two digits, as the same chance has wherever else it is told.
    """
    if probability < _FINEST_CHANCE:
        return f"under {100 * _FINEST_CHANCE:g}%"
    if probability > 1 - _FINEST_CHANCE:
        return f"over {100 * (1 - _FINEST_CHANCE):g}%"
    return f"{number(100 * probability)}%" if probability < _TENTH else f"{100 * probability:.0f}%"


def interval_name(estimate: EstimateLike) -> str:
    """Name the interval of an estimate, for instance ``90% confidence interval``."""
    if estimate.kind == "range":
        return "stated range"
    return f"{estimate.level:.0%} {estimate.kind} interval"


def sentence(estimate: EstimateLike, digits: int = 2) -> str:
    """Write an estimate with unit, interval and n, to stand in a sentence."""
    count = f", n = {estimate.n:,}" if estimate.n else ""
    return (
        f"{shown_value(estimate, digits)} "
        f"({interval_name(estimate)} {shown_span(estimate, digits)}{count})"
    )


def shown_value(estimate: EstimateLike, digits: int = 2) -> str:
    """Write an estimate's value with its unit; a share as a percentage."""
    if is_share(estimate):
        return percent(estimate.value, digits)
    return quantity(estimate.value, estimate.unit, digits)


def short(estimate: EstimateLike, digits: int = 2) -> str:
    """Write an estimate with its interval alone: ``16 times (9.8 to 26)``, ``42% (14% to 72%)``."""
    shown = shown_value(estimate, digits)
    if estimate.low == estimate.high:
        return shown
    return f"{shown} ({shown_span(estimate, digits)})"


def shown_span(estimate: EstimateLike, digits: int = 2) -> str:
    """Write an interval alone; percentages with their sign at each number: ``14% to 72%``."""
    if is_share(estimate):
        return f"{percent(estimate.low, digits)} to {percent(estimate.high, digits)}"
    if estimate.unit in {"%", CALENDAR_YEAR}:
        low, high = (quantity(end, estimate.unit, digits) for end in (estimate.low, estimate.high))
        return f"{low} to {high}"
    return f"{number(estimate.low, digits)} to {number(estimate.high, digits)}"


def shown_change(estimate: EstimateLike, change: float, digits: int = 2) -> str:
    """Write by how much an estimate changes, in the unit in which it is shown, with its sign."""
    sign = "+" if change > 0 else ""
    if is_share(estimate):
        return f"{sign}{number(100 * change, digits)} points"
    unit = "years" if estimate.unit == CALENDAR_YEAR else estimate.unit
    return f"{sign}{quantity(change, unit, digits)}"


def rule(direction: str, threshold: float, upper: float | None, unit: str) -> str:
    """Write where a number must lie: ``at least 2 quarters``, ``between 10 and 100 times``."""
    ends = [threshold] if upper is None else [threshold, upper]
    if unit == CALENDAR_YEAR:
        return f"{direction} {' and '.join(f'{end:.0f}' for end in ends)}"
    gap = "" if unit.startswith("%") or not unit else " "
    return f"{direction} {' and '.join(f'{end:,.10g}' for end in ends)}{gap}{unit}"


def is_share(estimate: EstimateLike) -> bool:
    """Tell whether an estimate is a share or probability, which is shown as a percentage."""
    return estimate.unit == SHARE


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return what might have been meant, as the end of a sentence."""
    listed = sorted(map(str, known))
    close = difflib.get_close_matches(name, listed, n=1, cutoff=0.5)
    if close:
        return f"; the nearest is {close[0]!r}"
    return f"; there are: {', '.join(listed)}" if listed else ""
