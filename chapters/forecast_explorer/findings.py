"""The chapter's headline numbers, and what the page's sliders read."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from models.core.estimates import to_percent
from models.core.verdicts import list_likelihood_bands, list_verdict_scale
from models.race.race_calibration import list_past_leads
from models.race.race_definitions import DEFINITIONS, LABELS, LIN
from models.race.race_parameters import CAPABILITY, list_forecast_dates
from overtake.chapter.results import Number

from chapters.shared import countries

if TYPE_CHECKING:
    import pandas as pd
    from models.core.timescale import Moment
    from models.race.forecast_surface import ForecastSurface
    from models.race.race_parameters import JointCalibration

    from chapters.forecast_explorer.accuracy import Misses

CHAPTER = "overtake-forecast"
"""The chapter whose model the surface stands for."""
NUMBER = "probability_2031_lead"
"""Its headline number that a full run gives for the sliders' answer."""
VERDICTS = {"leading-firm-2031": "2031-01-10", "leading-firm-2029": "2029-01-10"}
"""Parts of claims that are true if a Chinese firm has led by a day, by capability."""
UNITS = {"capability": "points", "largest_run": "factors of 10", "compute_stock": "factors of 10"}
"""Unit of the lead, by meaning of leading."""


def collect_numbers(misses: Misses, *, data_until: str) -> dict[str, Number]:
    """Return the headline numbers by name, most important first.

    Parameters
    ----------
    misses : Misses
        How far the surface is from full runs.
    data_until : str
        Day to which the capability index reaches.
    """
    estimates = {
        NUMBER: to_percent(misses.baseline),
        "surface_missed_mean": misses.mean,
        "surface_missed_most": misses.most,
    }
    return {name: Number(estimate, data_until) for name, estimate in estimates.items()}


def describe_explorer(
    surface: ForecastSurface,
    misses: Misses,
    index: pd.DataFrame,
    calibration: JointCalibration,
    *,
    since: Moment,
    likely_from: float,
) -> dict[str, Any]:
    """Return all that the sliders on the page evaluate and show.

    Parameters
    ----------
    surface : ForecastSurface
        What they evaluate.
    misses : Misses
        How far it is from full runs.
    index : DataFrame
        Models of known day and country on the capability index.
    calibration : JointCalibration
        What is fitted.
    since : date
        First day of the past that is drawn.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    return {
        **surface.to_dict(),
        "chapter": CHAPTER,
        "number": NUMBER,
        "verdicts": {
            part: {"part": part, "kind": "held", "place": list_forecast_dates().index(day)}
            for part, day in VERDICTS.items()
        },
        "verdict_scale": [asdict(band) for band in list_verdict_scale()],
        "judged_by": CAPABILITY,
        "definitions": dict(DEFINITIONS),
        "labels": {"leading_definition": "What leading means", **LABELS},
        "units": UNITS,
        "likelihood": [asdict(band) for band in list_likelihood_bands()],
        "missed": _missed(misses),
        "likely_from": likely_from,
        "unlikely_below": LIN,
        "level": surface.level,
        "colour": countries.COLOURS["CHN"],
        "past": list_past_leads(index, calibration, since=since),
    }


def _missed(misses: Misses) -> dict[str, float]:
    """Return how far the surface is from full runs; the mean is the harder one, by capability."""
    return {
        "n": misses.n_points,
        "evaluations": misses.n_evaluations,
        "mean": misses.capability_mean,
        "max": misses.most.value,
        "ends_mean": misses.ends_mean,
        "ends_max": misses.ends_most,
    }
