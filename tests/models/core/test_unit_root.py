"""The test of Dickey and Fuller against statsmodels, and on series of either kind."""

import numpy as np
import pytest
from statsmodels.tsa.stattools import adfuller

from models.core.errors import ModelInputError
from models.core.unit_root import check_unit_root


def test_it_is_that_of_statsmodels_without_lags() -> None:
    series = np.random.default_rng(1).standard_normal(20).cumsum()
    expected = adfuller(series, maxlag=0, autolag=None, result_object=False)
    found = check_unit_root(series)
    assert (found.statistic, found.p_value) == pytest.approx(expected[:2])
    assert found.n == 19


@pytest.mark.parametrize(("share", "returns"), [(0.0, True), (1.0, False)])
def test_a_series_is_seen_for_what_it_is(share: float, *, returns: bool) -> None:
    rng, found = np.random.default_rng(2), 0
    for _ in range(50):
        series = [0.0]
        for shock in rng.standard_normal(60):
            series.append(share * series[-1] + shock)
        found += check_unit_root(series).p_value < 0.05
    assert (found >= 48) if returns else (found <= 8)


@pytest.mark.parametrize("values", [[1.0] * 9, [1.0, 2, 3], [np.nan] * 9])
def test_a_series_that_says_nothing_is_refused(values: list[float]) -> None:
    with pytest.raises(ModelInputError):
        check_unit_root(values)
