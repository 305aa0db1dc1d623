"""Waits that may still last, against published curves and medians."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import survdiff

from models.core.errors import ModelInputError
from models.core.survival import compare_curves, estimate_curve, estimate_median

NULL = "Both groups wait equally long."


def waits(events: list[float], censored: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "duration": [*events, *censored],
            "ended": [True] * len(events) + [False] * len(censored),
        }
    )


# Freireich et al. (1963): weeks to relapse, with 6-mercaptopurine and with a placebo.
TREATED = waits([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
PLACEBO = waits([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [])


def test_the_median_and_its_interval_are_as_published() -> None:
    # Log-minus-log interval, as SAS and R (conf.type = "log-log") give it.
    median = estimate_median(PLACEBO, level=0.95, unit="weeks")
    assert (median.value, median.low, median.high) == (8, 4, 11)
    assert (median.n, median.kind, median.unit) == (21, "confidence", "weeks")


def test_a_median_that_too_few_bound_is_refused() -> None:
    # Published: median 23 weeks, lower end 13, no upper end.
    with pytest.raises(ModelInputError, match=r"too few have happened.*: 9 of 21"):
        estimate_median(TREATED, level=0.95, unit="weeks")


def test_without_censoring_the_curve_counts() -> None:
    curve = estimate_curve(waits([0, 2, 2, 5], []), level=0.9)
    assert curve["duration"].tolist() == [0, 2, 5]
    assert curve["share"].tolist() == pytest.approx([0.25, 0.75, 1])
    assert curve["at_risk"].tolist() == [4, 3, 1]


def test_what_still_lasts_moves_the_median_up_and_is_not_dropped() -> None:
    ended = [float(day) for day in range(1, 21)]
    dropped = estimate_median(waits(ended, []), level=0.9, unit="days")
    kept = estimate_median(waits(ended, [30.0] * 5), level=0.9, unit="days")
    assert dropped.value == 10
    assert kept.value == 13


def test_log_rank_scores_give_the_published_statistic() -> None:
    # Log-rank chi-squared of 16.79 on these data (Kalbfleisch and Prentice 2002).
    both = pd.concat([TREATED, PLACEBO])
    group = np.repeat([0, 1], [len(TREATED), len(PLACEBO)])
    chi_squared, _ = survdiff(both["duration"].to_numpy(), both["ended"].to_numpy(), group)
    assert chi_squared == pytest.approx(16.79, abs=0.01)
    test = compare_curves(TREATED, PLACEBO, null=NULL, rng=np.random.default_rng(1), draws=9999)
    assert test.p_value < 0.001
    assert (test.null, test.n) == (NULL, 42)


def test_the_p_value_of_two_against_two_can_be_counted() -> None:
    # Of the six ways to choose two of four, two are as far apart as the first against the last.
    test = compare_curves(
        waits([1, 2], []), waits([3, 4], []), null=NULL, rng=np.random.default_rng(2), draws=20_000
    )
    assert test.p_value == pytest.approx(2 / 6, abs=0.015)


def test_equal_groups_are_called_different_as_often_as_the_level_says() -> None:
    rng = np.random.default_rng(3)
    p_values = []
    for _ in range(200):
        days, watched = rng.exponential(50, 28), rng.uniform(20, 300, 28)
        table = pd.DataFrame({"duration": np.minimum(days, watched), "ended": days <= watched})
        test = compare_curves(table[:24], table[24:], null=NULL, rng=rng, draws=499)
        p_values.append(test.p_value)
    assert np.mean(np.array(p_values) <= 0.1) == pytest.approx(0.1, abs=0.07)
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.07)


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (waits([], [3, 4]), "needs an event, got 2 censored"),
        (waits([-1, 4], []), "must not be negative, got -1"),
        (pd.DataFrame({"duration": [1.0]}), "needs columns"),
    ],
)
def test_waits_that_are_none_are_refused(table: pd.DataFrame, complaint: str) -> None:
    with pytest.raises(ModelInputError, match=complaint):
        estimate_curve(table, level=0.9)


def test_a_comparison_needs_two_groups() -> None:
    with pytest.raises(ModelInputError, match="two groups, got 21 and 0"):
        compare_curves(PLACEBO, PLACEBO[:0], null=NULL, rng=np.random.default_rng(1))
