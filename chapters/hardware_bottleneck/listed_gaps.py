"""The gaps in what is listed one by one: training runs and clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.compute.compute_gap import (
    estimate_cluster_gap,
    estimate_largest_run_gap,
)

from chapters.hardware_bottleneck import samples
from chapters.shared.chips import standard_clusters

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from models.compute.drawn_gaps import Gap, LargestRunGap
    from models.core.estimates import Estimate

SIXTEEN_BIT = "flop_per_s_16bit"
"""Column of a cluster's operations on numbers of 16 bits."""


@dataclass(frozen=True)
class RunGaps:
    """Gaps in training runs whose compute is known.

    Attributes
    ----------
    largest : LargestRunGap
        The largest run of a window before the claim.
    mean_of_top : LargestRunGap
        The geometric mean of its few largest runs.
    confident : LargestRunGap
        Largest American over largest Chinese training run, without speculative estimates.
    summed : Gap
        All runs of the last full year.
    top : int
        How many runs the mean is of.
    year : int
        Last full year.
    """

    largest: LargestRunGap
    mean_of_top: LargestRunGap
    confident: LargestRunGap
    summed: Gap
    top: int
    year: int

    @property
    def without_one_developer(self) -> tuple[float, float]:
        """Largest American over largest Chinese run with any one developer left out, times."""
        gap = self.largest.without_one_developer
        return 10**gap.low, 10**gap.high


@dataclass(frozen=True)
class ClusterGap:
    """Gap in clusters that exist.

    Attributes
    ----------
    factor : Estimate
        United States over China in H100e, times. Each chip counts by the fastest format of
        numbers that it has, of 8 bits or of 16.
    factor_16bit : Estimate
        The same in operations on numbers of 16 bits, which old and Chinese chips have too.
    n_usa, n_china : int
        Clusters.
    """

    factor: Estimate
    factor_16bit: Estimate
    n_usa: int
    n_china: int


def compare_runs(
    ai_models: pd.DataFrame,
    *,
    top: int,
    window_years: float,
    level: float,
    rng: np.random.Generator,
) -> RunGaps:
    """Compare the largest known run of both countries, their few largest, and a year's sum.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    top : int
        Largest runs whose geometric means are compared.
    window_years : float
        Years before the claim in which they are.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        For the bootstraps.

    Raises
    ------
    ModelInputError
        If a country has fewer than `top` known runs in the window.
    """
    known = samples.known_runs(samples.language_models(ai_models))

    def gap(runs: pd.DataFrame, largest: int) -> LargestRunGap:
        return estimate_largest_run_gap(
            runs,
            date=samples.CLAIM_DATE,
            top=largest,
            window_years=window_years,
            rng=rng,
            level=level,
        )

    in_year = known[known["date"].dt.year == samples.LAST_FULL_YEAR]
    return RunGaps(
        gap(known, 1),
        gap(known, top),
        gap(samples.confident_runs(known), 1),
        estimate_cluster_gap(in_year, quantity=samples.COMPUTE, rng=rng, level=level),
        top,
        samples.LAST_FULL_YEAR,
    )


def compare_clusters(
    gpu_clusters: pd.DataFrame, *, level: float, rng: np.random.Generator
) -> ClusterGap:
    """Compare the capacity of both countries' known clusters.

    Parameters
    ----------
    gpu_clusters : DataFrame
        Known clusters.
    level : float
        Of the interval.
    rng : numpy.random.Generator
        For the bootstrap of clusters.

    Raises
    ------
    ModelInputError
        If a country has fewer than two clusters.
    """
    existing = standard_clusters(gpu_clusters)
    gap = estimate_cluster_gap(existing, rng=rng, level=level)
    known = existing.dropna(subset=[SIXTEEN_BIT])
    gap_16bit = estimate_cluster_gap(known, quantity=SIXTEEN_BIT, rng=rng, level=level)
    n_usa, n_china = (len(samples.of_country(existing, code)) for code in ("USA", "CHN"))
    return ClusterGap(gap.factor, gap_16bit.factor, n_usa, n_china)
