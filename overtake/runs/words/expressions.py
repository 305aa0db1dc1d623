"""The one expression language of the book's words: Jinja, strict, on a few filters.

A Markdown anchor begins as a comment of Jinja's does, so comments are ``{=# … #=}`` here.
"""

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any, NoReturn

import jinja2
from jinja2 import StrictUndefined, meta

from overtake.core import pages, prose
from overtake.core.errors import WordsError
from overtake.core.estimates import EstimateLike
from overtake.runs.words import marks
from overtake.runs.words.marks import Mark

_ALONE = re.compile(
    r"^[ \t]*\{%(?P<trim>-?)(?P<inside>(?:(?!%\}).)*?)(?P<end>-?)%\}[ \t]*\n", re.MULTILINE
)
"""A line that holds a tag and nothing else."""


def _of_value(write: Callable[[float, int], str]) -> Callable[..., str]:
    """Return a filter on a number, or on the value of an estimate or of a headline number."""

    def written(value: Any, digits: int | None = None) -> str:  # noqa: ANN401
        estimate = getattr(value, "estimate", value)
        return write(float(getattr(estimate, "value", estimate)), _digits(value, digits))

    return written


def _of_estimate(write: Callable[[EstimateLike, int], str]) -> Callable[..., str]:
    """Return a filter on an estimate, also that of a headline number."""

    def written(value: Any, digits: int | None = None) -> str:  # noqa: ANN401
        return write(_estimate(value), _digits(value, digits))

    return written


def _estimate(value: Any) -> EstimateLike:  # noqa: ANN401  (estimate, headline number or no such)
    found: EstimateLike = getattr(value, "estimate", value)
    if not hasattr(found, "low"):
        raise TypeError(f"needs a number with an interval, got {type(value).__name__}")
    return found


def _digits(value: Any, digits: int | None) -> int:  # noqa: ANN401
    """Return the digits asked for, or those that a headline number has of its own."""
    return digits if digits is not None else getattr(value, "digits", 2)


def _frequency(value: Any) -> str:  # noqa: ANN401
    """Write a probability, or the value of an estimate or headline number, as a frequency."""
    estimate = getattr(value, "estimate", value)
    return prose.frequency(float(getattr(estimate, "value", estimate)))


def _magnitude(value: float) -> float:
    """Return a number without its sign; one that has none is the very same, and known as such."""
    return value if value >= 0 else -value


def _date(day: Any) -> date:  # noqa: ANN401
    """Return a day, also one that is written as ISO has it, as in a logged question."""
    return date.fromisoformat(day) if isinstance(day, str) else day


def _listed(items: Sequence[str], last: str = "and") -> str:
    *rest, end = items
    return f"{', '.join(rest)} {last} {end}" if rest else end


def _plural(count: float, one: str, many: str) -> str:
    return f"{prose.number(count, 1)} {one if count == 1 else many}"


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "number": _of_value(prose.number),  # 4.2
        "percent": _of_value(prose.percent),  # 42%, of a share
        "frequency": _frequency,  # about 1 in 18, of a probability
        "quantity": _of_estimate(prose.shown_value),  # 4.2 times
        "span": _of_estimate(prose.shown_span),  # 3.1 to 5.6
        "short": _of_estimate(prose.short),  # 16 times (9.8 to 26)
        "told": _of_estimate(prose.sentence),  # with unit, interval, its kind and n
        "abs": _magnitude,
        "interval_name": lambda value: prose.interval_name(_estimate(value)),
        "month": lambda day: f"{_date(day):%B %Y}",  # October 2022
        "day": lambda day: f"{_date(day).day} {_date(day):%B %Y}",  # 7 October 2022
        "year": lambda day: str(day.year),
        "plural": _plural,  # 1 model, 12 models
        "upper_first": lambda text: f"{text[:1].upper()}{text[1:]}",
        "lower_first": lambda text: f"{text[:1].lower()}{text[1:]}",
        "listed": _listed,  # a, b and c
        "one_line": lambda text: " ".join(text.split()),  # of a macro's lines, as YAML needs it
        "plain": pages.escape,
        "chip": pages.chip,  # a verdict and the probability that it holds, to stand apart
    }
)
"""One formatter, wherever a number is shown."""
TELLING = ("number", "percent", "frequency", "quantity", "span", "short", "told")
"""The filters that make words of a number."""
_OF_BEGINNINGS = ("plain", "upper_first", "lower_first")
"""The filters that look at how a text begins."""


class _Missing(StrictUndefined):
    """A name that is not there; its message gives the nearest."""

    @property
    def _undefined_message(self) -> str:
        name, holder = self._undefined_name, self._undefined_obj
        if name is None or holder is jinja2.utils.missing:
            return f"no name {name!r}"
        known = _names_in(holder)
        return f"no name {name!r}{prose.suggestion(str(name), known)}"


@cache
def environment() -> jinja2.Environment:
    """Return the environment in which every word of the book is rendered."""
    made = jinja2.Environment(
        undefined=_Missing,
        autoescape=False,  # noqa: S701  (Markdown, not HTML)
        keep_trailing_newline=True,
        finalize=_told,
        comment_start_string="{=#",
        comment_end_string="#=}",
    )
    made.filters.update(FILTERS)
    return made


def _marking(mark: Mark) -> jinja2.Environment:
    """Return the same environment with filters that mark the numbers they tell."""
    if mark is marks.unmarked:
        return environment()

    def marked(write: Callable[..., str]) -> Callable[..., str]:
        def written(value: Any, *given: Any, **named: Any) -> str:  # noqa: ANN401
            number, gap, interval = write(value, *given, **named).partition(" (")
            return f"{mark(value, number)}{gap}{interval}"

        return written

    def behind(write: Callable[..., str]) -> Callable[..., str]:
        return lambda text: marks.behind(str(text), write)

    made = environment().overlay()
    made.filters = {
        **made.filters,
        **{name: marked(FILTERS[name]) for name in TELLING},
        **{name: behind(FILTERS[name]) for name in _OF_BEGINNINGS},
    }
    return made


def parse(text: str) -> jinja2.nodes.Template:
    """Return the syntax tree of a text; a line that holds a tag alone leaves no line behind.

    Jinja's own trimming would join a paragraph that ends in a tag with the next one. The
    line's end goes into the tag, so that lines are counted as they stand in the text.
    """
    return environment().parse(_ALONE.sub(_within_tag, text))


def _within_tag(match: re.Match[str]) -> str:
    """Return a tag with its line's end inside; a macro ends where its last line does."""
    trim = "-" if match["inside"].strip() == "endmacro" else match["trim"]
    return f"{{%{trim}{match['inside']}\n{match['end']}%}}"


def render(text: str, names: Mapping[str, Any], place: str, mark: Mark = marks.unmarked) -> str:
    """Render a text with expressions that may call `names`; `place` says where it stands.

    Numbers are marked by `mark`, their intervals are not.

    A `WordsError` says where an expression is malformed, or calls a name that is not there,
    and which is the nearest.
    """
    try:
        tree = parse(text)
        shown = _called(tree, names)
        marking = _marking(mark)
        code = marking.compile(tree)
        return jinja2.Template.from_code(marking, code, {}).render(shown)
    except jinja2.TemplateSyntaxError as error:
        _refuse(place, error.lineno, text, error.message or "")
    except jinja2.UndefinedError as error:
        _refuse(place, _line_of(error), text, _with_nearest(str(error), names))
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        _refuse(place, _line_of(error), text, f"{type(error).__name__}: {error}")


def _called(tree: jinja2.nodes.Template, names: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return those of the names that a text calls, as it may take long to make the others.

    A module's functions may ask for all of them (`jinja2.pass_context`).
    """
    called = meta.find_undeclared_variables(tree) & names.keys()
    shown = {name: names[name] for name in called}
    return names if any(isinstance(each, ModuleType) for each in shown.values()) else shown


def _told(value: object) -> object:
    """Refuse to tell what is absent: the words must say so in a branch of their own."""
    if value is None:
        raise TypeError("there is nothing to tell: the fact is absent here")
    return value


def _with_nearest(message: str, names: Mapping[str, Any]) -> str:
    if message.startswith("no name ") and ";" not in message:
        return message + prose.suggestion(message.removeprefix("no name ").strip("'"), names)
    return message


def _names_in(holder: object) -> list[str]:
    if isinstance(holder, Mapping):
        return [str(key) for key in holder]
    return [name for name in dir(holder) if not name.startswith("_")]


def _line_of(error: Exception) -> int:
    """Return the template's line on which an error arose; Jinja rewrites tracebacks to it."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == "<template>"]
    return (lines[-1] if lines else None) or 1


def _refuse(place: str, line: int, text: str, problem: str) -> NoReturn:
    written = text.splitlines()[line - 1].strip() if 0 < line <= len(text.splitlines()) else ""
    raise WordsError(f"{place}, line {line}: {problem}\n    {written}") from None
