"""The first place at which two folders differ."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CONTEXT_BYTES = 60
_JSON = (".json", ".ipynb")


@dataclass(frozen=True)
class Difference:
    """Where two folders differ first, by the names of their files.

    Attributes
    ----------
    file : str
        Path in both folders, with ``/``.
    place : str
        Offset of the first byte that differs, or which folder lacks the file;
        for JSON and notebooks also the path of the value.
    first, second : str
        What stands there.
    count : int
        How many files differ in all.
    """

    file: str
    place: str
    first: str
    second: str
    count: int

    def __str__(self) -> str:
        return (
            f"{self.count} files differ; the first is {self.file}, {self.place}:\n"
            f"  first  {self.first}\n  second {self.second}"
        )


def first_difference(first: Path, second: Path, ignored: Iterable[str] = ()) -> Difference | None:
    """Compare two folders file by file, by name and bytes.

    Parameters
    ----------
    first, second : pathlib.Path
        The folders.
    ignored : iterable of str
        Names of files and folders that are not compared, wherever they lie.

    Returns
    -------
    Difference or None
        None if they hold the same files with the same bytes, and there are some.

    Raises
    ------
    ValueError
        If a folder holds no file: nothing was compared.
    """
    a, b = _files(first, set(ignored)), _files(second, set(ignored))
    for folder, files in ((first, a), (second, b)):
        if not files:
            raise ValueError(f"{folder} holds no file to compare")
    differing = [name for name in sorted(a.keys() | b.keys()) if not _same(a, b, name)]
    if not differing:
        return None
    name, count = differing[0], len(differing)
    if name not in a or name not in b:
        missing = "second" if name in a else "first"
        return Difference(name, f"which the {missing} lacks", *_presence(name in a), count)
    return Difference(name, *_place(name, a[name].read_bytes(), b[name].read_bytes()), count)


def _files(folder: Path, ignored: set[str]) -> Mapping[str, Path]:
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name.as_posix(): path for name, path in found.items() if ignored.isdisjoint(name.parts)}


def _same(a: Mapping[str, Path], b: Mapping[str, Path], name: str) -> bool:
    return name in a and name in b and a[name].read_bytes() == b[name].read_bytes()


def _presence(in_first: bool) -> tuple[str, str]:  # noqa: FBT001  (a fact, no switch)
    return ("present", "absent") if in_first else ("absent", "present")


def _place(name: str, first: bytes, second: bytes) -> tuple[str, str, str]:
    shorter = min(len(first), len(second))
    offset = next((i for i in range(shorter) if first[i] != second[i]), shorter)
    window = slice(max(0, offset - _CONTEXT_BYTES), offset + _CONTEXT_BYTES)
    value = f", value {path}" if name.endswith(_JSON) and (path := _value(first, second)) else ""
    return f"byte {offset}{value}", repr(first[window]), repr(second[window])


def _value(first: bytes, second: bytes) -> str | None:
    """Return the path of the first value that differs between two JSON texts."""
    try:
        a, b = (dict(_leaves(json.loads(text), "$")) for text in (first, second))
    except ValueError:
        return None
    return next((path for path in {**a, **b} if a.get(path) != b.get(path)), None)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict() if value:
            for key, item in value.items():
                yield from _leaves(item, f"{path}.{key}")
        case list() if value:
            for position, item in enumerate(value):
                yield from _leaves(item, f"{path}[{position}]")
        case _:
            yield path, repr(value)
