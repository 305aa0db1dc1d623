"""Curves on a surface that only two sliders move."""

from dataclasses import replace

import pytest

from chapters.forecast_explorer.accuracy import chance_at_baseline
from chapters.forecast_explorer.sliders import Curves, draw_curves, draw_regimes, move_sliders
from models.race.forecast_surface import CURVE_COLUMNS, REGIMES, SLIDERS, ForecastSurface


@pytest.fixture(scope="module")
def curves(surface: ForecastSurface) -> Curves:
    return move_sliders(surface, baseline=chance_at_baseline(surface, n=11).value)


def test_the_gain_moves_most_and_what_moves_nothing_least(curves: Curves) -> None:
    widths = {spread.name: spread.width for spread in curves.spreads}
    assert curves.widest.label == "Efficiency gain"
    assert widths["euv_volume_year"] == widths["delivery_share_china"] == 0
    assert curves.narrowest.width == 0
    assert 0 < widths["us_compute_growth"] < widths["efficiency_gain_oom_per_year"]
    assert curves.widest.lowest < curves.baseline < curves.widest.highest


def test_growth_takes_most_where_it_counts_most(curves: Curves) -> None:
    falls = {fall.import_regime: fall.points for fall in curves.falls}
    assert falls.keys() == set(REGIMES)
    assert falls["closed"] == 0 < falls["open"] < falls["as now"]
    assert not curves.growth_hardly_moves
    level = curves.table.assign(held=curves.baseline)
    assert replace(curves, table=level).growth_hardly_moves


def test_a_curve_is_drawn_for_each_slider_under_the_baseline_s_regime(curves: Curves) -> None:
    drawing = draw_curves(curves)
    assert list(drawing.data.columns) == list(CURVE_COLUMNS)
    assert set(drawing.data["import_regime"]) == {"as now"}
    panels = [axes for axes in drawing.figure.axes if axes.lines]
    assert len(panels) == len(SLIDERS)
    baselines, drawn = zip(*(axes.lines for axes in panels), strict=True)
    assert sum(len(line.get_xdata()) for line in drawn) == len(drawing.data)
    for level in baselines:
        assert level.get_ydata()[0] == pytest.approx(100 * curves.baseline)


def test_a_curve_of_growth_is_drawn_for_each_regime(curves: Curves) -> None:
    drawing = draw_regimes(curves)
    assert set(drawing.data["slider"]) == {"us_compute_growth"}
    axes = drawing.figure.axes[0]
    assert len(axes.lines) == len(REGIMES)
    labels = {text.get_text() for text in axes.texts}
    assert labels == {f"imports {regime}" for regime in REGIMES}
