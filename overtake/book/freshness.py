"""How a page says to which day data reach, and warns where they are old.

Data are old when they end more than `reach.MOST_DAYS` before the day of the release, which
``CITATION.cff`` gives. The warning is in words, so that it needs no colour.
"""

from datetime import date
from typing import Any

from overtake.core import pages
from overtake.data import reach
from overtake.data.reach import Reach

OLD = "overtake-old"
"""Class of a warning; what is not old has `UNTIL` alone."""
UNTIL = "overtake-until"


def note(data: Reach | None, released: date | None) -> str:
    """Say in a sentence how far data reach, as Markdown; "" if that is not known."""
    if data is None:
        return ""
    return _span(sentence(data, released), data, released)


def brief(data: Reach | None, released: date | None) -> str:
    """Say how far data reach in a few words, as Markdown; "" if that is not known.

    Of old ones only the day, with the mark of a warning: a page of detail says the rest.
    """
    if data is None:
        return ""
    is_old = released is not None and data.is_old(released)
    word = "Oldest data" if is_old else "Data"
    return _span(f"{word} until {day(data.day)}.", data, released)


def sentence(data: Reach, released: date | None) -> str:
    """Say in a sentence how far data reach; of old ones, by how many days and in which table."""
    if data.historical:
        return f"Historical data, until {day(data.day)}."
    if released is None or not data.is_old(released):
        return f"Data until {day(data.day)}."
    where = f" ({', '.join(data.oldest)})" if data.oldest else ""
    until = f"until {day(data.day)}{where}, {data.days_before(released):,} days before this release"
    if not data.newest:
        return f"Old data: {until}."
    newest = Reach(data.newest)
    if newest.is_old(released):
        return f"Old data: {until}; the newest until {day(newest.day)}."
    return f"Data until {day(newest.day)}, old in part: {until}."


def classes(data: Reach, released: date | None) -> str:
    """Return the classes of what says how far data reach."""
    return f"{UNTIL} {OLD}" if released and data.is_old(released) else UNTIL


def of_shown(*shown: Any) -> Reach | None:  # noqa: ANN401  (verdicts, figures, headline numbers)
    """Return how far what all of these rest on reaches: the oldest that is not historical."""
    return reach.oldest(map(_of_one, shown))


def day(moment: date) -> str:
    """Write a day as sentences have it."""
    return f"{moment.day} {moment:%B %Y}"


def _of_one(shown: Any) -> Reach | None:  # noqa: ANN401
    if hasattr(shown, "data_until"):
        return Reach(shown.data_until)
    found: Reach | None = shown.data
    return found


def _span(text: str, data: Reach, released: date | None) -> str:
    marks = " ".join(f".{each}" for each in classes(data, released).split())
    return f"[{pages.escape(text)}]{{{marks}}}"
