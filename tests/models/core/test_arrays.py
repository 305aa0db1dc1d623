import numpy as np
import pytest

from models.core.arrays import (
    require_bounded,
    require_paths,
    require_positive,
    require_whole_years,
    spread_over_paths,
)
from models.core.errors import ModelInputError


@pytest.mark.parametrize("values", [np.nan, [1.0, np.inf], [], [1.0, 3.1]])
def test_numbers_out_of_bounds_are_refused_by_name(values: object) -> None:
    with pytest.raises(ModelInputError, match="wattage"):
        require_bounded(values, "wattage", low=0, high=3)


def test_bounds_themselves_are_allowed() -> None:
    assert require_bounded([0, 3], "wattage", low=0, high=3).tolist() == [0.0, 3.0]


def test_zero_is_not_positive() -> None:
    with pytest.raises(ModelInputError, match="must be positive"):
        require_positive([1.0, 0.0], "wattage")


@pytest.mark.parametrize("years", [[2025, 2027], [2025.5], [2026, 2025], []])
def test_years_that_are_not_consecutive_are_refused(years: list[float]) -> None:
    with pytest.raises(ModelInputError, match="years"):
        require_whole_years(years)


def test_no_path_is_refused() -> None:
    assert require_paths(1) == 1
    with pytest.raises(ModelInputError, match="path"):
        require_paths(0)


def test_one_number_serves_every_path() -> None:
    assert spread_over_paths(2.0, 3, "gap").tolist() == [2, 2, 2]
    assert spread_over_paths([1.0, 2.0], 2, "gap").tolist() == [1, 2]
    with pytest.raises(ModelInputError, match="gap needs 1 number or one for each of 3 paths"):
        spread_over_paths([1.0, 2.0], 3, "gap")
