"""What the book's pages show of runs, tables and releases, as Markdown."""

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from overtake.book import freshness, judged
from overtake.chapter import parameters
from overtake.core import pages
from overtake.data import reach, tables
from overtake.publishing.releases import Release, ReleasedFigure
from overtake.runs import chapter_parameters as declarations
from overtake.runs.runs import Run
from overtake.runs.words.told import JudgedClaim

UNTESTED = "not yet tested"
FIRST_EDITION = "This is the first edition: there is no earlier release to compare it with.\n"
_MOST_SHOWN = 12
LIST_CLASS = "overtake-table-list"
"""Of the list of tables: each entry has the table's anchors, and its title is strong."""
CLAIMS_SETTING = "overtake_claims"
"""In ``_config.yml``: the table of the claims that the book tests."""


def claim_ledger(
    runs: Mapping[str, Run], table: str, chapters: Sequence[str], released: date | None = None
) -> str:
    """Return the ledger of a table of claims: a card for each, with what the runs find of it.

    The claims stand in the order of the chapters that judge them; others come behind. Verdicts
    whose data were old on the day of the release say so.
    """
    order = {chapter: place for place, chapter in enumerate(chapters)}
    rows = claims(table)
    rows.sort(key=lambda row: order.get(row["chapter"], len(order)))
    found = judged.by_claim(runs.values())
    cards = [_card(row, found.get(row["claim"], []), released) for row in rows]
    return pages.directive("container", "\n".join(cards), argument="claim-ledger", fence="``````")


def claims(table: str) -> list[dict[str, Any]]:
    """Return the rows of a table of claims, with "" where nothing is said; none without a table."""
    if not table:
        return []
    stated = tables.load(table).astype(object).fillna("").to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in stated]


def anchor(claim: str) -> str:
    """Return the anchor of a claim's card."""
    return f"claim-{claim}"


def _card(claim: Mapping[str, Any], parts: Sequence[JudgedClaim], released: date | None) -> str:
    """Return a claim in full: who said it, and each part with its question and what was found."""
    shown = [
        {"part": part, "line": judged.line(part), "found": pages.escape(judged.found(part))}
        for part in parts
    ]
    note = freshness.note(reach.oldest(part.data for part in parts), released)
    return pages.render(
        "claim.jinja", claim=claim, parts=shown, data=note, untested=UNTESTED, escape=pages.escape
    )


def statements(runs: Mapping[str, Run], table: str) -> dict[str, str]:
    """Return what each claim says, by its name; the names alone where no table has more."""
    if table:
        rows = tables.load(table)
        return dict(zip(rows["claim"], rows["statement"], strict=True))
    return {claim: claim for claim in judged.by_claim(runs.values())}


def data_catalogue(moved: Mapping[str, str]) -> str:
    """Return the list of tables: what each is, its source, licence, vintage and rows.

    Each has an anchor, and one for every name that it had before: `moved` has the present one.
    """
    entries = [
        pages.render(
            "table.jinja",
            table=tables.describe(name),
            names=[name, *(old for old, new in moved.items() if new == name)],
            escape=pages.escape,
            escape_prose=pages.escape_prose,
        )
        for name in tables.names()
    ]
    return pages.directive("container", "\n".join(entries), argument=LIST_CLASS, fence="````")


def chapter_parameters(run: Run) -> str:
    """Return a chapter's parameters with this run's values, and how to change them."""
    chapter, values = run.chapter, run.record.inputs.parameters
    described = parameters.describe(declarations.of_chapter(chapter))
    rows = [
        (
            f"`{p.name}`",
            pages.code(values[p.name]).replace("|", "\\|"),
            pages.escape(p.unit) or "none",
            pages.code(p.bounds.replace("|", "or")),
            pages.escape(p.meaning),
            _source(p.source),
        )
        for p in described
    ]
    header = ("Parameter", "Value", "Unit", "Allowed", "Meaning", "Default from")
    caption = "What this chapter assumes, and may be changed"
    table = pages.numbered_table(header, rows, name=f"tab-{chapter}-parameters", caption=caption)
    return f"{table}\n{_commands(chapter, values)}"


def _commands(chapter: str, values: Mapping[str, Any]) -> str:
    """Return the command that repeats a run exactly, and one that changes it."""
    declaration = declarations.of_chapter(chapter)
    changed = parameters.changed(declaration, values)
    text = f"To repeat this run:\n\n{_console(rerun_command(chapter, changed))}"
    if other := parameters.example(declaration, values):
        varied = rerun_command(chapter, {**changed, other[0]: other[1]})
        text += f"\nTo see what another value does:\n\n{_console(varied)}"
    return text


def _console(command: str) -> str:
    return pages.code_block(f"$ {command}", "console")


def rerun_command(chapter: str, values: Mapping[str, Any]) -> str:
    """Return the command that runs a chapter with `values`, quoted for the shell."""
    given = [word for name, value in values.items() for word in ("-p", f"{name}={value}")]
    return shlex.join([".venv/bin/overtake", "run", chapter, *given])


def run_facts(run: Run) -> str:
    """Return which run a page shows, and the hashes of what went into it."""
    inputs = run.record.inputs
    models = [
        name for name in inputs.modules if name.startswith("models/") and "__init__" not in name
    ]
    lines = [
        f"- Run `{run.id}`, on Python {inputs.python}",
        f"- Tables: {', '.join(f'[{t}](#table-{t})' for t in inputs.tables)}",
        *([f"- Models: {', '.join(f'`{name}`' for name in models)}"] if models else []),
        f"- Locked environment: `uv.lock` {inputs.lock[:12]}",
    ]
    return "\n".join(lines) + "\n"


def _source(source: str) -> str:
    if source == parameters.JUDGEMENT:
        return "judgement"
    if source in tables.names():
        return f"[{source}](#table-{source})"
    return f"{{cite}}`{source}`"


def since_last_release(
    releases: Sequence[Release], figures: Mapping[str, ReleasedFigure], tables: Mapping[str, str]
) -> str:
    """Return what has changed since the newest release; `tables` has hashes of files by name."""
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
        yield f"{_counted(more, 'figure')} more say something else than they did."
    if silent := [n for n in kept if before[n].files != now[n].files and n not in retold]:
        yield f"Redrawn with the same finding: {_counted(silent, 'figure')}."


def _come_and_gone(
    before: Mapping[str, object], now: Mapping[str, object], kind: str
) -> Iterator[str]:
    for word, names in (("New", now.keys() - before.keys()), ("Gone", before.keys() - now.keys())):
        if names:
            listed = ", ".join(f"`{name}`" for name in sorted(names))
            yield f"{word}: {_counted(names, kind)} ({listed})."


def _counted(names: Collection[str], kind: str) -> str:
    return f"{len(names)} {kind}{'s' if len(names) != 1 else ''}"
