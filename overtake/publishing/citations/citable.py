"""What can be cited, whatever the format."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from docutils.nodes import make_id

from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import vintages
from overtake.runs.runs import Run, RunInputs
from overtake.runs.words.told import Figure

BOOK = "book"
"""The id of the book as a whole."""

Kind = Literal["book", "chapter", "table", "figure"]

_HASH_CHARACTERS = 16


@dataclass(frozen=True)
class Citable:
    """Something with an id, an address and a citation.

    Attributes
    ----------
    kind : {"book", "chapter", "table", "figure"}
        What it is.
    id : str
        ``book``, or the chapter's, table's or figure's name.
    title : str
        Title; for a figure its message.
    path : str
        Stable address from the book's root, with a slash at its beginning.
    runs : tuple of str
        Ids of the runs that made it, or for a table of those that read it.
    credit : str
        Who made the data.
    references : tuple of str
        Keys of ``references.bib`` for the data's publications.
    content : str
        For a table its vintage and the beginning of its hash; else "".
    data : str
        Id of the state of all data, as `overtake data vintages` lists it.
    """

    kind: Kind
    id: str
    title: str
    path: str
    runs: tuple[str, ...]
    credit: str
    references: tuple[str, ...]
    content: str = ""
    data: str = ""


def book(title: str, wanted: Sequence[RunInputs]) -> Citable:
    """Return the book, whose title is `title`, as these runs of its chapters show it."""
    names = _unique(name for inputs in wanted for name in inputs.tables)
    return Citable(
        kind="book",
        id=BOOK,
        title=title,
        path="/",
        runs=tuple(inputs.id for inputs in wanted),
        credit=_producers(names),
        references=_references(names),
        data=_state(),
    )


def chapter(title: str, inputs: RunInputs) -> Citable:
    """Return a chapter, whose heading is `title`, as one run shows it."""
    names = tuple(inputs.tables)
    return Citable(
        kind="chapter",
        id=inputs.chapter,
        title=title,
        path=f"/chapters/{inputs.chapter}.html",
        runs=(inputs.id,),
        credit=_producers(names),
        references=_references(names),
        data=_state(),
    )


def table(name: str, wanted: Sequence[RunInputs]) -> Citable:
    """Return a table of ``data/``, with those of the runs that read it."""
    described = tables.describe(name)
    digest = described.hash.removeprefix("sha256:")[:_HASH_CHARACTERS]
    return Citable(
        kind="table",
        id=name,
        title=described.title,
        path=table_path(name),
        runs=tuple(inputs.id for inputs in wanted if name in inputs.tables),
        credit=tables.credit([name]),
        references=described.sources,
        content=f"vintage {described.vintage}, SHA-256 {digest}",
        data=_state(),
    )


def table_path(name: str) -> str:
    """Return where the book describes a table, from its root; anchors have no underscores."""
    return f"/chapters/data.html#{make_id(f'table-{name}')}"


def figure(shown: Figure, run: Run) -> Citable:
    """Return a figure of a run."""
    names = shown.tables
    return Citable(
        kind="figure",
        id=shown.id,
        title=shown.title,
        path=f"/figures/{shown.id}/",
        runs=(run.id,),
        credit=tables.credit(names),
        references=_references(names),
        data=_state(),
    )


def _state() -> str:
    return vintages.current(Project.find()).id


def _producers(names: Sequence[str]) -> str:
    return "; ".join(_unique(tables.describe(name).credit for name in names))


def _references(names: Sequence[str]) -> tuple[str, ...]:
    return _unique(key for name in names for key in tables.describe(name).sources)


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
