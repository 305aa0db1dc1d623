"""Sobol indices against closed forms."""

import numpy as np
import numpy.typing as npt
import pytest

from models.core.errors import ModelInputError
from models.core.sensitivity import compute_sobol_indices

FloatArray = npt.NDArray[np.float64]
CIRCLE = (-np.pi, np.pi)


def ishigami(x: FloatArray) -> FloatArray:
    """Ishigami and Homma (1990) with a = 7, b = 0.1."""
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_ishigami() -> None:
    found = compute_sobol_indices(
        ishigami, dict.fromkeys(("x1", "x2", "x3"), CIRCLE), seed=1, n_base=8192
    )
    table = found.indices.set_index("input")
    for name, first, total in (
        ("x1", 0.3139, 0.5576),
        ("x2", 0.4424, 0.4424),
        ("x3", 0.0, 0.2437),
    ):
        assert table.loc[name, "first_order"] == pytest.approx(first, abs=0.01)
        assert table.loc[name, "total"] == pytest.approx(total, abs=0.01)
    assert found.n_evaluations == 8192 * 5


def test_a_sum_has_no_interactions_and_shares_its_variance() -> None:
    found = compute_sobol_indices(
        lambda x: x[:, 0] + 3 * x[:, 1], {"a": (0.0, 1.0), "b": (0.0, 1.0)}, seed=2
    )
    table = found.indices.set_index("input")
    assert table.index[0] == "b"
    assert table.loc["b", "first_order"] == pytest.approx(0.9, abs=0.01)
    assert table.loc["b", "total"] == pytest.approx(0.9, abs=0.01)
    assert found.variance == pytest.approx(10 / 12, rel=0.02)


def test_the_same_seed_gives_the_same_numbers() -> None:
    ranges = dict.fromkeys(("x1", "x2", "x3"), CIRCLE)
    first, second = (compute_sobol_indices(ishigami, ranges, seed=3).indices for _ in range(2))
    assert first.equals(second)


@pytest.mark.parametrize(
    ("ranges", "n_base", "complaint"),
    [
        ({"a": (0.0, 1.0)}, 64, "inputs or more"),
        ({"a": (0.0, 1.0), "b": (1.0, 1.0)}, 64, "is empty"),
        ({"a": (0.0, 1.0), "b": (0.0, 1.0)}, 100, "power of two"),
    ],
)
def test_bad_input_is_refused(
    ranges: dict[str, tuple[float, float]], n_base: int, complaint: str
) -> None:
    with pytest.raises(ModelInputError, match=complaint):
        compute_sobol_indices(lambda x: x[:, 0], ranges, seed=1, n_base=n_base)


def test_a_result_that_does_not_vary_is_refused() -> None:
    with pytest.raises(ModelInputError, match="varies"):
        compute_sobol_indices(lambda x: 0 * x[:, 0], {"a": (0.0, 1.0), "b": (0.0, 1.0)}, seed=1)
