import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.sides import (
    SideCounts,
    count_sides,
    holds_reference,
    side_of,
)
from tests.chapters.efficiency_through_scarcity.simulated_models import estimate

ENDS = [(-2.0, -1.0), (-1.0, 0.0), (-1.0, 1.0), (0.0, 1.0), (0.5, 1.0)]
SIDES = ["below", "around", "around", "around", "above"]


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_an_interval_lies_above_below_or_around(shift: float) -> None:
    found = [side_of(estimate(low + shift, low + shift, high + shift), shift) for low, high in ENDS]
    assert found == SIDES


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_the_sides_of_a_table_are_those_of_its_rows(shift: float) -> None:
    table = pd.DataFrame(ENDS, columns=["low", "high"]) + shift
    assert list(holds_reference(table, shift)) == [side == "around" for side in SIDES]
    counts = count_sides(table, shift)
    assert counts == SideCounts(above=1, below=1, around=3)
    assert (counts.total, counts.apart) == (5, 2)
