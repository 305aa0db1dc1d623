"""What the race is simulated from: what is fitted, and what is judged.

Some parameters only scale what is fitted, or matter for revenue and valuation alone. They are
set apart here, so that nothing is simulated again for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.capability.frontier_gap import fit_frontier_trend
from models.race.equal_compute_gain import estimate_equal_compute_gain
from models.race.race_batch import OF_JOINT, calibrate_race
from models.race.race_calibration import select_known_runs
from models.race.race_parameters import JointCalibration, JointParameters
from models.race.relative_compute import estimate_relative_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from models.core.timescale import Moment

OF_FIT = ("seed", "trend_start_year")
"""Parameters that `fit_race` reads."""
OF_RACE = tuple(
    name for name in OF_JOINT if name not in ("leading_definition", "sales_closing_oom_per_year")
)
"""Parameters that `select_race` reads: those that move a simulated path."""
_FIXED = {"sales_volatility": 1.0, "lead_margin_errors": 1.0}


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
    return calibrate_race(tables, {**parameters, **_FIXED})


def state_intervals(
    fitted: JointCalibration,
    index: pd.DataFrame,
    models: pd.DataFrame,
    *,
    since: Moment,
    level: float,
    rng: np.random.Generator,
) -> JointCalibration:
    """State what is shown of the fit with intervals of another level: what is drawn stays.

    Parameters
    ----------
    fitted : JointCalibration
        From `fit_race`.
    index : DataFrame
        Models of known day and country on the capability index.
    models : DataFrame
        Table ``ai_models``.
    since : date
        First day of the models that past growth is fitted on.
    level : float
        Level of the intervals.
    rng : Generator
        The stream of the fit.

    Raises
    ------
    ModelInputError
        As `fit_race`.
    """
    return replace(
        fitted,
        closing=fit_frontier_trend(
            index, since=since, date=index["date"].max(), rng=rng, level=level
        ).closing,
        equal_compute_gain=estimate_equal_compute_gain(index, level=level),
        relative_points=estimate_relative_points(index, select_known_runs(models), level=level),
    )


def scale_calibration(
    fitted: JointCalibration, *, sales_volatility: float, lead_margin_errors: float
) -> JointCalibration:
    """Set how far sales are shaken, and by how much a lead must be held.

    Parameters
    ----------
    fitted : JointCalibration
        From `fit_race` or `state_intervals`.
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
