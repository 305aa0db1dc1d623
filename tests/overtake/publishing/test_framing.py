"""A title above a picture, the source below it, and the drawing as it was."""

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from lxml import etree
from matplotlib.figure import Figure as Canvas
from PIL import Image

from overtake.chapter import labels, style
from overtake.chapter.figures import Drawing, render, save
from overtake.core.errors import PictureError, StoreError
from overtake.data import tables
from overtake.publishing import dark, framing, stamping
from overtake.publishing.framing import KINDS
from overtake.publishing.verification.subject import is_drawn_in
from overtake.runs.words.told import Figure
from tests.made_runs import figure
from tests.overtake.publishing.stamps import SAID

TITLE = (
    "Cost fell from $5 to $2, and <b>a title</b> & may be long enough to wrap onto lines"
    ", which takes some words"
)
SOURCE = "Source: somebody (data of 2026-01-01)."
ORIGIN = "Overtake · gap · 1.0 · CC BY 4.0"


def drawing() -> Drawing:
    import pandas as pd

    style.use()
    canvas, axes = style.new_figure(2.0)
    axes.plot([1, 2], [3, 12])
    return Drawing(canvas, pd.DataFrame({"x": [1, 2]}), ("electricity",))


@pytest.fixture(scope="module")
def bodies() -> dict[str, bytes]:
    contents = render(drawing().figure, salt="gap", stem="gap").pictures
    return {kind: contents[f"gap.{kind}"] for kind in KINDS}


@pytest.fixture(scope="module")
def framed(bodies: dict[str, bytes]) -> dict[str, bytes]:
    return framing.frame(bodies, title=TITLE, source=SOURCE)


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def sizes(pictures: Mapping[str, bytes]) -> dict[str, tuple[float, float]]:
    """Return width and height of each picture, in points."""
    height, width, _ = pixels(pictures["png"]).shape
    with pikepdf.open(io.BytesIO(pictures["pdf"])) as pdf:
        box = [float(side) for side in pdf.pages[0].mediabox]
    return {
        "svg": framing.size_points(pictures["svg"]),
        "png": (width * 72 / 200, height * 72 / 200),
        "pdf": (box[2] - box[0], box[3] - box[1]),
    }


def test_all_pictures_grow_by_the_words_alone(
    bodies: dict[str, bytes], framed: dict[str, bytes]
) -> None:
    before, after = sizes(bodies), sizes(framed)
    width, height = before["svg"]
    two_lines, one_line = 2 * 0.19 + 0.08, 0.13 + 0.08
    for kind in KINDS:
        assert after[kind] == pytest.approx((width, height + 72 * (two_lines + one_line)), abs=0.4)


def test_a_longer_title_takes_another_line(bodies: dict[str, bytes]) -> None:
    heights = [
        sizes(framing.frame(bodies, title=title, source=SOURCE))["svg"][1]
        for title in ("Short", TITLE, f"{TITLE} {TITLE}")
    ]
    assert np.diff(heights) == pytest.approx([72 * 0.19, 2 * 72 * 0.19], abs=0.01)


def test_a_subtitle_takes_a_line_under_the_title(bodies: dict[str, bytes]) -> None:
    without, with_one = (
        framing.frame(bodies, title=TITLE, source=SOURCE, subtitle=subtitle)
        for subtitle in ("", "Gap, times")
    )
    grown = sizes(with_one)["svg"][1] - sizes(without)["svg"][1]
    assert grown == pytest.approx(72 * 0.17, abs=0.01)
    title = round(2 * 0.19 * 200)
    np.testing.assert_array_equal(pixels(with_one["png"])[:title], pixels(without["png"])[:title])


def test_pages_show_the_drawing_alone_light_and_dark(shown: Figure, tmp_path: Path) -> None:
    folder = framing.framed(shown, tmp_path)
    drawn = (shown.folder / "gap.svg").read_bytes()
    assert (folder / "gap-wide.svg").read_bytes() == drawn
    assert (folder / "gap-wide-dark.svg").read_bytes() == dark.recoloured(drawn)
    narrow = (shown.folder / "gap-narrow.svg").read_bytes()
    assert (folder / "gap-narrow.svg").read_bytes() == narrow
    assert (folder / "gap-narrow-dark.svg").read_bytes() == dark.recoloured(narrow)


def test_the_drawing_s_pixels_stay_as_they_were(
    bodies: dict[str, bytes], framed: dict[str, bytes]
) -> None:
    inside, whole = pixels(bodies["png"]), pixels(framed["png"])
    top = round((2 * 0.19 + 0.08) * 200)
    np.testing.assert_array_equal(whole[top : top + len(inside)], inside)
    assert (whole[:top] < 255).any(), "the title is there"
    assert (whole[top + len(inside) :] < 255).any(), "the source line is there"


def test_the_svg_holds_the_drawing_s_elements_and_every_id_once(
    bodies: dict[str, bytes], framed: dict[str, bytes]
) -> None:
    whole, body = etree.fromstring(framed["svg"]), etree.fromstring(bodies["svg"])
    ids = whole.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(body.xpath("//@id")) <= set(ids)
    links = {link.removeprefix("#") for link in whole.xpath("//@*[name()='xlink:href']")}
    assert links <= set(ids)
    (moved,) = whole.xpath("/*/*[@transform][starts-with(@transform, 'translate(0 ')]")
    kept = [etree.tostring(each, method="c14n") for each in moved]
    assert kept == [etree.tostring(each, method="c14n") for each in body]


def test_the_pdf_has_one_sound_page_that_shows_the_drawing(framed: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(framed["pdf"])) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert len(pdf.pages) == 1
        assert list(pdf.pages[0].Resources.XObject) == ["/Drawing"]


def test_the_same_words_give_the_same_bytes(
    bodies: dict[str, bytes], framed: dict[str, bytes]
) -> None:
    assert framing.frame(bodies, title=TITLE, source=SOURCE) == framed
    other = framing.frame(bodies, title="Another", source=SOURCE)
    assert all(other[kind] != framed[kind] for kind in KINDS)


@pytest.mark.parametrize("title", ["$5", "$x^2$ and $", r"\frac{1}{2} $\nope$", "100% {x} _y_ ^z"])
def test_signs_that_mean_mathematics_elsewhere_are_text_here(
    bodies: dict[str, bytes], title: str
) -> None:
    assert set(framing.frame(bodies, title=title, source=title)) == set(KINDS)


def test_the_drawing_of_a_run_gets_any_words_and_a_damaged_one_is_told(
    bodies: dict[str, bytes], framed: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "figures").mkdir()
    for kind, content in bodies.items():
        (tmp_path / f"figures/gap.{kind}").write_bytes(content)
    credit = SOURCE.removeprefix("Source: ").removesuffix(".")
    said = replace(SAID, figure="gap", title=TITLE, data=credit)
    assert framing.of_run(tmp_path, said) == framed
    for kind in KINDS:
        (tmp_path / f"figures/gap.{kind}").write_bytes(b"damaged")
        with pytest.raises(PictureError):
            framing.of_run(tmp_path, said)
        (tmp_path / f"figures/gap.{kind}").write_bytes(bodies[kind])
    with pytest.raises(PictureError, match="figure gone is damaged"):
        framing.of_run(tmp_path, replace(said, figure="gone"))


def test_the_words_of_a_stamp_draw_what_was_stamped(
    bodies: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "figures").mkdir()
    for kind, content in bodies.items():
        (tmp_path / f"figures/gap.{kind}").write_bytes(content)
    words = {"title": TITLE, "subtitle": "Gap, times", "origin": ORIGIN}
    said = replace(SAID, figure="gap", version="1.0", **words)
    for kind, made in framing.of_run(tmp_path, said).items():
        found = stamping.identify(stamping.add(made, said))
        assert is_drawn_in(found, tmp_path)
        for other in ("subtitle", "origin"):
            asked = replace(found, said=replace(found.said, **{other: "Another"}))
            assert not is_drawn_in(asked, tmp_path), (kind, other)


def test_the_origin_stands_below_the_source_and_touches_nothing(
    bodies: dict[str, bytes], framed: dict[str, bytes]
) -> None:
    told = framing.frame(bodies, title=TITLE, source=SOURCE, origin=ORIGIN)
    before, after = sizes(framed), sizes(told)
    for kind in KINDS:
        assert after[kind][1] - before[kind][1] == pytest.approx(72 * 0.14, abs=0.4)
    with_it, drawing = pixels(told["png"]), len(pixels(bodies["png"]))
    kept = round((2 * 0.19 + 0.08) * 200) + drawing
    np.testing.assert_array_equal(with_it[:kept], pixels(framed["png"])[:kept])
    strip = with_it[-round(0.14 * 200) :].min(axis=2)
    middle = strip.shape[1] // 2
    assert (strip[:, middle:] < 200).any(), "it is at the right"
    assert (strip[:, :middle] == 255).all(), "and nothing else on its line"
    for edge in (strip[-1], strip[:, -1]):
        assert (edge == 255).all(), "nothing is cut off"


@pytest.mark.parametrize("inches", [style.NARROW_INCHES, style.WIDTH_INCHES])
def test_the_longest_origin_has_room_at_each_width(inches: float) -> None:
    canvas = Canvas(figsize=(inches, 0.5))
    origin = ORIGIN.replace("gap", "capability-" * 5 + "lag-years")
    framing._write_origin(canvas, framing._wrapped_origin(origin, 72 * inches))
    assert labels.find_touching(canvas) == ()
    (words,) = canvas.texts
    (box,) = labels.boxes(canvas, [words])
    assert box[0] > 0
    assert box[2] < canvas.bbox.width


def test_pages_show_the_origin_on_a_strip_below_the_drawing_light_and_dark(shown: Figure) -> None:
    drawn = {name: (shown.folder / f"gap{end}.svg").read_bytes()
             for name, end in (("wide", ""), ("narrow", "-narrow"))}  # fmt: skip
    made = framing._for_pages(shown, drawn["wide"], ORIGIN)
    for name, body in drawn.items():
        told = made[f"gap-{name}.svg"]
        assert made[f"gap-{name}-dark.svg"] == dark.recoloured(told)
        (width, height), size = framing.size_points(body), framing.size_points(told)
        assert size == pytest.approx((width, height + 72 * (0.14 + 0.08) * _taller(name)), abs=0.1)
        root = etree.fromstring(told)
        assert [float(each) for each in root.get("viewBox").split()[2:]] == pytest.approx(size)
        ids = root.xpath("//@id")
        assert len(ids) == len(set(ids))
        before = [etree.tostring(each, method="c14n") for each in etree.fromstring(body)]
        assert [etree.tostring(each, method="c14n") for each in root][:-1] == before
        assert root[-1].get("transform") == f"translate(0 {height:.6g})"
        assert ORIGIN in " ".join(comment.text for comment in root[-1].iter(etree.Comment))


def _taller(name: str) -> float:
    return 1.12 if name == "narrow" else 1.0


@pytest.fixture
def shown(tmp_path: Path) -> Figure:
    record = save("gap", drawing(), tmp_path / "figures")
    return replace(figure("gap", title=TITLE), files=record.files, folder=tmp_path / "figures")


def test_pictures_are_made_once_for_their_words(shown: Figure, tmp_path: Path) -> None:
    folder = framing.framed(shown, tmp_path)
    times = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    shown_names = {f"gap-{name}.svg" for name in framing.SHOWN}
    assert set(times) == {f"gap.{kind}" for kind in KINDS} | shown_names
    assert framing.framed(shown, tmp_path) == folder
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == times
    assert [path.name for path in folder.parent.iterdir()] == [folder.name], "nothing else is left"


def test_other_words_or_another_drawing_make_other_pictures(shown: Figure, tmp_path: Path) -> None:
    folder = framing.framed(shown, tmp_path)
    others = [
        replace(shown, title="Another"),
        replace(shown, subtitle="Gap, times"),
        replace(shown, sources={"ai_models": ("epoch-ai-models",)}),
        replace(shown, files={**shown.files, "gap.svg": "0" * 64}),
    ]
    folders = {framing.framed(other, tmp_path) for other in others}
    assert len(folders) == 4
    assert folder not in folders
    assert framing.framed(replace(shown, caption="Another"), tmp_path) == folder


def test_a_folder_that_cannot_be_written_is_told(shown: Figure, tmp_path: Path) -> None:
    (tmp_path / "_build").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="can't be written"):
        framing.framed(shown, tmp_path)


def test_source_line_names_each_producer_once() -> None:
    names = ("ai_models", "chips_owned", "electricity")
    line = framing.source_line({name: tables.describe(name).sources for name in names})
    assert line.startswith("Source: ")
    assert line.count("Epoch AI") == 1
    assert "Our World in Data" in line
