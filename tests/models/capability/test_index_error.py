"""The index's own error: it covers the truth, and what-ifs agree with fits made by hand."""

import numpy as np
import pandas as pd
import pytest

from models.capability.index_error import (
    estimate_index_error,
    fit_without,
    keep_models_with_results,
    leave_out_each,
    refit_at_dates,
)
from models.capability.index_fit import fit_index
from models.capability.index_standing import compare, line_up
from models.core.errors import ModelInputError
from tests.models.capability.index_examples import BENCHMARKS, list_models, simulate_results


def test_more_noise_makes_a_wider_interval() -> None:
    widths = []
    for noise in (0.01, 0.1):
        results = simulate_results(noise=noise)
        matrix, fit = fit_without(results, ())
        found = estimate_index_error(
            matrix, fit, line_up(list_models(results)), rng=np.random.default_rng(1), draws=40
        )
        widths.append(found.gap.high - found.gap.low)
        assert found.gap.n == len(results)
        assert found.follower_ahead == 0
        assert found.spread["GPT-5"] == pytest.approx(0, abs=1e-9)
    assert widths[1] > 2 * widths[0]


def test_each_benchmark_left_out_is_the_fit_without_it() -> None:
    results = simulate_results()
    field = line_up(list_models(results))
    matrix, fit = fit_without(results, ())
    table = leave_out_each(matrix, fit, field).set_index("benchmark")
    assert len(table) == BENCHMARKS
    assert table["gap"].is_monotonic_increasing
    by_hand = fit_index(results[results["benchmark"] != "benchmark 05"])
    gap = compare(field, by_hand.scores).gap
    assert table.loc["benchmark 05", "gap"] == pytest.approx(gap, abs=0.02)
    rest, again = fit_without(results, ("benchmark 05",))
    assert "benchmark 05" not in rest.benchmarks
    assert compare(field, again.scores).gap == pytest.approx(gap, abs=0.02)


def test_a_past_day_knows_only_what_was_out() -> None:
    results = simulate_results(filled=0.9)
    field = line_up(list_models(results))
    start = fit_index(results)
    days = [pd.Timestamp("2025-10-15"), results["release_date"].max()]
    table = refit_at_dates(results, field, days, start=start)
    out = results[results["release_date"] <= days[0]]
    known = keep_models_with_results(out[out["benchmark_date"] <= days[0]])
    assert table.loc[0, "models"] == known["model"].nunique()
    assert table.loc[0, "gap_models"] == pytest.approx(
        compare(field, fit_index(out).scores).gap, abs=0.02
    )
    # On the last day all is out: three ways, one gap.
    assert table.loc[1, "gap_models"] == pytest.approx(table.loc[1, "gap"], abs=0.01)
    assert table.loc[1, "gap_both"] == pytest.approx(table.loc[1, "gap"], abs=0.01)


def test_a_day_before_an_anchor_is_refused() -> None:
    results = simulate_results()
    with pytest.raises(ModelInputError, match="anchor GPT-5"):
        refit_at_dates(
            results, line_up(list_models(results)), ["2025-06-30"], start=fit_index(results)
        )


def test_too_few_draws_are_refused() -> None:
    results = simulate_results()
    matrix, fit = fit_without(results, ())
    with pytest.raises(ModelInputError):
        estimate_index_error(
            matrix, fit, line_up(list_models(results)), rng=np.random.default_rng(1), draws=5
        )
