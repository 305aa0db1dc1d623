from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck import training_growth
from chapters.hardware_bottleneck.policy_breaks import AtControls
from chapters.hardware_bottleneck.training_growth import Growth, SelectedPace, Selections

from .simulated import estimate, markers, runs, steady

MODELS = runs({"USA": steady(4.0), "CHN": steady(6.0, 1e20)})


@pytest.fixture(scope="module")
def growth() -> Growth:
    rng = np.random.default_rng(0)
    return training_growth.estimate_growth(MODELS, since=2020, level=0.9, rng=rng)


@pytest.fixture(scope="module")
def selections(growth: Growth) -> Selections:
    rng = np.random.default_rng(0)
    drawn = training_growth.resample_selections(MODELS, since=2020, rng=rng)
    return training_growth.estimate_selections(MODELS, growth, drawn, since=2020, level=0.9)


def test_growth_is_that_of_the_simulated_trends(growth: Growth) -> None:
    for (_, pace), truth in zip(growth.items(), (4.0, 6.0), strict=True):
        for found in (pace.trend.annual_growth, pace.hc3, pace.wild):
            assert found.value == pytest.approx(truth, rel=0.05)
            assert found.low < found.value < found.high
        assert pace.models["date"].min().year == 2020
    assert growth.n == len(growth.usa.models) + len(growth.china.models)
    assert growth.paces_differ
    assert growth.china_is_faster


def test_equal_paces_are_not_told_apart() -> None:
    models = runs({"USA": steady(4.0), "CHN": steady(4.0, 1e20)})
    same = training_growth.estimate_growth(
        models, since=2020, level=0.9, rng=np.random.default_rng(0)
    )
    assert not same.paces_differ


@pytest.mark.parametrize(("widening", "faster"), [(-0.1, True), (0.1, False)])
def test_china_is_faster_where_the_gap_closes(
    growth: Growth, widening: float, *, faster: bool
) -> None:
    lines = replace(growth.lines, widening=replace(estimate(1.0), value=widening, low=-1, high=1))
    assert replace(growth, lines=lines).china_is_faster is faster


def test_every_selection_of_a_steady_trend_grows_alike(selections: Selections) -> None:
    assert [row.selection for row in selections.rows] == [
        "All, clustered", "All, HC3", "Upper decile", "Running top 10", "Running top 5",
        "Record-setters",
    ]  # fmt: skip
    for row in (*selections.rows, selections.taken_as_given):
        assert row.usa.value == pytest.approx(4.0, rel=0.1)
        assert row.china.value == pytest.approx(6.0, rel=0.1)
    assert selections.slower_in_china == ()
    assert selections.frontier is selections.rows[3]


def test_extremes_and_slower_selections() -> None:
    rows = (
        SelectedPace("even", estimate(3.0), estimate(3.0)),
        SelectedPace("slower", estimate(5.0), estimate(2.0)),
    )
    found = Selections(rows, rows[0])
    assert (found.slowest, found.fastest, found.slower_in_china) == (2.0, 5.0, ("slower",))


def test_drawings_show_each_model_and_each_selection(
    growth: Growth, selections: Selections
) -> None:
    controls = AtControls(pd.Timestamp("2022-10-07"), pd.Timestamp("2023-10-17"))
    drawn = training_growth.draw_growth(growth, controls)
    dots = [len(axes.collections[0].get_offsets()) for axes in drawn.figure.axes]
    assert dots == [pace.trend.n for _, pace in growth.items()]
    assert len(drawn.data) == sum(dots)
    names = [axes.get_title(loc="left") for axes in drawn.figure.axes]
    assert names == ["United States", "China"]
    drawn = training_growth.draw_selections(selections)
    assert len(drawn.data) == markers(drawn.figure.axes[0]) == 12
    assert drawn.data["growth"].iloc[1] == growth.china.trend.annual_growth.value
