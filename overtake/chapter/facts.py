"""The facts of a chapter: what its sections found, kept for the words of the book.

Facts are frozen dataclasses. Their fields and their properties are written into the run's
folder, a file for each section, so that words can be rendered from them when a page is
read. What holds more than words can tell (a table, an array, a fitted model) is for drawing
and testing, and is left out.
"""

import math
import numbers
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from overtake.chapter import session
from overtake.chapter.results import RecordedEstimate, Results
from overtake.core.errors import ResultError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FOLDER = "facts"
RESERVED = frozenset(
    {*(field.name for field in fields(Results)), "figures", "parameters", "vintage", "coverage"}
)
"""Names that mean something else in a chapter's words."""
_NO_DAY = "NaT"  # how pandas writes a day that a table lacks
_ESTIMATE = {field.name for field in fields(RecordedEstimate)}


def publish(**sections: "DataclassInstance") -> None:
    """Keep what sections found, under the names by which the chapter's words call them."""
    for name, found in sections.items():
        require_free(name)
        session.write_text(path_of(name), text_of(name, found))


def require_free(name: str) -> None:
    """Refuse a name of facts that has another meaning in words."""
    if name in RESERVED:
        raise ResultError(f"facts can't be called {name!r}: in words it means something else")


def path_of(name: str) -> str:
    """Return where in a run's folder the facts of this name stand."""
    return f"{FOLDER}/{name}.json"


def text_of(name: str, found: "DataclassInstance") -> str:
    """Return what the file of a section's facts holds.

    Raises
    ------
    ResultError
        If they are no dataclass, or JSON can't hold them.
    """
    if not is_dataclass(found) or isinstance(found, type):
        raise ResultError(f"facts {name!r} must be a dataclass, got {type(found).__name__}")
    return session.text_of(path_of(name), encode(found))


def encode(value: object) -> Any:  # noqa: ANN401  (JSON)
    """Return facts as JSON holds them; `overtake.runs.words.facts.decode` reads them back."""
    match value:
        case None | bool() | str():
            return value
        case numbers.Integral():
            return int(value)
        case numbers.Real():
            number = float(value)
            return number if math.isfinite(number) else {"$": "float", "float": repr(number)}
        case date():
            text = value.isoformat()[:10]
            return None if text == _NO_DAY else {"$": "day", "day": text}
        case _ if _is_numpy_scalar(value):
            return encode(value.item())  # type: ignore[attr-defined]
    return _encode_many(value)


def _encode_many(value: object) -> Any:  # noqa: ANN401  (JSON)
    match value:
        case Mapping():
            return {"$": "map", "items": [[encode(k), encode(v)] for k, v in _told(value.items())]}
        case tuple() | list():
            return [encode(each) for each in value if _is_told(each)]
    if is_dataclass(value) and not isinstance(value, type):
        return _encode_dataclass(value)
    raise TypeError(f"words can't tell a {type(value).__name__}")


def _encode_dataclass(value: "DataclassInstance") -> dict[str, Any]:
    names = [field.name for field in fields(value)]
    if set(names) == _ESTIMATE:
        return {"$": "estimate", "fields": {name: encode(getattr(value, name)) for name in names}}
    told = _told((name, getattr(value, name)) for name in [*names, *_properties(type(value))])
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    return {"$": kind, "fields": {name: encode(each) for name, each in told}}


def _properties(kind: type) -> list[str]:
    """Return the public properties of a class, those of its bases first."""
    return list(
        dict.fromkeys(
            name
            for base in reversed(kind.__mro__)
            for name, member in vars(base).items()
            if isinstance(member, property | cached_property) and not name.startswith("_")
        )
    )


def _told(pairs: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401  (any iterable of pairs)
    return [(name, value) for name, value in pairs if _is_told(value)]


def _is_told(value: object) -> bool:
    """Tell what words can hold from tables, arrays, fitted models and functions."""
    if isinstance(value, None | bool | str | numbers.Real | date | Mapping | tuple | list):
        return True
    return _is_numpy_scalar(value) or (is_dataclass(value) and not isinstance(value, type))


def _is_numpy_scalar(value: object) -> bool:
    return hasattr(value, "item") and getattr(value, "ndim", None) == 0
