"""What decides the answer: shares of the variance, and what is said of them."""

import pytest

from chapters.overtake_forecast import all_judgements
from chapters.overtake_forecast.all_judgements import Variance, draw_variance, split_variance
from chapters.overtake_forecast.race_inputs import Race
from models.core.variance_shares import VarianceShare
from models.race.driver_effects import ESTIMATES, FITTED, GROUPS, JUDGEMENTS, SHOCKS, Effects


def split(fitted: float, estimates: float, judgements: float, shocks: float) -> Variance:
    shares = dict(zip(GROUPS, (fitted, estimates, judgements, shocks), strict=True))
    parts = tuple(VarianceShare(group, share, 0.01) for group, share in shares.items())
    return Variance(Effects(0.2, parts, (), 100))


def test_where_every_driver_is_held_what_is_to_come_and_the_supply_judged_decide(
    race: Race,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(all_judgements, "N_PATHS", 2_000)
        variance = split_variance(race, margin=1.0)
    assert variance.shocks.share + variance.judgements.share == pytest.approx(1, abs=0.03)
    assert variance.largest == variance.shocks


@pytest.mark.parametrize(("fitted", "beats"), [(0.4, True), (0.3, False)])
def test_data_beat_both_kinds_of_judgement_or_do_not(fitted: float, *, beats: bool) -> None:
    variance = split(fitted, 0.1, 0.2, 0.7 - fitted)
    assert variance.data_beat_judgement is beats
    assert (variance.fitted.group, variance.estimates.group) == (FITTED, ESTIMATES)
    assert (variance.judgements.group, variance.shocks.group) == (JUDGEMENTS, SHOCKS)


def test_every_group_is_drawn_with_its_number() -> None:
    drawing = draw_variance(split(0.43, 0.12, 0.19, 0.26))
    axes = drawing.figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([43, 12, 19, 26])
    assert [text.get_text() for text in axes.texts] == ["43%", "12%", "19%", "26%"]
    assert drawing.data["share"].sum() == pytest.approx(1)
