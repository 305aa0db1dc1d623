"""To which day data reach: the one definition, for tables and for all that is made from them.

A table reaches the last day that its observations describe, never a day after its vintage.
Its descriptor says so under ``reaches``: by a column of days or years, from which the day is
computed, or by a day; without it, it is the vintage. What rests on several tables reaches as
far as the oldest of them that is not ``historical``: a closed record of the past, kept to
repeat what was published, to which nothing newer belongs.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from overtake.core.errors import TableError
from overtake.data import tables

_MOST_LISTED = 3
MOST_DAYS = 90
"""Older data are told beside a judgement, and make no forecast unless its question says so."""


@dataclass(frozen=True)
class Reach:
    """To which day data reach, as an ISO date, and the titles of the oldest tables behind it.

    `historical` is whether no table behind it is ever to become newer; `newest` is the day
    to which the newest table reaches, if that is another.
    """

    until: str
    oldest: tuple[str, ...] = ()
    historical: bool = False
    newest: str = ""

    @property
    def day(self) -> date:
        """The day."""
        return date.fromisoformat(self.until)

    def days_before(self, day: date) -> int:
        """Return how old the data are on a day, in days."""
        return (day - self.day).days

    def is_old(self, day: date) -> bool:
        """Whether the data are too old on a day to stand without a warning."""
        return not self.historical and self.days_before(day) > MOST_DAYS


def of_tables(names: Iterable[str]) -> Reach | None:
    """Return how far what rests on these tables reaches; None if it rests on none."""
    behind = list(map(tables.describe, names))
    ageing = [table for table in behind if not table.historical]
    known = ageing or behind
    if not known:
        return None
    until, newest = (end(table.reaches for table in known) for end in (min, max))
    oldest = tuple(table.title for table in known if table.reaches == until)
    return Reach(until, oldest, not ageing, newest if newest != until else "")


def oldest(reaches: Iterable[Reach | None]) -> Reach | None:
    """Return the oldest of several that is not historical, or of all if every one is."""
    known = [reach for reach in reaches if reach is not None]
    behind = [reach for reach in known if not reach.historical] or known
    if not behind:
        return None
    first = min(behind, key=lambda reach: reach.until)
    last = max(reach.newest or reach.until for reach in behind)
    return replace(first, newest=last if last != first.until else "")


def told(reach: Reach | None) -> str:
    """Say how far data reach, to stand in a list; "" if that is not known."""
    if reach is None:
        return ""
    return f"{'historical data' if reach.historical else 'data'} until {span(reach)}"


def span(reach: Reach | None) -> str:
    """Return the day to which data reach, of several tables the first and the last; "" for none."""
    if reach is None:
        return ""
    newest = f" (oldest table) to {reach.newest} (newest)" if reach.newest else ""
    return f"{reach.until}{newest}"


def credit(used: Mapping[str, Sequence[str]]) -> str:
    """Return who made data: each producer once, with the days to which the data reach.

    Given are the keys of the sources that are used, by table.
    """
    days: dict[str, set[str]] = {}
    for name, keys in used.items():
        table = tables.describe(name)
        who = table.attribution.credit_for(keys, otherwise=table.credit)
        days.setdefault(who, set()).add(table.reaches)
    return "; ".join(f"{who} (data until {_listed(until)})" for who, until in days.items())


def _listed(days: Iterable[str]) -> str:
    """List days, of many the first and the last."""
    ordered = sorted(days)
    return ", ".join(ordered) if len(ordered) <= _MOST_LISTED else f"{ordered[0]} to {ordered[-1]}"


def resolve(descriptor: Mapping[str, Any], raw: bytes) -> str:
    """Return the day that a table reaches, by its descriptor and the bytes of its file."""
    name, vintage = descriptor["name"], tables.last_day(descriptor["vintage"])
    said = descriptor.get("reaches", vintage)
    types = {each["name"]: each["type"] for each in descriptor["schema"]["fields"]}
    if said in types:
        return min(_last_of(raw, said, name), vintage)
    try:
        day = date.fromisoformat(said).isoformat()
    except ValueError:
        raise TableError(
            f"table {name}: its descriptor's `reaches` is {said!r}: it must be a day, such as "
            f"2026-11-24, or a column with days or years; its columns are: {', '.join(types)}"
        ) from None
    if day > vintage:
        raise TableError(
            f"table {name}: by its descriptor it reaches {day}, but its file is of {vintage}: "
            "mend `reaches` or `vintage`"
        )
    return day


def _last_of(raw: bytes, column: str, table: str) -> str:
    """Return the last day, or the end of the last year, in a column of a CSV file."""
    rows = csv.DictReader(io.StringIO(raw.decode("utf-8"), newline=""))
    found = [cell for row in rows if (cell := row.get(column) or "")]
    if not found:
        raise TableError(f"table {table}: it reaches as far as its column {column}, which is empty")
    try:
        return date.fromisoformat(tables.last_day(max(found))).isoformat()
    except ValueError:
        raise TableError(
            f"table {table}: it reaches as far as its column {column}, and {max(found)!r} is "
            "neither a day nor a year"
        ) from None
