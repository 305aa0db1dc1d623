"""How an interactive chart is declared over the columns of its figure's data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from overtake.core.errors import ResultError


@dataclass(frozen=True)
class Column:
    """A column that is read out with a point.

    Attributes
    ----------
    name : str
        Column of the figure's CSV.
    label : str
        What readers call it, with unit; "" if the value speaks for itself.
    kind : {"text", "number"}
        Whether its cells are texts (days too), or numbers.
    """

    name: str
    label: str = ""
    kind: Literal["text", "number"] = "text"


@dataclass(frozen=True)
class Axis:
    """One axis of a chart.

    Attributes
    ----------
    column : str
        Column that stands on it; for y, each layer may name another.
    label : str
        What is measured, with unit, as the picture's axis says it.
    kind : {"date", "number", "share"}
        ISO dates, plain numbers, or shares from 0 to 1 that are shown as percentages.
    scale : {"linear", "log"}
        Its scale, as in the picture.
    limits : tuple of float, optional
        Fixed ends; without them the axis follows what is shown.
    """

    column: str
    label: str
    kind: Literal["date", "number", "share"] = "number"
    scale: Literal["linear", "log"] = "linear"
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Layer:
    """Rows that are drawn alike and can be hidden together.

    Attributes
    ----------
    label : str
        Name beside the line and at its switch.
    colour : str
        Colour, as in the picture.
    y : str
        Column of the values.
    where : mapping of str to str
        The rows of the layer: value by column, all of which must hold.
    mark : {"points", "triangles", "line", "dotted line", "steps"}
        How the rows are drawn; a dotted line has a point at each row.
    stroke : {"solid", "dashed"}
        Stroke of the line.
    interval : tuple of str, optional
        Columns of the interval's lower and upper end.
    inner : tuple of str, optional
        Columns of a narrower interval, drawn darker.
    interval_as : {"band", "words"}
        Whether the interval is drawn, or only read out.
    """

    label: str
    colour: str
    y: str
    where: Mapping[str, str]
    mark: Literal["points", "triangles", "line", "dotted line", "steps"]
    stroke: Literal["solid", "dashed"] = "solid"
    interval: tuple[str, str] | None = None
    inner: tuple[str, str] | None = None
    interval_as: Literal["band", "words"] = "band"

    def columns(self) -> Iterator[str]:
        """Yield every column that the layer reads."""
        yield from self.where
        yield from self.values()

    def values(self) -> Iterator[str]:
        """Yield the columns of numbers that are drawn or read out."""
        yield self.y
        yield from self.interval or ()
        yield from self.inner or ()


@dataclass(frozen=True)
class Level:
    """A line for scale.

    Attributes
    ----------
    axis : {"x", "y"}
        The axis on which its value lies.
    value : float or str
        Its place, or the parameter of the run that holds it.
    label : str
        What it stands for.
    """

    axis: Literal["x", "y"]
    value: float | str
    label: str


@dataclass(frozen=True)
class Chart:
    """An interactive chart.

    Attributes
    ----------
    figure : str
        Id of the figure that it takes the place of.
    why : str
        What it tells that the picture can't; the table of ``docs/interactive.md`` says so too.
    x, y : Axis
        The axes.
    layers : tuple of Layer
        What is drawn, the last on top.
    interval : str
        What the layers' intervals are, for instance ``prediction interval``.
    details : tuple of Column
        What is read out with a point besides its values; the first is its name.
    levels : tuple of Level
        Lines for scale.
    note : str
        What the picture has and the chart hasn't.
    """

    figure: str
    why: str
    x: Axis
    y: Axis
    layers: tuple[Layer, ...]
    interval: str = "interval"
    details: tuple[Column, ...] = ()
    levels: tuple[Level, ...] = field(default=())
    note: str = ""

    def columns(self) -> list[str]:
        """Return every column that the chart reads, once."""
        names = [self.x.column, *(each.name for each in self.details)]
        names += [name for layer in self.layers for name in layer.columns()]
        return list(dict.fromkeys(names))

    def numeric(self) -> set[str]:
        """Return the columns whose cells are numbers; those of all others are texts."""
        names = {name for layer in self.layers for name in layer.values()}
        names |= {each.name for each in self.details if each.kind == "number"}
        return names if self.x.kind == "date" else names | {self.x.column}

    def draws(self, row: Mapping[str, str]) -> bool:
        """Tell whether a row of the data belongs to a layer."""
        return any(
            all(row[name] == value for name, value in layer.where.items()) for layer in self.layers
        )

    def check(self, header: Sequence[str], parameters: Mapping[str, object]) -> None:
        """Compare the declaration with a figure's data and its run's parameters.

        Parameters
        ----------
        header : sequence of str
            Columns of the figure's CSV.
        parameters : mapping of str to object
            Parameters of its run.

        Raises
        ------
        ResultError
            If a column or a parameter is not there; names each of them.
        """
        missing = [name for name in self.columns() if name not in header]
        named = [level.value for level in self.levels if isinstance(level.value, str)]
        unknown = [name for name in named if name not in parameters]
        if missing:
            raise ResultError(
                f"interactive {self.figure!r}: its data lack {', '.join(missing)}; "
                f"there are {', '.join(header)}"
            )
        if unknown:
            raise ResultError(
                f"interactive {self.figure!r}: its run has no parameter {', '.join(unknown)}"
            )
