"""A figure drawn from tables in which what some sources gave is moved: does it change?

The figure's own record of its sources is not asked. Each number and day that a source gave, as
the table's descriptor and its rows say, is moved a little, and those statements of the chapter
on which the figure depends are executed; picture and data are compared with those from the
tables as they are.
"""

import ast
import io
import json
import multiprocessing
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar, TypeAlias
from unittest import mock

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_svg import FigureCanvasSVG

from overtake.chapter import figures
from overtake.chapter.figures import Drawing
from overtake.core import digests
from overtake.data import spreadsheet, tables

ROOT = Path(__file__).parents[2]
STEPS = 4
"""Values are moved once to so many times: not all alike, so that ratios move too."""

Sources = Mapping[str, Collection[str]]
"""Keys of sources by table."""
Values: TypeAlias = "pd.Series[Any]"
Rows: TypeAlias = "pd.Series[bool]"


@dataclass(frozen=True)
class Move:
    """Moves numbers by a share, and dates by some days; whole numbers from `least` on."""

    share: float
    days: int
    least: float = 0

    says_used: ClassVar[bool] = True
    """Whether a figure that can't be drawn any more counts as another."""

    @property
    def gentler(self) -> "Move | None":
        """The same, but for whole numbers that may be counts that can't be any others."""
        return None if self.least else replace(self, least=1e5)

    def __call__(self, values: Values, rows: Rows, place: int) -> Values:
        """Return a column, the how manieth of its table is given, with some rows moved."""
        times = 1 + (place + np.arange(len(values))) % STEPS
        if pd.api.types.is_datetime64_any_dtype(values):
            return values.where(~rows, values - pd.to_timedelta(self.days * times, unit="D"))
        if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
            return values
        if pd.api.types.is_integer_dtype(values):
            more = np.maximum((values.astype("Float64") * self.share).round(), 1).astype("Int64")
            moved = rows & (values.abs() >= self.least).fillna(value=False)
            return values.where(~moved, values + more * times)
        return values.where(~rows, values * (1 - self.share * times))


@dataclass(frozen=True)
class Blank:
    """Leaves out every other value, words too, and turns every other yes or no around."""

    says_used: ClassVar[bool] = False
    gentler: ClassVar[None] = None

    def __call__(self, values: Values, rows: Rows, place: int) -> Values:
        """As `Move`."""
        left_out = rows & ((place + np.arange(len(values))) % 2 == 0)
        if pd.api.types.is_bool_dtype(values):
            return values.where(~left_out, ~values)
        return values.mask(left_out)


Change = Move | Blank
SLIGHTLY = Move(0.003, 3)
"""So little that what was possible stays so."""
CHANGES = (SLIGHTLY, Move(0.02, 20), Blank())
"""Slightly, so much that rounding doesn't hide it, and with values left out."""


class UndrawnError(Exception):
    """What was moved can't be drawn."""


class Chapter:
    """A chapter's statements, and what they draw."""

    def __init__(self, name: str) -> None:
        notebook = json.loads((ROOT / "chapters" / f"{name}.ipynb").read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        parsed = [ast.parse("".join(cell["source"])).body for cell in cells]
        self.parameters = parsed[0]
        self.statements = [statement for body in parsed[1:] for statement in body]
        self.names: dict[str, object] = {}
        imports = [
            each for each in self.statements if isinstance(each, ast.Import | ast.ImportFrom)
        ]
        _execute([*self.parameters, *imports], self.names)

    @cached_property
    def figures(self) -> dict[str, "DrawnFigure"]:
        """Its figures by id."""
        found = {}
        for at, statement in enumerate(self.statements):
            if name := _published(statement):
                found[name] = DrawnFigure(
                    self, [*_needed(self.statements[:at], statement), statement]
                )
        return found


class DrawnFigure:
    """The statements that draw one figure of a chapter."""

    def __init__(self, chapter: Chapter, statements: list[ast.stmt]) -> None:
        self.chapter, self.statements = chapter, statements

    @property
    def loaded(self) -> set[str]:
        """Names of the tables that these statements load."""
        calls = (n for each in self.statements for n in ast.walk(each) if isinstance(n, ast.Call))
        return {c.args[0].value for c in calls if ast.unparse(c.func) == "tables.load"}  # type: ignore[attr-defined]

    @cached_property
    def plain(self) -> tuple[str, dict[str, tuple[str, ...]]]:
        """A digest of the figure from the tables as they are, and the sources that it names."""
        return self._draw({}, SLIGHTLY)

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """The sources that the figure names, by table."""
        return self.plain[1]

    def changes_with(self, moved: Sources, by: Change = SLIGHTLY) -> bool:
        """Tell whether the figure is another if what these sources gave is."""
        try:
            return self._draw(moved, by)[0] != self.plain[0]
        except UndrawnError:
            return self.changes_with(moved, by.gentler) if by.gentler else by.says_used

    def _draw(self, moved: Sources, by: Change) -> tuple[str, dict[str, tuple[str, ...]]]:
        """Draw in a process of its own, so that nothing is left of what was moved."""
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=self._send, args=(sender, moved, by))
        process.start()
        sender.close()
        try:
            found: tuple[str, dict[str, tuple[str, ...]]] | UndrawnError = receiver.recv()
        finally:
            process.join()
        if isinstance(found, UndrawnError):
            raise found
        return found

    def _send(self, sender: Connection, moved: Sources, by: Change) -> None:
        drawn: list[Drawing] = []
        publish = mock.patch.object(figures, "publish", lambda _, drawing: drawn.append(drawing))
        with publish, mock.patch.object(tables, "load", _moving(moved, by, tables.load)):
            try:
                _execute(self.statements, dict(self.chapter.names))
            except Exception as error:  # noqa: BLE001  (any model may refuse what was moved)
                sender.send(UndrawnError(repr(error)))
                return
        named = {} if moved else figures.sources_behind(drawn[0].tables)
        sender.send((_digest(drawn[0]), named))


def _execute(statements: list[ast.stmt], names: dict[str, object]) -> None:
    exec(compile(ast.Module(statements, []), "chapter", "exec"), names)


def _published(statement: ast.stmt) -> str:
    """Return the id of the figure that a statement publishes, or ""."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if ast.unparse(call.func) == "figures.publish":
            return str(ast.literal_eval(call.args[0]))
    return ""


def _needed(before: list[ast.stmt], statement: ast.stmt) -> list[ast.stmt]:
    """Return those earlier statements that bind what a statement uses, in their order."""
    found: list[ast.stmt] = []
    wanted = set(_names(statement, ast.Load))
    for each in reversed(before):
        bound = {*_names(each, ast.Store)} if not isinstance(each, ast.Expr) else set()
        if isinstance(each, ast.Assign):  # of a part: it changes what the name stands for
            bound |= {name for target in each.targets for name in _names(target, ast.Load)}
        if bound & wanted:
            found.insert(0, each)
            wanted |= {*_names(each, ast.Load)}
    return found


def _names(node: ast.AST, context: type[ast.expr_context]) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, context):
            yield each.id


def _digest(drawing: Drawing) -> str:
    picture = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "one"}):
        FigureCanvasSVG(drawing.figure).print_svg(picture, metadata={"Date": None})
    data = spreadsheet.csv_of(drawing.data)
    return digests.of((picture.getvalue() + data).encode())


def _moving(
    moved: Sources, by: Change, load: Callable[[str], pd.DataFrame]
) -> Callable[[str], pd.DataFrame]:
    """Return what loads tables, with what these sources gave moved."""

    def load_moved(name: str) -> pd.DataFrame:
        frame = load(name)
        return move(name, frame, moved[name], by) if name in moved else frame

    return load_moved


def move(name: str, frame: pd.DataFrame, keys: Collection[str], by: Change) -> pd.DataFrame:
    """Return a table in which every number and day that these sources gave is another.

    Columns of its key, by which tables are joined, stay; but the days of a table of days.
    """
    key = tables.describe(name).primary_key
    moved = {
        column: by(frame[column], _given(name, frame, column, keys), place)
        for place, column in enumerate(frame.columns)
    }
    found = frame.assign(**{column: moved[column] for column in set(moved) - {*key}})
    if found.equals(frame):
        days = [each for each in key if pd.api.types.is_datetime64_any_dtype(frame[each])]
        found = frame.assign(**{day: moved[day] for day in days})
    found.attrs = frame.attrs
    return found


def _given(name: str, frame: pd.DataFrame, column: str, keys: Collection[str]) -> "pd.Series[bool]":
    """Return the rows of a column that one of the sources gave."""
    attribution = tables.describe(name).attribution
    given = pd.Series(data=False, index=frame.index)
    for holder, spoken_for in attribution.columns.items():
        if column in (spoken_for or frame.columns):
            given |= frame[holder].isin(list(keys)).fillna(value=False).astype(bool)
    for source in attribution.sources:
        is_named_by_rows = source.is_whole and attribution.columns
        if source.key in keys and not is_named_by_rows and column in (source.columns or [column]):
            rows = pd.Series(data=True, index=frame.index)
            for by, values in source.rows.items():
                rows &= frame[by].astype("string").isin(list(values)).astype(bool)
            given |= rows
    return given
