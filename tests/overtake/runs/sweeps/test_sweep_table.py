"""The table of a sweep has a row for each number, whichever parameters a chapter has."""

import math

from overtake.runs.designs import PlannedRun
from overtake.runs.recorded import RunInputs
from overtake.runs.sweep_table import tabulate

DIGEST = "0" * 64
NUMBER = {"value": 1.5, "low": 1.0, "high": 2.0, "level": 0.9, "kind": "range", "n": 3, "unit": ""}


def planned(point: int, chapter: str, **assigned: float) -> PlannedRun:
    inputs = RunInputs(chapter, dict(assigned), DIGEST, {}, {}, DIGEST, "3.11")
    return PlannedRun(point, assigned, inputs)


def test_rows_follow_the_plan_and_points_share_runs() -> None:
    first, again, other = (
        planned(0, "tides", height=1),
        planned(1, "tides", height=1),
        planned(1, "loaves", salt=0.2),
    )
    found = {
        first.inputs.id: [{"name": "low", **NUMBER}, {"name": "high", **NUMBER}],
        other.inputs.id: [{"name": "weight", **NUMBER}],
    }
    table = tabulate([first, again, other], found)
    assert list(table) == ["point", "chapter", "run", "height", "salt", "name", *NUMBER]
    assert table["point"].tolist() == [0, 0, 1, 1, 1]
    assert table["name"].tolist() == ["low", "high", "low", "high", "weight"]
    assert table["run"].tolist() == [first.inputs.id] * 4 + [other.inputs.id]
    assert table["height"].tolist()[:4] == [1, 1, 1, 1]
    assert math.isnan(table["height"].iloc[4])
    assert math.isnan(table["salt"].iloc[0])
    assert table["salt"].iloc[4] == 0.2


def test_a_point_without_numbers_has_no_row() -> None:
    table = tabulate([planned(0, "tides", height=1)], {})
    assert table.empty
    assert list(table) == ["point", "chapter", "run", "height", "name", *NUMBER]
