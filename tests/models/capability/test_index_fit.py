"""The capability index: the truth and the published scores come back; bad rows are named."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.capability.index_as_published import fit_as_published
from models.capability.index_fit import EPOCH_ANCHORS, Anchors, arrange_scores, fit_index
from models.core.errors import ModelInputError
from tests.models.capability.index_examples import list_models, simulate_results

TABLES = Path(__file__).parents[3] / "data" / "tables"


@pytest.fixture(scope="module")
def october() -> pd.DataFrame:
    rows = pd.read_csv(TABLES / "index_scores.csv")
    return rows[rows["vintage"] == "2026-10-01"]


@pytest.fixture(scope="module")
def published() -> "pd.Series[float]":
    rows = pd.read_csv(TABLES / "index_vintages.csv")
    return rows[rows["vintage"] == "2026-10-01"].set_index("model")["score"]


def test_simulated_scores_come_back() -> None:
    results = simulate_results(noise=0.01, filled=0.9)
    found = fit_index(results).scores
    truth = list_models(results).set_index("model")["truth"]
    assert (found - truth).abs().median() < 0.7
    assert found[EPOCH_ANCHORS.low] == pytest.approx(130)
    assert found[EPOCH_ANCHORS.high] == pytest.approx(150)


def test_the_frontier_comes_out_as_published(
    october: pd.DataFrame, published: "pd.Series[float]"
) -> None:
    """At the smallest loss the upper part is the published one; the lower part is flat."""
    away = (fit_index(october).scores - published).abs()
    assert len(away) == 270
    assert away[published >= 150].max() < 0.01
    assert away[published >= 130].max() < 0.02


def test_both_ways_to_fit_agree(october: pd.DataFrame) -> None:
    """Two optimisers, written apart, meet where the loss is not flat."""
    ours, theirs = fit_index(october).scores, fit_as_published(october).scores
    top = ours >= 140
    assert (ours - theirs)[top].abs().max() < 0.02


def test_the_order_of_rows_changes_nothing(october: pd.DataFrame) -> None:
    shuffled = october.sample(frac=1, random_state=3)
    one, other = fit_index(october).scores, fit_index(shuffled).scores
    assert other.reindex(one.index).to_numpy() == pytest.approx(one.to_numpy(), abs=0.01)


def test_a_start_saves_steps_and_changes_nothing(october: pd.DataFrame) -> None:
    cold = fit_index(october)
    rest = october[october["benchmark"] != "WeirdML"]
    warm, again = fit_index(rest, start=cold), fit_index(rest)
    assert warm.curves.steps < again.curves.steps
    top = again.scores > 140
    assert (warm.scores - again.scores)[top].abs().max() < 0.01


def test_without_the_benchmark_of_the_unit_the_frontier_hardly_moves(
    october: pd.DataFrame,
) -> None:
    whole = fit_index(october)
    rest = fit_index(october[october["benchmark"] != "Winogrande"], start=whole)
    top = whole.scores[whole.scores > 150].index
    assert (rest.scores - whole.scores)[top].abs().max() < 0.2


def test_other_anchors_are_another_line_through_the_same_order(october: pd.DataFrame) -> None:
    usual = fit_index(october)
    other = fit_index(october, anchors=Anchors("GPT-4 (Mar 2023)", 0, "GPT-5", 1))
    line = np.polyfit(usual.capability, other.capability, 1)
    assert np.polyval(line, usual.capability) == pytest.approx(other.capability, abs=1e-4)


def test_benchmarks_are_dropped_with_models_that_had_no_other() -> None:
    results = pd.DataFrame(
        {"model": ["a", "a", "b"], "benchmark": ["x", "y", "x"], "score": [0.5, 0.6, 0.7]}
    )
    matrix = arrange_scores(results).drop_benchmarks(("x",))
    assert (matrix.models, matrix.benchmarks, matrix.results) == (("a",), ("y",), 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="score"), "columns score"),
        (lambda f: f.iloc[:0], "got none"),
        (lambda f: f.assign(score=f["score"].where(f.index != 7)), "lack a value: model"),
        (lambda f: f.assign(score=f["score"].mask(f.index == 7, 1.2)), "1.2"),
        (lambda f: pd.concat([f, f.iloc[[3]]]), "1 results come twice: model"),
        (lambda f: f[f["model"] != "GPT-5"], "anchor GPT-5 is not among"),
    ],
)
def test_bad_results_are_named(change: object, message: str) -> None:
    assert callable(change)
    with pytest.raises(ModelInputError, match=message):
        fit_index(change(simulate_results()))


def test_anchors_that_make_no_scale_are_refused() -> None:
    with pytest.raises(ModelInputError, match="two anchors"):
        Anchors("a", 150, "b", 130)
    results = simulate_results(noise=0.0)
    high, low = EPOCH_ANCHORS.high, EPOCH_ANCHORS.low
    with pytest.raises(ModelInputError, match="no scale"):
        fit_index(results, anchors=Anchors(high, 130, low, 150))
