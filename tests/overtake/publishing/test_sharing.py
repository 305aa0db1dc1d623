"""The picture for sharing: its size, its words, the figure as large as fits."""

import io

import numpy as np
import pytest
from PIL import Image

from overtake.publishing.sharing import SIZE, share_picture

TITLE = "A title of some words"


def drawing(width: int, height: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(written, "png")
    return written.getvalue()


def pixels(picture: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == SIZE
        return np.asarray(image.convert("RGB")).astype(int)


@pytest.mark.parametrize("size", [(1280, 600), (300, 2000), (3000, 100)])
def test_the_figure_keeps_its_shape_and_its_distance_from_the_edges(size: tuple[int, int]) -> None:
    shown = pixels(share_picture(drawing(*size), TITLE, "Book"))
    red = (shown[..., 0] > 200) & (shown[..., 1] < 60)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    width, height = len(columns), len(rows)
    assert width / height == pytest.approx(size[0] / size[1], rel=0.05)
    assert columns[0] >= 48
    assert columns[-1] < SIZE[0] - 48
    assert 90 < rows[0] < rows[-1] < SIZE[1] - 70, "between the title and the book's name"
    assert width == pytest.approx(SIZE[0] - 96, abs=2) or height > 350


def test_a_long_title_takes_three_lines_at_most() -> None:
    short, long, longer = (
        pixels(share_picture(drawing(1000, 100), f"{TITLE} " * times, "Book"))
        for times in (1, 6, 60)
    )
    reds = [(each[..., 0] > 200) & (each[..., 1] < 60) for each in (short, long, longer)]
    tops = [int(np.argmax(red.mean(axis=1) > 0.5)) for red in reds]
    assert tops[0] < tops[1] == tops[2]


def test_it_is_the_same_each_time_and_small() -> None:
    noise = np.random.default_rng(1).integers(0, 2, (600, 1280), dtype=np.uint8) * 255
    written = io.BytesIO()
    Image.fromarray(noise).save(written, "png")
    made = share_picture(drawing(1280, 700), TITLE, "Book")
    assert made == share_picture(drawing(1280, 700), TITLE, "Book")
    assert len(made) < 150_000
    assert share_picture(written.getvalue(), TITLE, "Book") != made
