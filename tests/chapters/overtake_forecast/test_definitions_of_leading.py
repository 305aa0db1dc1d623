"""Verdicts by every meaning of leading."""

from dataclasses import replace

import pandas as pd
import pytest

from chapters.overtake_forecast.definitions_of_leading import (
    Definitions,
    draw_definitions,
    judge_each,
)
from chapters.overtake_forecast.joint_model import JointForecast
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


def compared(joint: JointForecast) -> Definitions:
    return judge_each(joint, PUBLISHED, LISTINGS, likely_from=0.55)


def test_only_sales_are_known_by_bounds_alone(joint: JointForecast) -> None:
    found = compared(joint)
    assert [m.outlook.definition for m in found.meanings] == list(DEFINITIONS)
    assert len(found.fitted) == 3
    assert (found.sales.minimax_revenue, found.sales.listed_value) == pytest.approx((0.1, 10.0))
    assert found.sales.largest_listing == "MiniMax"


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.6, 0.9, "leans for"), (0.1, 0.9, "can't tell"), (0.1, 0.5, "leans against")],
)
def test_the_verdict_is_that_on_the_late_chance(
    joint: JointForecast, low: float, high: float, verdict: str
) -> None:
    late = Estimate((low + high) / 2, low, high, 0.9, "credible", 12)
    runs = joint.forecasts["largest_run"]
    forecasts = {**joint.forecasts, "largest_run": replace(runs, ever=(*runs.ever[:-1], late))}
    assert compared(replace(joint, forecasts=forecasts)).fitted[1].verdict == verdict


def test_each_meaning_has_a_row_with_two_dots(joint: JointForecast) -> None:
    drawing = draw_definitions(compared(joint))
    assert drawing.data["definition"].tolist() == list(DEFINITIONS.values())
    assert set(drawing.data["date"]) == {"2031-01-10"}
    ever, terminal = drawing.figure.axes[0].lines
    assert list(ever.get_xdata()) == pytest.approx((100 * drawing.data["ever"]).tolist())
    assert list(terminal.get_xdata()) == pytest.approx((100 * drawing.data["terminal"]).tolist())
