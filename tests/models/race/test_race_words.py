"""Judgements in words."""

import pytest

from models.core.estimates import Estimate
from models.race import race_words
from models.race.driver_effects import FITTED_NAMES
from models.race.race_definitions import LABELS
from models.race.race_priors import DRIVERS


def test_every_judgement_can_be_said_in_words() -> None:
    names = {*DRIVERS, *FITTED_NAMES, "efficiency_gain_oom_per_year", "volatility_factor"}
    assert names <= LABELS.keys()
    said = {name: race_words.say_judgement(name, 7.0, 3.0) for name in names}
    assert len({text.partition(" instead")[0] for text in said.values()}) == len(said)
    assert said["us_compute_growth"].endswith("grows 7 times a year instead of 3")
    share = race_words.say_judgement("delivery_share_us", 0.751, 0.4)
    assert share == "75% of American compute for delivery instead of 40%"
    year = race_words.say_judgement("euv_volume_year", 2028.0, 2030.0)
    assert year.endswith("in 2028 instead of 2030")
    with pytest.raises(KeyError):
        race_words.say_judgement("growth", 1.0, 0.0)


def test_a_range_is_said_with_two_digits() -> None:
    gained = race_words.say_range("equal_compute_gain", -4.567, 4.6776)
    assert gained == "a past Chinese gain at equal compute of −4.6 to 4.7 points a year"
    pull = race_words.say_range("diffusion_rate", 0.168, 1.512)
    assert pull == "a pull of ideas that closes 17% to 150% of the distance in a year"
    stock = race_words.say_range("china_stock", 1.367e6, 2.91e6)
    assert stock == "Chinese chips today worth 1.4 million to 2.9 million H100"
    assert race_words.show("unseen_h100e_thousand", 1500.0) == "1500"
    assert race_words.say_range("import_regime", 0.0, 2.0).endswith("closed or open")


def test_in_millions() -> None:
    shown = race_words.to_millions(Estimate(2e6, 1e6, 3e6, 0.9, "credible", 5, "H100e"))
    assert (shown.value, shown.low, shown.high, shown.unit) == (2.0, 1.0, 3.0, "")
