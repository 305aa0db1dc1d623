"""Small tables whose answers are known in advance."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from models.compute.compute_gap import Gap
from models.core.estimates import Estimate

Trend = Callable[[np.ndarray], np.ndarray]


def steady(growth: float, start: float = 1e22) -> Trend:
    """A trend that grows by a factor each year since 2018."""
    return lambda years: start * growth ** (years - 2018)


def kinked(before: float, after: float, at: float, start: float = 1e20) -> Trend:
    """A trend whose growth changes at a decimal year."""

    def trend(years: np.ndarray) -> np.ndarray:
        first, second = np.minimum(years, at) - 2018, np.maximum(years - at, 0)
        return start * before**first * after**second

    return trend


def runs(
    trends: Mapping[str, Trend],
    *,
    first: str = "2018-02-01",
    last: str = "2025-12-31",
    n: int = 90,
    scatter: float = 0.15,
) -> pd.DataFrame:
    """Language models of each country about its trend, by eight developers in turn."""
    noise = np.random.default_rng(1)
    days = pd.date_range(first, last, periods=n).normalize()
    years = 2000 + (days - pd.Timestamp("2000-01-01")).days.to_numpy() / 365.25
    sides = [
        pd.DataFrame(
            {
                "model": [f"{code}-{i}" for i in range(n)],
                "organization": [f"{code} firm {i % 8}" for i in range(n)],
                "country": code,
                "countries": code,
                "date": days,
                "training_compute_flop": trend(years) * 10 ** noise.normal(0, scatter, n),
                "compute_confidence": "Confident",
                "language_model": True,
            }
        )
        for code, trend in trends.items()
    ]
    return pd.concat(sides, ignore_index=True)


def estimate(value: float, low: float | None = None, high: float | None = None) -> Estimate:
    """An estimate; without ends it is sure."""
    ends = value if low is None else low, value if high is None else high
    return Estimate(value, *ends, 0.9, "confidence", 40, "times")


def gap(factor: float, low: float | None = None, high: float | None = None) -> Gap:
    """A gap, given as a ratio."""
    ends = (factor, factor if low is None else low, factor if high is None else high)
    return Gap(Estimate(*np.log10(ends), 0.9, "confidence", 40, "orders of magnitude"))


def published(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    """Published figures: id, value, low, high."""
    table = pd.DataFrame(rows, columns=["id", "value", "low", "high"])
    return table.assign(
        topic="compute gap", quantity=table["id"], level=np.nan, unit="ratio", publisher="A",
        date=pd.NaT,
    )  # fmt: skip


def markers(axes: Axes) -> int:
    """Count the dots and diamonds that lines drew."""
    return sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() in {"o", "D"})
