"""Wait for what another process does: for a number of looks, so that no clock decides a test."""

import time
from collections.abc import Callable
from typing import TypeVar

_Found = TypeVar("_Found")
_LOOKS = 6000
_BETWEEN_SECONDS = 0.05


def wait_for(look: Callable[[], _Found | None]) -> _Found:
    """Look again and again, and return the first thing seen; fail after very many looks."""
    for _ in range(_LOOKS):
        if found := look():
            return found
        time.sleep(_BETWEEN_SECONDS)
    raise AssertionError(f"it did not happen within {_LOOKS} looks")
