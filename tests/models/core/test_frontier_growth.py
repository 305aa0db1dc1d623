import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.core.exponential_growth import fit_growth
from models.core.frontier import mark_records, mark_top_n
from models.core.frontier_growth import fit_frontier_growth
from tests.models.simulated import compute_table


@pytest.mark.parametrize("top", [None, 5])
def test_frontier_growth_is_the_slope_of_the_selected_rows(
    top: int | None, rng: np.random.Generator
) -> None:
    table = compute_table(rng, n=90)
    since = "2020-01-01"
    mask = mark_records(table) if top is None else mark_top_n(table, top=top)
    chosen = table[mask & (table["date"] >= since)]
    found = fit_frontier_growth(table, rng=rng, top=top, since=since, replications=50)
    assert found.annual_growth.value == pytest.approx(fit_growth(chosen).annual_growth.value)
    assert found.annual_growth.n == len(chosen)
    assert found.n_considered == 90


@pytest.mark.slow
@pytest.mark.parametrize(("top", "least"), [(None, 160), (5, 164), (10, 170)])
def test_selection_within_the_bootstrap_covers_better_than_least_squares(
    top: int | None, least: int
) -> None:
    rng, hits, naive, tried = np.random.default_rng(38), 0, 0, 0
    while tried < 200:
        table = compute_table(rng, n=200, developers=25, sd=0.8, years=9)
        since = "2021-01-01"
        mask = mark_records(table) if top is None else mark_top_n(table, top=top)
        chosen = table[mask & (table["date"] >= since)]
        if len(chosen) < 4:
            continue
        tried += 1
        found = fit_frontier_growth(
            table, rng=rng, top=top, since=since, cluster="organization", replications=200
        ).annual_growth
        plain = fit_growth(chosen).annual_growth
        hits += found.low <= 4.0 <= found.high
        naive += plain.low <= 4.0 <= plain.high
    assert least <= hits <= 194
    assert naive <= hits


def test_one_resample_at_a_time_gives_the_same_slopes() -> None:
    table = compute_table(np.random.default_rng(39), n=40, developers=8)
    found = fit_frontier_growth(
        table, rng=np.random.default_rng(40), top=3, cluster="organization", replications=50
    ).annual_growth
    ordered = table.sort_values("date", kind="stable")
    codes, labels = pd.factorize(ordered["organization"])
    counts = np.random.default_rng(40).multinomial(len(labels), np.full(8, 1 / 8), size=50)
    slopes = []
    for count in counts[:, codes]:
        sample = ordered.loc[ordered.index.repeat(count)].reset_index(drop=True)
        chosen = sample[mark_top_n(sample, top=3)]
        slopes.append(fit_growth(chosen).orders_of_magnitude_per_year.value)
    low, high = 10 ** np.quantile(slopes, [0.05, 0.95])
    assert (found.low, found.high) == pytest.approx((low, high))


def test_a_frontier_without_models_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="4 models at the frontier, got 0"):
        fit_frontier_growth(compute_table(rng), rng=rng, top=3, since="2030-01-01")
    with pytest.raises(ModelInputError, match="top must be at least 1"):
        fit_frontier_growth(compute_table(rng), rng=rng, top=0)
