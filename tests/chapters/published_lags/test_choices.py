"""Steps lead from this book's lag to each published one, and sum to what lies between."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

from chapters.published_lags import choices
from chapters.published_lags.choices import Ladder, RebuiltLag, Step
from tests.chapters.published_lags.races import MONTH, NOW, THEN, published, race, scores

_ONE: Any = {"as_of": THEN, "model": "c8", "slopes": "one"}
LAGS = (
    published("caisi", 9, measure="at_release", results="caisi", **_ONE),
    published("deepseek", 1, measure="at_release", results="deepseek", **_ONE),
    published("index", 3, as_of=THEN, scores_of=THEN),
    published("now", 2, measure="at_release"),
)


@pytest.fixture(scope="module")
def ladder() -> Ladder:
    return choices.climb(LAGS, scores())


def months(days: float) -> float:
    return days * MONTH


def test_this_books_lag_is_counted_to_the_newest_release(ladder: Ladder) -> None:
    assert (ladder.follower, ladder.leader) == ("c13", "u13")
    assert ladder.day == race()["date"].max()
    assert ladder.start == pytest.approx(months((ladder.day - race()["date"].iloc[13]).days))


def test_steps_and_what_is_left_sum_to_the_published_lag(ladder: Ladder) -> None:
    for lag in ladder.lags:
        total = lag.start + sum(step.months for step in lag.steps) + lag.left
        assert total == pytest.approx(lag.months)
    table = choices.tabulate(ladder)
    ends = table.groupby("lag")["ends"].last()
    assert ends.to_dict() == pytest.approx(
        {lag.published.publisher: lag.months for lag in ladder.lags}
    )
    following = table.groupby("lag").apply(
        lambda rows: np.allclose(rows["starts"].iloc[1:], rows["ends"].iloc[:-1])
    )
    assert following.all()


def test_each_lag_is_rebuilt_as_its_publisher_asked(ladder: Ladder) -> None:
    by_id = ladder.by_id
    assert by_id["caisi"].rebuilt == pytest.approx(months(120))
    assert by_id["deepseek"].rebuilt == pytest.approx(months(30))
    assert by_id["now"].rebuilt == pytest.approx(months(60))
    then = race(90)[race(90)["date"] <= THEN]
    best = then[then["country"] == "CHN"]["score"].max()
    reached = race().set_index("score").loc[best, "date"].min()
    assert by_id["index"].rebuilt == pytest.approx(months((THEN - reached).days))


def test_only_what_is_chosen_otherwise_makes_a_step(ladder: Ladder) -> None:
    made = {lag.published.id: [step.choice for step in lag.steps] for lag in ladder.lags}
    assert made["now"] == ["date", "measure"] or made["now"] == ["measure"]
    assert made["index"] == ["date"]
    assert made["caisi"] == ["date", "one model", "measure", "benchmarks", "scale"]


def test_a_scale_that_changes_nothing_gets_nothing_and_benchmarks_do(ladder: Ladder) -> None:
    steps = {step.choice: step.months for step in ladder.by_id["caisi"].steps}
    assert steps["scale"] == pytest.approx(0)
    assert steps["benchmarks"] > 0
    assert ladder.scale_matters_less
    assert ladder.largest_scale_step == pytest.approx(0)


def test_one_model_is_placed_by_all_three_sets_of_results(ladder: Ladder) -> None:
    same = ladder.same_model
    assert (same.on_index, same.on_evaluator, same.on_developer) == pytest.approx(
        (months(60), months(120), months(30))
    )
    assert same.developer_is_kindest
    assert same.matched_on_index == same.matched_on_developer == "u8"
    assert same.by_evaluator == 9


def test_decisions_go_both_ways(ladder: Ladder) -> None:
    same = ladder.same_model
    assert not same.index_agrees
    assert dataclasses.replace(same, by_evaluator=same.on_index + 0.5).index_agrees
    assert not dataclasses.replace(same, on_developer=99.0).developer_is_kindest
    assert not dataclasses.replace(same, best_on_index=same.on_index).best_is_another
    assert dataclasses.replace(same, best_on_index=0.1).best_is_another
    scale_only = RebuiltLag(LAGS[0], 1.0, (Step("scale", 3.0), Step("benchmarks", 0.5)))
    assert not dataclasses.replace(ladder, lags=(scale_only,)).scale_matters_less


def test_what_is_left_is_told_apart_from_rounding() -> None:
    exact = RebuiltLag(LAGS[3], 1.0, (Step("measure", 0.96),))
    assert exact.is_exact
    assert not RebuiltLag(LAGS[3], 1.0, (Step("measure", 0.4),)).is_exact
    assert (
        RebuiltLag(LAGS[3], 1.0, (Step("measure", 0.4), Step("date", -2.0))).widest.choice == "date"
    )


def test_the_worst_and_the_others_are_told_apart(ladder: Ladder) -> None:
    assert ladder.worst.published.id == "caisi"
    others = [abs(lag.left) for lag in ladder.lags if lag.published.id != "caisi"]
    assert ladder.largest_left_elsewhere == pytest.approx(max(others))
    assert ladder.n_within_a_month == sum(abs(lag.left) <= 1 for lag in ladder.lags)


def test_most_is_explained_if_more_than_half_come_back(ladder: Ladder) -> None:
    near = RebuiltLag(LAGS[3], 1.0, (Step("measure", (LAGS[3].months or 0.0) - 1.0),))
    far = RebuiltLag(LAGS[3], 99.0, ())
    assert dataclasses.replace(ladder, lags=(near, near, far)).mostly_explained
    assert not dataclasses.replace(ladder, lags=(near, far)).mostly_explained


def test_a_vintage_is_read_as_it_was_known() -> None:
    found = scores()
    assert found.known_at(NOW - pd.Timedelta(days=1)) == THEN
    assert found.newest == NOW
    with pytest.raises(KeyError, match="2024-12-31"):
        found.known_at(pd.Timestamp("2024-12-31"))


def test_the_figure_has_a_bar_for_each_step_and_a_diamond_for_each_lag(ladder: Ladder) -> None:
    drawing = choices.draw_ladder(ladder)
    (axes,) = drawing.figure.axes
    assert len(axes.patches) == len(drawing.data) == sum(len(lag.steps) + 1 for lag in ladder.lags)
    diamonds = [line for line in axes.get_lines() if line.get_marker() == "D"]
    assert [float(np.asarray(line.get_xdata())[0]) for line in diamonds] == [1, 2, 3, 9]
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert np.array(bars) == pytest.approx(drawing.data[["starts", "ends"]].to_numpy())
