import pytest

from models.core import estimates, units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, rescale, subtract_means, to_percent


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


def test_a_share_in_percent_keeps_all_but_its_numbers_and_unit() -> None:
    share = Estimate(0.25, 0.125, 0.5, 0.8, "credible", 7, "share")
    assert to_percent(share) == Estimate(25, 12.5, 50, 0.8, "credible", 7, "%")


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan")])
def test_a_unit_has_a_positive_factor(factor: float) -> None:
    with pytest.raises(ModelInputError, match="positive factor"):
        rescale(Estimate(1, 1, 1, 0.9, "range", 0), factor, unit="%")
