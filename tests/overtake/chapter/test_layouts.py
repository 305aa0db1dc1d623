"""One figure at two widths: words are broken, numbers thinned, rows given height."""

import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from overtake.chapter import labels, style
from overtake.chapter.layouts import Arranged

LONG = "Share of all things that were counted in the years that were looked at, %"
ROWS = ["A name of a row that is rather long, by year", "Another, which is as long as the first"]


@pytest.fixture
def drawn() -> tuple[Figure, Axes]:
    figure, axes = style.new_figure(2.5)
    FigureCanvasSVG(figure)
    axes.plot([0, 1], [0, 1])
    return figure, axes


def shown(axes: Axes) -> list[str]:
    return [label.get_text() for label in labels.tick_labels(axes.yaxis)]


def test_a_label_is_broken_where_it_is_too_long_and_nowhere_else(
    drawn: tuple[Figure, Axes],
) -> None:
    figure, axes = drawn
    axes.set_xlabel(LONG)
    arranged = Arranged.of(figure)
    assert arranged.narrow() == ()
    assert axes.get_xlabel().replace("\n", " ") == LONG
    assert "\n" in axes.get_xlabel()
    assert arranged.wide() == ()
    assert axes.get_xlabel() == LONG


def test_a_price_in_dollars_is_broken_and_a_formula_is_not(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.set_xlabel(LONG.replace("things", "US$"))
    axes.set_ylabel(f"$x^2$, {LONG}")
    Arranged.of(figure).narrow()
    assert "\n" in axes.get_xlabel()
    assert "\n" not in axes.get_ylabel()


def test_a_year_is_whole_at_each_width(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.plot([2002, 2009], [0, 1])
    axes.set_xlim(2001.6, 2009.4)
    style.whole_years(axes)
    arranged = Arranged.of(figure)
    for arrange in (arranged.narrow, arranged.wide):
        arrange()
        assert all(label.get_text().isdigit() for label in labels.tick_labels(axes.xaxis))


def test_names_of_rows_are_broken_on_a_phone(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.set_yticks([0, 1], ROWS)
    arranged = Arranged.of(figure)
    arranged.narrow()
    assert [each.replace("\n", " ") for each in shown(axes)] == ROWS
    assert all("\n" in each for each in shown(axes))
    assert axes.bbox.width > 0.5 * figure.bbox.width


def test_rows_that_would_overlap_get_height() -> None:
    figure, axes = style.new_figure(1.5)
    FigureCanvasSVG(figure)
    axes.set_yticks(range(6), [ROWS[0]] * 6)
    arranged = Arranged.of(figure)
    assert arranged.narrow() == ()
    assert figure.get_size_inches()[1] > 1.5 * 1.12


def test_names_along_the_other_axis_are_broken_too(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.set_xticks([0, 0.5, 1], ["from none", "half of the whole of it", "all"])
    assert Arranged.of(figure).narrow() == ()


def test_numbers_that_would_run_together_are_left_out(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.set_xticks([place / 10 for place in range(11)], [str(2000 + i) for i in range(11)])
    arranged = Arranged.of(figure)
    assert arranged.narrow() == ()
    few = len(labels.tick_labels(axes.xaxis))
    assert arranged.wide() == ()
    assert 2 < few < len(labels.tick_labels(axes.xaxis)) == 11


def test_no_word_is_smaller_than_the_book_s_text(drawn: tuple[Figure, Axes]) -> None:
    figure, axes = drawn
    axes.text(0.2, 0.8, "small", fontsize=7)
    axes.set_yticks([0, 1], ROWS, fontsize=8)
    axes.set_title("large", fontsize=12)
    Arranged.of(figure).wide()
    sizes = {text.get_text(): text.get_fontsize() for text in labels.texts(figure)}
    assert min(map(float, sizes.values())) == style.TEXT_POINTS
    assert sizes["large"] == 12
