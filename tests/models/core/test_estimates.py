import pytest

from models.core import estimates, units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, subtract_means


def test_half_widths_of_a_difference_add_in_squares() -> None:
    first = Estimate(10, 7, 13, 0.9, "confidence", 10, "TWh")
    second = Estimate(4, 0, 8, 0.9, "confidence", 8, "TWh")
    result = subtract_means(first, second)
    assert (result.value, result.low, result.high, result.n) == (6, 1, 11, 8)
    with pytest.raises(ModelInputError, match="unit"):
        subtract_means(first, Estimate(4, 0, 8, 0.9, "confidence", 8, "GW"))


def test_difference_adds_half_widths_in_quadrature() -> None:
    first = Estimate(5.0, 2.0, 8.0, 0.9, "confidence", 10, units.ORDERS)
    second = Estimate(1.0, -3.0, 5.0, 0.9, "confidence", 20, units.ORDERS)
    both = estimates.subtract(first, second)
    assert (both.value, both.low, both.high, both.n) == (4.0, -1.0, 9.0, 30)
