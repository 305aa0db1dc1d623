"""The one expression language of the book's words: Jinja, strict, on a few filters.

A Markdown anchor begins as a comment of Jinja's does, so comments are ``{=# … #=}`` here.
"""

import difflib
import re
import traceback
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NoReturn

import jinja2
from jinja2 import StrictUndefined

from overtake.core.errors import WordsError
from overtake.runs.words.filters import FILTERS

_ALONE = re.compile(
    r"^[ \t]*\{%(?P<trim>-?)(?P<inside>(?:(?!%\}).)*?)(?P<end>-?)%\}[ \t]*\n", re.MULTILINE
)
"""A line that holds a tag and nothing else."""


class _Missing(StrictUndefined):
    """A name that is not there; its message gives the nearest."""

    @property
    def _undefined_message(self) -> str:
        name, holder = self._undefined_name, self._undefined_obj
        if name is None or holder is jinja2.utils.missing:
            return f"no name {name!r}"
        known = _names_in(holder)
        return f"no name {name!r}{suggestion(str(name), known)}"


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


def render(text: str, names: Mapping[str, Any], place: str) -> str:
    """Render words from facts.

    Parameters
    ----------
    text : str
        Markdown with expressions.
    names : mapping of str to object
        What expressions may call.
    place : str
        Where the text stands, for messages.

    Raises
    ------
    WordsError
        If an expression is malformed or calls a name that is not there; says page, line
        and the nearest name.
    """
    try:
        code = environment().compile(parse(text))
        return jinja2.Template.from_code(environment(), code, {}).render(names)
    except jinja2.TemplateSyntaxError as error:
        _refuse(place, error.lineno, text, error.message or "")
    except jinja2.UndefinedError as error:
        _refuse(place, _line_of(error), text, _with_nearest(str(error), names))
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        _refuse(place, _line_of(error), text, f"{type(error).__name__}: {error}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return what might have been meant, as the end of a sentence."""
    listed = sorted(map(str, known))
    close = difflib.get_close_matches(name, listed, n=1, cutoff=0.5)
    if close:
        return f"; the nearest is {close[0]!r}"
    return f"; there are: {', '.join(listed)}" if listed else ""


def _told(value: object) -> object:
    """Refuse to tell what is absent: the words must say so in a branch of their own."""
    if value is None:
        raise TypeError("there is nothing to tell: the fact is absent here")
    return value


def _with_nearest(message: str, names: Mapping[str, Any]) -> str:
    if message.startswith("no name ") and ";" not in message:
        return message + suggestion(message.removeprefix("no name ").strip("'"), names)
    return message


def _names_in(holder: object) -> list[str]:
    if isinstance(holder, Mapping):
        return [str(key) for key in holder]
    return [name for name in dir(holder) if not name.startswith("_")]


def _line_of(error: Exception) -> int:
    """Return the template's line on which an error arose; Jinja rewrites tracebacks to it."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == "<template>" and frame.lineno
    ]
    return lines[-1] if lines else 1


def _refuse(place: str, line: int, text: str, problem: str) -> NoReturn:
    written = text.splitlines()[line - 1].strip() if 0 < line <= len(text.splitlines()) else ""
    raise WordsError(f"{place}, line {line}: {problem}\n    {written}") from None
