"""Facts as words call them: read back from a run, by name."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from overtake.chapter import facts as published
from overtake.chapter.results import RecordedEstimate
from overtake.core.errors import ResultError


class Facts:
    """A dataclass of a section, read back: its fields and properties by name.

    Parameters
    ----------
    kind : str
        Name of the class that it was.
    content : mapping of str to object
        Its fields and properties.
    """

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
        raise TypeError(f"{self._kind} is no list; its names are: {', '.join(self._content)}")


def read(folder: Path) -> dict[str, Any]:
    """Read what a run's sections found, by name.

    Parameters
    ----------
    folder : pathlib.Path
        The run's folder.

    Raises
    ------
    ResultError
        If a file is damaged.
    """
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
            return {_key(decode(key)): decode(each) for key, each in items}
    return [decode(each) for each in value] if isinstance(value, list) else value


def _key(value: object) -> Any:  # noqa: ANN401  (hashable)
    return tuple(value) if isinstance(value, list) else value
