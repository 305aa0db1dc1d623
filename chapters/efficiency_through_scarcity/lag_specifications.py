"""The lag of Chinese records under every combination of five choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.capability.lag_specifications import resample_lag_curve, summarise_lag_curve
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.compared_models import DEVELOPER
from chapters.efficiency_through_scarcity.curves import Curve, draw_curve
from chapters.shared.capability import SCORES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from models.capability.average_lag import DrawnLag
    from models.core.specification_curve import Answers

_SCORES = {"GPQA diamond": "GPQA Diamond", "OTIS Mock AIME 2024-2025": "OTIS Mock AIME"}
_LARGEST_OF_A_FRONTIER = ("OpenAI", "DeepSeek")


def resample_lags(
    dated: pd.DataFrame,
    panel: pd.DataFrame,
    *,
    rng: np.random.Generator,
    replications: int = 200,
) -> Answers[DrawnLag]:
    """Draw the mean lag under every combination of choices.

    Parameters
    ----------
    dated : pandas.DataFrame
        The models with a date.
    panel : pandas.DataFrame
        Their scores on benchmarks.
    rng : numpy.random.Generator
        Resamples developers.
    replications : int, default 200
        Resamples for each specification.

    Raises
    ------
    ModelInputError
        If the chapter's own specification has no answer.
    """
    frames = {"capability index": dated.assign(score=dated["eci"])} | {
        label: panel[panel["benchmark"] == name] for name, label in _SCORES.items()
    }
    return resample_lag_curve(
        frames,
        without=_LARGEST_OF_A_FRONTIER,
        rng=rng,
        cluster=DEVELOPER,
        replications=replications,
    )


def estimate_lag_curve(drawn: Answers[DrawnLag], *, level: float) -> Curve:
    """Estimate the mean lag under every combination of choices, in months.

    Parameters
    ----------
    drawn : Answers of DrawnLag
        What was drawn.
    level : float
        Of the intervals.
    """
    return Curve(summarise_lag_curve(drawn, level=level))


def draw_lag_curve(curve: Curve) -> Drawing:
    """Draw the lag's specification curve.

    Parameters
    ----------
    curve : Curve
        What was estimated.
    """
    figure = draw_curve(curve, label="Months behind the US")
    tables = (SCORES, "benchmark_runs")
    return Drawing(figure, curve.result.table, tables)
