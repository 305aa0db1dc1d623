"""Coming growth of an inflow whose growth comes down by a known share each year."""

import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.supply.inflow_growth import estimate_coming_growth, list_growth_by_year
from tests.models.simulated import chips_sold

RNG_SEED = 4


def declining(kept: float, *, years: int = 5, first: float = 1.4) -> tuple[float, ...]:
    return tuple(float(np.exp(first * kept**k)) for k in range(years))


def test_growth_by_year_is_that_of_the_table() -> None:
    past = list_growth_by_year(chips_sold(factors=(4.0, 3.0, 2.5, 2.2)))
    assert [year.factor for year in past] == pytest.approx([4.0, 3.0, 2.5, 2.2])
    assert [(year.year, year.quarters) for year in past] == [(y, 4) for y in range(2023, 2027)]
    assert past[0].middle == pytest.approx(2023.5)


def test_a_maker_that_enters_and_a_year_that_is_not_whole_make_no_growth() -> None:
    sold = chips_sold(factors=(4.0, 3.0, 2.5, 2.2))
    entered = sold[sold["quarter_end"] >= "2026-01-01"].assign(maker="AMD")
    short = sold[sold["quarter_end"] < "2026-07-01"]
    past = list_growth_by_year(pd.concat([short, entered], ignore_index=True))
    assert [year.factor for year in past] == pytest.approx([4.0, 3.0, 2.5, 2.2])
    assert (past[-1].quarters, past[-1].middle) == (2, pytest.approx(2026.25))
    unfinished = sold.assign(complete=sold["quarter_end"] < "2026-01-01")
    assert [y.year for y in list_growth_by_year(unfinished)] == [2023, 2024, 2025]


@pytest.mark.parametrize("kept", [0.7, 0.85, 1.0])
def test_a_steady_decline_goes_on_as_it_was(kept: float) -> None:
    found = estimate_coming_growth(
        chips_sold(factors=declining(kept)), first_year=2028, last_year=2030,
        rng=np.random.default_rng(RNG_SEED),
    )  # fmt: skip
    assert found.kept.value == pytest.approx(kept, rel=1e-6)
    expected = np.exp(np.mean([1.4 * kept**k for k in (5, 6, 7)]))
    assert found.mean.value == pytest.approx(expected, rel=1e-6)
    assert found.mean.n == 5


@pytest.mark.parametrize("factors", [(3.0, 2.0, 1.5), (3.0, 2.0, 1.5, 0.9)])
def test_too_few_years_or_an_inflow_that_shrank_is_refused(factors: tuple[float, ...]) -> None:
    with pytest.raises(ModelInputError, match="4 years of growing inflow"):
        estimate_coming_growth(
            chips_sold(factors=factors), first_year=2027, last_year=2030,
            rng=np.random.default_rng(RNG_SEED),
        )  # fmt: skip
