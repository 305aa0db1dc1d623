"""The ratio of two groups' durations: closed forms, other code, and what is simulated."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.core.errors import ModelInputError
from models.supply.duration_models import fit_durations
from models.supply.duration_ratio import compare_durations


def durations(
    years: list[float], *, observed: list[bool] | None = None, limit: float = math.nan
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "duration_years": years,
            "observed": observed or [True] * len(years),
            "limit_years": [limit] * len(years),
        }
    )


REFERENCE = [1.1, 1.6, 2.0, 2.4, 2.9, 3.3, 4.1]
OTHER = [0.9, 1.4, 1.5]


def test_without_censoring_it_is_the_ratio_of_geometric_means() -> None:
    found = compare_durations(durations(REFERENCE), durations(OTHER))
    means = [stats.gmean(REFERENCE), stats.gmean(OTHER)]
    assert found.ratio.value == pytest.approx(means[0] / means[1], rel=1e-4)
    assert found.reference_years == pytest.approx(means[0], rel=1e-4)
    assert found.other_years == pytest.approx(means[1], rel=1e-4)
    logs = [np.log(REFERENCE), np.log(OTHER)]
    squares = sum(((each - each.mean()) ** 2).sum() for each in logs)
    assert found.log_sd == pytest.approx(math.sqrt(squares / 10), rel=1e-4)


def test_without_censoring_the_interval_is_that_of_two_normal_means() -> None:
    """The profile of a difference of means: n log(1 + t² / (n − 2)) falls by the quantile."""
    found = compare_durations(durations(REFERENCE), durations(OTHER), level=0.9)
    n = len(REFERENCE) + len(OTHER)
    t = math.sqrt((n - 2) * (math.exp(stats.chi2.ppf(0.9, 1) / n) - 1))
    spread = found.log_sd * math.sqrt(n / (n - 2))
    half = t * spread * math.sqrt(1 / len(REFERENCE) + 1 / len(OTHER))
    assert math.log(found.ratio.high / found.ratio.value) == pytest.approx(half, rel=1e-3)
    assert math.log(found.ratio.value / found.ratio.low) == pytest.approx(half, rel=1e-3)


def test_the_reference_s_median_is_that_of_the_fit_alone_if_the_other_group_fits_it() -> None:
    """One other duration, at its own median: it tells nothing of spread or reference."""
    years = [1.1, 1.6, 2.0, 2.4, 2.9, 3.3]
    observed = [True, True, False, True, True, False]
    alone = fit_durations(durations(years, observed=observed))
    both = compare_durations(durations(years, observed=observed), durations([1.7]))
    assert both.reference_years == pytest.approx(alone.median_years.value, rel=0.05)
    assert both.other_years == pytest.approx(1.7, rel=1e-3)


def test_who_is_known_only_because_it_ended_is_taken_to_be_slower() -> None:
    anyhow = compare_durations(durations(REFERENCE), durations(OTHER))
    because = compare_durations(durations(REFERENCE), durations(OTHER, limit=2.0))
    far = compare_durations(durations(REFERENCE), durations(OTHER, limit=1000.0))
    assert because.ratio.value < anyhow.ratio.value
    assert because.ratio.low < anyhow.ratio.low
    assert far.ratio.value == pytest.approx(anyhow.ratio.value, rel=1e-4)


def test_a_later_limit_changes_less() -> None:
    ratios = [
        compare_durations(durations(REFERENCE), durations(OTHER, limit=limit)).ratio.value
        for limit in (1.6, 2.0, 3.0, 5.0)
    ]
    assert ratios == sorted(ratios)


def test_the_unit_of_time_does_not_matter() -> None:
    years = compare_durations(durations(REFERENCE), durations(OTHER, limit=2.0))
    months = compare_durations(
        durations([12 * each for each in REFERENCE]),
        durations([12 * each for each in OTHER], limit=24.0),
    )
    assert months.ratio.value == pytest.approx(years.ratio.value, rel=1e-3)
    assert months.ratio.low == pytest.approx(years.ratio.low, rel=1e-3)


def test_truncated_durations_come_back_from_simulated_data(rng: np.random.Generator) -> None:
    reference = 2.4 * np.exp(0.35 * rng.standard_normal(400))
    other = 1.6 * np.exp(0.35 * rng.standard_normal(4000))
    seen = other[other <= 1.8]
    found = compare_durations(durations(list(reference)), durations(list(seen), limit=1.8))
    assert found.ratio.low < 1.5 < found.ratio.high
    naive = compare_durations(durations(list(reference)), durations(list(seen)))
    assert naive.ratio.low > 1.5


@pytest.mark.parametrize(
    ("reference", "other", "what"),
    [
        (durations([1.0, 1.0, 2.0]), durations([1.0]), "3 different durations"),
        (durations(REFERENCE), durations([1.0], observed=[False]), "one in the other group"),
        (durations(REFERENCE), durations([3.0], limit=2.0), "longer than the limit"),
        (durations(REFERENCE), durations([1.0, 1.0], observed=[True, False], limit=2.0), "ended"),
        (durations(REFERENCE), durations([0.0]), "duration_years"),
        (durations(REFERENCE).drop(columns="limit_years"), durations(OTHER), "limit_years"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    reference: pd.DataFrame, other: pd.DataFrame, what: str
) -> None:
    with pytest.raises(ModelInputError, match=what):
        compare_durations(reference, other)
