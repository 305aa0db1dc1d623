import math

import numpy as np
import pandas as pd
import pytest

from models.core import wild_cluster
from models.core.exponential_growth import fit_growth
from models.core.wild_cluster import fit_wild_cluster_growth
from tests.models.simulated import compute_table


def wild_p_value(
    table: pd.DataFrame, growth: float, rng: np.random.Generator, *, replications: int
) -> float:
    columns = "training_compute_flop", "date", "organization"
    problem = wild_cluster._wild_problem(table, *columns, rng=rng, replications=replications)
    return problem.p_value(math.log10(growth))


def test_wild_bootstrap_keeps_its_size_with_few_clusters() -> None:
    rng = np.random.default_rng(13)
    rejected = 0
    for _ in range(300):
        table = compute_table(rng, n=60, developers=7, developer_sd=0.5)
        p = wild_p_value(table, 4.0, rng, replications=199)
        rejected += p < 0.10
    assert 0.05 <= rejected / 300 <= 0.15


def test_wild_interval_ends_where_the_p_value_crosses(rng: np.random.Generator) -> None:
    table = compute_table(rng, n=60, developers=8, developer_sd=0.5)
    kwargs = {"cluster": "organization", "replications": 999}
    interval = fit_wild_cluster_growth(table, rng=np.random.default_rng(5), **kwargs)
    for end, inward in ((interval.low, 1.01), (interval.high, 0.99)):
        inside, outside = (
            wild_p_value(table, end * step, np.random.default_rng(5), replications=999)
            for step in (inward, 1 / inward)
        )
        assert outside < 0.1 < inside


def test_wild_interval_agrees_with_the_formula_where_clusters_are_many(
    rng: np.random.Generator,
) -> None:
    table = compute_table(rng, n=400, developers=80)
    wild = fit_wild_cluster_growth(table, cluster="organization", rng=rng)
    formula = fit_growth(table, covariance="cluster", cluster="organization").annual_growth
    assert wild.low == pytest.approx(formula.low, rel=0.02)
    assert wild.high == pytest.approx(formula.high, rel=0.02)
