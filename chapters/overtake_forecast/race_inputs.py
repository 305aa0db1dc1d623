"""What the race is simulated from: what is fitted, and what is judged.

Some parameters only scale what is fitted, or matter for revenue and valuation alone. They are
set apart here, so that nothing is simulated again for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from models.race.race_batch import OF_JOINT, calibrate_race
from models.race.race_parameters import JointCalibration, JointParameters

OF_FIT = ("seed", "interval_level", "trend_start_year")
"""Parameters that `fit_race` reads."""
OF_RACE = tuple(
    name for name in OF_JOINT if name not in ("leading_definition", "sales_closing_oom_per_year")
)
"""Parameters that `select_race` reads: those that move a simulated path."""
_UNIT = {"sales_volatility": 1.0, "lead_margin_errors": 1.0}


@dataclass(frozen=True)
class Race:
    """What is simulated, whatever leading means in the headline numbers.

    Attributes
    ----------
    parameters : JointParameters
        What is judged, with leading by the capability index; nothing of revenue or valuation.
    calibration : JointCalibration
        What is fitted; without the races in revenue and valuation, and without a margin.
    seed : int
        Seed of all draws.
    """

    parameters: JointParameters
    calibration: JointCalibration
    seed: int


def fit_race(tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, Any]) -> JointCalibration:
    """Fit the race with a volatility of sales of 1, and a margin of one error of the ruler.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        As `models.race.race_batch.calibrate_race`.
    parameters : mapping
        Those of `OF_FIT`.

    Raises
    ------
    ModelInputError
        As `models.race.race_batch.calibrate_race`.
    """
    return calibrate_race(tables, {**parameters, **_UNIT})


def scale_calibration(
    fitted: JointCalibration, *, sales_volatility: float, lead_margin_errors: float
) -> JointCalibration:
    """Set how far sales are shaken, and by how much a lead must be held.

    Parameters
    ----------
    fitted : JointCalibration
        From `fit_race`.
    sales_volatility : float
        A year's spread of the gaps in revenue and valuation, factors of 10.
    lead_margin_errors : float
        Margin of a lead, in standard deviations of the index's error.
    """
    sales = {
        name: replace(contest, volatility=sales_volatility * contest.volatility)
        for name, contest in fitted.sales.items()
    }
    return replace(fitted, sales=sales, lead_margin=lead_margin_errors * fitted.lead_margin)


def select_race(fitted: JointCalibration, parameters: Mapping[str, Any], *, seed: int) -> Race:
    """Put together what is simulated.

    Parameters
    ----------
    fitted : JointCalibration
        From `fit_race`.
    parameters : mapping
        Those of `OF_RACE`.
    seed : int
        Seed of all draws.
    """
    return Race(JointParameters(**parameters), replace(fitted, sales={}, lead_margin=0.0), seed)
