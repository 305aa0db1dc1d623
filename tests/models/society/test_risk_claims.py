import numpy as np
import pandas as pd
import pytest

from models.society.risk_claims import RecentGrowths, agrees_with, estimate_by_span
from models.society.risk_taking import Measure

YEARS = np.arange(2010, 2020)


def growing(factor: float) -> Measure:
    wiggle = 1 + 0.001 * np.cos(YEARS)
    firms = wiggle * factor ** (YEARS - 2010.0)
    rows = pd.DataFrame({"country": "CHN", "year": YEARS, "firms": firms})
    return Measure(rows, "firms")


def turning() -> Measure:
    """Fall for six years, then rise for four."""
    steps = np.concatenate([np.arange(6, 0, -1), [1.5, 2.0, 2.5, 3.0]])
    return Measure(pd.DataFrame({"country": "CHN", "year": YEARS, "firms": 1.1**steps}), "firms")


def spans(**measures: Measure) -> RecentGrowths:
    return estimate_by_span(measures, "CHN", last_years=5, spans=range(4, 8), level=0.9)


@pytest.mark.parametrize(
    ("factors", "counts"), [((1.1, 1.2), (2, 0)), ((1.1, 0.9), (1, 1)), ((0.8, 0.9), (0, 2))]
)
def test_measures_that_rise_and_fall_are_counted(
    factors: tuple[float, float], counts: tuple[int, int]
) -> None:
    found = spans(first=growing(factors[0]), second=growing(factors[1]))
    assert (found.rising, found.falling, found.undecided) == (*counts, 0)
    assert found.growths["first"].value == pytest.approx(100 * (factors[0] - 1), abs=0.3)


def test_other_spans_are_tried_without_the_one_asked_for() -> None:
    steady, turned = spans(one=growing(1.1)), spans(one=turning())
    assert list(steady.other_spans) == [4, 6, 7]
    assert all(each.value == pytest.approx(10, abs=0.3) for each in steady.list_others("one"))
    assert turned.list_others("one")[0].value > 3 > turned.list_others("one")[-1].value


def test_sums_agree_to_two_decimals() -> None:
    assert agrees_with(4.3481, 4.35)
    assert not agrees_with(4.3449, 4.35)
