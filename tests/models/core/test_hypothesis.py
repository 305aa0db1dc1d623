"""A formal test states what it tests, on how many observations."""

import pytest

from models.core.errors import ModelInputError
from models.core.hypothesis import HypothesisTest


@pytest.mark.parametrize("p_value", [0.0, 0.5, 1.0])
def test_a_probability_is_taken(p_value: float) -> None:
    assert HypothesisTest("Both grow at one pace.", p_value, 3).p_value == p_value


@pytest.mark.parametrize(
    ("null", "p_value", "n", "complaint"),
    [
        ("Both grow at one pace.", 1.2, 3, "got 1.2"),
        ("Both grow at one pace.", float("nan"), 3, "got nan"),
        (" ", 0.5, 3, "null hypothesis"),
        ("Both grow at one pace.", 0.5, 0, "n = 0"),
    ],
)
def test_what_no_correction_could_use_is_refused(
    null: str, p_value: float, n: int, complaint: str
) -> None:
    with pytest.raises(ModelInputError, match=complaint):
        HypothesisTest(null, p_value, n)
