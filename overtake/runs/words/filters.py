"""The filters of the words: one formatter, wherever a number is shown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from overtake.core import pages, prose
from overtake.core.estimates import EstimateLike


def number(value: Any, digits: int | None = None) -> str:  # noqa: ANN401  (number or estimate)
    """Write a number, or an estimate's value, without its unit: ``4.2``."""
    return prose.number(_value(value), _digits(value, digits))


def percent(value: Any, digits: int | None = None) -> str:  # noqa: ANN401
    """Write a share as a percentage: ``42%``."""
    return prose.percent(_value(value), _digits(value, digits))


def quantity(value: Any, digits: int | None = None) -> str:  # noqa: ANN401
    """Write an estimate's value with its unit; a share as a percentage: ``4.2 times``."""
    return prose.shown_value(_estimate(value), _digits(value, digits))


def span(value: Any, digits: int | None = None) -> str:  # noqa: ANN401
    """Write an interval alone: ``3.1 to 5.6``."""
    return prose.shown_span(_estimate(value), _digits(value, digits))


def short(value: Any, digits: int | None = None) -> str:  # noqa: ANN401
    """Write an estimate with its interval alone: ``16 times (9.8 to 26)``."""
    return prose.short(_estimate(value), _digits(value, digits))


def told(value: Any, digits: int | None = None) -> str:  # noqa: ANN401
    """Write an estimate with unit, interval, its kind and n."""
    return prose.sentence(_estimate(value), _digits(value, digits))


def interval_name(value: Any) -> str:  # noqa: ANN401
    """Name an estimate's interval: ``90% confidence interval``."""
    return prose.interval_name(_estimate(value))


def month(day: date) -> str:
    """Write a day's month: ``October 2022``."""
    return f"{day:%B %Y}"


def day(day: date) -> str:
    """Write a day: ``7 October 2022``."""
    return f"{day.day} {day:%B %Y}"


def year(day: date) -> str:
    """Write a day's year: ``2022``."""
    return str(day.year)


def plural(count: float, one: str, many: str) -> str:
    """Write a count with its noun: ``1 model``, ``12 models``."""
    return f"{prose.number(count, 1)} {one if count == 1 else many}"


def upper_first(text: str) -> str:
    """Write a text with a capital first letter, the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"


def lower_first(text: str) -> str:
    """Write a text with a small first letter, the rest as it is."""
    return f"{text[:1].lower()}{text[1:]}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Write texts as a list in a sentence: ``a, b and c``."""
    *rest, end = items
    return f"{', '.join(rest)} {last} {end}" if rest else end


def one_line(text: str) -> str:
    """Write a text that a macro of several lines has made on one, as YAML needs it."""
    return " ".join(text.split())


FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "number": number,
        "percent": percent,
        "quantity": quantity,
        "span": span,
        "short": short,
        "told": told,
        "interval_name": interval_name,
        "month": month,
        "day": day,
        "year": year,
        "plural": plural,
        "upper_first": upper_first,
        "lower_first": lower_first,
        "listed": listed,
        "one_line": one_line,
        "plain": pages.escape,
    }
)


def _estimate(value: Any) -> EstimateLike:  # noqa: ANN401
    """Return an estimate, also that of a headline number."""
    found = getattr(value, "estimate", value)
    if not hasattr(found, "low"):
        raise TypeError(f"needs a number with an interval, got {type(value).__name__}")
    estimate: EstimateLike = found
    return estimate


def _value(value: Any) -> float:  # noqa: ANN401
    estimate = getattr(value, "estimate", value)
    return float(getattr(estimate, "value", estimate))


def _digits(value: Any, digits: int | None) -> int:  # noqa: ANN401
    """Return the digits asked for, or those that a headline number has of its own."""
    return digits if digits is not None else getattr(value, "digits", 2)
