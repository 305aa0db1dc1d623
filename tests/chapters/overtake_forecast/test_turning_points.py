"""Where the verdict turns: on a table made up, and by the model."""

from dataclasses import replace
from math import nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chapters.overtake_forecast import turning_points
from chapters.overtake_forecast.joint_model import LATE, JointForecast
from chapters.overtake_forecast.race_inputs import Race
from chapters.overtake_forecast.turning_points import (
    Change,
    Turns,
    gather_turns,
    list_word_ends,
    search_likely,
    search_words,
    try_ends,
)
from models.core.estimates import Estimate
from models.core.verdicts import name_likelihood
from models.race.race_forecasts import forecast_overtake

COLUMNS = ["margin", "parameter", "value", "needed", "share_of_range"]
ROWS = [
    ("lower", "us_compute_growth", 1.5, 1.76, 0.08),
    ("lower", "memory_growth", 2.5, nan, nan),
    ("higher", "us_compute_growth", 1.5, 0.9, 0.19),
    ("higher", "memory_growth", 2.5, 3.0, 0.04),
    ("likely", "us_compute_growth", 1.5, 0.99, 0.16),
    ("likely", "memory_growth", 2.5, nan, nan),
]


def turns(rows: list[tuple[str, str, float, float, float]] = ROWS) -> Turns:
    chance = Estimate(0.3, 0.1, 0.6, 0.9, "credible", 12)
    return Turns(pd.DataFrame(rows, columns=COLUMNS), chance, 0.55)


def test_a_parameter_turns_the_word_at_the_nearer_of_both_ends() -> None:
    found = turns().turns
    assert [turn.word.label for turn in found] == ["Chinese memory growth", "US inflow growth"]
    assert [turn.word.needed for turn in found] == [3.0, 1.76]
    assert [turn.likely.is_within_bounds for turn in found] == [False, True]


def test_the_nearest_change_has_a_word_beyond_it() -> None:
    assert turns().nearest.margin == "higher"
    assert (turns().word, turns().word_beyond) == ("unlikely", "roughly even chance")
    without = turns([row for row in ROWS if row[0] != "higher"])
    assert (without.nearest.needed, without.word_beyond) == (1.76, "very unlikely")


@given(chance=st.floats(0, 1))
def test_the_ends_of_a_word_hold_the_chance_and_part_it_from_other_words(chance: float) -> None:
    ends = list_word_ends(chance)
    assert ends
    low, high = ends.get("lower", 0.0), ends.get("higher", 1.0)
    assert low - 1e-9 <= chance <= high + 1e-9
    word = name_likelihood(chance)
    assert {name_likelihood(low + share * (high - low)) for share in (0.01, 0.5, 0.99)} == {word}
    outside = {"lower": low - 1e-6, "higher": high + 1e-6}
    assert all(name_likelihood(outside[name]) != word for name in ends)


def test_only_changes_within_bounds_make_a_lead_likely() -> None:
    said = "an American inflow of compute that grows 0.99 times a year instead of 1.5"
    assert [change.instead for change in turns().to_likely] == [said]
    none = turns([(*row[:3], nan, nan) if row[0] == "likely" else row for row in ROWS])
    assert none.to_likely == ()
    many = [("likely", "trend_weight", 0.1, 0.2 + n / 10, 0.1 + n / 10) for n in range(5)]
    assert [change.needed for change in turns(many).to_likely] == pytest.approx([0.2, 0.3, 0.4])


@pytest.mark.parametrize(
    ("needed", "share", "within", "a_change", "small"),
    [
        (1.6, 0.02, True, True, True),
        (2.5, 0.30, True, True, False),
        (1.5, 0.0, True, False, True),
        (None, None, False, False, False),
    ],
)
def test_a_change_says_how_far_it_is(
    needed: float | None, share: float | None, *, within: bool, a_change: bool, small: bool
) -> None:
    change = Change("us_compute_growth", "higher", 1.5, needed, share)
    assert (change.is_within_bounds, change.is_a_change, change.is_small) == (
        within,
        a_change,
        small,
    )
    assert bool(change.instead) is within


def test_at_the_value_found_the_chance_is_a_high_likelihood(
    joint: JointForecast, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turning_points, "N_DRAWS", 100)
    late, margin = joint.capability.late.held, joint.calibration.lead_margin
    ends = try_ends(race, margin=margin)
    likely = search_likely(race, ends, late.value, margin=margin, likely_from=0.55)
    words = search_words(race, ends, late.value, margin=margin)
    found = gather_turns(likely, words, late, likely_from=0.55)
    assert list(dict.fromkeys(found.table["margin"])) == ["likely", *list_word_ends(late.value)]
    gain = next(c for c in found.to_likely if c.parameter == "efficiency_gain_oom_per_year")
    there = replace(race.parameters, efficiency_gain_oom_per_year=gain.needed)
    size = {"seed": joint.seed, "n_draws": 100, "paths_per_draw": turning_points.PATHS_PER_DRAW}
    chance = forecast_overtake(there, joint.calibration, **size).on(LATE)[2]
    assert chance.value == pytest.approx(0.55, abs=0.05)
