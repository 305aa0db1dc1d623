"""How far each parameter is moved, to see which numbers it moves.

Bounds say what a chapter takes, not what is plausible. So a book may say how far a parameter is
moved, in ``numbers/ranges.yml``; all others are moved by a rule, which is told with the result.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from overtake.chapter import parameters
from overtake.chapter.parameters import ChapterParameters, ParameterDescription
from overtake.core import plain_yaml
from overtake.core.errors import ParameterError, RequestError
from overtake.core.paths import Project
from overtake.publishing.published import NUMBERS_FOLDER
from overtake.runs import chapter_parameters

FILE_NAME = "ranges.yml"
SEED = "seed"
"""The parameter that moves by chance alone."""
_PLACE = f"{NUMBERS_FOLDER}/{FILE_NAME}"
_YEAR = "year"
_PART = 0.2
_PART_OF_BOUNDS = 0.1
_DIGITS = 4


class _Said(BaseModel):
    """What a book says of one parameter; it is not moved where there are no values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    values: tuple[Any, ...] | None = None
    because: str = ""
    label: str = ""


@dataclass(frozen=True)
class Range:
    """The values that one parameter is given, one at a time; none if it can't be moved.

    Attributes
    ----------
    values : tuple
        In their order, without the default.
    because : str
        Why these.
    """

    values: tuple[Any, ...]
    because: str


def of_chapter(project: Project, chapter: str) -> dict[str, Range]:
    """Return how far each parameter of a chapter is moved, but for the seed.

    Raises
    ------
    RequestError
        If the book's file names a chapter or parameter that is not there, or a value that
        the chapter does not take.
    """
    declaration = chapter_parameters.of_chapter(chapter)
    said = _said(project).get(chapter, {})
    described = {each.name: each for each in parameters.describe(declaration)}
    if unknown := sorted(set(said) - set(described)):
        raise RequestError(f"{_PLACE}: {chapter} has no parameter {', '.join(unknown)}")
    return {
        name: _by_rule(declaration, description)
        if (values := said[name].values if name in said else None) is None
        else Range(_typed(declaration, name, values), said[name].because)
        for name, description in described.items()
        if name != SEED
    }


def labels(project: Project, chapter: str) -> dict[str, str]:
    """Return what each parameter of a chapter is called in words, by name."""
    said = _said(project).get(chapter, {})
    names = chapter_parameters.of_chapter(chapter).model_fields
    return {name: _label(name, said.get(name)) for name in names}


def _label(name: str, said: _Said | None) -> str:
    return said.label if said and said.label else name.replace("_", " ").capitalize()


def _said(project: Project) -> Mapping[str, Mapping[str, _Said]]:
    path = project.root / _PLACE
    if not path.is_file():
        return {}
    try:
        found = _parsed(plain_yaml.text_of(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise RequestError(f"{_PLACE}: {place}: {first['msg'].lower()}") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise RequestError(f"{_PLACE}: {' '.join(str(error).split())}") from None
    if unknown := sorted(set(found) - set(project.chapter_names())):
        raise RequestError(f"{_PLACE}: no chapter is called {', '.join(unknown)}")
    return found


@lru_cache(maxsize=4)
def _parsed(text: str) -> Mapping[str, Mapping[str, _Said]]:
    return TypeAdapter(dict[str, dict[str, _Said]]).validate_python(plain_yaml.parse(text))


def _typed(
    declaration: type[ChapterParameters], name: str, values: Sequence[Any]
) -> tuple[Any, ...]:
    default = declaration.model_fields[name].default
    try:
        typed = [parameters.resolve(declaration, {name: each})[name] for each in values]
    except ParameterError as error:
        raise RequestError(f"{_PLACE}: {error}") from None
    return tuple(each for each in typed if each != default)


def _by_rule(declaration: type[ChapterParameters], description: ParameterDescription) -> Range:
    found, because = _ruled(description)
    allowed = dict.fromkeys(
        value
        for each in found
        if (value := _taken(declaration, description, each)) not in (None, description.default)
    )
    return Range(tuple(allowed), because if allowed or not found else "no other value is at hand")


def _ruled(description: ParameterDescription) -> tuple[list[Any], str]:
    """Return the values of a parameter by the rule, and the rule."""
    default = description.default
    match description.type:
        case "choice":
            return list(description.choices), "each other choice"
        case "int" if description.unit == _YEAR:
            return [default - 1, default + 1], "a year earlier and a year later"
        case "int":
            step = max(1, round(_PART * abs(default)))
            return [default - step, default + step], "a fifth less and more, at least one"
        case "float":
            return _around(description)
    return [], "a text"


def _around(description: ParameterDescription) -> tuple[list[float], str]:
    if default := description.default:
        ends = sorted((default * (1 - _PART), default * (1 + _PART)))
        return [_rounded(each) for each in ends], "a fifth less and more"
    return list(_towards_bounds(description)), "a tenth of the way to each bound"


def _towards_bounds(description: ParameterDescription) -> Iterator[float]:
    for bound in (description.minimum, description.maximum):
        if bound is not None:
            yield _rounded(_PART_OF_BOUNDS * bound)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _taken(
    declaration: type[ChapterParameters],
    description: ParameterDescription,
    value: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Return a value within the bounds, if the chapter takes it beside all defaults; else None."""
    name = description.name
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = description.minimum, description.maximum
        value = type(value)(value if low is None else max(value, low))
        value = type(value)(value if high is None else min(value, high))
    try:
        return parameters.resolve(declaration, {name: value})[name]
    except ParameterError:
        return None
