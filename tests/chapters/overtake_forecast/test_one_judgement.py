"""One judgement at a time: the model's own chances at either end."""

import pytest

from chapters.overtake_forecast import one_judgement
from chapters.overtake_forecast.one_judgement import (
    Swing,
    Swings,
    draw_swings,
    list_swings,
    try_regimes,
)
from chapters.overtake_forecast.race_inputs import Race
from models.race.driver_effects import FITTED_NAMES, Effects, measure_effects, watch_for_held_lead
from models.race.race_definitions import LABELS
from models.race.race_priors import DRIVERS

DRAWN = {*DRIVERS, *FITTED_NAMES}


@pytest.fixture(scope="module")
def effects(race: Race) -> Effects:
    return measure_effects(
        race.parameters,
        race.calibration,
        watch_for_held_lead(1.0),
        seed=race.seed,
        n_paths=1_000,
    )


@pytest.fixture(scope="module")
def swings(race: Race, effects: Effects) -> Swings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_judgement, "N_PATHS", 1_000)
        return list_swings(effects, try_regimes(race, margin=1.0))


def test_all_that_is_drawn_and_the_regime_are_listed_the_widest_first(
    swings: Swings, effects: Effects
) -> None:
    rows = {swing.assumption: swing for swing in swings.swings}
    assert rows.keys() == DRAWN | {"import_regime"}
    assert rows["import_regime"].at_low <= rows["import_regime"].at_high
    for effect in effects.drivers:
        assert (rows[effect.name].at_low, rows[effect.name].at_high) == (
            effect.at_low,
            effect.at_high,
        )
    widths = [swing.highest - swing.lowest for swing in swings.swings]
    assert widths == sorted(widths, reverse=True)
    assert (swings.widest, swings.second) == swings.swings[:2]
    assert swings.base == effects.chance


def test_the_drivers_of_the_text_are_found(swings: Swings) -> None:
    assert swings.euv.label == LABELS["euv_volume_year"]
    assert swings.china_stock.label == LABELS["china_stock"]
    assert len(swings.chances()) == 2 * len(swings.swings)


@pytest.mark.parametrize(
    ("at_high", "fall", "hardly"), [(0.37, 3.0, True), (0.30, 10.0, False), (0.5, -10.0, False)]
)
def test_a_swing_says_how_far_it_goes(at_high: float, fall: float, *, hardly: bool) -> None:
    swing = Swing("import_regime", 0.0, 2.0, 0.4, at_high)
    assert swing.fall == pytest.approx(fall)
    assert swing.hardly_moves is hardly
    assert (swing.lowest, swing.highest) == (min(0.4, at_high), max(0.4, at_high))
    assert swing.over_its_range.endswith("closed or open")


def test_bars_go_from_the_chance_in_use_to_either_end(swings: Swings) -> None:
    drawing = draw_swings(swings)
    axes = drawing.figure.axes[0]
    assert len(axes.patches) == 2 * len(drawing.data) == 2 * len(DRAWN) + 2
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
    assert ends == pytest.approx([100 * chance for chance in swings.chances()])
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    assert "Import regime\nclosed / open" in labels
    assert "EUV volume year\n2037 / 2037" in labels  # the example holds its drivers
