"""Methods held to certified values, other software and closed forms.

Where this book's models have the method, the check goes through their own code;
robust regression is in none of them, so that its check is one of the dependency.
"""

import math

import numpy as np
import pandas as pd

from models.compute.gap_in_time import find_growth_to_close, find_years_to_parity
from models.core import units
from models.core.quantile_growth import fit_quantile
from models.core.regression import FloatArray, fit_linear
from models.core.sensitivity import compute_sobol_indices
from models.replication.acceptance import (
    AcceptanceCheck,
    Quantity,
    check_within,
    check_within_share,
)
from models.supply.lithography import compute_lognormal_probability

_LONGLEY = {"const": -3482258.63459582, "YEAR": 1829.15146461355}
_LONGLEY_RESIDUAL_SD, _LONGLEY_R_SQUARED = 304.854073561965, 0.995479004577296
_ENGEL = {0.05: 0.34336, 0.5: 0.56018, 0.95: 0.70907}
_ENGEL_MEAN = 0.48518
_STACKLOSS = {"const": -41.0265, "AIRFLOW": 0.82938, "WATERTEMP": 0.92607, "ACIDCONC": -0.12785}
_GRUNFELD = {"value": (0.11012, 0.01186), "capital": (0.31007, 0.01735)}
_ISHIGAMI_FIRST, _ISHIGAMI_TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
# Median years to volume production, and the published probability in percent by 2030.
_EUV = {9.0: 7.0, 6.0: 32.0, 13.0: 1.0}
_EUV_YEARS, _EUV_LOG_SD = 5.0, 0.4


def check_methods(*, seed: int, sobol_base: int) -> tuple[AcceptanceCheck, ...]:
    """Compute every check that needs no table of the book.

    Parameters
    ----------
    seed : int
        Seed of the Sobol sequence.
    sobol_base : int
        Base sample of the Sobol indices, a power of two.

    Raises
    ------
    ModelInputError
        As `models.core.sensitivity.compute_sobol_indices`.
    """
    return (
        check_longley(),
        check_engel(),
        check_stackloss(),
        check_grunfeld(),
        check_ishigami(seed=seed, n_base=sobol_base),
        check_parity(),
        check_catch_up(),
        check_euv_lognormal(),
    )


def check_longley() -> AcceptanceCheck:
    """Hold least squares to the certified values of NIST for Longley's collinear data."""
    import statsmodels.api as sm
    from statsmodels.datasets import longley

    data = longley.load_pandas()
    fit = fit_linear(sm.add_constant(data.exog), data.endog, covariance="classical")
    found = dict(zip(fit.names, fit.coefficients, strict=True))
    return AcceptanceCheck(
        "longley",
        "Least squares on Longley's data, certified by NIST",
        (
            *(check_within_share(_plain(n), v, found[n], 1e-7) for n, v in _LONGLEY.items()),
            check_within_share("residual_sd", _LONGLEY_RESIDUAL_SD, fit.residual_sd, 1e-7),
            check_within_share("r_squared", _LONGLEY_R_SQUARED, fit.r_squared, 1e-7),
        ),
        "nist-longley",
        "models.core.regression.fit_linear",
    )


def check_engel() -> AcceptanceCheck:
    """Hold quantile regression and least squares to R's numbers for Engel's data."""
    import statsmodels.api as sm
    from statsmodels.datasets import engel

    data = engel.load_pandas().data
    design = sm.add_constant(data[["income"]])
    food = data["foodexp"].to_numpy(dtype=float)
    mean = fit_linear(design, food, covariance="classical").coefficients[1]
    slopes = {tau: fit_quantile(design.to_numpy(dtype=float), food, tau)[1] for tau in _ENGEL}
    return AcceptanceCheck(
        "engel",
        "Quantile regression of food expenditure on income",
        (
            *(check_within(f"slope_{tau:g}", v, slopes[tau], 1e-4) for tau, v in _ENGEL.items()),
            check_within("slope_mean", _ENGEL_MEAN, mean, 1e-4),
        ),
        "koenker1982",
        "models.core.quantile_growth.fit_quantile",
    )


def check_stackloss() -> AcceptanceCheck:
    """Hold statsmodels' robust regression (Huber) to R's numbers for the stack loss data."""
    import statsmodels.api as sm
    from statsmodels.datasets import stackloss

    data = stackloss.load_pandas()
    model = sm.RLM(data.endog, sm.add_constant(data.exog), M=sm.robust.norms.HuberT())
    found = model.fit().params
    return AcceptanceCheck(
        "stackloss",
        "Robust regression with Huber's weights on the stack loss data",
        tuple(check_within(_plain(n), v, found[n], 1e-4) for n, v in _STACKLOSS.items()),
        "brownlee1965",
        "statsmodels.api.RLM",
        "No chapter uses robust regression: this is a check of the dependency.",
    )


def check_grunfeld() -> AcceptanceCheck:
    """Hold least squares with firm effects to R's and Stata's numbers for ten firms."""
    from statsmodels.datasets import grunfeld

    data = grunfeld.load_pandas().data
    ten = data[data["firm"] != "American Steel"].reset_index(drop=True)
    effects = pd.get_dummies(ten["firm"], dtype=float)
    design = pd.concat([ten[list(_GRUNFELD)], effects], axis=1)
    fit = fit_linear(design, ten["invest"], covariance="classical")
    errors = np.sqrt(np.diag(fit.covariance))
    quantities = [
        pair
        for i, (name, (slope, error)) in enumerate(_GRUNFELD.items())
        for pair in (
            check_within(name, slope, fit.coefficients[i], 1e-4),
            check_within(f"{name}_standard_error", error, errors[i], 1e-4),
        )
    ]
    return AcceptanceCheck(
        "grunfeld",
        "Fixed effects of ten firms on Grunfeld's data",
        tuple(quantities),
        "grunfeld1958",
        "models.core.regression.fit_linear",
    )


def check_ishigami(*, seed: int, n_base: int) -> AcceptanceCheck:
    """Hold the Sobol indices to the closed form for Ishigami's function (a = 7, b = 0.1)."""
    ranges = dict.fromkeys(("x1", "x2", "x3"), (-math.pi, math.pi))
    found = compute_sobol_indices(_ishigami, ranges, seed=seed, n_base=n_base).indices
    table = found.set_index("input").to_dict("index")
    expected = zip(ranges, _ISHIGAMI_FIRST, _ISHIGAMI_TOTAL, strict=True)
    quantities = [
        pair
        for name, first, total in expected
        for pair in (
            check_within(f"first_order_{name}", first, table[name]["first_order"], 0.01),
            check_within(f"total_{name}", total, table[name]["total"], 0.01),
        )
    ]
    return AcceptanceCheck(
        "ishigami",
        "Sobol indices of Ishigami's function",
        tuple(quantities),
        "ishigami1990",
        "models.core.sensitivity.compute_sobol_indices",
        _sampling_reason(quantities, n_base),
    )


def check_parity() -> AcceptanceCheck:
    """Years in which growth of 5 against 4 times a year closes a gap of 10 times."""
    years = find_years_to_parity(10, growth_follower=5, growth_leader=4)
    return AcceptanceCheck(
        "parity",
        "Years to parity, gap of 10 times, growth 5 against 4 times a year",
        (check_within(units.YEARS, 10.32, years, 0.01, units.YEARS),),
        "epoch-training-growth",
        "models.compute.gap_in_time.find_years_to_parity",
    )


def check_catch_up() -> AcceptanceCheck:
    """Yearly growth that closes a gap in four years against a rival that grows 2.25 times."""
    expected = {10.0: 4.00, 100.0: 7.12}
    return AcceptanceCheck(
        "catch-up",
        "Growth that closes a gap in four years against 2.25 times a year",
        tuple(
            check_within(
                f"growth_{gap:g}x",
                v,
                find_growth_to_close(gap, years=4, rival_growth=2.25),
                0.01,
                units.TIMES,
            )
            for gap, v in expected.items()
        ),
        "dean2025",
        "models.compute.gap_in_time.find_growth_to_close",
    )


def check_euv_lognormal() -> AcceptanceCheck:
    """Probability of volume production by 2030 from 2025, for three medians of a log-normal."""
    found = {
        m: 100
        * float(compute_lognormal_probability(_EUV_YEARS, median_years=m, log_sd=_EUV_LOG_SD)[0])
        for m in _EUV
    }
    return AcceptanceCheck(
        "euv-lognormal",
        "Probability of EUV in volume by 2030, from 2025, log-normal with log-SD 0.4",
        tuple(
            check_within(f"median_{m:g}_years", v, found[m], 1.0, units.PERCENT)
            for m, v in _EUV.items()
        ),
        "reuters2025-euv",
        "models.supply.lithography.compute_lognormal_probability",
    )


def _ishigami(x: FloatArray) -> FloatArray:
    return np.asarray(
        np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    )


def _sampling_reason(quantities: list[Quantity], n_base: int) -> str:
    if all(quantity.met for quantity in quantities):
        return ""
    worst = max(quantities, key=lambda quantity: quantity.distance)
    return (
        f"A base sample of {n_base:,} is too small: {worst.name} is off by "
        f"{abs(worst.ours - worst.published):.3f}; the error falls with the sample."
    )


def _plain(name: str) -> str:
    return name.lower()
