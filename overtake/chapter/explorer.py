"""A fitted surface, as a chapter hands it over for the sliders of a page."""

import json
from collections.abc import Mapping
from typing import Any

from overtake.chapter.session import Session
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
        What ``theme/explorer.js`` reads: the surfaces (`models.race.forecast_surface`),
        the chapter that they stand for, its definitions of leading, the words for
        chances, past gaps, and how far the surface was from full runs.

    Raises
    ------
    ResultError
        If something is missing, or a number is not finite.
    """
    if missing := sorted(_NEEDED - set(content)):
        raise ResultError(f"the explorer lacks {', '.join(missing)}")
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise ResultError(f"the explorer holds what JSON can't: {error}") from None
    folder = Session.current().folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(text + "\n", encoding="utf-8")
