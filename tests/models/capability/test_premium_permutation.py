import numpy as np
import pytest

from models.capability.compute_efficiency import estimate_premium
from models.capability.premium_permutation import compute_permutation_p_value, shuffle_countries
from models.core.errors import ModelInputError
from tests.models.simulated import capability_table


def test_permutation_finds_a_premium_and_keeps_its_level() -> None:
    rng = np.random.default_rng(27)

    def p_value(premium: float) -> float:
        table = capability_table(rng, premium=premium, n=90, developers=12)
        return shuffle_countries(table, rng=rng, replications=199).p_value

    rejected = sum(p_value(0.0) <= 0.1 for _ in range(200))
    assert 8 <= rejected <= 35
    assert p_value(8.0) <= 0.02


def test_permutation_over_all_relabellings_of_few_developers(rng: np.random.Generator) -> None:
    # One Chinese developer of five: the p-value is its rank among five over five.
    table = capability_table(rng, n=60, developers=5, premium=0.0)
    lone = table["organization"] == "lab-0"
    table["country"] = np.where(lone, "CHN", "USA")
    sizes = []
    for name in table["organization"].unique():
        named = np.where(table["organization"] == name, "CHN", "USA")
        fit = estimate_premium(table.assign(country=named), covariance="hc3")
        sizes.append((abs(fit.premium.value), name == "lab-0"))
    own = next(size for size, is_own in sizes if is_own)
    exact = sum(size >= own - 1e-9 for size, _ in sizes) / 5
    found = shuffle_countries(table, rng=rng, replications=5000)
    assert found.p_value == pytest.approx(exact, abs=0.03)


def test_permutation_refuses_a_developer_of_two_countries(rng: np.random.Generator) -> None:
    table = capability_table(rng).assign(organization="everyone")
    with pytest.raises(ModelInputError, match="one country"):
        shuffle_countries(table, rng=rng)


def test_permutation_p_value_by_hand() -> None:
    assert compute_permutation_p_value(np.array([2.0, 1.0, -3.0, 2.0, np.nan])) == 3 / 4
