import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.core.errors import ModelInputError
from models.race.closed_form_race import (
    compute_first_passage_probability,
    compute_terminal_probability,
)


def test_first_passage_is_the_inverse_gaussian() -> None:
    # Inverse Gaussian of mean g / mu and shape (g / sigma)^2, as scipy has it.
    gap, drift, volatility, years = 1.2, 0.3, 0.5, np.arange(1, 9)
    law = stats.invgauss(mu=(gap / drift) / (gap / volatility) ** 2, scale=(gap / volatility) ** 2)
    np.testing.assert_allclose(
        compute_first_passage_probability(gap, drift, volatility, years), law.cdf(years), rtol=1e-9
    )


def test_without_drift_first_passage_is_twice_terminal() -> None:
    # Reflection principle.
    years = np.arange(1, 9)
    np.testing.assert_allclose(
        compute_first_passage_probability(1, 0, 0.4, years),
        2 * compute_terminal_probability(1, 0, 0.4, years),
    )


def test_extreme_inputs_stay_probabilities() -> None:
    assert compute_first_passage_probability(50, 5, 0.01, 5) == 0
    assert compute_first_passage_probability(50, 20, 0.01, 5) == 1
    assert compute_first_passage_probability(-1, -5, 0.1, 5) == 1


@settings(deadline=None)
@given(
    gap=st.floats(-2, 3),
    drift=st.floats(-2, 2),
    volatility=st.floats(0.05, 2),
    years=st.floats(0.1, 20),
    longer=st.floats(1, 3),
)
def test_order_of_the_closed_forms(
    gap: float, drift: float, volatility: float, years: float, longer: float
) -> None:
    ever = compute_first_passage_probability(gap, drift, volatility, years)
    assert (
        0
        <= compute_terminal_probability(gap, drift, volatility, years)
        <= ever + 1e-12
        <= 1 + 1e-12
    )
    assert compute_first_passage_probability(gap, drift, volatility, years * longer) >= ever - 1e-9
    assert compute_first_passage_probability(gap + 0.1, drift, volatility, years) <= ever + 1e-9


def test_bad_races_are_refused() -> None:
    with pytest.raises(ModelInputError, match="volatility"):
        compute_terminal_probability(1, 0, 0, 3)
    with pytest.raises(ModelInputError, match="years"):
        compute_terminal_probability(1, 0, 1, 0)
