"""What the words of chapters and of plain pages may call: facts read back from a run, by name."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from overtake.chapter import facts as published
from overtake.chapter import results
from overtake.chapter.results import RecordedEstimate
from overtake.core.errors import ResultError
from overtake.data import tables

COVERAGE_PATH = "benchmarks/results/coverage.json"


class Facts:
    """A dataclass of a section, read back: its fields and properties by name."""

    def __init__(self, kind: str, content: Mapping[str, Any]) -> None:
        self._kind = kind
        self._content = MappingProxyType(dict(content))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the section found)
        """Return a field or property."""
        try:
            return self._content[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> list[str]:
        return sorted(self._content)

    def __iter__(self) -> Iterator[str]:
        name = self._kind.rpartition(".")[2]
        raise TypeError(f"{name} is no list; its names are: {', '.join(self._content)}")


def kind_of(facts: Facts) -> str:
    """Return the dotted name of the class that facts were."""
    return facts._kind  # noqa: SLF001  (a method's name could be a field's)


def content_of(facts: Facts) -> Mapping[str, Any]:
    """Return the fields and properties of facts by name."""
    return facts._content  # noqa: SLF001


@dataclass(frozen=True)
class Coverage:
    """In which share of simulated data sets an interval held the truth, and what they were.

    `low` and `high` are the ends of the share's own 95% interval.
    """

    share: float
    low: float
    high: float
    replications: int
    data: str


def of_run(
    folder: Path, parameters: Mapping[str, Any], table_names: Iterable[str], root: Path
) -> dict[str, Any]:
    """Return what the words of a chapter may call: each section's facts by name, and more."""
    return {
        **read(folder),
        **vars(results.read(folder / results.FILE_NAME)),
        "parameters": Facts("Parameters", parameters),
        "vintage": {name: tables.describe(name).vintage for name in table_names},
        "coverage": read_coverage(root),
    }


def read_coverage(root: Path) -> dict[str, Coverage]:
    """Return the measured coverage of every interval by its name; nothing if none was measured."""
    path = root / COVERAGE_PATH
    if not path.is_file():
        return {}
    measured = json.loads(path.read_text(encoding="utf-8"))["intervals"]
    names = ("coverage", "low", "high", "replications", "data")
    return {each["name"]: Coverage(*(each[name] for name in names)) for each in measured}


def read(folder: Path) -> dict[str, Any]:
    """Read what a run's sections found, by name."""
    found = {}
    for path in sorted((folder / published.FOLDER).glob("*.json")):
        try:
            found[path.stem] = decode(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise ResultError(f"{path} is damaged: {error}") from None
    return found


def decode(value: Any) -> Any:  # noqa: ANN401  (JSON)
    """Return what `overtake.chapter.facts.encode` has written."""
    match value:
        case {"$": "day", "day": text}:
            return date.fromisoformat(text)
        case {"$": "float", "float": text}:
            return float(text)
        case {"$": kind, "fields": content}:
            fields = {name: decode(each) for name, each in content.items()}
            return RecordedEstimate(**fields) if kind == "estimate" else Facts(kind, fields)
        case {"$": "map", "items": items}:
            pairs = [(decode(key), decode(each)) for key, each in items]
            return {tuple(k) if isinstance(k, list) else k: each for k, each in pairs}
    return [decode(each) for each in value] if isinstance(value, list) else value
