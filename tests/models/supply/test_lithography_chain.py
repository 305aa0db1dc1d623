from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from models.core.errors import ModelInputError
from models.supply.duration_models import DurationModel, state_durations
from models.supply.lithography import compute_probability_by_year
from models.supply.lithography_chain import ChainModel, ChainYears, draw_chain

N_PATHS = 20_000
CHAIN = ChainModel(state_durations(3, 0.5), state_durations(9, 0.4), state_durations(1, 0.3))


def draw(
    chain: ChainModel = CHAIN, not_before: float | None = 2025.5, speed_up: float = 1.0
) -> ChainYears:
    rng = np.random.default_rng(7)
    return draw_chain(
        chain, N_PATHS, rng, start_year=2025.0, speed_up=speed_up, not_before=not_before
    )


durations = st.builds(
    state_durations,
    st.floats(0.05, 60),
    st.floats(0.05, 2),
    family=st.sampled_from(["lognormal", "weibull"]),
)


@given(
    st.builds(ChainModel, durations, durations, durations),
    st.floats(0.0, 5.0),
    st.floats(0.3, 4.0),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=80, deadline=None)
def test_volume_comes_after_risk_and_risk_after_working_chips(
    chain: ChainModel, waited: float, speed_up: float, seed: int
) -> None:
    """Whatever is believed of the durations, even that volume comes before chips."""
    try:
        years = draw_chain(
            chain,
            200,
            np.random.default_rng(seed),
            start_year=2025.0,
            speed_up=speed_up,
            not_before=2025.0 + waited,
        )
    except ModelInputError:  # no chance of having waited so long
        reject()
    assert (years.chips >= 2025.0 + waited).all()
    assert (years.chips < years.risk).all()
    assert (years.risk < years.volume).all()


def test_the_year_of_volume_is_the_class_s_own() -> None:
    """Earlier programmes kept the order too: it adds nothing to how long they took."""
    expected = compute_probability_by_year(
        CHAIN.volume, [2029, 2033, 2040], start_year=2025, not_before=2025.5
    )["probability"]
    found = [(draw().volume < year).mean() for year in (2029, 2033, 2040)]
    assert found == pytest.approx(expected.tolist(), abs=0.01)


def test_working_chips_have_the_probability_of_an_integral() -> None:
    """Chips by year 3 given those of volume, by integrating over volume with a short ramp."""
    chain = replace(CHAIN, ramp=state_durations(1e-4, 0.01))
    chips, volume = stats.lognorm(0.5, scale=3), stats.lognorm(0.4, scale=9)

    def integrand(v: float) -> float:
        return volume.pdf(v) * chips.cdf(min(3.0, v)) / chips.cdf(v)

    expected, _ = integrate.quad(integrand, 0.01, 200, limit=400, points=[3.0, 9.0])
    found = draw(chain, not_before=None)
    assert (found.chips < 2028.0).mean() == pytest.approx(expected, abs=0.01)


def test_the_ramp_is_its_own_where_there_is_time_for_it() -> None:
    years = draw(replace(CHAIN, volume=state_durations(40, 0.1)))
    ramp = years.volume - years.risk
    assert np.median(ramp) == pytest.approx(1.0, abs=0.01)
    assert np.log(ramp).std() == pytest.approx(0.3, abs=0.01)


def test_a_faster_follower_is_sooner_but_for_the_ramp() -> None:
    slow, fast = draw(not_before=None), draw(not_before=None, speed_up=2.0)
    assert np.median(fast.volume) - 2025 == pytest.approx((np.median(slow.volume) - 2025) / 2)
    assert np.median(fast.chips) < np.median(slow.chips)
    assert np.median(fast.volume - fast.risk) > 0.9 * np.median(slow.volume - slow.risk)


def test_uncertain_parameters_are_updated_by_waiting() -> None:
    """A prototype that has waited 4 years is rarely one of those with chips after 1."""
    either = DurationModel(
        "lognormal", np.log([1.0, 10.0]), np.array([0.1, 0.1]), np.array([0.5, 0.5]), 0, 0
    )
    chain = replace(CHAIN, chips=either, volume=state_durations(100, 0.1))
    waited = draw(chain, not_before=2029.0)
    assert np.median(waited.chips) == pytest.approx(2035.0, abs=0.1)


def test_whoever_reaches_volume_has_reached_the_steps_before() -> None:
    with pytest.raises(ModelInputError, match="had working chips"):
        draw(replace(CHAIN, chips=replace(CHAIN.chips, reaching_share=0.5)))


def test_a_wait_that_the_class_excludes_is_refused() -> None:
    with pytest.raises(ModelInputError, match="leaves no chance"):
        draw(replace(CHAIN, volume=state_durations(0.1, 0.01)), not_before=2030.0)


def test_paths_that_never_reach_volume_may_have_working_chips() -> None:
    half = draw(replace(CHAIN, volume=replace(CHAIN.volume, reaching_share=0.5)))
    never = half.volume > 1e5
    assert never.mean() == pytest.approx(0.5, abs=0.02)
    assert np.median(half.chips[never]) < 2030
