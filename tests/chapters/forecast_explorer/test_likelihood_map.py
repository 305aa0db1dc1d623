"""Where a high likelihood begins on a surface that is known."""

import numpy as np
import pytest
from scipy.special import logit

from chapters.forecast_explorer.likelihood_map import draw_map, map_likelihood
from models.race.forecast_surface import ForecastSurface


def test_the_needed_gain_is_where_the_logit_says(surface: ForecastSurface) -> None:
    found = map_likelihood(surface, likely_from=0.6)
    growth = 2 * np.log(1.5) / np.log(2.5) - 1
    exact = 0.4 * (float(logit(0.6)) + 1 + growth) / 3
    assert found.needed_gain is not None
    assert exact <= found.needed_gain + 1e-3
    assert found.needed_gain == pytest.approx(exact, abs=0.03)  # the map's step is 0.02


def test_where_no_gain_is_enough_there_is_none(surface: ForecastSurface) -> None:
    found = map_likelihood(surface, likely_from=0.97)
    assert found.needed_gain is None
    assert 0.9 < found.highest < 0.97
    assert found.n_members == 1
    assert not draw_map(found).figure.axes[0].texts[1:]  # no line of a high likelihood


def test_the_map_holds_every_pair_and_marks_the_baseline(surface: ForecastSurface) -> None:
    drawing = draw_map(map_likelihood(surface, likely_from=0.6))
    assert len(drawing.data) == 41 * 41
    assert len(drawing.data.drop_duplicates(["us_compute_growth"])) == 41
    (mark,) = drawing.figure.axes[0].lines
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (1.6, 0.0)
