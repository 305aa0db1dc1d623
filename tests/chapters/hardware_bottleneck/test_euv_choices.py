from dataclasses import replace

import numpy as np
import pytest

from chapters.hardware_bottleneck.euv_choices import SPEEDS, Checks, check_euv
from tests.chapters.hardware_bottleneck.euv_examples import estimate, milestones


def check(speed_up: float = 1.0) -> Checks:
    table = milestones()
    return check_euv(table, estimate(table, speed_up), rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def checks() -> Checks:
    return check()


def test_the_chapters_own_speed_is_no_check(checks: Checks) -> None:
    assert list(checks.at_speed) == [speed for speed in SPEEDS if speed != 1.0]
    assert list(check(1.5).at_speed) == [1.0, 2.0, 3.0]
    assert list(check(1.25).at_speed) == list(SPEEDS)


def test_choices_move_the_chance_as_they_must(checks: Checks) -> None:
    chance, choices = 100 * checks.chance.value, checks.choices
    assert choices["without asml euv"].value > chance  # the slowest one
    assert choices["without given up"].value > chance
    assert choices["prior of 5 years"].value > chance > choices["prior of 20 years"].value
    assert checks.at_speed[3.0].value > checks.at_speed[1.5].value > chance


def test_programmes_given_up_count_as_never(checks: Checks) -> None:
    assert (checks.reached, checks.given_up) == (3, 1)
    # The mean of a uniform prior's posterior of lasting is (1 + 3) / (2 + 4).
    lasting = checks.choices["without given up"].value
    assert checks.choices["given up is never"].value == pytest.approx(lasting * 4 / 6, rel=0.1)
    assert checks.choices["given up is never"].n == 4


def test_three_starts_of_one_end_shorten_one_observation(checks: Checks) -> None:
    chance, choices = 100 * checks.chance.value, checks.choices
    assert chance < choices["three starts"].value < choices["without asml euv"].value


def test_likelihoods_have_confidence_intervals_and_posteriors_credible_ones(checks: Checks) -> None:
    assert checks.choices["likelihood weibull"].kind == "confidence"
    assert checks.choices["weibull"].kind == "credible"


def test_the_range_spans_all_choices_and_the_chapters_own(checks: Checks) -> None:
    assert checks.lowest <= checks.chance.value <= checks.highest
    extreme = replace(checks.chance, value=0.999, high=1.0)
    assert replace(checks, chance=extreme).highest == 0.999
    rare = replace(checks.chance, value=0.001, low=0.0)
    assert replace(checks, chance=rare).lowest == 0.001
