"""The lag of Chinese records under every combination of five choices."""

import numpy as np
import pandas as pd

from chapters.efficiency_through_scarcity.compared_models import DEVELOPER, ComparedModels
from chapters.efficiency_through_scarcity.curves import Curve, draw_curve
from models.capability.lag_specifications import lag_curve
from overtake.chapter.figures import Drawing

_SCORES = {"GPQA diamond": "GPQA Diamond", "OTIS Mock AIME 2024-2025": "OTIS Mock AIME"}
_LARGEST_OF_A_FRONTIER = ("OpenAI", "DeepSeek")


def estimate_lag_curve(
    models: ComparedModels,
    panel: pd.DataFrame,
    *,
    level: float,
    rng: np.random.Generator,
    replications: int = 200,
) -> Curve:
    """Estimate the mean lag under every combination of choices, in months.

    Parameters
    ----------
    models : ComparedModels
        The models; all with a date are used.
    panel : pandas.DataFrame
        Their scores on benchmarks.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        Resamples developers.
    replications : int, default 200
        Resamples for each specification.

    Raises
    ------
    ModelInputError
        If the chapter's own specification has no answer.
    """
    dated = models.dated
    frames = {"capability index": dated.assign(score=dated["eci"])} | {
        label: panel[panel["benchmark"] == name] for name, label in _SCORES.items()
    }
    return Curve(
        lag_curve(
            frames,
            without=_LARGEST_OF_A_FRONTIER,
            rng=rng,
            cluster=DEVELOPER,
            replications=replications,
            level=level,
        )
    )


def draw_lag_curve(curve: Curve) -> Drawing:
    """Draw the lag's specification curve.

    Parameters
    ----------
    curve : Curve
        What was estimated.
    """
    figure = draw_curve(curve, label="Months behind the US")
    tables = ("capability_index", "benchmark_runs", "benchmarks")
    return Drawing(figure, curve.result.table, tables)
