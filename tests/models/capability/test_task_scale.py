"""The scale finds what made the results, and a known fit of two models comes out in closed form."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from models.capability.task_scale import (
    TaskScale,
    align_scale,
    fit_task_scale,
    link_scores,
    weigh_domains,
)
from models.core.errors import ModelInputError


def made(slopes: np.ndarray, seed: int = 5) -> tuple[pd.DataFrame, np.ndarray]:
    """Make exact shares of 30 models on as many benchmarks as there are slopes, a third missing."""
    rng = np.random.default_rng(seed)
    ability, difficulty = rng.normal(0, 1.5, 30), rng.normal(0, 1, len(slopes))
    share = expit(slopes * (ability[:, None] - difficulty))
    rows = [
        (f"m{i:02}", f"b{j:02}", share[i, j])
        for i in range(30)
        for j in range(len(slopes))
        if (i + j) % 3
    ]
    return pd.DataFrame(rows, columns=["model", "benchmark", "score"]), ability


def correlation(scale: TaskScale, ability: np.ndarray) -> float:
    found = [scale.ability[f"m{i:02}"] for i in range(len(ability))]
    return float(np.corrcoef(found, ability)[0, 1])


def test_one_slope_finds_the_distances_between_models() -> None:
    scores, ability = made(np.ones(12))
    scale = fit_task_scale(scores, slopes="one")
    found = np.array([scale.ability[f"m{i:02}"] for i in range(30)])
    assert found - found.mean() == pytest.approx(ability - ability.mean(), abs=0.05)
    assert set(scale.slope.values()) == {1.0}
    assert scale.n == len(scores)


def test_own_slopes_are_told_apart_where_they_differ() -> None:
    slopes = np.tile([0.5, 2.0], 8)
    scores, ability = made(slopes)
    scale = fit_task_scale(scores, slopes="own")
    steep = np.array([scale.slope[f"b{j:02}"] for j in range(16)])
    assert steep[1::2].min() > 1.8 * steep[::2].max()
    assert correlation(scale, ability) > 0.99


def test_two_models_on_one_benchmark_lie_their_log_odds_apart() -> None:
    scores = pd.DataFrame({"model": ["a", "b"], "benchmark": ["x", "x"], "score": [0.32, 0.71]})
    scale = fit_task_scale(scores, slopes="one")
    apart = scale.ability["b"] - scale.ability["a"]
    assert apart == pytest.approx(logit(0.71) - logit(0.32), rel=0.02)


def test_weights_decide_between_benchmarks_that_disagree() -> None:
    scores = pd.DataFrame(
        {
            "model": ["a", "b", "a", "b"],
            "benchmark": ["x", "x", "y", "y"],
            "score": [0.2, 0.8, 0.8, 0.2],
        }
    )
    even = fit_task_scale(scores, slopes="one")
    assert even.ability["a"] == pytest.approx(even.ability["b"], abs=1e-4)
    uneven = fit_task_scale(scores, slopes="one", weights={"x": 3.0, "y": 1.0})
    assert uneven.ability["b"] - uneven.ability["a"] > 0.5


def test_all_and_nothing_solved_stay_finite() -> None:
    scores = pd.DataFrame(
        {"model": ["a", "b", "c"], "benchmark": ["x"] * 3, "score": [0.0, 0.5, 1.0]}
    )
    scale = fit_task_scale(scores, slopes="one")
    assert scale.ability["a"] < scale.ability["b"] < scale.ability["c"]
    assert all(math.isfinite(found) for found in scale.ability.values())


def test_a_scale_is_laid_on_published_points() -> None:
    scale = TaskScale({"a": 0.0, "b": 1.0, "c": 2.0, "d": 9.0}, {}, {}, 3)
    found = align_scale(scale, {"a": 500.0, "b": 720.0, "c": 900.0})
    assert found.points_per_logit == pytest.approx(200)
    assert found.residual == pytest.approx({"a": -20 / 3, "b": 40 / 3, "c": -20 / 3})
    assert (found.farthest, found.largest) == ("b", pytest.approx(40 / 3))


def test_domains_count_alike_and_so_do_benchmarks_within() -> None:
    weights = weigh_domains({"x": "cyber", "y": "maths", "z": "maths"})
    assert weights == {"x": 0.5, "y": 0.25, "z": 0.25}


def test_linked_scores_keep_the_evaluators_own_and_drop_models_with_few() -> None:
    own = pd.DataFrame({"model": ["a", "a"], "benchmark": ["x", "y"], "score": [0.1, 0.2]})
    others = pd.DataFrame(
        {
            "model": ["a", "b", "b", "c", "b"],
            "benchmark": ["x", "x", "y", "x", "other"],
            "score": [0.9, 0.5, 0.6, 0.7, 0.3],
        }
    )
    linked = link_scores(own, others, minimum=2)
    assert set(linked["model"]) == {"a", "b"}
    assert set(linked["benchmark"]) == {"x", "y"}
    assert linked.set_index(["model", "benchmark"])["score"]["a", "x"] == 0.1


def test_what_can_not_be_fitted_is_refused() -> None:
    scores = pd.DataFrame({"model": ["a", "a"], "benchmark": ["x", "x"], "score": [0.1, 0.2]})
    with pytest.raises(ModelInputError, match="one score of a on x"):
        fit_task_scale(scores, slopes="one")
    once = scores.iloc[:1]
    with pytest.raises(ModelInputError, match="shares from 0 to 1"):
        fit_task_scale(once.assign(score=71.0), slopes="one")
    with pytest.raises(ModelInputError, match="weight for"):
        fit_task_scale(once, slopes="one", weights={"y": 1.0})
    with pytest.raises(ModelInputError, match="both have run"):
        link_scores(once, once.assign(benchmark="z"), minimum=1)
    with pytest.raises(ModelInputError, match="3 models"):
        align_scale(fit_task_scale(once, slopes="one"), {"a": 1.0, "b": 2.0})
