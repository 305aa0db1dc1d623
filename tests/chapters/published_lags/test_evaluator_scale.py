"""CAISI's published ratings come back from its published results, and made ones exactly."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from chapters.published_lags import evaluator_scale, questions
from chapters.published_lags.evaluator_scale import Evaluation, EvaluatorScale
from chapters.published_lags.lag_list import collect_lags
from overtake.data import tables
from tests.chapters.published_lags.races import day, published

ABILITY = {f"u{i}": i / 5 for i in range(16)} | {"c": 1.0, "weak": 0.2}
DIFFICULTY = {f"b{j}": j / 3 - 1 for j in range(8)}
POINTS = {name: 500 + 300 * ability for name, ability in ABILITY.items()}
RATED = ("c", "u9", "u15", "weak")


def made_scores() -> pd.DataFrame:
    """The evaluator's table: four models on eight benchmarks, made with one slope, and ratings."""
    rows = [
        ("caisi", model, name, "d", "held out" if name == "b7" else "open", "share",
         expit(ABILITY[model] - hard), np.nan, 0.0)
        for model in RATED
        for name, hard in DIFFICULTY.items()
    ]  # fmt: skip
    rows += [
        ("caisi", model, "rating", "all", "held out", "Elo points", POINTS[model], 30.0, np.nan)
        for model in RATED
    ]
    columns = [
        "evaluator", "model", "benchmark", "domain", "access", "unit", "value", "half_width",
        "chance",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def made_index() -> pd.DataFrame:
    """The index: every model on four of the benchmarks."""
    rows = [
        (model, name, expit(ability - DIFFICULTY[name]))
        for model, ability in ABILITY.items()
        for name in ("b0", "b2", "b4", "b6")
    ]
    return pd.DataFrame(rows, columns=["model", "benchmark", "score"])


def made_models() -> pd.DataFrame:
    """US models better every 30 days by a fifth; the Chinese one 90 days after its equal."""
    rows = [(f"u{i}", day(30 * i), "USA") for i in range(16)]
    rows += [("c", day(30 * 5 + 90), "CHN"), ("weak", day(100), "CHN")]
    return pd.DataFrame(rows, columns=["model", "date", "country"])


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluator_scale.read_evaluation(
        made_scores(), made_index(), evaluator="caisi", is_by_domain=True, fewest=3
    )


@pytest.fixture(scope="module")
def scale(evaluation: Evaluation) -> EvaluatorScale:
    lag = published("caisi", 3, as_of=day(480), model="c", measure="trend_line", results="caisi",
                    slopes="one")  # fmt: skip
    return evaluator_scale.estimate_scale(
        made_scores(), evaluation, made_models(), lag=lag, first_year=2024, fewest=3, level=0.9
    )


def test_what_was_made_comes_back(scale: EvaluatorScale) -> None:
    assert scale.alignment.points_per_logit == pytest.approx(300, rel=0.03)
    assert scale.alignment.largest < 5
    assert scale.is_rebuilt
    assert scale.lag.value == pytest.approx(90 * 12 / 365.25, abs=0.1)
    assert scale.lag.low <= scale.lag.value <= scale.lag.high
    assert (scale.lag.kind, scale.lag.n) == ("range", 8)
    assert scale.lag_looser == pytest.approx(scale.lag.value, abs=0.1)


def test_the_scale_is_stretched_by_what_the_definition_does_not_say(scale: EvaluatorScale) -> None:
    assert scale.stretch == pytest.approx(scale.alignment.points_per_logit / (200 / np.log(3)))
    tight = dataclasses.replace(scale, half_widths=dict.fromkeys(scale.half_widths, 0.0))
    assert not tight.is_rebuilt
    assert tight.n_inside == 0
    assert scale.farthest_half_width == scale.half_widths[scale.alignment.farthest]


def test_counts_say_what_was_linked(evaluation: Evaluation) -> None:
    found = (evaluation.n_models, evaluation.n_benchmarks, evaluation.n_shared, evaluation.n_linked)
    assert found == (4, 8, 4, 18)


def test_held_out_and_open_benchmarks_are_compared_with_the_next_one_up(
    scale: EvaluatorScale,
) -> None:
    held = scale.held_out
    assert (held.reference, held.n_held_out, held.n_open) == ("u9", 1, 7)
    apart = expit(1.8 - DIFFICULTY["b7"]) - expit(1 - DIFFICULTY["b7"])
    assert held.held_out == pytest.approx(100 * apart)
    assert held.is_wider_held_out == (held.held_out > held.open)
    assert not dataclasses.replace(held, open=held.held_out + 1).is_wider_held_out


def test_a_guesser_scores_nothing() -> None:
    rows = made_scores().assign(chance=0.25)
    found = evaluator_scale.read_evaluation(
        rows.assign(value=rows["value"].where(rows["benchmark"] != "b0", 0.25)),
        made_index(), evaluator="caisi", is_by_domain=False, fewest=3,
    )  # fmt: skip
    assert (found.own.loc[found.own["benchmark"] == "b0", "score"] == 0).all()
    assert found.weights is None


@pytest.fixture(scope="module")
def real() -> EvaluatorScale:
    listed = collect_lags(tables.load("published_lags"))
    scores, vintages = tables.load("evaluator_scores"), tables.load("index_vintages")
    inputs = questions.take_newest(tables.load("index_scores"))
    evaluations = evaluator_scale.read_evaluations(scores, inputs, listed.rebuilt, fewest=3)
    assert set(evaluations) == {"caisi", "deepseek"}
    return evaluator_scale.estimate_scale(
        scores, evaluations["caisi"], questions.list_models(vintages), lag=listed.of("caisi"),
        first_year=2024, fewest=3, level=0.9,
    )  # fmt: skip


def test_three_of_caisis_four_ratings_come_back_within_their_margins(real: EvaluatorScale) -> None:
    """Published: 1260 ± 28, 999 ± 27, 800 ± 28 and 749 ± 46 (CAISI, 1 May 2026)."""
    assert set(real.alignment.residual) == {
        "GPT-5.5", "Claude Opus 4.6", "DeepSeek-V4-Pro", "GPT-5.4 Mini",
    }  # fmt: skip
    assert (real.n_inside, real.alignment.farthest) == (3, "Claude Opus 4.6")
    assert real.alignment.largest < 46
    assert abs(real.alignment.residual["DeepSeek-V4-Pro"]) < 28


def test_deepseek_is_behind_on_both_benchmarks_that_caisi_holds_out(real: EvaluatorScale) -> None:
    held = real.held_out
    assert (held.reference, held.n_held_out, held.n_open) == ("Claude Opus 4.6", 2, 7)
    assert held.held_out == pytest.approx((63 - 46 + 60 - 44) / 2)
    assert held.open == pytest.approx((14 + 5 - 2 + 1 - 5 - 1 - 2) / 7)
