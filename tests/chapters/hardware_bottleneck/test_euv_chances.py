import numpy as np
import pytest
from scipy import stats

from chapters.hardware_bottleneck import euv_chances, paths
from chapters.hardware_bottleneck.euv_chances import Euv
from tests.chapters.hardware_bottleneck.euv_examples import estimate, milestones


@pytest.fixture(scope="module")
def many() -> Euv:
    """400 programmes of a log-normal duration: median 8 years, log-SD 0.5."""
    years = 8.0 * np.exp(0.5 * np.random.default_rng(3).standard_normal(400))
    programmes = [(f"p{i}", t / 2, t, "reached") for i, t in enumerate(years)]
    return estimate(milestones(programmes))


def test_a_large_class_gives_the_chance_of_its_distribution(many: Euv) -> None:
    """By the end of 2030 six years have passed, of which one without the event is known."""
    by = stats.lognorm(0.5, scale=8.0).cdf
    expected = (by(6) - by(1)) / (1 - by(1))
    assert many.volume.chance[2030].value == pytest.approx(expected, abs=0.04)
    assert many.volume.percent[2030].value == pytest.approx(100 * many.volume.chance[2030].value)
    assert (many.drawn_volume_years < 2031).mean() == pytest.approx(expected, abs=0.05)
    assert len(many.drawn_volume_years) == paths.N_PATHS


def test_the_first_tool_comes_earlier(many: Euv) -> None:
    assert many.first_tool.chance[2028].value > many.volume.chance[2028].value


def test_the_chinese_programme_is_no_member_of_its_class(many: Euv) -> None:
    assert many.volume.model.n == 400
    assert many.follower.started == pytest.approx(2025.0, abs=0.01)
    assert many.follower.years_by_claim == pytest.approx(6.0, abs=0.01)


def test_a_faster_follower_is_likelier_by_any_year() -> None:
    slow, fast = estimate(), estimate(speed_up=2.0)
    years = euv_chances.ASKED_YEARS
    assert all(slow.volume.chance[y].value < fast.volume.chance[y].value for y in years)
    other_speed = slow.follower.chances(slow.volume.model, years, 2.0)["probability"]
    own_speed = fast.follower.chances(fast.volume.model, years)["probability"]
    assert other_speed.to_numpy() == pytest.approx(own_speed.to_numpy())


def test_both_curves_are_drawn_by_year() -> None:
    euv = estimate()
    drawing = euv_chances.draw_chances(euv)
    assert drawing.data["year"].tolist() == list(range(2026, 2046))
    assert drawing.data["first_tool_probability"].is_monotonic_increasing
    axes = drawing.figure.axes[0]
    assert [len(line.get_xdata()) for line in axes.lines] == [20, 20, 2, 2]
    assert axes.lines[0].get_ydata()[4] == pytest.approx(euv.volume.percent[2030].value)
