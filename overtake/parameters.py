"""A chapter's parameters: types, units, bounds, meaning; refused before anything runs.

The declarations of each chapter stand in `overtake.chapter_parameters`; the
notebook's ``parameters`` cell repeats names and defaults, so that plain
papermill works too. A test holds the two together.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from overtake.errors import ParameterError

JUDGEMENT = "judgement"
"""The source of a default that no data settle."""


class ChapterParameters(BaseModel):
    """Base of each chapter's declaration."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def parameter(
    default: Any,  # noqa: ANN401
    *,
    unit: str,
    meaning: str,
    source: str,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:  # noqa: ANN401  (a pydantic field stands for any type)
    """Declare one parameter.

    Parameters
    ----------
    default : object
        Value in the published book.
    unit : str
        Unit, or "" for a pure number or a choice.
    meaning : str
        What it is, in one sentence.
    source : str
        Where the default comes from: a key of ``references.bib``, a table of
        ``data/``, or `JUDGEMENT`.
    minimum, maximum : float, optional
        Inclusive bounds.

    Returns
    -------
    pydantic.fields.FieldInfo
        The field, for the body of a `ChapterParameters` class.
    """
    return Field(
        default,
        ge=minimum,
        le=maximum,
        description=meaning,
        json_schema_extra={"unit": unit, "source": source},
    )


@dataclass(frozen=True)
class ParameterDescription:
    """One parameter as it is shown to people.

    Attributes
    ----------
    name, type, unit, bounds, meaning, source : str
        What the declaration says, as text.
    default : object
        Value in the published book.
    """

    name: str
    type: str
    unit: str
    bounds: str
    default: Any
    meaning: str
    source: str


def describe(declaration: type[ChapterParameters]) -> list[ParameterDescription]:
    """Return the declared parameters in their order."""
    return [_describe(name, field) for name, field in declaration.model_fields.items()]


def resolve(declaration: type[ChapterParameters], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the complete, typed parameters that `given` values make.

    Parameters
    ----------
    declaration : type of ChapterParameters
        The chapter's declaration.
    given : mapping of str to object
        Values that differ from the defaults; text is read as its type asks.

    Returns
    -------
    dict of str to object
        Every parameter of the chapter with its value, in declared order.

    Raises
    ------
    ParameterError
        If a name is unknown, a type is wrong, a value is out of bounds or two
        values contradict each other; the message lists all of them.
    """
    try:
        return declaration(**given).model_dump()
    except ValidationError as error:
        problems = [_problem(declaration, details) for details in error.errors()]
        raise ParameterError("\n".join(problems)) from None


def _describe(name: str, field: FieldInfo) -> ParameterDescription:
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    return ParameterDescription(
        name=name,
        type=_type_name(field),
        unit=str(extra["unit"]),
        bounds=_bounds(field),
        default=field.default,
        meaning=field.description or "",
        source=str(extra["source"]),
    )


def _type_name(field: FieldInfo) -> str:
    choices = getattr(field.annotation, "__args__", ())
    return "choice" if choices else str(getattr(field.annotation, "__name__", field.annotation))


def _bounds(field: FieldInfo) -> str:
    if choices := getattr(field.annotation, "__args__", ()):
        return " | ".join(map(str, choices))
    low = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    ends = [
        f"at least {low:.12g}" if low is not None else "",
        f"at most {high:.12g}" if high is not None else "",
    ]
    if low is not None and high is not None:
        return f"{low:.12g} to {high:.12g}"
    return "".join(ends) or "any"


def _problem(declaration: type[ChapterParameters], details: Any) -> str:  # noqa: ANN401
    name = ".".join(map(str, details["loc"]))
    if details["type"] == "extra_forbidden":
        return f"{name}: no such parameter{_nearest(name, list(declaration.model_fields))}"
    message = str(details["msg"]).removeprefix("Value error, ")
    if not name:
        return _lower_first(message)
    field = declaration.model_fields[name]
    return f"{name}: {_lower_first(message)}, got {details['input']!r} (allowed: {_bounds(field)})"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _nearest(name: str, known: list[str]) -> str:
    if close := difflib.get_close_matches(name, known, n=1, cutoff=0.5):
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(known)}" if known else "; the chapter takes none"
