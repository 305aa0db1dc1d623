"""One judgement at a time: the model's own chances at either end."""

from dataclasses import replace

import pytest

from chapters.overtake_forecast import one_judgement
from chapters.overtake_forecast.joint_model import LATE, JointForecast
from chapters.overtake_forecast.one_judgement import (
    Swing,
    Swings,
    draw_swings,
    vary_one_judgement,
)
from models.race.race_definitions import JUDGED_RANGES
from models.race.race_forecasts import forecast_overtake


@pytest.fixture(scope="module")
def swings(joint: JointForecast) -> Swings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_judgement, "N_DRAWS", 20)
        return vary_one_judgement(joint, likely_from=0.55)


def test_ends_are_the_model_s_and_the_widest_comes_first(
    swings: Swings, joint: JointForecast
) -> None:
    rows = {swing.assumption: swing for swing in swings.swings}
    assert rows.keys() == JUDGED_RANGES.keys()
    closed = replace(joint.parameters, import_regime="closed")
    alone = forecast_overtake(closed, joint.calibration, seed=joint.seed, n_draws=20)
    assert rows["import_regime"].at_low == alone.on(LATE)[1].value
    widths = [swing.highest - swing.lowest for swing in swings.swings]
    assert widths == sorted(widths, reverse=True)
    assert (swings.widest, swings.second) == swings.swings[:2]


def test_the_judgements_of_the_text_are_found(swings: Swings) -> None:
    assert (swings.euv.low, swings.euv.high) == JUDGED_RANGES["euv_volume_year"]
    assert swings.unseen_chips.label == "Unseen chips"
    assert len(swings.chances()) == 2 * len(JUDGED_RANGES)


@pytest.mark.parametrize(
    ("at_high", "fall", "hardly"), [(0.37, 3.0, True), (0.30, 10.0, False), (0.5, -10.0, False)]
)
def test_a_swing_says_how_far_it_goes(at_high: float, fall: float, *, hardly: bool) -> None:
    swing = Swing("import_regime", 0.0, 3.0, 0.4, at_high)
    assert swing.fall == pytest.approx(fall)
    assert swing.hardly_moves is hardly
    assert (swing.lowest, swing.highest) == (min(0.4, at_high), max(0.4, at_high))
    assert swing.over_its_range.endswith("closed or open")


def test_bars_go_from_the_chance_in_use_to_either_end(swings: Swings) -> None:
    drawing = draw_swings(swings)
    axes = drawing.figure.axes[0]
    assert len(axes.patches) == 2 * len(drawing.data) == 2 * len(JUDGED_RANGES)
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
    assert ends == pytest.approx([100 * chance for chance in swings.chances()])
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    assert "Import regime\nclosed / open" in labels
    assert "EUV volume year\n2027 / 2040" in labels
