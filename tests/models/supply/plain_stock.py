"""The balance of stocks with a row for each path and no thought of speed: what digits must be."""

import numpy as np
import numpy.typing as npt

from models.core.arrays import FloatArray, Numbers
from models.supply.compute_stock import SupplyAssumptions


def project_plainly(given: SupplyAssumptions, *, start_year: int, end_year: int) -> FloatArray:
    """Return the stock at the end of each year, shape (n_paths, k)."""
    years = np.arange(start_year, end_year + 1)
    ages = np.arange(years.size)
    inflow = _domestic(given, years) + _imports(given, years)
    inflow[:, 0] = 0
    survival = _survival(_column(given.lifetime_years, given), ages)
    stock = _column(given.initial_stock, given) * _first_share(given, ages)
    for year in range(1, years.size):
        stock[:, year:] += inflow[:, [year]] * survival[:, : years.size - year]
    return stock


def _column(value: Numbers, given: SupplyAssumptions) -> FloatArray:
    column = np.asarray(value, dtype=float).reshape(-1, 1)
    return np.broadcast_to(column, (given.n_paths, 1)).copy()


def _domestic(given: SupplyAssumptions, years: npt.NDArray[np.int64]) -> FloatArray:
    elapsed = years - years[0]
    usable = _column(given.domestic_output, given) * _column(given.yield_share, given)
    grown = usable * _column(given.domestic_growth, given) ** elapsed
    waited = years - _column(given.euv_volume_year, given)
    ramp = _column(given.euv_ramp_years, given)
    ramped = _ramp_integral(waited + 1, ramp) - _ramp_integral(waited, ramp)
    gain = _column(given.euv_multiple, given) - 1
    memory = _column(given.memory_limit, given) * (_column(given.memory_growth, given) ** elapsed)
    return np.asarray(np.minimum(grown * (1 + gain * ramped), memory))


def _ramp_integral(elapsed: FloatArray, ramp: FloatArray) -> FloatArray:
    rising = np.clip(elapsed, 0, ramp)
    return np.asarray(rising**2 / (2 * ramp) + np.maximum(elapsed - ramp, 0))


def _imports(given: SupplyAssumptions, years: npt.NDArray[np.int64]) -> FloatArray:
    growth = _column(given.import_growth, given)
    return np.asarray(_column(given.imports, given) * growth ** (years - years[0]))


def _survival(lifetime: FloatArray, ages: npt.NDArray[np.intp]) -> FloatArray:
    return np.clip(lifetime - ages, 0, 1)


def _first_share(given: SupplyAssumptions, elapsed: npt.NDArray[np.intp]) -> FloatArray:
    lifetime, growth = _column(given.lifetime_years, given), _column(given.past_growth, given)
    remaining = np.zeros((given.n_paths, elapsed.size))
    for age in range(int(np.ceil(lifetime.max()))):
        remaining += growth ** (-age) * _survival(lifetime, elapsed + age)
    return np.asarray(remaining / remaining[:, :1])
