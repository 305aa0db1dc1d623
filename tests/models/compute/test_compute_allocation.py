import pytest

from models.compute.compute_allocation import subtract_delivery
from models.core.errors import ModelInputError


def test_research_compute_is_what_delivery_leaves() -> None:
    assert subtract_delivery([100.0, 10.0], 0.8).tolist() == pytest.approx([20, 2])


@pytest.mark.parametrize(("compute", "share"), [(-1, 0.5), (10, -0.1), (10, 1.0)])
def test_impossible_input_is_refused(compute: float, share: float) -> None:
    with pytest.raises(ModelInputError):
        subtract_delivery(compute, share)
