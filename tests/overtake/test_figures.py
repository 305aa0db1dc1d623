"""Published figures: files, record, refusals, same bytes."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib.image
import pandas as pd
import pytest
from matplotlib.figure import Figure

from overtake import figures, style, tables
from overtake.errors import ResultError

TEXTS: dict[str, Any] = {
    "id": "gap-by-measure",
    "title": "The gap is 12 times by chips owned, and a title may be long enough to wrap",
    "caption": "Ratio by measure.",
    "alt": "Three points; the largest is 12.",
    "tables": ["electricity"],
    "columns": {"x": "measure", "y": "ratio, times"},
}
DATA = pd.DataFrame({"x": [1, 2], "y": [3.0, 12.0]})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OVERTAKE_RUN_FOLDER", str(tmp_path))
    monkeypatch.setenv("OVERTAKE_RUN_ID", "0123456789abcdef")
    tables.load("electricity")
    return tmp_path / "figures"


def drawn() -> Figure:
    figure, axes = style.new_figure()
    axes.plot(DATA["x"], DATA["y"])
    return figure


def test_files_data_and_record_are_written(folder: Path) -> None:
    record = figures.publish(drawn(), DATA, **TEXTS)
    assert {p.suffix for p in folder.iterdir()} == {".svg", ".png", ".pdf", ".csv", ".json"}
    pd.testing.assert_frame_equal(pd.read_csv(folder / "gap-by-measure.csv"), DATA)
    written = json.loads((folder / "gap-by-measure.json").read_text(encoding="utf-8"))
    assert written["alt"] == record.alt
    assert ET.parse(folder / "gap-by-measure.svg").getroot().tag.endswith("svg")


def test_png_has_two_pixels_for_each_nominal_one(folder: Path) -> None:
    figures.publish(drawn(), DATA, **TEXTS)
    width = matplotlib.image.imread(folder / "gap-by-measure.png").shape[1]
    assert width == round(style.WIDTH_INCHES * 200)


def test_same_figure_same_bytes(folder: Path) -> None:
    figures.publish(drawn(), DATA, **TEXTS)
    first = {p.name: p.read_bytes() for p in folder.iterdir()}
    figures.publish(drawn(), DATA, **TEXTS)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == first


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": "../escape"}, "small letters"),
        ({"id": "Gap"}, "small letters"),
        ({"alt": " "}, "alt is empty"),
        ({"columns": {"x": "measure"}}, "columns without a meaning: y"),
        ({"tables": []}, "names no table"),
        ({"tables": ["ai_models"]}, "not loaded: ai_models"),
    ],
)
def test_incomplete_figures_are_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ResultError, match=complaint):
        figures.publish(drawn(), DATA, **{**TEXTS, **change})


def test_a_figure_without_data_is_refused() -> None:
    with pytest.raises(ResultError, match="no rows"):
        figures.publish(drawn(), DATA.iloc[:0], **TEXTS)


def test_source_line_names_each_producer_once() -> None:
    line = figures.source_line(["ai_models", "ai_models", "electricity"])
    assert line.count("Epoch AI") == 1
    assert "Our World in Data" in line
