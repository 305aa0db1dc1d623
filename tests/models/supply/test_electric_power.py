import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.supply.electric_power import (
    count_accelerators_in_use,
    estimate_generation_growth,
)


def generation(values: list[float], country: str = "CHN", last: int = 2023) -> pd.DataFrame:
    years = np.arange(last - len(values) + 1, last + 1)
    return pd.DataFrame({"country": country, "year": years, "generation_twh": values})


def test_growth_is_the_mean_addition_with_its_t_interval() -> None:
    # Additions 10, 20, 30: mean 20, standard error 10 / sqrt 3, t(2, 0.95) = 2.91999.
    result = estimate_generation_growth(
        generation([1.0, 100, 110, 130, 160]), "CHN", window_years=3
    )
    assert result.added_per_year.value == pytest.approx(20)
    assert result.added_per_year.high - 20 == pytest.approx(2.919986 * 10 / 3**0.5, rel=1e-6)
    assert (result.first_year, result.last_year, result.added_per_year.n) == (2020, 2023, 3)


def test_growth_intervals_cover_what_they_claim(rng: np.random.Generator) -> None:
    covered = []
    for _ in range(300):
        values = 5000 + np.cumsum(rng.normal(300, 80, 11))
        growth = estimate_generation_growth(generation(list(values)), "CHN").added_per_year
        covered.append(growth.low <= 300 <= growth.high)
    assert 0.85 <= np.mean(covered) <= 0.95


def test_one_country_is_read_and_the_others_left_aside() -> None:
    both = pd.concat(
        [generation([100.0, 110, 121, 130]), generation([1.0, 1, 1, 5], country="USA")]
    )
    assert estimate_generation_growth(
        both, "CHN", window_years=3
    ).added_per_year.value == pytest.approx(10)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (generation([1.0, 2, 3]), "at least 4 rows of CHN"),
        (generation([1.0, 2, 3, 4], country="USA"), "CHN"),
        (generation([1.0, 2, np.nan, 4]), "complete"),
        (generation([1.0, 2, 0, 4]), "positive"),
        (generation([1.0, 2, 3, 4]).assign(year=[2019, 2021, 2022, 2023]), "consecutive"),
    ],
)
def test_bad_generation_is_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(ModelInputError, match=message):
        estimate_generation_growth(table, "CHN", window_years=3)


def test_a_short_window_is_refused() -> None:
    with pytest.raises(ModelInputError, match="window"):
        estimate_generation_growth(generation([1.0, 2, 3, 4]), "CHN", window_years=1)


def test_in_use_is_what_is_both_at_hand_and_fed_on_every_path() -> None:
    chips, fed = [[10.0, 20], [5, 5]], [[12.0, 8], [5, 0]]
    assert count_accelerators_in_use(chips, fed).tolist() == [[10, 8], [5, 0]]


@pytest.mark.parametrize(("chips", "fed"), [([1.0, 2], [1.0]), ([-1.0], [1.0]), ([1.0], [np.nan])])
def test_what_cannot_be_in_use_is_refused(chips: list[float], fed: list[float]) -> None:
    with pytest.raises(ModelInputError):
        count_accelerators_in_use(chips, fed)
