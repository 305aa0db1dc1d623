"""Values of known origin: what a call returned, a table, or a part of either.

Each knows its key before it is there: results that are kept are read from the store when
something asks for them, and often nothing does.
"""

import copy
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from overtake.runs.kept import keys
from overtake.runs.kept.entries import Entries, Entry, NotKeptError
from overtake.runs.kept.keys import Keys, UnkeyedError

_NOTHING = object()


def do_nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Lookup:
    """Where results are kept, and how calls and values are known.

    `before_change` is called before a cell may change a value in place.
    """

    entries: Entries
    keys: Keys
    before_change: Callable[[], None] = do_nothing


class Origin:
    """A value that is there, or can be had."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self._value: Any = _NOTHING
        self._is_altered = False

    def __overtake_origin__(self) -> "Origin":
        return self

    def key(self) -> str:
        """Return the hash by which the value is known; of its content, if a cell has altered it."""
        return self.lookup.keys.of(self.get()) if self.is_altered else self._unaltered_key

    @cached_property
    def _unaltered_key(self) -> str:
        return self._key()

    def _key(self) -> str:
        raise NotImplementedError

    @property
    def is_altered(self) -> bool:
        """Whether a cell may have changed the value in place."""
        return self._is_altered

    def alter(self) -> None:
        """Take note that a cell may have changed the value in place."""
        self._is_altered = True

    @property
    def items(self) -> int | None:
        """How many items it has, if it is known to be a tuple."""
        return None

    def expect(self, items: int) -> None:
        """Take note of how many items a cell takes it to have, if it isn't known yet."""

    @property
    def is_there(self) -> bool:
        """Whether the value was computed or read already."""
        return self._value is not _NOTHING

    def hold(self, value: Any) -> None:  # noqa: ANN401
        """Take the value from whoever has just computed it."""
        self._value = value

    def get(self) -> Any:  # noqa: ANN401
        """Return the value."""
        if self._value is _NOTHING:
            self._value = self._found()
        return self._value

    def _found(self) -> Any:  # noqa: ANN401
        raise NotImplementedError


class Loaded(Origin):
    """A table, known by its file and its schema, and read when somebody asks."""

    def __init__(self, lookup: Lookup, name: str, digest: str, load: Callable[[str], Any]) -> None:
        super().__init__(lookup)
        self._name, self._digest, self._load = name, digest, load

    def _key(self) -> str:
        """Return the hash of the table."""
        return keys.digest("table", self._name, self._digest)

    def _found(self) -> Any:  # noqa: ANN401
        """Return it as it was read and checked before, or read and check it."""
        entries = self.lookup.entries
        key = keys.digest("loaded", self._key(), self.lookup.keys.modules.environment)
        if entry := entries.find(key):
            with suppress(NotKeptError):
                return entries.read(entry)
        began = time.perf_counter()
        table = self._load(self._name)
        entries.write(key, keys.pickled(table), time.perf_counter() - began, None)
        return table


class Part(Origin):
    """An attribute or an item of a value.

    It is kept like the result of a call, so that what depends on it alone does not change when
    another part of the whole does.
    """

    def __init__(self, whole: Origin, how: str, name: Any) -> None:  # noqa: ANN401
        super().__init__(whole.lookup)
        self._whole, self._how, self._name = whole, how, name

    @property
    def is_altered(self) -> bool:
        """Whether a cell may have changed it, or what it is a part of."""
        return self._is_altered or self._whole.is_altered

    def alter(self) -> None:
        """Take note of it here, and in the whole."""
        self._is_altered = True
        self._whole.alter()

    @cached_property
    def _call(self) -> str:
        return keys.digest(self._how, self._whole.key(), repr(self._name))

    def _key(self) -> str:
        """Return the hash of the part's content; if it has none, of the whole and its place."""
        entries = self.lookup.entries
        if (entry := entries.find(self._call)) is None:
            try:
                entry = entries.write(self._call, keys.pickled(self.get()), 0.0, None)
            except UnkeyedError:
                return self._call
        return self.lookup.keys.of_content(entry.digest, entry.modules)

    def _found(self) -> Any:  # noqa: ANN401
        if not (self._whole.is_there or self.is_altered) and (
            entry := self.lookup.entries.find(self._call)
        ):
            with suppress(NotKeptError):
                return self.lookup.entries.read(entry)
        whole = self._whole.get()
        return getattr(whole, self._name) if self._how == "attribute" else whole[self._name]


class Deferred(Origin):
    """A drawing: it is known by its call, made when somebody asks, and not kept itself."""

    def __init__(self, lookup: Lookup, key: str, make: Callable[[], Any]) -> None:
        super().__init__(lookup)
        self._call, self._make = key, make

    def _key(self) -> str:
        """Return the hash of the call."""
        return self._call

    def _found(self) -> Any:  # noqa: ANN401
        return self._make()


class Result(Origin):
    """What a call returned."""

    def __init__(self, lookup: Lookup, entry: Entry, again: Callable[[], Any]) -> None:
        super().__init__(lookup)
        self._entry, self._again = entry, again

    def _key(self) -> str:
        """Return the hash of the content, however it was computed, and of the code in it."""
        return self.lookup.keys.of_content(self._entry.digest, self._entry.modules)

    @property
    def items(self) -> int | None:
        """Return what the store knows."""
        return self._entry.items

    def _found(self) -> Any:  # noqa: ANN401
        try:
            return self.lookup.entries.read(self._entry)
        except NotKeptError:
            return self._again()


class Promise(Origin):
    """What is computed elsewhere or later: whoever needs its key or its value waits for it."""

    def __init__(self, lookup: Lookup, wait: Callable[[], Any]) -> None:
        super().__init__(lookup)
        self._wait = wait
        self._expected: int | None = None

    def expect(self, items: int) -> None:
        """Take note of how many items it has, so that it can be taken apart before it is there."""
        self._expected = items

    def settle(self) -> None:
        """Wait for it now."""
        _ = self._kept_promise

    @cached_property
    def _kept_promise(self) -> Any:  # noqa: ANN401  (an `Origin`, or a value that can't be kept)
        return self._wait()

    def _key(self) -> str:
        """Return the hash of what has come."""
        return self.lookup.keys.of(self._kept_promise)

    @property
    def items(self) -> int | None:
        """Return what a cell takes it to have, or what is known once it has come."""
        if self._expected is not None:
            return self._expected
        found = keys.origin_of(self._kept_promise)
        return found.items if isinstance(found, Origin) else None

    def _found(self) -> Any:  # noqa: ANN401
        return unwrapped(self._kept_promise)


class MutableError(Exception):
    """A value that a cell may change after it was given to a call."""


def snapshot(value: Any) -> Any:  # noqa: ANN401
    """Return a value that stays what it is now, whatever a cell does later.

    What stands for a result is its own snapshot as long as `Lookup.before_change` is heeded.

    Raises
    ------
    MutableError
        If it holds anything else that can change.
    """
    if keys.origin_of(value) is not None or isinstance(value, keys.UNCHANGING):
        return value
    match value:
        case list() | tuple() if type(value) in (list, tuple):
            return type(value)(map(snapshot, value))
        case dict() if type(value) is dict:
            return {name: snapshot(each) for name, each in value.items()}
        case np.random.Generator():
            return copy.deepcopy(value)
    raise MutableError(f"a {type(value).__name__} may change")


def unwrapped(value: Any) -> Any:  # noqa: ANN401
    """Return a value with every traced one in it replaced by what it stands for."""
    if (origin := keys.origin_of(value)) is not None:
        return origin.get()  # type: ignore[attr-defined]
    match value:
        case list() | tuple() if type(value) in (list, tuple):
            return type(value)(unwrapped(each) for each in value)
        case dict() if type(value) is dict:
            return {unwrapped(name): unwrapped(each) for name, each in value.items()}
        case SimpleNamespace():
            return SimpleNamespace(**unwrapped(vars(value)))
    if is_dataclass(value) and not isinstance(value, type):
        return _unwrapped_fields(value)
    return value


def _unwrapped_fields(value: Any) -> Any:  # noqa: ANN401  (a dataclass)
    """Return a dataclass that a cell has filled, with the values that its fields stand for."""
    now = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
    then = {name: unwrapped(each) for name, each in now.items()}
    changed = {name: each for name, each in then.items() if each is not now[name]}
    return replace(value, **changed) if changed else value
