"""Copies that lost their stamp look like their figure, and like no other."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from overtake.core.paths import Project
from overtake.publishing import drawn
from overtake.publishing.recognition import hashes, lookalikes, raster
from overtake.publishing.recognition.lookalikes import Index, Resemblance
from tests.overtake.publishing.recognition import gallery
from tests.overtake.publishing.recognition.gallery import COPIES, DRAWN, SHOTS


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return gallery.build(tmp_path_factory.mktemp("gallery"))


@pytest.fixture(scope="module")
def index(project: Project) -> Index:
    return lookalikes.index_of(project, unheard)


def unheard(_share: float) -> None:
    """Nobody hears how far the hashes are."""


def nearest(content: bytes, index: Index) -> Resemblance:
    is_pdf = content.startswith(b"%PDF")
    images = raster.of_pdf(content) if is_pdf else [drawn.opened(content)]
    found = lookalikes.nearest(images, index)
    assert found is not None
    return found


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_looks_like_its_figure_alone(project: Project, index: Index, way: str) -> None:
    for figure in DRAWN:
        found = nearest(COPIES[way](gallery.opened(project, figure)), index)
        assert (found.figure, found.is_alike) == (figure, True), found
        assert 2 * found.next_distance > found.least, "no other does"


@pytest.mark.parametrize("way", SHOTS)
def test_a_screenshot_of_a_page_looks_like_its_figure(
    project: Project, index: Index, way: str
) -> None:
    for figure in DRAWN:
        found = nearest(gallery.shot(project, figure, way), index)
        assert (found.figure, found.is_alike) == (figure, True), found


def test_what_is_no_figure_looks_like_none(index: Index) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 500), dtype=np.uint8)
    text = gallery.page(Image.new("RGB", (600, 200), "white"), "white", "black")
    strangers = {
        "blank": Image.new("RGB", (400, 300), "white"),
        "a dot": Image.new("RGB", (1, 1), "black"),
        "noise": Image.fromarray(noise),
        "slope": Image.linear_gradient("L"),
        "text": text,
    }
    alike = {name for name, image in strangers.items() if index.nearest(image).is_alike}
    assert alike == set()


def test_a_figure_that_the_book_does_not_have_looks_like_none(
    project: Project, index: Index
) -> None:
    for figure in DRAWN:
        kept = np.array(index.figures) != figure
        others, places = (
            tuple(np.array(each)[kept].tolist()) for each in (index.figures, index.places)
        )
        without = Index(others, places, index.rows[kept], index.least)
        found = without.nearest(gallery.opened(project, figure))
        assert not found.is_alike, (figure, found)


def test_the_limit_is_how_far_different_figures_are_apart(index: Index) -> None:
    figures = np.array(index.figures)
    apart = [
        int(hashes.distances(one, index.rows[other].reshape(-1, 4)).min())
        for i, name in enumerate(figures)
        for one in index.rows[i, :2]
        for other in np.flatnonzero(figures != name)
    ]
    assert index.least == min(*apart, hashes.BITS // 4)


def test_one_figure_alone_has_a_limit_too(index: Index) -> None:
    alone = np.array(index.figures) == index.figures[0]
    assert lookalikes._least(np.array(index.figures)[alone], index.rows[alone]) == hashes.BITS // 4


def test_an_earlier_id_of_a_figure_is_the_figure(tmp_path: Path) -> None:
    renamed = gallery.build(tmp_path)
    renamed.figures.mkdir()
    moved = "id,moved_to\nbars,lines\nlines,dots\n"
    (renamed.figures / "redirects.csv").write_text(moved, encoding="utf-8")
    found = lookalikes.index_of(renamed, unheard)
    assert set(found.figures) == {"dots", "rows", "falling"}


def test_hashes_are_made_once_for_their_pictures(project: Project, index: Index) -> None:
    kept = project.root / "_build" / "lookalikes"
    times = {path: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert len(times) == len(DRAWN) + 1
    told: list[float] = []
    again = lookalikes.index_of(project, told.append)
    assert not told, "there is nothing to wait for"
    assert {path: path.stat().st_mtime_ns for path in kept.iterdir()} == times
    assert (again.figures, again.least) == (index.figures, index.least)
    np.testing.assert_array_equal(again.rows, index.rows)


def test_it_is_told_how_far_they_are(tmp_path: Path) -> None:
    told: list[float] = []
    lookalikes.index_of(gallery.build(tmp_path), told.append)
    assert told == [(done + 1) / len(DRAWN) for done in range(len(DRAWN))]


def test_a_dark_picture_has_the_hash_of_the_light_one(project: Project) -> None:
    for figure in DRAWN:
        made = []
        for name in ("wide", "wide-dark"):
            svg = gallery.picture(project, f"{figure}-{name}.svg").read_bytes()
            ink = hashes.ink_of(raster.of_own_svg(svg))
            made.append(hashes.of_boxes(ink, [(0, 0, ink.shape[1], ink.shape[0])]))
        assert hashes.distances(made[0][0], made[1])[0] < hashes.BITS / 10


def test_a_box_has_the_hash_of_the_picture_cut_to_it(project: Project) -> None:
    ink = hashes.ink_of(gallery.opened(project, "lines"))
    box = (100, 60, 900, 500)
    (inside,) = hashes.of_boxes(ink, [box])
    (alone,) = hashes.of_boxes(ink[60:500, 100:900], [(0, 0, 800, 440)])
    np.testing.assert_array_equal(inside, alone)
