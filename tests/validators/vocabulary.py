"""schema.org's types and ranges, and what linked data say outside of them.

They are read from Google's ``schema-dts``, which writes the whole vocabulary as TypeScript:
``interface XBase extends YBase`` is a type below another, ``"p"?: SchemaValue<A | B, "p">``
a property with its range.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.validators import brought

_SOURCE = "schema-dts/dist/schema.d.ts"
_TYPE = re.compile(r"(?:export )?interface (\w+?)(?:Base|Leaf)(?: extends (.+?))? \{")
_PROPERTY = re.compile(r'    "(\w+)"\?: SchemaValue<(.+), "\1">;')
_NUMBERS = frozenset({"Number", "Integer", "Float"})
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_ADDRESS = re.compile(r"(https?|file)://\S+|/\S*")


@dataclass
class Vocabulary:
    """Types, each with those that it stands below and its own properties with their ranges."""

    parents: dict[str, set[str]] = field(default_factory=dict)
    ranges: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)

    def above(self, type_: str) -> Iterator[str]:
        """Yield a type and those that it stands below."""
        yield type_
        for parent in self.parents[type_]:
            yield from self.above(parent)

    def range(self, type_: str, name: str) -> frozenset[str] | None:
        """Return what a type's property takes, or None if the type has no such property."""
        found = [self.ranges[each][name] for each in self.above(type_) if name in self.ranges[each]]
        return frozenset().union(*found) if found else None

    def faults(self, node: dict[str, Any], where: str = "") -> Iterator[str]:
        """Yield what a node, and each node in it, says outside of the vocabulary."""
        if "@graph" in node:
            for each in node["@graph"]:
                yield from self.faults(each, where)
            return
        type_ = node.get("@type", "")
        where = f"{where}/{type_}"
        if type_ not in self.parents:
            yield f"{where}: no type"
            return
        for name, value in node.items():
            if not name.startswith("@"):
                for each in value if isinstance(value, list) else [value]:
                    yield from self._value_faults(type_, name, each, f"{where}.{name}")

    def _value_faults(self, type_: str, name: str, value: object, where: str) -> Iterator[str]:
        takes = self.range(type_, name)
        if takes is None:
            yield f"{where}: no property of the type"
        elif isinstance(value, dict) and value.keys() == {"@id"}:
            if not takes & self.parents.keys():
                yield f"{where}: takes {' or '.join(sorted(takes))}, not a reference"
        elif isinstance(value, dict):
            type_ = value.get("@type", "")
            if type_ in self.parents and not takes.intersection(self.above(type_)):
                yield f"{where}: takes {' or '.join(sorted(takes))}, not {type_}"
            yield from self.faults(value, where)
        elif not is_literal(value, takes):
            yield f"{where}: takes {' or '.join(sorted(takes))}, not {value!r}"


def is_literal(value: object, takes: frozenset[str]) -> bool:
    """Return whether a plain value is one of those that a property takes."""
    if isinstance(value, bool):
        return "Boolean" in takes
    if isinstance(value, int | float):
        return bool(takes & _NUMBERS)
    if not isinstance(value, str) or not value:
        return False
    return (
        "Text" in takes
        or ("URL" in takes and _ADDRESS.fullmatch(value) is not None)
        or ("Date" in takes and is_date(value))
    )


def is_date(text: str) -> bool:
    """Return whether a text is a day, a month or a year of ISO 8601."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def read() -> Vocabulary:
    """Read the vocabulary."""
    known, current = Vocabulary(), ""
    for line in brought.path(_SOURCE).read_text(encoding="utf-8").splitlines():
        if begun := _TYPE.match(line):
            current = begun[1]
            above = {name.removesuffix("Base") for name in re.findall(r"\w+Base", begun[2] or "")}
            known.parents.setdefault(current, set()).update(above - {current})
            known.ranges.setdefault(current, {})
        elif declared := _PROPERTY.match(line):
            takes = frozenset(declared[2].split(" | ")) - {"IdReference"}
            known.ranges[current][declared[1]] = takes
    return known
