"""Shares of the variance, where one judgement can't matter."""

from dataclasses import replace

import pytest

from chapters.overtake_forecast import all_judgements
from chapters.overtake_forecast.all_judgements import Variance, draw_variance, vary_all_judgements
from chapters.overtake_forecast.joint_model import LATE, JointForecast

RANGES = {
    "efficiency_gain_oom_per_year": (-0.2, 0.3),
    "euv_volume_year": (2036.0, 2040.0),  # after the forecast: moves nothing
    "import_regime": (0.0, 3.0),
}


@pytest.fixture(scope="module")
def variance(joint: JointForecast) -> Variance:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(all_judgements, "JUDGED_RANGES", RANGES)
        patch.setattr(all_judgements, "N_EVALUATIONS", 64)
        return vary_all_judgements(joint)


def test_what_comes_after_the_forecast_carries_nothing(variance: Variance) -> None:
    for shares in (variance.early, variance.late):
        assert len(shares) == len(RANGES)
        assert shares[-1].label == "EUV volume year"
        assert shares[-1].in_all < 0.05
    assert variance.late[0].assumption == "efficiency_gain_oom_per_year"
    assert variance.n_evaluations == 64
    assert min(variance.foretold_early, variance.foretold_late) > 0.5


def test_a_share_below_nothing_counts_as_nothing(variance: Variance) -> None:
    found = variance.sobol.by_date[LATE]
    below = replace(found, indices=found.indices.assign(first_order=-0.01))
    by_date = {**variance.sobol.by_date, LATE: below}
    moved = Variance(replace(variance.sobol, by_date=by_date))
    assert [share.alone for share in moved.late] == [0.0] * 3


def test_the_late_shares_are_drawn_and_both_dates_are_data(variance: Variance) -> None:
    drawing = draw_variance(variance)
    assert len(drawing.data) == 2 * len(RANGES)
    late = drawing.data[drawing.data["date"] == LATE]
    widths = [bar.get_width() for bar in drawing.figure.axes[0].patches]
    assert widths == pytest.approx([*late["total"], *late["first_order"]])
