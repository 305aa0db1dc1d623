"""What a run would find and what it would compute, without computing anything.

The cells are executed with results that are kept; where one is missing, something stands for
it of which nothing is known, and so for all that depends on it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from overtake.runs.kept.calls import Call, Calls
from overtake.runs.kept.keys import UnkeyedError
from overtake.runs.kept.report import Foreseen
from overtake.runs.kept.values import Lookup, Origin, Result


class UnforeseenError(UnkeyedError):
    """A value that only computing it will tell."""


class Unknown(Origin):
    """Stands for a result that is not there."""

    def __init__(self, lookup: Lookup, items: int | None = None) -> None:
        super().__init__(lookup)
        self._items = items

    @property
    def items(self) -> int | None:
        """How many items the cell takes it to have."""
        return self._items

    def expect(self, items: int) -> None:
        """Take note of how many items the cell takes it to have."""
        self._items = items

    def _key(self) -> NoReturn:
        raise UnforeseenError

    def _found(self) -> NoReturn:
        raise UnforeseenError


@dataclass
class ForeseenCalls(Calls):
    """Looks calls up and computes none.

    Attributes
    ----------
    foreseen : list of Foreseen
        What was looked up so far.
    """

    foreseen: list[Foreseen] = field(default_factory=list)

    def result(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Origin:
        """Return the result of a call if it is kept, or what stands for it."""
        call = Call(function, args, kwargs)
        try:
            key = call.key(self.lookup.keys)
        except UnkeyedError:
            self.foreseen.append(Foreseen(call.name, "open"))
            return Unknown(self.lookup)
        if entry := self.lookup.entries.find(key):
            self.foreseen.append(Foreseen(call.name, "kept", entry.seconds, call.inputs))
            return Result(self.lookup, entry, self._refuse)
        self.foreseen.append(Foreseen(call.name, "computed", inputs=call.inputs))
        return Unknown(self.lookup)

    def _refuse(self) -> NoReturn:
        """Say nothing of a result that is known but not kept."""
        raise UnforeseenError
