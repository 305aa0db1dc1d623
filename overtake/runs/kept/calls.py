"""The calls of one run: looked up, computed where they are not kept, and told as they are made.

Processes that share a store share the work: a call is computed by whoever comes first. The
others go on with what they hold of it, a promise, until they need the result.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import Any, Self

from overtake.runs.kept import keys
from overtake.runs.kept.entries import Entry, Overlaid
from overtake.runs.kept.keys import Keys, UnkeyedError
from overtake.runs.kept.report import Began, Made, Report, Tell, tell_nobody
from overtake.runs.kept.stamps import Stamp, require_unchanged
from overtake.runs.kept.turns import Turn
from overtake.runs.kept.values import (
    Deferred,
    Lookup,
    MutableError,
    Promise,
    Result,
    snapshot,
    unwrapped,
)


@dataclass
class Calls:
    """What a run has called so far, and what it still has to write.

    Attributes
    ----------
    lookup : Lookup
        Where results are kept, and how calls are known.
    files : mapping of str to Stamp
        What the keys were made of: results are not kept once one of them has changed.
    tell : callable
        Hears what begins and what was made.
    made : list of Made
        The calls, in the order in which their results were there.
    drawn : dict of str to str
        For each figure the key of the call that draws it: another key may be another picture.
    """

    lookup: Lookup
    files: Mapping[str, Stamp] = field(default_factory=dict)
    tell: Tell = tell_nobody
    made: list[Made] = field(default_factory=list)
    drawn: dict[str, str] = field(default_factory=dict)
    _waiting: list[Callable[[], None]] = field(default_factory=list)

    @property
    def report(self) -> Report:
        """What was made so far."""
        return Report(tuple(self.made), dict(self.drawn))

    def result(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:  # noqa: ANN401
        """Return the result of a call as an origin; as it is where it can't be kept.

        It is looked up, and else computed at once, so that an error is raised in the cell that
        makes the call; unless another process is computing it.
        """
        call = Call(function, args, kwargs)
        try:
            key = call.key(self.lookup.keys)
        except UnkeyedError:
            return call.make()
        if entry := self._find(call, key):
            return self._kept(call, entry)
        turn = Turn(self.lookup.entries.folder, key)
        if turn.is_ours():
            return self._computed_once(call, key, turn)
        return Promise(self.lookup, partial(self._awaited, call, key, turn))

    def drawing(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:  # noqa: ANN401
        """Return a drawing that is made when its files are asked for; at once if it has no key."""
        call = Call(function, args, kwargs)
        try:
            return Deferred(self.lookup, call.key(self.lookup.keys), call.make)
        except UnkeyedError:
            return call.make()

    def later(self, write: Callable[[], None]) -> None:
        """Do something when the chapter has come to its end, and nothing waits for it."""
        self._waiting.append(write)

    def finish(self) -> None:
        """Do what was put off."""
        for write in self._waiting:
            write()
        self._waiting.clear()

    def _awaited(self, call: "Call", key: str, turn: Turn) -> Any:  # noqa: ANN401
        """Return what another process has computed; compute it, if it ended without."""
        turn.wait()
        return self._computed_once(call, key, turn)

    def _computed_once(self, call: "Call", key: str, turn: Turn) -> Any:  # noqa: ANN401
        """Compute a call whose turn is ours, unless it was computed before we got it."""
        try:
            if entry := self._find(call, key):
                return self._kept(call, entry)
            return self._computed(call, key)
        finally:
            turn.give_up()

    def _find(self, _call: "Call", key: str) -> Entry | None:
        """Return what is kept of a call's result."""
        return self.lookup.entries.find(key)

    def _kept(self, call: "Call", entry: Entry) -> Result:
        self._note(Made(call.name, was_kept=True, seconds=entry.seconds, inputs=call.inputs))
        return Result(self.lookup, entry, call.make)

    def _computed(self, call: "Call", key: str) -> Any:  # noqa: ANN401
        self.tell(Began(call.name))
        began = time.perf_counter()
        with _heard() as heard:
            value = call.make()
        seconds = time.perf_counter() - began
        self._note(Made(call.name, was_kept=False, seconds=seconds, inputs=call.inputs))
        if heard.said_something:  # the page shows what it prints, and would show it only once
            return value
        require_unchanged(self.files)
        try:
            pickled = keys.pickled(value)
        except UnkeyedError:
            return value
        items = len(value) if type(value) is tuple else None
        entry = self.lookup.entries.write(key, pickled, seconds, items)
        found = Result(self.lookup, entry, call.make)
        found.hold(value)
        return found

    def _note(self, made: Made) -> None:
        self.made.append(made)
        self.tell(made)


@dataclass
class LazyCalls(Calls):
    """Computes a call when something needs its result, and not otherwise.

    A call whose arguments may change until then is computed at once.
    """

    _promised: list[Promise] = field(default_factory=list)

    @classmethod
    def of(cls, lookup: Lookup, files: Mapping[str, Stamp], tell: Tell) -> Self:
        """Return the calls of a run that has made none."""
        calls = cls(lookup, files, tell)
        calls.lookup = replace(lookup, before_change=calls.keep_promises)
        return calls

    def result(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:  # noqa: ANN401
        """Return what will stand for the result of a call."""
        try:
            given = snapshot(args), snapshot(dict(kwargs))
        except MutableError:
            return super().result(function, args, kwargs)
        promise = Promise(self.lookup, partial(super().result, function, *given))
        self._promised.append(promise)
        return promise

    def drawing(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:  # noqa: ANN401
        """Return what stands for a drawing, of which nothing is known until somebody asks."""
        return Promise(self.lookup, partial(super().drawing, function, args, kwargs))

    def keep_promises(self) -> None:
        """Compute whatever was asked for so far."""
        promised, self._promised = self._promised, []
        for promise in promised:
            promise.settle()


@dataclass
class RepeatedCalls(LazyCalls):
    """Computes some functions anew, whatever another store keeps of them.

    Attributes
    ----------
    repeated : frozenset of str
        Their dotted names.
    """

    repeated: frozenset[str] = frozenset()

    def _find(self, call: "Call", key: str) -> Entry | None:
        entries = self.lookup.entries
        if call.name in self.repeated and isinstance(entries, Overlaid):
            return entries.find_own(key)
        return super()._find(call, key)


class Call:
    """A function with what it is given."""

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> None:
        self._function, self._args, self._kwargs = function, args, kwargs
        self.name = f"{function.__module__}.{function.__qualname__}"
        self.inputs: dict[str, str] = {}

    def key(self, by: Keys) -> str:
        """Return the key, and keep what it is made of by the names of the arguments.

        Raises
        ------
        UnkeyedError
            If an argument can't be hashed.
        """
        code = by.of(self._function)
        positional = [by.of(each) for each in self._args]
        named = {name: by.of(self._kwargs[name]) for name in sorted(self._kwargs)}
        given = {**dict(zip(self._names(), positional, strict=False)), **named}
        values = {**dict(zip(self._names(), self._args, strict=False)), **self._kwargs}
        self.inputs = {"": code}
        for name, key in given.items():
            self.inputs |= _parts(name, key, values[name], by)
        return keys.digest(
            "call", code, *positional, "=", *(keys.digest(*pair) for pair in named.items())
        )

    def make(self) -> Any:  # noqa: ANN401
        """Call it."""
        return self._function(*unwrapped(self._args), **unwrapped(dict(self._kwargs)))

    def _names(self) -> Iterator[str]:
        yield from getattr(self._function, "arguments", ())
        yield from (f"argument {place}" for place in count(1))


def _parts(name: str, key: str, value: Any, by: Keys) -> dict[str, str]:  # noqa: ANN401
    """Return the keys of what a dictionary holds, or that of any other argument."""
    if type(value) is not dict:
        return {name: key}
    return {str(each): by.of(held) for each, held in value.items()}


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
