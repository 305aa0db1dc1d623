"""A fitted surface, as a chapter hands it over for the sliders of a page."""

from collections.abc import Mapping
from typing import Any

from overtake.chapter import session
from overtake.core.errors import ResultError

FILE_NAME = "explorer.json"
_NEEDED = frozenset(
    {
        "chapter", "baseline", "definitions", "sliders", "dates", "kinds", "ends", "fan_shares",
        "fan_times", "chances", "stretch", "reach", "surfaces", "sales", "likelihood", "missed",
        "likely_from", "unlikely_below", "past", "level", "labels", "colour",
    }
)  # fmt: skip


def publish(content: Mapping[str, Any]) -> None:
    """Write a surface to the run.

    Parameters
    ----------
    content : mapping
        What ``theme/explorer.js`` reads: the surfaces, the chapter that they stand for, its
        definitions of leading, the words for chances, past gaps, how far the surface was from
        full runs, and the colour of its line.

    Raises
    ------
    ResultError
        If something is missing, or a number is not finite.
    """
    if missing := sorted(_NEEDED - set(content)):
        raise ResultError(f"the explorer lacks {', '.join(missing)}")
    session.write(FILE_NAME, content)
