import numpy as np
import pytest
from scipy import stats

from models.core.bootstrap import (
    estimate_by_deviations,
    estimate_by_percentiles,
    expand_level,
    resample_rows,
)
from models.core.errors import ModelInputError


def test_groups_stay_whole(rng: np.random.Generator) -> None:
    groups = ["a", "b", "a", "c", "b", "a"]
    members = {"a": [0, 2, 5], "b": [1, 4], "c": [3]}
    for rows in resample_rows(groups, rng, 50):
        counts = np.bincount(rows, minlength=6)
        for inside in members.values():
            assert len({counts[i] for i in inside}) == 1


def test_as_many_groups_as_before_are_drawn(rng: np.random.Generator) -> None:
    groups = ["a", "b", "c", "d"]
    assert all(len(rows) == 4 for rows in resample_rows(groups, rng, 20))


def test_samples_are_their_groups_one_behind_the_other() -> None:
    groups = ["b", "a", "b", "c"]
    picks = np.random.default_rng(3).integers(3, size=(5, 3))
    members = ([0, 2], [1], [3])  # in the order in which the groups first come
    expected = [[row for pick in each for row in members[pick]] for each in picks]
    samples = resample_rows(groups, np.random.default_rng(3), 5)
    assert [list(rows) for rows in samples] == expected


def test_percentiles_of_known_draws() -> None:
    estimate = estimate_by_percentiles(50.0, np.arange(101.0), level=0.90, n=7)
    assert (estimate.low, estimate.high) == pytest.approx((5.0, 95.0))
    assert estimate.n == 7


def test_the_interval_holds_its_value() -> None:
    assert estimate_by_percentiles(9.0, [1.0, 2.0, 3.0], level=0.5, n=3).high == 9.0


@pytest.mark.parametrize("draws", [[], [1.0, np.nan]])
def test_bad_draws_are_refused(draws: list[float]) -> None:
    with pytest.raises(ModelInputError, match="finite draws"):
        estimate_by_percentiles(1.0, draws, level=0.9, n=1)


def test_deviations_are_mirrored_and_the_interval_holds_the_value() -> None:
    skewed = np.linspace(-1.0, 3.0, 101)
    found = estimate_by_deviations(7.0, skewed, level=0.9, n=5, unit="months")
    assert (found.low, found.high) == pytest.approx((7 - 2.8, 7 + 0.8))
    beyond = estimate_by_deviations(7.0, skewed + 2, level=0.9, n=5)
    assert (beyond.low, beyond.high) == pytest.approx((7 - 4.8, 7.0))


@pytest.mark.parametrize("n", [4, 9, 40])
def test_the_expanded_interval_of_a_mean_is_students(rng: np.random.Generator, n: int) -> None:
    # The resampled mean is nearly normal, with the variance of the sample over n.
    sample = stats.norm.ppf((np.arange(n) + 0.5) / n)
    draws = sample.mean() + rng.normal(0, sample.std() / n**0.5, 400_000)
    wide = estimate_by_percentiles(sample.mean(), draws, level=expand_level(0.9, n), n=n)
    known = stats.t.interval(0.9, n - 1, sample.mean(), stats.sem(sample))
    assert (wide.low, wide.high) == pytest.approx(known, rel=0.02, abs=1e-3)


def test_one_group_tells_nothing_of_its_kind() -> None:
    with pytest.raises(ModelInputError, match="2 groups"):
        expand_level(0.9, 1)
