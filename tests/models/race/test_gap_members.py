"""Members of the pool where the truth is known."""

import numpy as np
import pytest

from models.core.arrays import FloatArray
from models.core.errors import ModelInputError
from models.race.gap_members import FITTERS, Reverting, fit_member

STEPS = 24


def simulate(name: str, gaps: FloatArray, steps: int = STEPS) -> FloatArray:
    rng = np.random.default_rng(3)
    paths = fit_member(name, gaps, rng).simulate(steps, draws=400, inner=20, rng=rng)
    assert paths.shape == (400, 20, steps)
    return paths.reshape(-1, steps)


def reverting(rng: np.random.Generator, n: int, share: float = 0.7) -> FloatArray:
    """Return a series that returns to 8 by three tenths a month, with shocks of 1."""
    away = [0.0]
    for shock in rng.standard_normal(n + 50):
        away.append(share * away[-1] + shock)
    return 8 + np.array(away[-n:])


@pytest.mark.parametrize("name", FITTERS)
def test_a_member_is_centred_where_it_says(name: str) -> None:
    gaps = reverting(np.random.default_rng(1), 60)
    end = {"no_change": gaps[-1], "random_walk": gaps[-1]}.get(name, gaps.mean())
    if name == "local_level":
        end = simulate(name, gaps)[:, 0].mean()
    assert np.median(simulate(name, gaps)[:, -1]) == pytest.approx(end, abs=0.5)


def test_a_series_that_returns_to_its_mean_is_seen_to() -> None:
    fitted = fit_member("ar1", reverting(np.random.default_rng(2), 600), np.random.default_rng(1))
    assert isinstance(fitted, Reverting)
    assert fitted.share.mean() == pytest.approx(0.7, abs=0.06)
    assert fitted.mean.mean() == pytest.approx(8.0, abs=0.4)
    assert fitted.spread.mean() == pytest.approx(1.0, abs=0.08)


def test_a_random_walk_spreads_as_the_root_of_time() -> None:
    steps = np.random.default_rng(4).standard_normal(4000)
    paths = simulate("random_walk", np.cumsum(steps))
    spread = paths.std(axis=0)
    assert spread[11] / spread[0] == pytest.approx(12**0.5, rel=0.05)
    assert spread[0] == pytest.approx(1.0, rel=0.15)


def test_no_change_errs_as_the_past_changed_over_as_many_months() -> None:
    gaps = reverting(np.random.default_rng(5), 80)
    paths = simulate("no_change", gaps)
    for months in (1, 6, 12):
        past = np.sqrt(np.mean((gaps[months:] - gaps[:-months]) ** 2))
        assert paths[:, months - 1].std() == pytest.approx(past, rel=0.05)


@pytest.mark.parametrize("name", ["ar1", "past_mean", "local_level"])
def test_intervals_hold_what_comes_from_the_member_s_own_kind_of_series(name: str) -> None:
    rng, inside, tries = np.random.default_rng(6), 0, 40
    share = {"ar1": 0.7, "past_mean": 0.0, "local_level": 0.7}[name]
    for _ in range(tries):
        series = reverting(rng, 36 + 6, share)
        low, high = np.quantile(simulate(name, series[:36], 6)[:, -1], [0.05, 0.95])
        inside += low <= series[-1] <= high
    # Three standard errors of a share of 90% among 40, and no upper end for a wider member.
    assert inside / tries >= 0.9 - 3 * (0.09 / tries) ** 0.5


@pytest.mark.parametrize("gaps", [np.ones(12), np.arange(5.0), np.full(9, np.nan)])
def test_a_past_that_says_nothing_is_refused(gaps: FloatArray) -> None:
    for name in FITTERS:
        with pytest.raises(ModelInputError):
            fit_member(name, gaps, np.random.default_rng(1))
