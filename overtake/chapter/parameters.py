"""A chapter's parameters: types, units, bounds, meaning; refused before anything runs.

The declaration of each chapter stands in ``chapters/<chapter>/parameters.py``; the
notebook's ``parameters`` cell repeats names and defaults, so that plain
papermill works too. A test holds the two together.
"""

import difflib
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo

from overtake.core.errors import ParameterError

JUDGEMENT = "judgement"
"""The source of a default that no data settle."""
_LONGEST_SHOWN = 80
_LAST_EXAMPLES = ("seed", "interval_level")
"""They are true of every chapter, and so show nothing of one."""

Rule = Callable[..., str | None]
"""A rule across parameters: its arguments are their names, and it returns a complaint or None."""


class ChapterParameters(BaseModel):
    """Base of each chapter's declaration; `rules` must hold between parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    rules: ClassVar[tuple[Rule, ...]] = ()

    @field_validator("*", mode="before")
    @classmethod
    def _as_given(cls, value: object, info: ValidationInfo) -> object:
        """Refuse what pydantic would take for something else, or no file can hold."""
        assert info.field_name is not None
        wanted = cls.model_fields[info.field_name].annotation
        if isinstance(value, bool) and wanted is not bool:
            raise ValueError("a truth value is no number and no text")
        if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError("text holds half a surrogate pair, which is no character")
        return value

    @model_validator(mode="after")
    def _keep_rules(self, info: ValidationInfo) -> Self:
        unread: Collection[str] = (info.context or {}).get("unread", ())
        if complaints := list(self._complaints(unread)):
            raise ValueError("\n".join(complaints))
        return self

    def _complaints(self, unread: Collection[str]) -> Iterator[str]:
        """Yield what breaks a rule, leaving out rules on parameters that could not be read."""
        for rule in self.rules:
            names = list(inspect.signature(rule).parameters)
            if set(names) & set(unread):
                continue
            if complaint := rule(**{name: getattr(self, name) for name in names}):
                yield f"{' and '.join(names)}: {complaint}"


def parameter(
    default: Any,  # noqa: ANN401
    *,
    unit: str,
    meaning: str,
    source: str,
    minimum: float | None = None,
    maximum: float | None = None,
    concept: str | None = None,
) -> Any:  # noqa: ANN401  (a pydantic field stands for any type)
    """Declare one parameter; its default is its value in the published book.

    Parameters
    ----------
    unit : str
        "" for a pure number or a choice.
    meaning : str
        What it is, in one sentence.
    source : str
        Where the default comes from: a key of ``references.bib``, a table of
        ``data/``, or `JUDGEMENT`.
    minimum, maximum : float, optional
        Inclusive bounds.
    concept : str, optional
        What it is about, if its name doesn't say so across chapters: those of one concept
        have one value in a scenario.
    """
    return Field(
        default,
        ge=minimum,
        le=maximum,
        description=meaning,
        json_schema_extra={"unit": unit, "source": source, "concept": concept},
    )


@dataclass(frozen=True)
class ParameterDescription:
    """One parameter as it is shown to people; `choices` are the allowed values of a choice."""

    name: str
    type: str
    unit: str
    bounds: str
    default: Any
    meaning: str
    source: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]


def describe(declaration: type[ChapterParameters]) -> list[ParameterDescription]:
    """Return the declared parameters in their order."""
    return [_describe(name, field) for name, field in declaration.model_fields.items()]


def concepts(declaration: type[ChapterParameters]) -> dict[str, str]:
    """Return what each parameter is about, by name."""
    fields = declaration.model_fields
    return {name: str(_extra(field)["concept"] or name) for name, field in fields.items()}


def parse_assignments(assignments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Read texts like ``name=value``: values by name, and what is wrong with the others."""
    values: dict[str, str] = {}
    problems: list[str] = []
    for assignment in assignments:
        name, separator, value = assignment.partition("=")
        name = name.strip()
        if not separator or not name:
            problems.append(f"{assignment!r}: a parameter is given as name=value")
        elif name in values:
            problems.append(f"{name}: given twice, as {values[name]!r} and as {value!r}")
        else:
            values[name] = value
    return values, problems


def resolve(
    declaration: type[ChapterParameters],
    given: Mapping[str, Any],
    problems: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the complete, typed parameters that `given` values make with the defaults.

    Text is read as the parameter's type asks.

    Raises
    ------
    ParameterError
        If a name is unknown, a type is wrong, a value is out of bounds or two values
        contradict each other; lists all of them, and the `problems` found before.
    """
    try:
        values = declaration.model_validate(given)
    except ValidationError as error:
        problems = [*problems, *_problems(declaration, given, error)]
    if problems:
        raise ParameterError("\n".join(problems))
    return values.model_dump()


def pick(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return some of a chapter's parameters, for a section that reads them by name.

    What the section is given tells what it depends on: with fewer it runs again less often.
    """
    return {name: values[name] for name in names}


def changed(declaration: type[ChapterParameters], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of a run's `values` that differ from the published book's, in their order."""
    fields = declaration.model_fields
    return {name: values[name] for name in fields if values[name] != fields[name].default}


def example(
    declaration: type[ChapterParameters], values: Mapping[str, Any]
) -> tuple[str, Any] | None:
    """Return a parameter with an allowed value other than the one in use; None if all are fixed."""
    for name in sorted(declaration.model_fields, key=lambda n: n in _LAST_EXAMPLES):
        for other in _alternatives(_describe(name, declaration.model_fields[name]), values[name]):
            try:
                resolve(declaration, {**values, name: other})
            except ParameterError:
                continue
            return name, other
    return None


def _alternatives(description: ParameterDescription, value: Any) -> Iterator[Any]:  # noqa: ANN401
    if description.choices:
        yield from (choice for choice in description.choices if choice != value)
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, float):
        near = (float(f"{value * 1.2:.3g}"), float(f"{value * 0.8:.3g}"))
        ends = (description.maximum, description.minimum)
        yield from (other for other in (*near, *ends) if other not in {value, None})
    elif isinstance(value, str):
        yield f"other {value}"


def _problems(
    declaration: type[ChapterParameters], given: Mapping[str, Any], error: ValidationError
) -> Iterator[str]:
    """Yield all that is wrong.

    Pydantic checks no rule across parameters while one of them is unreadable;
    so those that are readable are checked once more, by themselves.
    """
    yield from (_problem(declaration, details) for details in error.errors())
    if unread := {str(details["loc"][0]) for details in error.errors() if details["loc"]}:
        rest = {name: value for name, value in given.items() if name not in unread}
        try:
            declaration.model_validate(rest, context={"unread": unread})
        except ValidationError as contradictions:
            yield from (_problem(declaration, details) for details in contradictions.errors())


def _describe(name: str, field: FieldInfo) -> ParameterDescription:
    extra, choices = _extra(field), _choices(field)
    return ParameterDescription(
        name=name,
        type="choice" if choices else str(getattr(field.annotation, "__name__", field.annotation)),
        unit=str(extra["unit"]),
        bounds=_bounds(field),
        default=field.default,
        meaning=field.description or "",
        source=str(extra["source"]),
        minimum=_bound(field, "ge"),
        maximum=_bound(field, "le"),
        choices=choices,
    )


def _extra(field: FieldInfo) -> Mapping[str, Any]:
    assert isinstance(field.json_schema_extra, dict)
    return field.json_schema_extra


def _choices(field: FieldInfo) -> tuple[str, ...]:
    return tuple(getattr(field.annotation, "__args__", ()))


def _bound(field: FieldInfo, side: str) -> float | None:
    return next((getattr(m, side) for m in field.metadata if hasattr(m, side)), None)


def _bounds(field: FieldInfo) -> str:
    if choices := _choices(field):
        return " | ".join(choices)
    match _bound(field, "ge"), _bound(field, "le"):
        case None, None:
            return "any"
        case low, None:
            return f"at least {low:.12g}"
        case None, high:
            return f"at most {high:.12g}"
        case low, high:
            return f"{low:.12g} to {high:.12g}"


def _problem(declaration: type[ChapterParameters], details: Any) -> str:  # noqa: ANN401
    name = str(details["loc"][0]) if details["loc"] else ""
    if details["type"] == "extra_forbidden":
        return f"{_clipped(name)}: no such parameter{nearest(name, list(declaration.model_fields))}"
    message = str(details["msg"]).removeprefix("Value error, ")
    if not name:
        return message
    allowed = _bounds(declaration.model_fields[name])
    try:
        given = _clipped(repr(details["input"]))
    except ValueError:  # Python writes no whole number of thousands of digits
        given = "a number of very many digits"
    return f"{name}: {message[:1].lower()}{message[1:]}, got {given} (allowed: {allowed})"


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def nearest(name: str, known: list[str]) -> str:
    """Return the end of a message on an unknown name: the nearest known one, or all of them."""
    if close := difflib.get_close_matches(name[:_LONGEST_SHOWN], known, n=1, cutoff=0.5):
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(known)}" if known else "; the chapter takes none"
