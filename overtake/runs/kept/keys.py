"""Keys: hashes of everything that a call's result depends on.

A call is known by its function, the source of every local module that the function's module
leads to, the locked environment, and its arguments. An argument that came from another call is
known by the hash of its content, so that what is computed anew and comes out the same changes
nothing further down.
"""

import hashlib
import io
import pickle
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np

from overtake.runs.kept.outline import Named

_PLAIN = (type(None), bool, int, float, complex, str, bytes, date)
_PROTOCOL = 5
UNCHANGING = (*_PLAIN, types.FunctionType, type, Named)
"""Types of values that nobody can change."""


class UnkeyedError(Exception):
    """A value that can't be hashed, so that a call with it is computed each time."""


class Keyed(Protocol):
    """A value of known origin."""

    def key(self) -> str:
        """Return the hash by which the value is known."""


def digest(*parts: str | bytes) -> str:
    """Hash several texts, each with its length, so that no two lists of texts look alike."""
    found = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        found.update(f"{len(content)}:".encode())
        found.update(content)
    return found.hexdigest()


@dataclass(frozen=True)
class ModuleDigests:
    """The source of local modules.

    Attributes
    ----------
    by_name : mapping of str to str
        Digest of each local module and all that it leads to, by its dotted name.
    environment : str
        Digest of what all calls depend on: the lock, the version of Python.
    """

    by_name: Mapping[str, str]
    environment: str

    def of(self, module: str) -> str | None:
        """Return the digest behind a module; None if it is none of the project's."""
        found = self.by_name.get(module)
        return digest(found, self.environment) if found else None


@dataclass(frozen=True)
class Keys:
    """Makes keys of arguments.

    Attributes
    ----------
    modules : ModuleDigests
        The source of local modules.
    """

    modules: ModuleDigests

    def of(self, value: Any) -> str:  # noqa: ANN401  (whatever a cell passes)
        """Return the key of an argument.

        Raises
        ------
        UnkeyedError
            If it can't be hashed.
        """
        if (origin := origin_of(value)) is not None:
            return origin.key()
        if type(value) in _PLAIN:
            return digest("plain", type(value).__name__, repr(value))
        return digest(type(value).__qualname__, self._of_parts(value) or self._of_pickle(value))

    def of_content(self, content: str, modules: Iterable[str]) -> str:
        """Return the key of a value: the hash of its pickle, with the code of what is in it."""
        local = [source for name in modules if (source := self.modules.of(name)) is not None]
        return digest("content", content, *local)

    def _of_parts(self, value: Any) -> str | None:  # noqa: ANN401
        """Return the key of what holds other values, any of which may come from a call."""
        match value:
            case list() | tuple():
                parts = value
            case dict():
                parts = [each for pair in value.items() for each in pair]
            case types.SimpleNamespace():
                parts = [vars(value)]
            case slice():
                parts = [value.start, value.stop, value.step]
            case np.random.Generator():
                return self._of_pickle(value.bit_generator.state)
            case types.FunctionType() | type() | Named():
                return self._of_source(value)
            case _ if is_dataclass(value):
                parts = [type(value), *(getattr(value, each.name) for each in fields(value))]
            case _:
                return None
        return digest(*map(self.of, parts))

    def _of_pickle(self, value: Any) -> str:  # noqa: ANN401
        found = pickled(value)
        return self.of_content(hashlib.sha256(found.content).hexdigest(), found.modules)

    def _of_source(self, function: Any) -> str | None:  # noqa: ANN401
        """Return the key of a function or class of the project: its name and all it leads to."""
        source = self.modules.of(function.__module__)
        return digest(function.__module__, function.__qualname__, source) if source else None


def origin_of(value: Any) -> Keyed | None:  # noqa: ANN401
    """Return what a traced value stands for; None for any other value."""
    kind = type(value)
    return kind.__overtake_origin__(value) if hasattr(kind, "__overtake_origin__") else None


@dataclass(frozen=True)
class Pickled:
    """A value as bytes; values that were made alike have the same ones.

    Attributes
    ----------
    content : bytes
        The pickle.
    modules : tuple of str
        Modules whose classes and functions it names, sorted: what the value does depends on them.
    """

    content: bytes
    modules: tuple[str, ...]


class _NotingPickler(pickle.Pickler):
    """Notes of which modules the classes and functions are."""

    def __init__(self, target: io.BytesIO) -> None:
        super().__init__(target, protocol=_PROTOCOL)
        self.modules = set[str]()

    def reducer_override(self, value: Any) -> Any:  # noqa: ANN401
        """Note the module, and let the value be pickled as always."""
        named = value if isinstance(value, type | types.FunctionType) else type(value)
        self.modules.add(str(named.__module__))
        return NotImplemented


def pickled(value: object) -> Pickled:
    """Return a value as bytes.

    Raises
    ------
    UnkeyedError
        If it has no pickle.
    """
    target = io.BytesIO()
    pickler = _NotingPickler(target)
    try:
        pickler.dump(value)
    except Exception as error:  # noqa: BLE001  (whatever a library's own hooks raise)
        raise UnkeyedError(f"a {type(value).__name__} can't be pickled: {error}") from None
    return Pickled(target.getvalue(), tuple(sorted(pickler.modules)))
