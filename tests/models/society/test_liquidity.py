import pytest

from models.core.errors import ModelInputError
from models.society.liquidity import compute_cover_months, compute_runway_months, span_months


def test_cash_of_a_year_of_spending_covers_twelve_months() -> None:
    assert compute_cover_months(120.0, 120.0, 12) == pytest.approx(12)
    assert compute_cover_months(120.0, 30.0, 3) == pytest.approx(12)
    assert compute_cover_months(-10.0, 120.0, 12) == pytest.approx(-1)


def test_zhipus_cash_lasted_eight_months_by_its_prospectus() -> None:
    """2,552 million yuan on 30 June 2025, 327.3 million a month."""
    months = compute_runway_months(2.552, 0.3273, elapsed_months=0, raised=0)
    assert months == pytest.approx(7.8, abs=0.01)


def test_runway_counts_what_was_spent_and_raised_since() -> None:
    assert compute_runway_months(10, 2, elapsed_months=3, raised=6) == pytest.approx(5)
    assert compute_runway_months(10, 2, elapsed_months=9, raised=0) == 0


def test_the_span_is_that_of_the_firms() -> None:
    span = span_months([30.0, 10.0, 20.0], level=0.9)
    assert (span.low, span.value, span.high, span.n, span.kind) == (10, 20, 30, 3, "range")


def test_impossible_input_is_refused() -> None:
    with pytest.raises(ModelInputError, match="spending"):
        compute_cover_months(1, 0, 12)
    with pytest.raises(ModelInputError, match="at least one firm"):
        span_months([], level=0.9)
