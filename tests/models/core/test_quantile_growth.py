import math

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import engel

from models.core.errors import ModelInputError
from models.core.quantile_growth import fit_quantile, fit_quantile_growth
from tests.models.simulated import compute_table


@pytest.mark.parametrize(("tau", "slope"), [(0.05, 0.34336), (0.5, 0.56018), (0.95, 0.70907)])
def test_engel_quantile_slopes(tau: float, slope: float) -> None:
    # Koenker and Bassett (1982), as R's quantreg and statsmodels give them.
    data = engel.load_pandas().data
    design = np.column_stack([np.ones(len(data)), data["income"]])
    assert fit_quantile(design, data["foodexp"].to_numpy(), tau)[1] == pytest.approx(
        slope, abs=1e-4
    )


def test_quantiles_of_parallel_noise_grow_alike(rng: np.random.Generator) -> None:
    table = compute_table(rng, n=300, growth=4.0)
    upper = fit_quantile_growth(table, quantile=0.9, rng=rng, replications=60).annual_growth
    assert math.log10(upper.value) == pytest.approx(math.log10(4), abs=0.06)
    assert 0 < math.log10(upper.high / upper.low) < 0.1


def test_fanning_noise_raises_the_upper_quantile(rng: np.random.Generator) -> None:
    table = compute_table(rng, n=300, sd=0.0, growth=4.0)
    years = (table["date"] - table["date"].min()) / pd.Timedelta(days=365.25)
    fan = 10 ** (rng.uniform(-1, 1, len(table)) * 0.3 * years)
    fanned = table.assign(training_compute_flop=table["training_compute_flop"] * fan)
    upper = fit_quantile_growth(fanned, quantile=0.9, rng=rng, replications=20)
    # The 0.9 quantile of a uniform on (-1, 1) is 0.8, so the slope gains 0.8 * 0.3.
    assert math.log10(upper.annual_growth.value) == pytest.approx(math.log10(4) + 0.24, abs=0.05)


@pytest.mark.parametrize("quantile", [0.0, 1.0, 1.5])
def test_bad_quantiles_are_refused(quantile: float, rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="quantile"):
        fit_quantile_growth(compute_table(rng), quantile=quantile, rng=rng)
