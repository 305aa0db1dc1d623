import pytest

from models.core.estimates import Estimate
from models.race import race_definitions, race_words


def test_every_judgement_can_be_said_in_words() -> None:
    numbers = race_definitions.JUDGED_RANGES.keys() - {"import_regime"}
    said = {name: race_words.say_judgement(name, 7.0, 3.0) for name in numbers}
    assert len({text.partition(" instead")[0] for text in said.values()}) == len(said)
    assert said["us_compute_growth"].endswith("grows 7 times a year instead of 3")
    share = race_words.say_judgement("delivery_share_us", 0.751, 0.4)
    assert share == "75% of American compute for delivery instead of 40%"
    year = race_words.say_judgement("euv_volume_year", 2028.0, 2030.0)
    assert year.endswith("in 2028 instead of 2030")
    gained = race_words.say_range("efficiency_gain_oom_per_year")
    assert gained == "a Chinese gain in efficiency of −0.2 to 0.3 orders of magnitude a year"
    assert race_words.say_range("import_regime").endswith("closed or open")
    with pytest.raises(KeyError):
        race_words.say_judgement("growth", 1.0, 0.0)


def test_in_millions() -> None:
    shown = race_words.to_millions(Estimate(2e6, 1e6, 3e6, 0.9, "credible", 5, "H100e"))
    assert (shown.value, shown.low, shown.high, shown.unit) == (2.0, 1.0, 3.0, "")
