"""Priors of the race's drivers: their middles, their ends, and what holds them still."""

import numpy as np
import pytest

from models.core.errors import ModelInputError
from models.core.priors import Prior
from models.race.race_draws import draw_drivers
from models.race.race_parameters import JointParameters
from models.race.race_priors import DRIVERS, JUDGED, Priors, learn_growth
from tests.models.race.examples import calibration, exactly

SCORES = np.random.default_rng(3).standard_normal((len(DRIVERS), 40_000))


def test_nine_in_ten_draws_lie_between_the_ends_and_half_above_the_middle() -> None:
    drawn = draw_drivers(JointParameters(), calibration(priors=Priors()), SCORES)
    for name, draws in vars(drawn).items():
        middle = getattr(JointParameters(), name)
        low, high = JUDGED[name].ends(middle)
        assert np.mean(draws < low) == pytest.approx(0.05, abs=0.005), name
        assert np.mean(draws > high) == pytest.approx(0.05, abs=0.005), name
        assert np.mean(draws > middle) == pytest.approx(0.5, abs=0.01), name


def test_without_spread_every_driver_is_the_parameter() -> None:
    parameters = JointParameters(prior_spread=0.0, trend_weight=1.0, unseen_h100e_thousand=0.0)
    drawn = draw_drivers(parameters, calibration(priors=Priors()), SCORES)
    for name in DRIVERS:
        np.testing.assert_allclose(getattr(drawn, name), getattr(parameters, name), rtol=1e-12)


def test_growth_of_both_countries_moves_together_as_said() -> None:
    priors = Priors(shared_growth=0.5)
    drawn = vars(draw_drivers(JointParameters(), calibration(priors=priors), SCORES))
    logs = [np.log(drawn[name]) for name in ("us_compute_growth", "china_domestic_growth")]
    assert np.corrcoef(logs)[0, 1] == pytest.approx(0.5, abs=0.02)
    apart = np.corrcoef(np.log(drawn["us_compute_growth"]), np.log(drawn["memory_growth"]))
    assert apart[0, 1] == pytest.approx(0, abs=0.02)


def test_growth_is_learned_from_the_estimate_and_nothing_else_moves() -> None:
    growth = exactly(1.6, 0.4)
    learned = learn_growth(Priors(), growth)
    assert learned.by_name["us_compute_growth"].ends(1.6) == pytest.approx((1.2, 2.0))
    assert learned.names_by_basis("data") == ("us_compute_growth",)
    assert Priors().names_by_basis("data") == ()
    assert {k: v for k, v in learned.by_name.items() if k != "us_compute_growth"} == {
        k: v for k, v in JUDGED.items() if k != "us_compute_growth"
    }


def test_what_is_no_prior_is_refused() -> None:
    with pytest.raises(ModelInputError, match="needs priors"):
        Priors({"us_compute_growth": Prior(1.0, 1.0, "judgement")})
    with pytest.raises(ModelInputError, match="above 0"):
        learn_growth(Priors(), exactly(1.0, 1.0))
