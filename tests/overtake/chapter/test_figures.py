"""Published figures: files, record, refusals, same bytes."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib.image
import pandas as pd
import pytest

from overtake.chapter import figures, style
from overtake.chapter.figures import Drawing, DrawingRecord
from overtake.core.errors import ResultError
from overtake.publishing import framing
from overtake.runs.words import told

ID = "gap-by-measure"
DATA = pd.DataFrame({"x": [1, 2], "y": [3.0, 12.0]})


@pytest.fixture(autouse=True)
def folder(run_folder: Path) -> Path:
    return run_folder / "figures"


def drawn() -> Drawing:
    figure, axes = style.new_figure()
    axes.plot(DATA["x"], DATA["y"])
    return Drawing(figure, DATA, ("electricity",))


def read(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_data_and_record_are_written(folder: Path) -> None:
    figures.publish(ID, drawn())
    assert {p.suffix for p in folder.iterdir()} == {".svg", ".png", ".pdf", ".csv", ".json"}
    pd.testing.assert_frame_equal(pd.read_csv(folder / f"{ID}.csv"), DATA)
    assert ET.parse(folder / f"{ID}.svg").getroot().tag.endswith("svg")
    found = told.drawings(folder.parent)[ID]
    clear: dict[str, tuple[str, ...]] = {"narrow": (), "wide": ()}
    assert found == DrawingRecord(
        ID, {"electricity": ("owid-electricity",)}, ("x", "y"), 2, found.files, clear
    )
    pictures = {f"{ID}{ending}" for ending in (".svg", "-narrow.svg", ".png", ".pdf")}
    assert set(found.files) == pictures | {f"{ID}.csv"}


def test_png_has_two_pixels_for_each_nominal_one(folder: Path) -> None:
    figures.publish(ID, drawn())
    width = matplotlib.image.imread(folder / f"{ID}.png").shape[1]
    assert width == round(style.WIDTH_INCHES * 200)


def test_the_picture_for_a_phone_is_narrower_and_taller_for_its_width(folder: Path) -> None:
    figures.publish(ID, drawn())
    wide, narrow = (
        framing.size_points((folder / f"{ID}{name}.svg").read_bytes()) for name in ("", "-narrow")
    )
    assert wide[0] == pytest.approx(72 * style.WIDTH_INCHES)
    assert narrow[0] == pytest.approx(72 * style.NARROW_INCHES, abs=0.01)
    assert narrow[1] > wide[1]


def test_what_touches_is_told_at_each_width(folder: Path) -> None:
    figure, axes = style.new_figure()
    axes.plot([0, 1], [0, 1])
    axes.text(0.5, 0.5, "on the line")
    figures.publish(ID, Drawing(figure, DATA, ("electricity",)))
    touching = told.drawings(folder.parent)[ID].touching
    assert touching == dict.fromkeys(("narrow", "wide"), ("“on the line” and a line",))


def test_same_figure_same_bytes(folder: Path) -> None:
    figures.publish(ID, drawn())
    first = read(folder)
    figures.publish(ID, drawn())
    assert read(folder) == first


@pytest.mark.parametrize(
    ("id", "names", "complaint"),
    [
        ("../escape", ("electricity",), "small letters"),
        ("Gap", ("electricity",), "small letters"),
        (ID, (), "names no table"),
    ],
)
def test_incomplete_figures_are_refused(
    folder: Path, id: str, names: tuple[str, ...], complaint: str
) -> None:
    with pytest.raises(ResultError, match=complaint):
        figures.publish(id, replace(drawn(), tables=names))
    assert not folder.exists()


def test_a_figure_without_data_is_refused() -> None:
    with pytest.raises(ResultError, match="no rows"):
        figures.publish(ID, replace(drawn(), data=DATA.iloc[:0]))
