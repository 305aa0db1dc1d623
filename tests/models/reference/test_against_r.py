"""Models held to R: `reference.R` made the numbers of `reference.json`, and says how."""

import itertools
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.datasets import engel, grunfeld, nile, stackloss

from models.core import wild_cluster
from models.core.break_search import search_break
from models.core.quantile_growth import fit_quantile
from models.core.regression import LinearFit, fit_linear
from models.core.structural_breaks import fit_interrupted_trend
from models.core.timescale import to_decimal_year
from models.replication.acceptance_methods import check_stackloss

REFERENCE = json.loads(Path(__file__).with_name("reference.json").read_text())["values"]
# The reference has 12 digits; the iterations of robust regression stop earlier than that.
DIGITS = {"rel": 1e-7, "abs": 1e-9}
GROWTHS = (1.04, 1.08, 1.12)
# Six equal weights give the data's own statistic, so that rounding decides six draws of 6^5.
TOLERANCES = {"robust_stackloss": {"rel": 1e-4}} | {
    f"wild_grunfeld_{growth:g}": {"rel": 1e-7, "abs": 6.01 / 6**5} for growth in GROWTHS
}
FIVE_FIRMS = "General Motors", "US Steel", "General Electric", "Chrysler", "Atlantic Refining"
Found = dict[str, Any]


def described(fit: LinearFit) -> Found:
    units = [{name: 1.0} for name in fit.names]
    return {
        "coefficients": list(fit.coefficients),
        "errors": list(np.sqrt(np.diag(fit.covariance))),
        "p_values": [fit.p_value(unit) for unit in units],
    }


def stack_losses(covariance: Any) -> Found:
    data = stackloss.load_pandas()
    return described(fit_linear(sm.add_constant(data.exog), data.endog, covariance=covariance))


@cache
def ten_firms() -> pd.DataFrame:
    data = grunfeld.load_pandas().data
    return data[data["firm"] != "American Steel"].reset_index(drop=True)


def clustered() -> Found:
    firms = ten_firms()
    design = sm.add_constant(firms[["value", "capital"]])
    fit = fit_linear(design, firms["invest"], covariance="cluster", groups=firms["firm"])
    return described(fit)


def within() -> Found:
    firms = ten_firms()
    effects = pd.get_dummies(firms["firm"], dtype=float)
    design = pd.concat([firms[["value", "capital"]], effects], axis=1)
    found = described(fit_linear(design, firms["invest"], covariance="classical"))
    return {name: found[name][:2] for name in ("coefficients", "errors")}


def quantile(share: float) -> Found:
    data = engel.load_pandas().data
    design = sm.add_constant(data[["income"]]).to_numpy(dtype=float)
    return {"coefficients": list(fit_quantile(design, data["foodexp"].to_numpy(), share))}


def robust() -> Found:
    return {"coefficients": [quantity.ours for quantity in check_stackloss().quantities]}


@cache
def flow() -> pd.DataFrame:
    data = nile.load_pandas().data
    years = data["year"].astype(int).astype(str)
    return pd.DataFrame({"date": pd.to_datetime(years + "-01-01"), "flow": data["volume"]})


def kink() -> Found:
    found = fit_interrupted_trend(flow(), break_date="1913-01-01", quantity="flow")
    return described(found.regression)


def search() -> Found:
    rng = np.random.default_rng(1)
    found = search_break(flow(), rng=rng, quantity="flow", replications=99)
    change = found.best.regression.coefficients[2]
    year = to_decimal_year(found.best.break_date)
    return {"sup_f": found.sup_f, "year": year, "change": change}


def wild(growth: float) -> Found:
    firms = ten_firms()[lambda rows: rows["firm"].isin(FIVE_FIRMS)]
    years = firms["year"].astype(int).astype(str)
    table = firms.assign(date=pd.to_datetime(years + "-01-01"))
    rng = np.random.default_rng(1)
    problem = wild_cluster._wild_problem(table, "invest", "date", "firm", rng=rng, replications=99)
    points = np.sqrt([0.5, 1.0, 1.5])
    every = np.array(list(itertools.product([*-points, *points], repeat=len(FIVE_FIRMS))))
    null = np.log10(growth)
    t = (problem.slope - null) / problem.error
    return {"t": t, "p_value": replace(problem, weights=every).p_value(null)}


OURS = {
    "classical_stackloss": lambda: stack_losses("classical"),
    "hc3_stackloss": lambda: stack_losses("hc3"),
    "clustered_grunfeld": clustered,
    "within_grunfeld": within,
    **{f"quantile_engel_{q:g}": lambda q=q: quantile(q) for q in (0.05, 0.25, 0.5, 0.75, 0.95)},
    "robust_stackloss": robust,
    "kink_nile": kink,
    "search_nile": search,
    **{f"wild_grunfeld_{g:g}": lambda g=g: wild(g) for g in GROWTHS},
}


@pytest.fixture(params=REFERENCE)
def pair(request: pytest.FixtureRequest) -> tuple[Found, Found, dict[str, float]]:
    name = request.param
    return OURS[name](), REFERENCE[name], TOLERANCES.get(name, DIGITS)


def test_the_numbers_are_those_of_r(pair: tuple[Found, Found, dict[str, float]]) -> None:
    ours, theirs, tolerance = pair
    for name in theirs:
        assert ours[name] == pytest.approx(theirs[name], **tolerance), name


def test_every_reference_value_is_compared() -> None:
    assert set(OURS) == set(REFERENCE)
