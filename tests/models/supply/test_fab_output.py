import numpy as np
import pytest

from models.core.errors import ModelInputError
from models.supply.fab_output import find_limiting_input


def test_the_tightest_input_is_counted_on_each_path() -> None:
    table = find_limiting_input(
        {"wafers": np.array([1.0, 5.0, 2.0, 9.0]), "memory": np.array([2.0, 3.0, 2.0, 1.0])}
    )
    assert list(table["share_binding"]) == [0.5, 0.5]
    assert list(table["median"]) == [3.5, 2.0]
    with pytest.raises(ModelInputError, match="two inputs"):
        find_limiting_input({"wafers": np.ones(2)})
    with pytest.raises(ModelInputError, match="paths"):
        find_limiting_input({"wafers": np.ones(2), "memory": np.ones(3)})
