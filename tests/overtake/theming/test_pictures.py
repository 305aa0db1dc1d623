"""A figure's place is kept before the figure is there."""

from pathlib import Path

import pytest

from overtake.book.theming import pictures


def drawing(folder: Path, size: str) -> Path:
    path = folder / "a.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size}/>', encoding="utf-8")
    return path


def test_a_figure_gets_its_size_and_may_come_later(tmp_path: Path) -> None:
    path = drawing(tmp_path, 'width="374.4pt" height="300pt"')
    body = '<p><img alt="x" class="overtake-figure" src="../_images/a.svg" /></p>'
    found = pictures.lazy(body, lambda _: path)
    assert '<img width="499" height="400" loading="lazy" alt="x"' in found


def test_other_pictures_and_sized_ones_stay_as_they_are(tmp_path: Path) -> None:
    body = '<img src="a.png"><img width="3" class="overtake-figure" src="a.svg">'
    assert pictures.lazy(body, lambda _: tmp_path) == body


def test_a_picture_without_a_size_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="size in points"):
        pictures.size(drawing(tmp_path, 'width="10px" height="10px"'))
