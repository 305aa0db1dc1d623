"""What is not as the last release has it, computed from the release's record."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from overtake.core import pages
from overtake.publishing.releases import Release, ReleasedFigure

FIRST_EDITION = "This is the first edition: there is no earlier release to compare it with.\n"
_MOST_SHOWN = 12


def since_last_release(
    releases: Sequence[Release], figures: Mapping[str, ReleasedFigure], tables: Mapping[str, str]
) -> str:
    """Return what has changed since the newest release, as Markdown.

    Parameters
    ----------
    releases : sequence of Release
        All releases, newest first.
    figures : mapping of str to ReleasedFigure
        The book's figures as they are, by id.
    tables : mapping of str to str
        SHA-256 of each table's file as it is, by name.
    """
    if not releases:
        return FIRST_EDITION
    last = releases[0]
    lines = [
        *_otherwise(last.figures, figures),
        *_come_and_gone(last.figures, figures, "figure"),
        *_come_and_gone(last.tables, tables, "table"),
    ]
    kept = sorted(last.tables.keys() & tables.keys())
    if other := [f"[{n}](#table-{n})" for n in kept if last.tables[n] != tables[n]]:
        lines.append(f"Tables with other data: {', '.join(other)}.")
    since = pages.escape(f"version {last.version} of {last.released:%-d %B %Y}")
    if not lines:
        return f"Nothing in figures, findings or tables has changed since {since}.\n"
    return f"Since {since}:\n\n" + "\n".join(f"- {line}" for line in lines) + "\n"


def _otherwise(
    before: Mapping[str, ReleasedFigure], now: Mapping[str, ReleasedFigure]
) -> Iterator[str]:
    """Yield which figures say something else, and which were only redrawn."""
    kept = sorted(before.keys() & now.keys())
    retold = [name for name in kept if before[name].title != now[name].title]
    for name in retold[:_MOST_SHOWN]:
        yield (
            f"{{numref}}`fig-{name}` now says “{pages.escape(now[name].title)}”; "
            f"it said “{pages.escape(before[name].title)}”."
        )
    if more := retold[_MOST_SHOWN:]:
        yield f"{_count(more, 'figure')} more say something else than they did."
    if silent := [n for n in kept if before[n].files != now[n].files and n not in retold]:
        yield f"Redrawn with the same finding: {_count(silent, 'figure')}."


def _come_and_gone(
    before: Mapping[str, object], now: Mapping[str, object], kind: str
) -> Iterator[str]:
    for word, names in (("New", now.keys() - before.keys()), ("Gone", before.keys() - now.keys())):
        if names:
            listed = ", ".join(f"`{name}`" for name in sorted(names))
            yield f"{word}: {_count(names, kind)} ({listed})."


def _count(names: Collection[str], kind: str) -> str:
    return f"{len(names)} {kind}{'s' if len(names) != 1 else ''}"
