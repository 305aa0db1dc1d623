"""The chances by every meaning of leading."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.overtake_forecast.definitions_of_leading import (
    Definitions,
    draw_definitions,
    judge_each,
)
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.pooled import Pooled
from models.core.estimates import Estimate
from models.race.race_definitions import DEFINITIONS

PUBLISHED = pd.DataFrame(
    {
        "id": ["revenue-openai-2025", "valuation-openai-2025", "minimax-revenue-2025"],
        "value": [13.0, 500.0, 75.0],
    }
)
LISTINGS = pd.DataFrame(
    {"firm": ["Zhipu", "MiniMax"], "market_value_first_close_hkd_million": [58_000.0, 78_000.0]}
)


def compared(joint: JointForecast, pool: Pooled) -> Definitions:
    return judge_each(joint, pool, PUBLISHED, LISTINGS, likely_from=0.55)


def test_only_sales_are_known_by_bounds_alone(joint: JointForecast, pool: Pooled) -> None:
    found = compared(joint, pool)
    assert [m.outlook.definition for m in found.meanings] == list(DEFINITIONS)
    assert [m.outlook.label for m in found.meanings if not m.is_fitted] == ["Revenue", "Valuation"]
    assert len(found.fitted) == 3
    assert (found.sales.minimax_revenue, found.sales.listed_value) == pytest.approx((0.1, 10.0))
    assert found.sales.largest_listing == "MiniMax"


def test_by_capability_the_pool_answers_and_else_the_joint_model(
    joint: JointForecast, pool: Pooled
) -> None:
    capability, runs, *_ = compared(joint, pool).meanings
    assert capability.outlook.forecast == pool.pool.forecast
    assert runs.outlook.forecast == joint.forecasts["largest_run"]


@pytest.mark.parametrize(("chance", "high"), [(0.54, False), (0.55, True)])
def test_a_high_likelihood_begins_at_its_threshold(
    joint: JointForecast, pool: Pooled, chance: float, *, high: bool
) -> None:
    late = Estimate(chance, 0.1, 0.9, 0.9, "credible", 12)
    runs = joint.forecasts["largest_run"]
    forecasts = {**joint.forecasts, "largest_run": replace(runs, held=(*runs.held[:-1], late))}
    found = compared(replace(joint, forecasts=forecasts), pool)
    assert found.fitted[1].is_high_likelihood is high


def test_each_meaning_has_a_row_with_its_chance_and_interval(
    joint: JointForecast, pool: Pooled
) -> None:
    drawing = draw_definitions(compared(joint, pool))
    assert drawing.data["definition"].tolist() == list(DEFINITIONS.values())
    assert set(drawing.data["date"]) == {"2031-01-10"}
    axes = drawing.figure.axes[0]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    chances = [float(dot.get_xdata()[0]) for dot in dots]
    assert chances == pytest.approx((100 * drawing.data["held"]).tolist())
    ends = [each.get_segments()[0][:, 0] for each in axes.collections]
    wanted = 100 * drawing.data[["held_low", "held_high"]].to_numpy(float)
    assert np.asarray(ends) == pytest.approx(wanted)
