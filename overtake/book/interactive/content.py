"""What a page carries of an interactive chart: its declaration and the rows of its CSV."""

import json
import math
from typing import Any

from overtake.book.interactive.charts import CHARTS
from overtake.book.interactive.spec import Chart, Layer, Level
from overtake.core import templating
from overtake.core.errors import ResultError
from overtake.data import spreadsheet
from overtake.runs.runs import Run


def render(run: Run, figure: str, title: str) -> str:
    """Return a figure's chart as HTML, or "" if it has none.

    Parameters
    ----------
    run : Run
        The run that drew the figure.
    figure, title : str
        The figure's id, and its message.

    Raises
    ------
    ResultError
        If the figure's data lack what the declaration names.
    """
    if figure not in CHARTS:
        return ""
    chart = CHARTS[figure]
    return templating.render(
        "interactive.html",
        figure=figure,
        note=chart.note,
        data=_json_block(content(chart, run, title)),
    )


def content(chart: Chart, run: Run, title: str) -> dict[str, Any]:
    """Return what ``theme/interactive.js`` reads; the values are those of the figure's CSV.

    Raises
    ------
    ResultError
        If the figure's data lack what the declaration names, or have another
        text where it says that numbers are.
    """
    path = run.folder / "figures" / chart.figure
    header, *rows = spreadsheet.rows_of(path.with_suffix(".csv"))
    parameters = run.record.inputs.parameters
    chart.check(header, parameters)
    _check_drawn(chart, [dict(zip(header, row, strict=True)) for row in rows])
    names = chart.columns()
    numeric = chart.numeric()
    places = [(name, header.index(name)) for name in names]
    return {
        "title": title,
        "columns": names,
        "rows": [
            [
                _number(chart, name, row[at]) if name in numeric else row[at] or None
                for name, at in places
            ]
            for row in rows
        ],
        "x": vars(chart.x),
        "y": vars(chart.y),
        "layers": [_layer(layer) for layer in chart.layers],
        "details": [vars(column) for column in chart.details],
        "levels": [_level(level, parameters) for level in chart.levels],
        "interval": _interval(chart, parameters),
    }


def _check_drawn(chart: Chart, rows: list[dict[str, str]]) -> None:
    """Refuse a declaration that would leave rows of the figure out."""
    left_out = sum(not chart.draws(row) for row in rows)
    if left_out:
        raise ResultError(
            f"interactive {chart.figure!r}: no layer draws {left_out} of {len(rows)} rows"
        )


def _layer(layer: Layer) -> dict[str, Any]:
    return vars(layer) | {"where": dict(layer.where)}


def _level(level: Level, parameters: dict[str, Any]) -> dict[str, Any]:
    value = parameters[level.value] if isinstance(level.value, str) else level.value
    return vars(level) | {"value": float(value)}


def _interval(chart: Chart, parameters: dict[str, Any]) -> str:
    level = parameters.get("interval_level")
    return chart.interval if level is None else f"{level:.0%} {chart.interval}"


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


def _json_block(content: dict[str, Any]) -> str:
    """Return JSON that no browser takes for the end of its element."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
