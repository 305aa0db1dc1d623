"""What local modules import, and which files of the book that executes, read from the source.

Parsing a hundred modules takes longer than all else that planning a run does. So what each
imports is remembered in ``_build/imports.json``, beside the hash of the file that it was read
from: of a file that has changed since, nothing is remembered.
"""

import ast
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from overtake.core import atomic, digests
from overtake.core.paths import LOCAL_PACKAGES, Project

_Lookup = Callable[[str], tuple[str, ...]]
_Modules = dict[str, tuple[str, tuple[str, ...]]]
"""What modules import: by path from the root the hash of the file, and dotted names."""


class _Remembered(BaseModel):
    """The file's content; `reader` is the hash of the code that read the modules."""

    reader: str
    modules: _Modules = Field(default_factory=dict)


def is_local(name: str) -> bool:
    """Whether a dotted name is one of the book's own packages, or lies in one."""
    return name.partition(".")[0] in LOCAL_PACKAGES


def names_in(tree: ast.Module, package: str = "") -> frozenset[str]:
    """Return the dotted names that code imports, wherever in it that stands.

    `package` is that of the code, which relative imports start from. What is imported for the
    type checker alone is left out: nothing is executed for it.
    """
    return frozenset(name for node in _executed(tree) for name in _imported_names(node, package))


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, but for what stands under ``if TYPE_CHECKING``."""
    yield node
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=orelse):
            below: Iterable[ast.AST] = orelse
        case _:
            below = ast.iter_child_nodes(node)
    for each in below:
        yield from _executed(each)


def names_in_files(files: Iterable[str], root: Path) -> frozenset[str]:
    """Return the dotted names that some local modules import, which go by their files."""
    with _reading(root) as names_of:
        return frozenset(name for file in files for name in names_of(file))


def closure(names: Iterable[str], root: Path) -> tuple[str, ...]:
    """Return all local files that importing dotted names executes; paths with ``/``, sorted."""
    files_of = _finder(root)
    with _reading(root) as names_of:
        start = (file for name in names if is_local(name) for file in files_of(name))
        return _reached(start, _follower(names_of, files_of))


def closures(files: Iterable[str], root: Path) -> dict[str, tuple[str, ...]]:
    """Return, for each file of a local module, all files that importing it leads to, itself too."""
    with _reading(root) as names_of:
        imported_by = _follower(names_of, _finder(root))
        return {file: _reached([file], imported_by) for file in files}


def _reached(start: Iterable[str], imported_by: _Lookup) -> tuple[str, ...]:
    found, waiting = set[str](), set(start)
    while waiting:
        file = waiting.pop()
        found.add(file)
        waiting.update(each for each in imported_by(file) if each not in found)
    return tuple(sorted(found))


def _follower(names_of: _Lookup, files_of: _Lookup) -> _Lookup:
    """Return what returns the local files that importing the module of a file executes."""

    @cache
    def imported_by(file: str) -> tuple[str, ...]:
        local = filter(is_local, names_of(file))
        return tuple({each for name in local for each in files_of(name)})

    return imported_by


def _finder(root: Path) -> _Lookup:
    """Return what returns the files that importing a dotted name executes; each is sought once."""

    @cache
    def files_of(name: str) -> tuple[str, ...]:
        package, _, _ = name.rpartition(".")
        stem = name.replace(".", "/")
        own = [file for file in (f"{stem}/__init__.py", f"{stem}.py") if _is_file(root, file)]
        return (*(files_of(package) if package else ()), *own)

    return files_of


def _is_file(root: Path, file: str) -> bool:
    return os.path.isfile(f"{root}/{file}")  # noqa: PTH113  (of very many; `Path` is slower)


@contextmanager
def _reading(root: Path) -> Iterator[_Lookup]:
    """Yield what returns the names that a file imports; what it had to parse is remembered."""
    remembered, parsed = _remembered(root), _Modules()

    def names_of(file: str) -> tuple[str, ...]:
        source = (root / file).read_bytes()
        digest = digests.of(source)
        known, names = remembered.get(file, ("", ()))
        if known != digest:
            names = _parsed(source, ".".join(Path(file).parent.parts))
            parsed[file] = (digest, names)
        return names

    yield names_of
    if parsed:
        _remember(root, remembered | parsed)


@cache
def _parsed(source: bytes, package: str) -> tuple[str, ...]:
    return tuple(sorted(names_in(ast.parse(source), package)))


def _remembered(root: Path) -> _Modules:
    try:
        found = _Remembered.model_validate_json(Project(root).imports.read_bytes())
    except (OSError, ValidationError):
        return {}
    return found.modules if found.reader == _reader() else {}


def _remember(root: Path, modules: _Modules) -> None:
    """Write what was read; where that can't be, modules are parsed each time."""
    text = json.dumps({"reader": _reader(), "modules": modules}, indent=1, sort_keys=True)
    with suppress(OSError):
        atomic.write(Project(root).imports, text.encode())


@cache
def _reader() -> str:
    return digests.of(Path(__file__).read_bytes())


def _imported_names(node: ast.AST, package: str) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            parts = package.split(".")
            base = ".".join([*parts[: len(parts) - level + 1], module or ""]) if level else module
            base = (base or "").strip(".")
            return [base, *(f"{base}.{alias.name}" for alias in names)]
        case _:
            return []
