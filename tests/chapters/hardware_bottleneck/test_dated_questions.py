"""The questions on EUV and electricity: their chances are those of what they are asked of."""

import pandas as pd
import pytest

from chapters.hardware_bottleneck.dated_questions import ask_questions
from models.core.dated_events import compute_chance_of_rise
from models.core.estimates import Estimate
from models.core.predictive import Predictive
from models.supply.dated_supply import MEASURES

GENERATION = [100.0, 120.0, 110.0, 160.0, 150.0]
ELECTRICITY = pd.DataFrame(
    {"country": "USA", "year": range(2021, 2026), "generation_twh": GENERATION}
)
MIDDLE = Estimate(2028.0, 2027.0, 2030.0, 0.9, "credible", 5, "years")


@pytest.mark.parametrize(
    ("years", "chance"),
    [((2027.0, 2027.8, 2030.0), 0.2), ((2027.74, 2027.8, 2030.0), 0.2), ((2028.0,) * 3, 0.0)],
)
def test_chances_and_days(years: tuple[float, ...], chance: float) -> None:
    asked = ask_questions(
        Predictive(MIDDLE, years, (0.2, 0.3, 0.5)), ELECTRICITY,
        milestones_until="2026-02-25", electricity_until="2025-12-31",
    )  # fmt: skip
    assert asked.chips.probability == pytest.approx(chance)
    assert "from data until 2026-02-25" in asked.chips.question
    assert asked.electricity.probability == pytest.approx(
        compute_chance_of_rise([20, -10, 50, -10], 100)
    )
    assert "in 2026?" in asked.electricity.question
    assert asked.electricity.due == "2026-12-31"
    assert {event.measure for event in asked.events} <= set(MEASURES)
