from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck import gap_measures
from chapters.hardware_bottleneck.gap_measures import GapMeasures
from models.compute.compute_gap import estimate_trend_gap
from models.compute.percentile_gap import CorrelationBounds

from .simulated import estimate, gap, markers, published, runs, steady

PUBLISHED = published(
    ("claimed-gap", np.nan, 10, 100),
    ("cluster-gap", 5, np.nan, np.nan),
    ("owned-gap", 12, np.nan, np.nan),
    ("acquired-gap-2026-no-exports", 31, np.nan, np.nan),
    ("acquired-gap-2026-b30a", np.nan, np.nan, 4),
)
LINES = estimate_trend_gap(runs({"USA": steady(4.0), "CHN": steady(4.0, 5e20)}), date="2026-01-10")


def judge(largest: float, summed: float, chips: float, clusters: float) -> GapMeasures:
    """Four measures, with intervals of a tenth either way."""

    def around(factor: float) -> Any:
        return gap(factor, 0.9 * factor, 1.1 * factor)

    both = CorrelationBounds(around(chips), around(chips))
    run_gaps = SimpleNamespace(
        largest=around(largest), mean_of_top=around(largest), confident=around(largest),
        summed=around(summed), top=3, year=2025,
    )  # fmt: skip
    chip_gaps = SimpleNamespace(
        all_sources=both, legal=both, without_grey=both, without_domestic=both, more_chinese=both
    )
    cluster_gap = SimpleNamespace(
        factor=around(clusters).factor, factor_16bit=around(clusters / 2).factor
    )
    return gap_measures.judge_gap(
        cast("Any", run_gaps), cast("Any", chip_gaps), cast("Any", cluster_gap), LINES, PUBLISHED
    )


@pytest.mark.parametrize(
    ("factors", "n_inside"),
    [
        ((20.0, 20.0, 20.0, 20.0), 4),
        ((20.0, 20.0, 20.0, 2.0), 3),
        ((2.0, 2.0, 2.0, 500.0), 0),
    ],
)
def test_the_claim_is_judged_by_four_measures(
    factors: tuple[float, float, float, float], n_inside: int
) -> None:
    found = judge(*factors)
    assert found.n_inside == n_inside
    assert found.claimed == (10, 100)
    assert found.runs.gap.value == pytest.approx(factors[0])
    assert found.clusters.verdict == ("clearly for" if factors[3] == 20 else "clearly against")


def test_checks_that_leave_the_claimed_range_are_named() -> None:
    found = judge(20.0, 20.0, 5.0, 20.0)
    assert len(found.checks) == 10
    assert found.leaving == (
        "legal chips of named owners", "no smuggled or rented chips", "no chips of Chinese make",
        "judged chips at the upper end", "clusters, as Epoch AI published",
    )  # fmt: skip


@pytest.mark.parametrize("value", [3.0, 40.0])
def test_extremes_are_over_all_that_is_computed_here(value: float) -> None:
    found = judge(20.0, 20.0, 20.0, 20.0)
    one = replace(found, mean_of_runs=replace(found.runs, gap=estimate(value)))
    computed = [gap.value for gap in one.computed.values()]
    assert (one.smallest, one.largest) == (min(computed), max(computed))
    assert value in computed


def test_the_drawing_shows_what_is_computed_and_what_was_published() -> None:
    drawn = gap_measures.draw_gaps(judge(20.0, 30.0, 15.0, 8.0))
    assert list(drawn.data["origin"]) == ["computed here"] * 9 + ["published"] * 4
    assert markers(drawn.figure.axes[0]) == 13
    assert list(drawn.data["gap"].iloc[9:]) == [5, 12, 31, 4]
    kinds = drawn.data.groupby("kind", sort=False)["origin"].agg(list).to_dict()
    assert kinds["Published by others"] == ["published"] * 4
    assert [len(rows) for rows in kinds.values()] == [4, 3, 2, 4]
    heights = drawn.figure.axes[0].get_yticks()
    assert len(set(heights)) == 13 + len(kinds), "each row and each head has a place"
    assert drawn.data.loc[drawn.data["origin"] == "published", "low"].isna().all()
    assert pd.notna(drawn.data["low"].iloc[:9]).all()


@pytest.mark.parametrize(("high", "hardly"), [(150.0, False), (250.0, True)])
def test_a_gap_is_hardly_bounded_beyond_another_order_of_magnitude(
    *, high: float, hardly: bool
) -> None:
    runs = judge(20.0, 20.0, 20.0, 20.0).runs
    assert replace(runs, gap=replace(runs.gap, high=high)).is_hardly_bounded == hardly
