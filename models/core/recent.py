"""Results that are kept for the last few keys, where neighbours share their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_Kept = TypeVar("_Kept")
_KEYS_KEPT = 16  # more would only take memory


class Recent(Generic[_Kept]):
    """What was worked out for the last few keys; nobody may change it."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept] = {}

    def get(self, key: Hashable, work_out: Callable[[], _Kept]) -> _Kept:
        """Return what belongs to a key, working it out if it is not kept."""
        if key not in self._kept:
            if len(self._kept) == _KEYS_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = work_out()
        return self._kept[key]
