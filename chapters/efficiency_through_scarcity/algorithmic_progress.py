"""How fast a fixed capability gets cheaper in training compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np
import pandas as pd
from models.capability.algorithmic_progress import (
    AlgorithmicProgress,
    compute_doubling_months,
    estimate_two_stage_rate,
)
from models.capability.benchmark_panel import BenchmarkProgress, estimate_benchmark_progress
from models.core.timescale import MONTHS_PER_YEAR
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.efficiency_through_scarcity.compared_models import (
    COMPUTE,
    DEVELOPER,
    ComparedModels,
)
from chapters.efficiency_through_scarcity.marks import new_forest
from chapters.efficiency_through_scarcity.published import Published, read_published
from chapters.shared.capability import estimate_progress as estimate_shared_progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from models.core.estimates import Estimate

_SAMPLES = ("all countries", "US models", "Chinese models")
_PUBLISHED = tuple(
    f"progress-{other}" for other in ("joint", "two-stage", "frontier", "compute-halving")
)
_PUBLISHED_COLOUR = "#8A8A8A"
_SHOWN = (-0.6, 3.4)  # orders of magnitude; the interval of few models would hide all others
_ABOVE_LINE = 0.1  # of a row, so that an arrow does not lie on its interval
_N_JOINT = 68  # models behind the published regression


class _HasRate(Protocol):
    @property
    def orders_of_magnitude_per_year(self) -> Estimate: ...


Progress = TypeVar("Progress", bound=_HasRate)


@dataclass(frozen=True)
class Samples(Generic[Progress]):
    """Progress of all models, of US ones, and of Chinese ones, in effective compute.

    Where the doubling is unbounded it is None.

    Attributes
    ----------
    everyone : AlgorithmicProgress or BenchmarkProgress
        All models.
    usa : AlgorithmicProgress or BenchmarkProgress
        US models.
    china : AlgorithmicProgress or BenchmarkProgress
        Chinese models.
    """

    everyone: Progress
    usa: Progress
    china: Progress

    @property
    def countries_overlap(self) -> bool:
        """Whether the intervals of the two countries overlap, so that the data don't rank them."""
        usa, china = (p.orders_of_magnitude_per_year for p in (self.usa, self.china))
        return usa.low <= china.high and china.low <= usa.high

    @property
    def doubling(self) -> Estimate | None:
        """Months in which the effective compute of all models doubles."""
        return compute_doubling_months(self.everyone.orders_of_magnitude_per_year)

    def rates(self) -> tuple[Estimate, Estimate, Estimate]:
        """Return the rates of all models, of US ones, and of Chinese ones."""
        usa, china = self.usa, self.china
        return (
            self.everyone.orders_of_magnitude_per_year,
            usa.orders_of_magnitude_per_year,
            china.orders_of_magnitude_per_year,
        )


@dataclass(frozen=True)
class ProgressRates:
    """Algorithmic progress on the index and on benchmarks, beside what others published.

    Where the months of waiting are unbounded `tenfold` is None.

    Attributes
    ----------
    index : Samples of AlgorithmicProgress
        Algorithmic progress on the capability index.
    benchmarks : Samples of BenchmarkProgress
        Algorithmic progress at one rate for all benchmarks.
    lower_bound : float
        Orders of magnitude a year on the index if all that compute and date share is given to
        compute.
    tenfold : Estimate or None
        Months of algorithmic progress that are worth ten times the compute.
    joint : Published
        One regression on an index, orders of magnitude a year.
    two_stage, frontier : Published
        The index estimated first, and the frontier alone; times a year.
    halving : Published
        Months in which the compute for the same performance halves.
    """

    index: Samples[AlgorithmicProgress]
    benchmarks: Samples[BenchmarkProgress]
    lower_bound: float
    tenfold: Estimate | None
    joint: Published
    two_stage: Published
    frontier: Published
    halving: Published

    @property
    def slowest_factor(self) -> float:
        """Lower bound of progress on the index: times the compute that a year is worth."""
        return float(10**self.lower_bound)

    @property
    def agrees_with_published(self) -> bool:
        """Whether the rate on the index lies inside the published interval."""
        return self.joint.holds(self.index.everyone.orders_of_magnitude_per_year.value)

    @property
    def n_published_slower(self) -> int:
        """How many of the two rates by other methods are slower than the one on the index."""
        own = self.index.everyone.annual_factor.value
        return sum(published.value < own for published in (self.two_stage, self.frontier))

    @property
    def table(self) -> pd.DataFrame:
        """One row for each rate, as it is drawn: the chapter's own first."""
        own = [
            (f"{score}, {sample}", e.value, e.low, e.high, e.n)
            for score, samples in (("Index", self.index), ("Benchmarks", self.benchmarks))
            for sample, e in zip(_SAMPLES, samples.rates(), strict=True)
        ]
        return pd.DataFrame(
            [*own, *self._published()], columns=["source", "rate", "low", "high", "n"]
        )

    def _published(self) -> list[tuple[str, float, float, float, int]]:
        two_stage, frontier = (
            np.log10([p.value, p.low, p.high]) for p in (self.two_stage, self.frontier)
        )
        months = np.array([self.halving.value, self.halving.high, self.halving.low])
        return [
            ("Ho et al., one regression", *_ends(self.joint), _N_JOINT),
            ("Ho et al., two stages", *two_stage, 0),
            ("Ho et al., frontier", *frontier, 0),
            ("Ho et al. 2024, halving time", *(MONTHS_PER_YEAR / months * np.log10(2)), 0),
        ]


def estimate_progress(
    models: ComparedModels,
    panel: pd.DataFrame,
    published: pd.DataFrame,
    *,
    level: float,
    rng: np.random.Generator,
) -> ProgressRates:
    """Estimate algorithmic progress on the index and on benchmarks.

    Parameters
    ----------
    models : ComparedModels
        The models; those of all countries with known compute are used.
    panel : pandas.DataFrame
        Scores on benchmarks.
    published : pandas.DataFrame
        Table ``published_estimates``.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        Resamples developers.

    Raises
    ------
    ModelInputError
        If a country has too few models with known compute.
    """
    since = models.since.year
    index = _by_country(
        models.recent,
        lambda frame: estimate_shared_progress(frame, start_year=since, level=level),
    )
    benchmarks = _by_country(
        panel,
        lambda frame: estimate_benchmark_progress(frame, rng=rng, cluster=DEVELOPER, level=level),
    )
    tenfold = index.everyone.regression.ratio(
        {"log10_compute": MONTHS_PER_YEAR}, {"year": 1.0}, level, "months"
    )
    read = (read_published(published, other) for other in _PUBLISHED)
    known = models.recent[models.recent[COMPUTE] > 0]
    return ProgressRates(index, benchmarks, estimate_two_stage_rate(known), tenfold, *read)


def draw_progress(progress: ProgressRates) -> Drawing:
    """Draw the chapter's own rates above those that others published.

    Parameters
    ----------
    progress : ProgressRates
        What was estimated.
    """
    table = progress.table
    is_own = np.arange(len(table)) < 2 * len(_SAMPLES)
    figure, axes = new_forest(
        table,
        value="rate",
        labels=table["source"],
        colours=np.where(is_own, style.TEXT_COLOUR, _PUBLISHED_COLOUR),
        height_inches=4.4,
    )
    axes.set_xlim(*_SHOWN)
    axes.set_xticks(range(4), [f"{10**power:,}" for power in range(4)])
    _point_beyond(axes, table)
    axes.set(xlabel="Times the compute that a year is worth")
    said = Used("published_estimates", {"id": _PUBLISHED})
    tables = ("capability_index", "benchmark_runs", "benchmark_scores", "benchmarks", said)
    return Drawing(figure, table, tables)


def _point_beyond(axes: Axes, table: pd.DataFrame) -> None:
    """Mark with an arrow where an interval goes on beyond the axis."""
    for height, (low, high) in enumerate(zip(table["low"][::-1], table["high"][::-1], strict=True)):
        for place, arrow, goes_on in ((0, "←", low < _SHOWN[0]), (1, "→", high > _SHOWN[1])):
            if goes_on:
                axes.annotate(
                    arrow,
                    (place, height + _ABOVE_LINE),
                    xycoords=("axes fraction", "data"),
                    ha="right" if place else "left",
                    va="bottom",
                )


def _by_country(
    frame: pd.DataFrame, measure: Callable[[pd.DataFrame], Progress]
) -> Samples[Progress]:
    return Samples(
        measure(frame),
        measure(frame[frame["country"] == "USA"]),
        measure(frame[frame["country"] == "CHN"]),
    )


def _ends(published: Published) -> tuple[float, float, float]:
    return published.value, published.low, published.high
