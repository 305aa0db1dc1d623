from dataclasses import replace

import numpy as np
import pytest

from chapters.hardware_bottleneck.euv_chances import Chance
from chapters.hardware_bottleneck.euv_choices import SPEEDS, Asked, Checks, ask_again, check_euv
from tests.chapters.hardware_bottleneck.euv_examples import RAMPS, estimate, milestones


def check(speed_up: float = 1.0) -> Checks:
    table = milestones()
    others = ask_again(table, RAMPS, speed_up=speed_up, rng=np.random.default_rng(1))
    return check_euv(estimate(table, speed_up), others)


@pytest.fixture(scope="module")
def checks() -> Checks:
    return check()


def test_the_chapters_own_speed_is_no_check(checks: Checks) -> None:
    assert list(checks.at_speed) == [speed for speed in SPEEDS if speed != 1.0]
    assert list(check(1.5).at_speed) == [1.0, 2.0, 3.0]


def test_choices_move_the_chances_as_they_must(checks: Checks) -> None:
    here, choices = checks.here, checks.choices
    early, late = choices["asml 2001"], choices["asml 2006"]
    assert early.volume.euv < here.volume.euv < late.volume.euv
    assert early.chips.euv < here.chips.euv < late.chips.euv
    assert choices["increments"].volume.lithography > here.volume.lithography
    assert choices["krf in 1997"].volume.euv == here.volume.euv
    assert choices["without given up"].volume.lithography > here.volume.lithography
    shorter, longer = choices["half the prior"], choices["twice the prior"]
    assert shorter.volume.euv > here.volume.euv > longer.volume.euv
    assert checks.at_speed[3.0].chips.euv > checks.at_speed[1.5].chips.euv > here.chips.euv


def test_without_a_prior_the_class_says_less(checks: Checks) -> None:
    found, chance = checks.without_prior, 100 * checks.here.volume.lithography
    assert (found.kind, found.n, found.unit) == ("confidence", 5, "%")
    assert found.low < chance < found.high
    assert found.high - found.low > 20


def test_programmes_given_up_count_as_never(checks: Checks) -> None:
    assert checks.reached == {"euv": 1, "lithography": 2}
    assert checks.given_up == {"euv": 1, "lithography": 2}
    # The mean of a uniform prior's posterior of lasting is (1 + 1) / (2 + 2) for EUV.
    lasting, never = (checks.choices[name] for name in ("without given up", "given up is never"))
    assert never.volume.euv == pytest.approx(lasting.volume.euv / 2)
    assert never.volume.lithography == pytest.approx(lasting.volume.lithography * 3 / 6)
    assert never.chips == lasting.chips


def test_the_range_spans_all_choices_and_the_chapters_own(checks: Checks) -> None:
    assert checks.lowest <= checks.here.volume.pooled.value <= checks.highest
    assert checks.fewest_chips <= checks.here.chips.pooled.value <= checks.most_chips
    sure, never = Chance(0.999, 0.999, 5, 0.9), Chance(0.001, 0.001, 5, 0.9)
    assert replace(checks, here=Asked(sure, never)).lowest == 0.001
    assert replace(checks, here=Asked(sure, never)).lowest_volume == never.pooled
    assert replace(checks, here=Asked(never, sure)).highest_volume == sure.pooled
    assert replace(checks, here=Asked(sure, never)).most_chips == 0.999
    assert replace(checks, here=Asked(never, sure)).highest == 0.999
    assert replace(checks, here=Asked(never, sure)).fewest_chips == 0.001
