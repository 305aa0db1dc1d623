"""The question on investment names its data, which are old."""

import pandas as pd
import pytest

from chapters.risk_culture.dated_questions import ask_question
from models.society.dated_investment import MEASURES, compute_chance_of_ratio

INVESTMENT = pd.DataFrame(
    [
        ("private_quid", country, year, usd)
        for year, ratio in {2021: 3.0, 2022: 5.0, 2023: 6.0, 2024: 11.0}.items()
        for country, usd in (("USA", 10 * ratio), ("CHN", 10.0))
    ],
    columns=["series", "country", "year", "investment_usd"],
)


def test_the_question_and_its_chance() -> None:
    event = ask_question(INVESTMENT, data_until="2024-12-31").investment
    assert "from data until 2024-12-31" in event.question
    assert event.probability == pytest.approx(
        compute_chance_of_ratio(INVESTMENT, year=2026, at_least=10.0)
    )
    assert event.due == "2026-12-31"
    assert event.measure in MEASURES
