"""The gain at equal compute, recovered from tables that are made up."""

import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.race.equal_compute_gain import estimate_equal_compute_gain, list_gains_by_start
from tests.models.simulated import race_tables


def gaining(per_year: float) -> pd.DataFrame:
    """Return the made-up index with Chinese models that gain on others at equal compute."""
    index, _, _ = race_tables()
    years = (index["date"] - pd.Timestamp("2022-01-01")).dt.days / 365.25
    return index.assign(eci=index["eci"] + per_year * years * (index["country"] == "CHN"))


@pytest.mark.parametrize("per_year", [-3.0, 0.0, 2.0])
def test_a_gain_at_equal_compute_is_recovered(per_year: float) -> None:
    found = estimate_equal_compute_gain(gaining(per_year), level=0.9)
    assert found.value == pytest.approx(per_year, abs=0.2)


def test_the_year_of_entry_is_no_trend() -> None:
    index = gaining(0.0)
    entry = (index["country"] == "CHN") & (index["date"] < "2023-01-01")
    weak = index.assign(eci=index["eci"] - 30.0 * entry)
    found = estimate_equal_compute_gain(weak, level=0.9)
    assert found.value == pytest.approx(0, abs=0.2)
    by_start = list_gains_by_start(weak, level=0.9)
    assert list(by_start) == [2022, 2023, 2024, 2025]
    assert by_start[2022].value > 3
    assert by_start[2023] == found


def test_so_few_models_after_the_entry_are_no_trend_alone() -> None:
    index = gaining(1.0)
    early = index[index["date"] < "2023-04-01"]
    found = estimate_equal_compute_gain(early, level=0.9)
    assert found.n == len(early)
    with pytest.raises(ModelInputError, match="Chinese models"):
        estimate_equal_compute_gain(index[index["country"] == "USA"], level=0.9)
