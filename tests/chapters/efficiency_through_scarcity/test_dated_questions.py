"""The question on the premium: the more models come, the less sure is its sign."""

import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.dated_questions import ask_question
from models.capability.dated_premium import MEASURES, compute_chance_of_premium
from tests.chapters.efficiency_through_scarcity.simulated_models import compared, estimate


def test_as_many_models_are_to_come_as_came_in_the_last_year() -> None:
    models = compared()
    asked = ask_question(models, estimate(1.3, -2.6, 5.2))
    until = models.dated["date"].max()
    assert asked.n_new == (models.known["date"] > until - pd.DateOffset(years=1)).sum() > 0
    assert asked.premium.probability == pytest.approx(
        compute_chance_of_premium(estimate(1.3, -2.6, 5.2), n_new=asked.n_new)
    )
    assert asked.premium.since == f"{until:%Y-%m-%d}"
    assert asked.premium.measure in MEASURES
