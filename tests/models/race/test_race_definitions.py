"""What leading means, how it is judged, and what is asked by which day."""

import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.race import race_definitions
from models.race.lead_forecast import LeadForecast
from models.race.race_calibration import calibrate
from models.race.race_parameters import JointCalibration, JointParameters
from models.race.race_simulation import LeadPaths, simulate_leads
from tests.models.race.examples import chance
from tests.models.simulated import race_tables

DATE = "2031-01-10"


@pytest.fixture(scope="module")
def known() -> JointCalibration:
    rng = np.random.default_rng(1)
    return calibrate(
        *race_tables(), since="2023-01-01", sales={}, lead_margin=1.0, level=0.9, rng=rng
    )


def forecasts(*chances: Estimate) -> dict[str, LeadForecast]:
    names = list(race_definitions.DEFINITIONS)
    return {
        name: LeadForecast(name, (DATE,), (p,), (p,), (p,))
        for name, p in zip(names, chances, strict=False)
    }


def test_by_definition_names_them_for_readers() -> None:
    rows = race_definitions.tabulate_by_definition(forecasts(*[chance(0.1, 0.05, 0.2)] * 5), DATE)
    assert rows["definition"].tolist() == list(race_definitions.DEFINITIONS.values())


def test_steps_end_on_the_last_day() -> None:
    index, _, _ = race_tables()
    drawn = race_definitions.trace_steps(
        {"USA": index[index["country"] == "USA"]}, until="2026-06-01"
    )
    assert drawn["date"].iloc[-1] == pd.Timestamp("2026-06-01")
    assert drawn["eci"].iloc[-1] == drawn["eci"].iloc[-2]
    with pytest.raises(ModelInputError, match="needs a frontier"):
        race_definitions.trace_steps({}, until="2026-06-01")


def test_dated_questions_have_days_ahead_and_chances(known: JointCalibration) -> None:
    both = [JointParameters(leading_definition=name) for name in ("capability", "largest_run")]
    index, runs = simulate_leads(both, known, seed=1, n_draws=40)
    questions = race_definitions.ask_dated_questions(
        {"capability": [index, index], "largest_run": [runs]}
    )
    assert len({(q.question, q.date) for q in questions}) == len(questions)
    assert all(0 <= q.probability <= 1 for q in questions)
    assert all(q.date > known.as_of for q in questions)
    near, far = (q.probability for q in questions[:2])
    assert near + far <= 1


def test_the_volatility_check_finds_a_past_that_is_too_calm_or_too_wild() -> None:
    rng = np.random.default_rng(3)
    paths = LeadPaths(np.arange(20.0), rng.normal(0, 2, (50, 40, 20)).cumsum(axis=2))
    past = rng.normal(0, 2, 12).cumsum()
    assert race_definitions.check_volatility(paths, [*past]).fits
    for factor, share in ((0.05, 1.0), (20.0, 0.0)):
        found = race_definitions.check_volatility(paths, [*(factor * past)])
        assert found.quarter == pytest.approx(share, abs=0.01)
        assert not found.fits
    with pytest.raises(ModelInputError, match="6 to 20 quarters"):
        race_definitions.check_volatility(paths, [1.0, 2.0])
