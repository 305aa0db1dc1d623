"""Figures that readers can explore: hover for values, zoom in time, hide a series, see a view.

A chart is declared beside its figure's words, in a block ``{interactive}`` of the chapter's
Markdown, over the columns of the figure's CSV; the page carries those rows, and
``theme/interactive.js`` draws them when the reader asks. See ``docs/interactive.md``.
"""

import json
import math
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, field
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from sphinx.application import Sphinx

from overtake.core import pages
from overtake.core.errors import ResultError, WordsError
from overtake.data import spreadsheet
from overtake.runs.runs import Run

ASSETS = ("interactive.css", "interactive.js")
"""What a page with a chart loads."""
COLOURS_SETTING = "overtake_colours"
_STRICT = ConfigDict(extra="forbid")


def _place(given: object) -> object:
    """Return an ISO day as seconds since 1970, which is where an axis of dates has it."""
    try:
        day = date.fromisoformat(str(given))
    except ValueError:
        return given
    return datetime.combine(day, time(), UTC).timestamp()


Place = Annotated[float, BeforeValidator(_place)]
"""A number, or a day on an axis of dates."""


@dataclass(frozen=True, config=_STRICT)
class Column:
    """A column that is read out with a point; with no label its value speaks for itself."""

    column: str
    label: str = ""
    kind: Literal["text", "number"] = "text"


@dataclass(frozen=True, config=_STRICT)
class Axis:
    """One axis: its column, what is measured with unit, and its kind, scale and fixed ends.

    ``date`` columns hold ISO dates, ``share`` columns numbers from 0 to 1 that are shown as
    percentages. A ``category`` column holds names, which only the x axis may have: they stand one
    below the other in the data's order, and values are drawn sideways. Without `limits` the axis
    follows what is shown.
    """

    column: str
    label: str
    kind: Literal["date", "number", "share", "category"] = "number"
    scale: Literal["linear", "log"] = "linear"
    limits: tuple[float, float] | None = None


@dataclass(frozen=True, config=_STRICT)
class Layer:
    """Rows that are drawn alike and can be hidden together: those that `where` has values for.

    The colour is one that the book has named, or as CSS writes it. A dotted line has a point at
    each row. `y` is the column of the values, that of the y axis unless it is given; `interval`
    and the narrower, stronger `inner` are columns of lower and upper ends: bands around lines,
    strokes through points and bars. A layer that is given `through` is no rows but a line of the
    picture's, through places, values, and ends of a band if it has one.
    """

    label: str
    colour: str
    mark: Literal["points", "triangles", "bars", "line", "dotted line", "steps"]
    where: Mapping[str, str] = field(default_factory=dict)
    y: str = ""
    stroke: Literal["solid", "dashed"] = "solid"
    interval: tuple[str, str] | None = None
    inner: tuple[str, str] | None = None
    interval_as: Literal["band", "words"] = "band"  # drawn, or only read out
    at_first: Literal["shown", "hidden"] = "shown"
    through: tuple[tuple[Place, float] | tuple[Place, float, float, float], ...] = ()

    def draws(self, row: Mapping[str, str], instead: Mapping[str, str]) -> bool:
        """Tell whether a row of the data belongs to the layer, if some columns want others."""
        wanted = {name: instead.get(name, value) for name, value in self.where.items()}
        return not self.through and all(row[name] == value for name, value in wanted.items())


@dataclass(frozen=True, config=_STRICT)
class Level:
    """A line for scale: the axis on which its value lies, its place, and what it stands for.

    With `to` it is a band.
    """

    axis: Literal["x", "y"]
    value: Place
    label: str
    to: Place | None = None


@dataclass(frozen=True, config=_STRICT)
class View:
    """What words of the text show of a chart; `says` tells in a sentence what is to be seen.

    Only the layers `show` are shown, if any are named; all but those of `highlight` fade; `x` and
    `y` are ends of the axes; `where` takes other rows than the layers' own, for instance those of
    another definition.
    """

    says: str
    show: tuple[str, ...] = ()
    highlight: tuple[str, ...] = ()
    x: tuple[Place, Place] | None = None
    y: tuple[float, float] | None = None
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, config=_STRICT)
class Chart:
    """An interactive chart in the place of a figure, with the figure's message as its title."""

    figure: str
    title: str
    why: str  # what it tells that the picture can't
    x: Axis
    y: Axis
    layers: tuple[Layer, ...]  # the last on top
    interval: str = "interval"  # what intervals are, for instance ``90% prediction interval``
    details: tuple[Column, ...] = ()  # read out with a point; the first is its name
    levels: tuple[Level, ...] = ()
    note: str = ""  # what the picture has and the chart hasn't
    views: Mapping[str, View] = field(default_factory=dict)

    def columns(self) -> list[str]:
        """Return every column that the chart reads, once."""
        names = [self.x.column, *(each.column for each in self.details)]
        names += [name for each in self.layers for name in (*each.where, *self.values_of(each))]
        return list(dict.fromkeys(names))

    def numeric(self) -> set[str]:
        """Return the columns whose cells are numbers; those of all others are texts."""
        names = {name for layer in self.layers for name in self.values_of(layer)}
        names |= {each.column for each in self.details if each.kind == "number"}
        return names | {self.x.column} if self.x.kind == "number" else names

    def values_of(self, layer: Layer) -> list[str]:
        """Return the columns of numbers of a layer, the one that is drawn first."""
        if layer.through:
            return []
        return [layer.y or self.y.column, *(layer.interval or ()), *(layer.inner or ())]

    def draws(self, row: Mapping[str, str]) -> bool:
        """Tell whether a row of the data belongs to a layer, at first or in a view."""
        choices = [{}, *(view.where for view in self.views.values())]
        return any(layer.draws(row, choice) for layer in self.layers for choice in choices)


_CHART = TypeAdapter(Chart)


def declared(run: Run) -> dict[str, Chart]:
    """Return the charts that a run's chapter declares, by figure."""
    place, given = f"chapter {run.chapter}: interactive", run.words.charts
    if unknown := sorted(given.keys() - run.drawings.keys()):
        raise WordsError(f"{place} {unknown[0]!r}: no such figure")
    found = {}
    for figure, content in given.items():
        said = {**content, "figure": figure, "title": run.figures[figure].title}
        try:
            found[figure] = _CHART.validate_python(said)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise WordsError(f"{place} {figure!r}: {where}: {first['msg']}") from None
    return found


def colours(app: Sphinx) -> Mapping[str, str]:
    """Return the colours that the book has named at ``package.module:object``, if it has."""
    name = app.config[COLOURS_SETTING]
    found: Mapping[str, str] = pkgutil.resolve_name(name) if name else {}
    return found


def of_figure(run: Run, figure: str, named: Mapping[str, str]) -> str:
    """Return a figure's chart as HTML, with colours the book has named, or "" if it has none."""
    chart = declared(run).get(figure)
    return render(chart, run, named) if chart else ""


def render(chart: Chart, run: Run, named: Mapping[str, str]) -> str:
    """Return a chart as HTML, with the rows of its figure in a run."""
    data = json_block(content(chart, run, named))
    return pages.render("interactive.html", figure=chart.figure, note=chart.note, data=data)


def json_block(content: Mapping[str, Any]) -> str:
    """Return JSON that no browser takes for the end of its element."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def content(chart: Chart, run: Run, named: Mapping[str, str]) -> dict[str, Any]:
    """Return what ``theme/interactive.js`` reads; the values are those of the figure's CSV."""
    header, *rows = spreadsheet.rows_of(run.folder / "figures" / f"{chart.figure}.csv")
    names, numeric = chart.columns(), chart.numeric()
    _check(chart, header, rows)
    places = [(name, header.index(name)) for name in names]
    x_cells = [row[header.index(chart.x.column)] for row in rows]
    return {
        "title": chart.title,
        "columns": names,
        "categories": list(dict.fromkeys(x_cells)) if chart.x.kind == "category" else [],
        "rows": [
            [
                _number(chart, name, row[at]) if name in numeric else row[at] or None
                for name, at in places
            ]
            for row in rows
        ],
        "x": asdict(chart.x),
        "y": asdict(chart.y),
        "layers": [
            asdict(layer)
            | {"y": layer.y or chart.y.column, "colour": named.get(layer.colour, layer.colour)}
            for layer in chart.layers
        ],
        "details": [asdict(each) for each in chart.details],
        "levels": [asdict(level) for level in chart.levels],
        "interval": chart.interval,
        "views": {name: asdict(view) for name, view in chart.views.items()},
    }


def _check(chart: Chart, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Refuse a declaration that does not fit a figure's data, or would leave rows out."""
    if missing := [name for name in chart.columns() if name not in header]:
        raise ResultError(
            f"interactive {chart.figure!r}: its data lack {', '.join(missing)}; "
            f"there are {', '.join(header)}"
        )
    for name, view in chart.views.items():
        _check_view(chart, name, view)
    left_out = sum(not chart.draws(dict(zip(header, row, strict=True))) for row in rows)
    if left_out:
        raise ResultError(
            f"interactive {chart.figure!r}: no layer draws {left_out} of {len(rows)} rows"
        )


def _check_view(chart: Chart, name: str, view: View) -> None:
    """Refuse a view of layers or columns that the chart hasn't."""
    labels = {layer.label for layer in chart.layers}
    columns = {column for layer in chart.layers for column in layer.where}
    unknown = [*({*view.show, *view.highlight} - labels), *(view.where.keys() - columns)]
    if unknown:
        raise ResultError(
            f"interactive {chart.figure!r}, view {name!r}: no layer has {min(unknown)!r}; "
            f"layers are {', '.join(sorted(labels))}, told apart by {', '.join(sorted(columns))}"
        )


def _number(chart: Chart, name: str, text: str) -> float | None:
    """Return a cell of a column of numbers; None if it is empty."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ResultError(f"interactive {chart.figure!r}: {text!r} in {name} is no finite number")
    return value
