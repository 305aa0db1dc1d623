"""Labels keep clear of lines and of each other; what touches is told."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from overtake.chapter import labels, style
from overtake.chapter.layouts import Arranged


@pytest.fixture
def drawn() -> tuple[Figure, Axes]:
    figure, axes = style.new_figure(3)
    FigureCanvasSVG(figure)
    axes.set(xlim=(0, 10), ylim=(0, 10))
    return figure, axes


def test_labels_at_one_place_are_pushed_apart(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    for height in (5.0, 5.1, 5.2):
        axes.plot([0, 8], [height, height])
        style.label_line(axes, (8, height), f"at {height}", colour="#444444")
    assert Arranged.of(figure).wide() == ()
    bottoms = np.sort(labels.boxes(figure, axes.texts)[:, 1])
    assert (np.diff(bottoms) > 10).all()


def test_a_label_leaves_the_line_that_it_would_stand_on(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.plot([0, 10], [5, 5])
    style.label_line(axes, (5, 5), "middle", colour="#444444")
    assert Arranged.of(figure).wide() == ()


def test_a_label_that_touches_nothing_stays(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.plot([0, 4], [5, 5])
    style.label_line(axes, (4, 5), "end", colour="#444444")
    Arranged.of(figure).wide()
    assert axes.texts[0].xyann == (5, 0)  # type: ignore[attr-defined]


def test_both_widths_start_from_where_the_section_put_labels(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.plot([0, 10], [5, 5])
    style.label_line(axes, (5, 5), "middle", colour="#444444")
    arranged = Arranged.of(figure)
    arranged.wide()
    first = axes.texts[0].xyann  # type: ignore[attr-defined]
    arranged.narrow()
    arranged.wide()
    assert axes.texts[0].xyann == first  # type: ignore[attr-defined]


def touching(figure: Figure) -> tuple[str, ...]:
    return Arranged.of(figure).wide()


def test_words_on_words_are_told(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.text(5, 5, "one")
    axes.text(5.1, 5.1, "two")
    assert touching(figure) == ("“one” and “two”",)


def test_words_on_lines_dots_and_edges_of_bars_are_told(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.plot([0, 2], [0, 2])
    axes.text(1, 1, "line", ha="center")
    axes.scatter([5], [5])
    axes.text(5, 5, "dot", ha="center", va="center")
    axes.bar([8], [8], width=0.5)
    axes.text(8, 8, "bar", ha="center", va="center")
    axes.vlines(3, 6, 9)
    axes.text(3, 7, "upright", ha="center")
    told = ("line", "dot", "bar", "upright")
    assert touching(figure) == tuple(f"“{each}” and a line" for each in told)


def test_what_is_out_of_sight_faint_or_behind_a_ground_is_no_contact(
    drawn: tuple[Figure, Axes],
) -> None:
    figure, axes = drawn
    axes.plot([0, 20], [20, 20])
    axes.plot([0, 10], [2, 2], alpha=0.3)
    axes.text(5, 2, "faint", va="center")
    axes.plot([0, 10], [6, 6])
    axes.text(5, 6, "ground", va="center", bbox={"facecolor": "white"})
    axes.text(5, 9, "hidden", visible=False)
    assert touching(figure) == ()


def test_a_step_is_where_it_is_drawn(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.plot([0, 8], [2, 8], drawstyle="steps-post")
    axes.text(4, 5, "free", ha="center", va="center")
    axes.text(4, 2, "on it", ha="center", va="center")
    assert touching(figure) == ("“on it” and a line",)


def test_words_over_the_edge_of_the_picture_are_told(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    figure.set_layout_engine("none")
    axes.text(1.1, 0.5, "outside", transform=axes.transAxes)
    assert "“outside” and the edge of the picture" in touching(figure)
