from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.left_out_in_turn import (
    LeftOut,
    Reach,
    draw_without_benchmark,
    draw_without_developer,
    leave_out_each,
)
from tests.chapters.efficiency_through_scarcity.simulated_models import dots


def progress() -> SimpleNamespace:
    """Rates of 1 and 2 orders of magnitude a year, and what they become without each part."""
    index = SimpleNamespace(
        orders_of_magnitude_per_year=SimpleNamespace(value=1.0),
        without_one_developer=pd.Series({"A": 1.5, "B": 0.8, "only index": 9.0}),
    )
    benchmarks = SimpleNamespace(
        orders_of_magnitude_per_year=SimpleNamespace(value=2.0),
        without_one_developer=pd.Series({"A": 2.1, "B": 1.0, "only benchmarks": 9.0}),
        without_one_benchmark=pd.Series({"quiz, hard": 2.5, "exam": 1.9}),
    )
    return SimpleNamespace(
        index=SimpleNamespace(everyone=index), benchmarks=SimpleNamespace(everyone=benchmarks)
    )


@pytest.fixture(scope="module")
def found() -> LeftOut:
    return leave_out_each(progress())


def test_the_reach_and_what_moves_most_are_found(found: LeftOut) -> None:
    assert found.index_without_developer == Reach(0.8, 1.5, "A", 0.5)
    assert found.benchmarks_without_developer == Reach(1.0, 2.1, "B", 1.0)
    assert found.without_benchmark == Reach(1.9, 2.5, "quiz, hard", 0.5)
    assert (found.n_developers, found.n_benchmarks) == (2, 2)


def test_a_developer_or_a_benchmark_matters_more(found: LeftOut) -> None:
    assert found.developer_matters_more
    wide = found.by_benchmark.assign(rate=[0.5, 2.0])
    assert not replace(found, by_benchmark=wide).developer_matters_more


def test_every_part_is_a_dot(found: LeftOut) -> None:
    developers = draw_without_developer(found)
    assert list(developers.data["developer"]) == ["B", "A"]
    assert list(developers.data) == ["developer", "index", "benchmarks"]
    assert dots(developers) == 2 * len(developers.data)
    benchmarks = draw_without_benchmark(found)
    assert list(benchmarks.data["benchmark"]) == ["exam", "quiz, hard"]
    assert dots(benchmarks) == len(benchmarks.data)
    ticks = benchmarks.figure.axes[0].get_yticklabels()
    assert [tick.get_text() for tick in ticks] == ["exam", "quiz"]
