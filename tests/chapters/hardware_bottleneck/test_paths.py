import numpy as np
import pytest

from chapters.hardware_bottleneck import paths
from models.core.arrays import FloatArray
from overtake.chapter import style


def test_judged_amounts_lie_within_the_factor_nine_times_in_ten() -> None:
    draws = paths.judged_amount(300.0, 2.0, np.random.default_rng(1))
    inside = (draws > 150) & (draws < 600)
    assert np.median(draws) == pytest.approx(300, rel=0.03)
    assert inside.mean() == pytest.approx(0.9, abs=0.02)


def test_a_judged_share_never_exceeds_one() -> None:
    assert paths.judged_share(0.9, 2.0, np.random.default_rng(1)).max() == 1


@pytest.fixture
def values() -> FloatArray:
    """Path k of 101 has the value k in every year, and 10 times as much in the last."""
    table = np.repeat(np.arange(101.0)[:, np.newaxis], len(paths.YEARS), axis=1)
    table[:, -1] *= 10
    return table


def test_a_year_is_summed_up_by_median_and_interval(values: FloatArray) -> None:
    found = paths.at_end_of(paths.END_YEAR, values, level=0.8, unit="times")
    assert (found.value, found.low, found.high) == pytest.approx((500, 100, 900))
    assert (found.n, found.unit, found.kind) == (101, "times", "prediction")


def test_a_fan_has_a_row_for_each_year_and_is_drawn_as_two_bands_and_a_line(
    values: FloatArray,
) -> None:
    fan = paths.fan(values, 0.8)
    assert list(fan["year"]) == list(paths.YEARS)
    assert fan.iloc[0][["median", "low", "high", "q25", "q75"]].tolist() == pytest.approx(
        [50, 10, 90, 25, 75]
    )
    _, axes = style.new_figure()
    paths.draw_fan(axes, fan, "black")
    assert (len(axes.collections), len(axes.lines)) == (2, 1)
    assert paths.height_at(2025.5, fan) == (2025.5, 50)
    assert paths.height_at(2034.5, fan, "high") == (2034.5, pytest.approx(495))
