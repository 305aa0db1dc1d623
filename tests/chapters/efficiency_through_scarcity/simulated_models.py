"""Models with a known premium, and what stands on a drawing of them."""

import numpy as np
import pandas as pd

from chapters.efficiency_through_scarcity.compared_models import ComparedModels, select_models
from models.core.estimates import Estimate
from models.core.timescale import decimal_years
from overtake.chapter.figures import Drawing
from tests.models.simulated import capability_table

LEVEL = 0.9
NOBODY = pd.DataFrame({"model": pd.Series(dtype="string"), "distilled": pd.Series(dtype="boolean")})


def generator(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


def index_table(*, premium: float = 4.0, sd: float = 0.0, n: int = 160) -> pd.DataFrame:
    """Models of 2023 to 2025; 10 points for a factor of ten of compute, 12 a year."""
    table = capability_table(generator(), n=n)
    date = table["date"] + pd.DateOffset(years=1)
    from_resources = 10 * np.log10(table["training_compute_flop"]) + 12 * decimal_years(date)
    noise = generator(2).normal(0, sd, n)
    return table.assign(
        date=date,
        eci=from_resources - 24420 + premium * (table["country"] == "CHN") + noise,
        open_weights=pd.array(generator(1).random(n) < 0.7, dtype="boolean"),
        compute_confidence="Confident",
    )


def compared(
    index: pd.DataFrame | None = None, distilled: pd.DataFrame = NOBODY, weights: str = "all"
) -> ComparedModels:
    return select_models(
        index_table() if index is None else index,
        distilled,
        start_year=2023,
        minimum_compute_flop=1e18,
        weights=weights,
    )


def estimate(value: float, low: float, high: float, unit: str = "points") -> Estimate:
    return Estimate(value, low, high, LEVEL, "confidence", 10, unit)


def dots(drawing: Drawing) -> int:
    """Count the marked points of all axes."""
    lines = [line for axes in drawing.figure.axes for line in axes.lines]
    return sum(len(line.get_xdata()) for line in lines if line.get_marker() in {"o", "^", "."})


def bars(drawing: Drawing) -> int:
    """Count the intervals that are drawn as vertical lines on the first axes."""
    return sum(len(each.get_segments()) for each in drawing.figure.axes[0].collections)


def texts(drawing: Drawing) -> list[str]:
    return [text.get_text() for text in drawing.figure.axes[0].texts]
