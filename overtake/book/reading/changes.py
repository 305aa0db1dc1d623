"""What is not as the last release has it, computed from the release's record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from overtake.core import pages
from overtake.publishing.releases import Release, ReleasedFigure
from overtake.runs.runs import Run

FIRST_EDITION = "This is the first edition: there is no earlier release to compare it with.\n"
_MOST_SHOWN = 12


@dataclass(frozen=True)
class State:
    """The figures and tables of an edition.

    Attributes
    ----------
    figures : mapping of str to ReleasedFigure
        Every figure, by id.
    tables : mapping of str to str
        SHA-256 of each table's file, by name.
    """

    figures: Mapping[str, ReleasedFigure]
    tables: Mapping[str, str]


def of_runs(runs: Iterable[Run], tables: Mapping[str, str]) -> State:
    """Return the state of the book that shows these runs."""
    return State(
        {
            name: ReleasedFigure(run.chapter, run.id, figure.title, figure.files)
            for run in runs
            for name, figure in run.figures.items()
        },
        tables,
    )


def since_last_release(releases: Sequence[Release], now: State) -> str:
    """Return what has changed since the newest release, as Markdown.

    Parameters
    ----------
    releases : sequence of Release
        All releases, newest first.
    now : State
        The book as it is.
    """
    if not releases:
        return FIRST_EDITION
    last = releases[0]
    lines = list(_lines(State(last.figures, last.tables), now))
    since = pages.escape(f"version {last.version} of {last.released:%-d %B %Y}")
    if not lines:
        return f"Nothing in figures, findings or tables has changed since {since}.\n"
    return f"Since {since}:\n\n" + "\n".join(f"- {line}" for line in lines) + "\n"


def _lines(before: State, now: State) -> Iterator[str]:
    kept = sorted(before.figures.keys() & now.figures.keys())
    retold = [n for n in kept if before.figures[n].title != now.figures[n].title]
    redrawn = [n for n in kept if before.figures[n].files != now.figures[n].files]
    for name in retold[:_MOST_SHOWN]:
        yield (
            f"{{numref}}`fig-{name}` now says “{pages.escape(now.figures[name].title)}”; "
            f"it said “{pages.escape(before.figures[name].title)}”."
        )
    if more := retold[_MOST_SHOWN:]:
        yield f"{_count(more, 'figure')} more say something else than they did."
    if silent := set(redrawn) - set(retold):
        yield f"Redrawn with the same finding: {_count(silent, 'figure')}."
    yield from _come_and_gone(before.figures, now.figures, "figure")
    yield from _come_and_gone(before.tables, now.tables, "table")
    both = before.tables.keys() & now.tables.keys()
    if other := sorted(name for name in both if before.tables[name] != now.tables[name]):
        yield f"Tables with other data: {', '.join(f'[{t}](#table-{t})' for t in other)}."


def _come_and_gone(
    before: Mapping[str, object], now: Mapping[str, object], kind: str
) -> Iterator[str]:
    if new := sorted(now.keys() - before.keys()):
        yield f"New: {_count(new, kind)} ({', '.join(f'`{name}`' for name in new)})."
    if gone := sorted(before.keys() - now.keys()):
        yield f"Gone: {_count(gone, kind)} ({', '.join(f'`{name}`' for name in gone)})."


def _count(names: Iterable[str], kind: str) -> str:
    count = len(set(names))
    return f"{count} {kind}{'s' if count != 1 else ''}"
