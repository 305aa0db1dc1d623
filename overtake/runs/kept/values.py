"""Values of known origin: what a call returned, a table, or a part of either.

Each knows its key before it is there: results that are kept are read from the store when
something asks for them, and often nothing does.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any

from overtake.runs.kept import keys
from overtake.runs.kept.entries import Entries, Entry, NotKeptError
from overtake.runs.kept.keys import Keys, UnkeyedError
from overtake.runs.kept.report import Made

_NOTHING = object()


@dataclass
class Ledger:
    """Where calls are looked up, and which of them a chapter has made so far."""

    entries: Entries
    keys: Keys
    made: list[Made] = field(default_factory=list)


class Origin:
    """A value that is there, or can be had."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._value: Any = _NOTHING
        self._is_altered = False

    def __overtake_origin__(self) -> "Origin":
        return self

    def key(self) -> str:
        """Return the hash by which the value is known; of its content, if a cell has altered it."""
        return self.ledger.keys.of(self.get()) if self.is_altered else self._key()

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

    def __init__(self, ledger: Ledger, name: str, digest: str, load: Callable[[str], Any]) -> None:
        super().__init__(ledger)
        self._name, self._digest, self._load = name, digest, load

    def _key(self) -> str:
        """Return the hash of the table."""
        return keys.digest("table", self._name, self._digest)

    def _found(self) -> Any:  # noqa: ANN401
        return self._load(self._name)


class Part(Origin):
    """An attribute or an item of a value.

    It is kept like the result of a call, so that what depends on it alone does not change when
    another part of the whole does.
    """

    def __init__(self, whole: Origin, how: str, name: Any) -> None:  # noqa: ANN401
        super().__init__(whole.ledger)
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
        entries = self.ledger.entries
        if (entry := entries.find(self._call)) is None:
            try:
                entry = entries.write(self._call, keys.pickled(self.get()), 0.0, None)
            except UnkeyedError:
                return self._call
        return self.ledger.keys.of_content(entry.digest, entry.modules)

    def _found(self) -> Any:  # noqa: ANN401
        if not (self._whole.is_there or self.is_altered) and (
            entry := self.ledger.entries.find(self._call)
        ):
            with suppress(NotKeptError):
                return self.ledger.entries.read(entry)
        whole = self._whole.get()
        return getattr(whole, self._name) if self._how == "attribute" else whole[self._name]


class Deferred(Origin):
    """A drawing: it is known by its call, made when somebody asks, and not kept itself."""

    def __init__(self, ledger: Ledger, key: str, make: Callable[[], Any]) -> None:
        super().__init__(ledger)
        self._call, self._make = key, make

    def _key(self) -> str:
        """Return the hash of the call."""
        return self._call

    def _found(self) -> Any:  # noqa: ANN401
        return self._make()


class Result(Origin):
    """What a call returned."""

    def __init__(self, ledger: Ledger, entry: Entry, again: Callable[[], Any]) -> None:
        super().__init__(ledger)
        self._entry, self._again = entry, again

    def _key(self) -> str:
        """Return the hash of the content, however it was computed, and of the code in it."""
        return self.ledger.keys.of_content(self._entry.digest, self._entry.modules)

    @property
    def items(self) -> int | None:
        """Return what the store knows."""
        return self._entry.items

    def _found(self) -> Any:  # noqa: ANN401
        try:
            return self.ledger.entries.read(self._entry)
        except NotKeptError:
            return self._again()


def call(
    ledger: Ledger, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:  # noqa: ANN401
    """Return the result of a call as an `Origin`; as it is where it can't be kept.

    It is looked up, and else computed at once, so that an error is raised in the cell that
    makes the call.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    make = partial(_apply, function, args, kwargs)
    try:
        key = ledger.keys.of_call(function, args, kwargs)
    except UnkeyedError:
        return make()
    if entry := ledger.entries.find(key):
        ledger.made.append(Made(name, was_kept=True, seconds=entry.seconds))
        return Result(ledger, entry, make)
    began = time.perf_counter()
    with _heard() as heard:
        value = make()
    seconds = time.perf_counter() - began
    ledger.made.append(Made(name, was_kept=False, seconds=seconds))
    if heard.said_something:  # the page shows what it prints, and would show it only once
        return value
    try:
        pickled = keys.pickled(value)
    except UnkeyedError:
        return value
    items = len(value) if type(value) is tuple else None
    entry = ledger.entries.write(key, pickled, seconds, items)
    found = Result(ledger, entry, make)
    found.hold(value)
    return found


class _Heard:
    """Passes on what is printed, and knows whether anything was."""

    def __init__(self) -> None:
        self.said_something = False

    def tap(self, stream: Any) -> Any:  # noqa: ANN401
        """Return the stream, with an ear at it."""
        return _Tapped(stream, self)


class _Tapped:
    def __init__(self, stream: Any, heard: _Heard) -> None:  # noqa: ANN401
        self._stream, self._heard = stream, heard

    def write(self, text: str) -> int:
        """Pass it on."""
        self._heard.said_something = True
        return int(self._stream.write(text))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._stream, name)


@contextmanager
def _heard() -> Iterator[_Heard]:
    heard = _Heard()
    with redirect_stdout(heard.tap(sys.stdout)), redirect_stderr(heard.tap(sys.stderr)):
        yield heard


def defer(
    ledger: Ledger, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:  # noqa: ANN401
    """Return a drawing that is made when its files are asked for; at once if it has no key."""
    make = partial(_apply, function, args, kwargs)
    try:
        return Deferred(ledger, ledger.keys.of_call(function, args, kwargs), make)
    except UnkeyedError:
        return make()


def _apply(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:  # noqa: ANN401
    return function(*unwrapped(args), **unwrapped(dict(kwargs)))


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
