from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck.research_compute import Research, draw_research, estimate_research
from models.core.estimates import Estimate

ACCOUNTS = {
    "minimax-revenue-2025": 100.0,
    "minimax-gross-margin-2025": 20.0,
    "minimax-rd-2025": 240.0,
    "zhipu-rd-share-2025": 90.0,
    "openai-rd-compute-2024": 5.0,
    "openai-inference-compute-2024": 2.0,
}


def estimate(china: float = 0.7, zhipu: float = 90.0) -> Research:
    values = {**ACCOUNTS, "zhipu-rd-share-2025": zhipu}
    return estimate_research(
        Estimate(10.0, 8.0, 12.5, 0.9, "credible", 2, "times"),
        pd.DataFrame({"id": list(values), "value": list(values.values())}),
        us_delivery=0.4,
        chinese_delivery=china,
        margin=0.15,
        level=0.9,
        rng=np.random.default_rng(1),
    )


def test_the_gap_is_multiplied_by_what_is_left() -> None:
    """0.6 is left in the United States, 0.3 in China: twice as much."""
    found = estimate()
    assert found.over_total_gap == pytest.approx(2.0)
    assert found.gap.value == pytest.approx(20.0, rel=0.05)
    assert (found.gap.unit, found.gap.kind) == ("times", "range")
    assert found.widest_gap.low == pytest.approx(8 * (1 - 0.55) / (1 - 0.55))
    assert found.widest_gap.high == pytest.approx(12.5 * (1 - 0.25) / (1 - 0.85))
    assert found.doubling_share == pytest.approx(0.7)


@pytest.mark.parametrize(("china", "wider"), [(0.7, True), (0.3, False)])
def test_the_gap_is_wider_if_delivery_takes_more_in_china(*, china: float, wider: bool) -> None:
    assert estimate(china).is_wider_than_total is wider


@pytest.mark.parametrize(("china", "times"), [(0.7, 1.5), (0.95, None)])
def test_ten_points_more_of_delivery(china: float, times: float | None) -> None:
    expected = None if times is None else pytest.approx(times)
    assert replace(estimate(0.7), chinese_delivery=_share(china)).ten_points_widen == expected


def test_accounts_are_shares_of_research_and_delivery() -> None:
    accounts = estimate().accounts
    assert accounts.minimax == pytest.approx(100 * 240 / (240 + 80))
    assert accounts.openai == pytest.approx(100 * 5 / 7)


def test_what_is_published_of_start_ups_alone_leaves_the_claim_open() -> None:
    assert estimate().verdict.verdict == "undetermined"
    assert "75" in estimate().verdict.reason


def test_three_american_shares_are_drawn_with_a_dot_for_the_run() -> None:
    found = estimate()
    drawing = draw_research(found)
    assert sorted(drawing.data["us_share"].unique()) == [0.2, 0.4, 0.6]
    assert len(drawing.data) == 3 * 60
    *curves, total, dot = drawing.figure.axes[0].lines
    assert len(curves) == 3
    assert list(total.get_ydata()) == [10, 10]
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (70, found.gap.value)


def _share(value: float) -> Estimate:
    return Estimate(value, value, value, 0.9, "range", 0)
