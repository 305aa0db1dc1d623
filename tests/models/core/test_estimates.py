import pytest

from models.core.errors import ModelInputError
from models.core.estimates import Estimate, scaled


def test_a_share_in_percent_keeps_all_but_its_unit() -> None:
    share = Estimate(0.25, 0.125, 0.5, 0.8, "credible", 7, "share")
    assert scaled(share, 100, unit="%") == Estimate(25, 12.5, 50, 0.8, "credible", 7, "%")


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan")])
def test_a_unit_has_a_positive_factor(factor: float) -> None:
    with pytest.raises(ModelInputError, match="positive factor"):
        scaled(Estimate(1, 1, 1, 0.9, "range", 0), factor, unit="%")
