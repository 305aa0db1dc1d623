"""Shares of variance and one driver at a time, where it is known what moves the race."""

from dataclasses import replace

import numpy as np
import pytest

from models.core.errors import ModelInputError
from models.core.priors import Prior
from models.race.driver_effects import (
    ESTIMATES,
    FITTED,
    GROUPS,
    JUDGEMENTS,
    SHOCKS,
    Effects,
    compare_regimes,
    measure_effects,
    watch_for_held_lead,
)
from models.race.race_forecasts import forecast_overtake
from models.race.race_parameters import (
    JointCalibration,
    JointParameters,
    SupplyJudgements,
    list_forecast_dates,
)
from models.race.race_priors import Priors
from tests.models.race.examples import HELD, calibration, exactly

N_PATHS = 4_000
SURE = SupplyJudgements(growth_spread=1.0 + 1e-12, judgement_factor=1.0)
"""What supply is judged by, each at its middle."""
LATE = list_forecast_dates()[-1]


def spread(**priors: Prior) -> Priors:
    return Priors({**HELD.by_name, **priors})


def measured(
    known: JointCalibration,
    parameters: JointParameters | None = None,
    judgements: SupplyJudgements = SURE,
) -> Effects:
    return measure_effects(
        parameters or JointParameters(), known, watch_for_held_lead(0.0), seed=3, n_paths=N_PATHS,
        judgements=judgements,
    )  # fmt: skip


def test_only_shocks_differ_where_all_else_is_known() -> None:
    effects = measured(calibration(gap=8.0, volatility=4.0))
    assert effects.share_of(SHOCKS).share == pytest.approx(1, abs=0.03)
    assert [part.group for part in effects.shares] == list(GROUPS)


@pytest.mark.parametrize(
    ("basis", "group"), [("data", FITTED), ("estimate", ESTIMATES), ("judgement", JUDGEMENTS)]
)
def test_a_driver_s_variance_is_that_of_what_its_prior_rests_on(basis: str, group: str) -> None:
    wide = spread(us_compute_growth=Prior(2.0, 2.0, basis))  # type: ignore[arg-type]
    effects = measured(calibration(gap=1.0, volatility=1e-9, priors=wide))
    assert effects.share_of(group).share == pytest.approx(1, abs=0.05)
    widest = effects.drivers[0]
    assert widest.name == "us_compute_growth"
    assert (widest.at_low, widest.at_high) == (1.0, 0.0)
    assert (widest.low, widest.high) == pytest.approx((0.8, 3.2), rel=0.05)


def test_an_uncertain_fit_carries_the_variance() -> None:
    known = calibration(gap=4.0, volatility=1e-9, equal_compute_gain=exactly(0.0, 20.0))
    effects = measured(known, JointParameters(trend_weight=1.0))
    assert effects.share_of(FITTED).share == pytest.approx(1, abs=0.05)
    assert effects.drivers[0].name == "equal_compute_gain"
    assert effects.drivers[0].at_low < effects.drivers[0].at_high


def test_the_chance_is_the_forecast_s() -> None:
    known = calibration(gap=6.0, volatility=4.0, priors=Priors())
    effects = measured(known, judgements=SupplyJudgements())
    full = forecast_overtake(JointParameters(), known, seed=9, n_draws=200, paths_per_draw=100)
    assert effects.chance == pytest.approx(full.on(LATE)[2].value, abs=0.015)
    assert effects.n_paths == 16 * N_PATHS


def test_digits_that_are_shown_do_not_hang_on_the_seed() -> None:
    known = calibration(gap=6.0, volatility=4.0, priors=Priors())
    found = [
        measure_effects(
            JointParameters(), known, watch_for_held_lead(0.0), seed=seed, n_paths=N_PATHS
        )
        for seed in (1, 100, 200)
    ]
    for group in GROUPS:
        shares = [effects.share_of(group).share for effects in found]
        assert np.ptp(shares) < 0.04, group
    ends = [{d.name: (d.at_low, d.at_high) for d in effects.drivers} for effects in found]
    for name in ends[0]:
        assert np.ptp([pair[name] for pair in ends], axis=0).max() < 0.07, name


def test_more_imports_do_not_make_a_lead_less_likely() -> None:
    known = calibration(gap=6.0, volatility=4.0, priors=Priors())
    closed, as_now, opened = compare_regimes(
        JointParameters(),
        known,
        watch_for_held_lead(0.0),
        ("closed", "as now", "open"),
        seed=3,
        n_paths=2_000,
    )
    assert closed <= as_now < opened
    alone = compare_regimes(
        replace(JointParameters(), import_regime="open"), known, watch_for_held_lead(0.0),
        ("closed",), seed=3, n_paths=2_000,
    )  # fmt: skip
    assert alone == (closed,)


def test_what_never_happens_has_no_variance_to_split() -> None:
    with pytest.raises(ModelInputError, match="does not vary"):
        measured(calibration(gap=400.0, volatility=1e-9))
    with pytest.raises(ModelInputError, match="needs one of"):
        measured(calibration(gap=8.0, volatility=4.0)).share_of("fame")
