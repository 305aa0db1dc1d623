"""How far behind China is now, how late its records came, and what of it compute explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.capability.average_lag import (
    AverageLag,
    DrawnLag,
    read_lag_pair,
    resample_average_lag,
)
from models.capability.capability_gap import CapabilityLag, track_capability_lag
from models.core.timescale import MONTHS_PER_YEAR
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.efficiency_through_scarcity.compared_models import DEVELOPER
from chapters.efficiency_through_scarcity.marks import GREY
from chapters.efficiency_through_scarcity.published import Published, read_published
from chapters.shared.capability import SCORES
from chapters.shared.countries import COLOURS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from models.core.estimates import Estimate

    from chapters.efficiency_through_scarcity.equal_compute import EqualCompute

_LONGEST_SHOWN = 17  # months
_PUBLISHED = "lag-capability-index"


@dataclass(frozen=True)
class ImpliedLag:
    """The lag that a gap in compute would make by itself.

    Where the lag in capability is not bounded `months` is None.

    Attributes
    ----------
    growth : Published
        Growth of training compute, times a year.
    low : float
        Months in which the leader grows by the gap at the faster published growth.
    high : float
        Months in which the leader grows by the gap at the slower published growth.
    pace : Estimate
        Index points that the frontier gains in a year from compute and algorithms.
    months : Estimate or None
        Lag in capability at the pace of the frontier, months.
    """

    growth: Published
    low: float
    high: float
    pace: Estimate
    months: Estimate | None


@dataclass(frozen=True)
class DrawnLags:
    """Draws of the mean lag of Chinese records.

    Attributes
    ----------
    modelled, at_bound : DrawnLag
        With bounds modelled, and with each bound taken for the lag itself.
    """

    modelled: DrawnLag
    at_bound: DrawnLag


@dataclass(frozen=True)
class LastRecord:
    """The last Chinese record on the index.

    Attributes
    ----------
    model, leader_model : str
        The record, and the first US model with at least its score.
    lag_months : float
        Months from the first US model with at least its score to its release.
    """

    model: str
    leader_model: str
    lag_months: float


@dataclass(frozen=True)
class Lag:
    """How far behind China is now, and how late its records came.

    Attributes
    ----------
    now : CapabilityLag
        China's frontier behind that of the United States now.
    average : AverageLag
        Chinese records after US models, bounds modelled.
    at_bound : AverageLag
        Chinese records after US models, each bound taken for the lag itself.
    series : pandas.DataFrame
        Each Chinese record and its lag.
    published : Published
        Lag of Chinese behind US models by Epoch AI, months.
    implied : ImpliedLag
        What a gap in training compute would make by itself.
    """

    now: CapabilityLag
    average: AverageLag
    at_bound: AverageLag
    series: pd.DataFrame
    published: Published
    implied: ImpliedLag

    @property
    def last(self) -> LastRecord:
        """The last Chinese record on the capability index."""
        row = self.series.iloc[-1]
        return LastRecord(str(row["model"]), str(row["leader_model"]), float(row["lag_months"]))

    @property
    def n_records(self) -> int:
        """Chinese records that are drawn."""
        return len(self.series)

    @property
    def compute_explains_it(self) -> bool:
        """Whether the lag seen lies inside that of a gap in compute and shared algorithms."""
        months = self.implied.months
        return months is not None and months.low <= self.average.mean.value <= months.high


def resample_lags(
    recent: pd.DataFrame, *, since: pd.Timestamp, rng: np.random.Generator
) -> DrawnLags:
    """Draw the mean by which Chinese records came after US models.

    Parameters
    ----------
    recent : pandas.DataFrame
        The models that are recent enough.
    since : pandas.Timestamp
        First day of release that counts.
    rng : numpy.random.Generator
        Resamples developers.

    Raises
    ------
    ModelInputError
        If China has fewer than 2 records whose lag is seen.
    """
    pair = read_lag_pair(recent, cluster=DEVELOPER)
    modelled = resample_average_lag(pair, since=since, rng=rng)
    at_bound = resample_average_lag(pair, since=since, rng=rng, censoring="at_bound")
    return DrawnLags(modelled, at_bound)


def imply_lag(
    premium: EqualCompute, published: pd.DataFrame, *, compute_gap: float, level: float
) -> ImpliedLag:
    """Compute the lag that a gap in compute would make by itself.

    Parameters
    ----------
    premium : EqualCompute
        The regression of the index on compute and date.
    published : pandas.DataFrame
        Table ``published_estimates``.
    compute_gap : float
        Gap in training compute, times.
    level : float
        Of the intervals.
    """
    growth = read_published(published, "growth-training-compute")
    low, high = (
        MONTHS_PER_YEAR * np.log(compute_gap) / np.log(g) for g in (growth.high, growth.low)
    )
    a_year = {"year": 1.0, "log10_compute": float(np.log10(np.sqrt(growth.low * growth.high)))}
    regression = premium.fit.regression
    months = regression.ratio(
        {"log10_compute": MONTHS_PER_YEAR * np.log10(compute_gap)}, a_year, level, "months"
    )
    return ImpliedLag(
        growth, float(low), float(high), regression.combination(a_year, level, "points"), months
    )


def estimate_lag(
    recent: pd.DataFrame,
    published: pd.DataFrame,
    drawn: DrawnLags,
    now: CapabilityLag,
    implied: ImpliedLag,
    *,
    level: float,
) -> Lag:
    """Estimate the lag now, and by how much Chinese records came after US models.

    Parameters
    ----------
    recent : pandas.DataFrame
        The models that are recent enough.
    published : pandas.DataFrame
        Table ``published_estimates``.
    drawn : DrawnLags
        What was drawn of the lags of records.
    now : CapabilityLag
        The lag now.
    implied : ImpliedLag
        What a gap in compute would make by itself.
    level : float
        Of the intervals.
    """
    return Lag(
        now,
        drawn.modelled.summarise(level),
        drawn.at_bound.summarise(level),
        track_capability_lag(recent),
        read_published(published, _PUBLISHED),
        implied,
    )


def draw_lag(lag: Lag) -> Drawing:
    """Draw the lag of each Chinese record, with the published mean and range.

    Parameters
    ----------
    lag : Lag
        What was estimated.
    """
    figure, axes = style.new_figure(3.6)
    _draw_published(axes, lag.published)
    series, colour = lag.series, COLOURS["CHN"]
    bound = series["status"].str.endswith("at_least")
    axes.plot(series["date"], series["lag_months"], "-", color=colour, alpha=0.35)
    for rows, mark in ((series[~bound], "o"), (series[bound], "^")):
        axes.plot(rows["date"], rows["lag_months"], mark, color=colour)
    _name_records(axes, series)
    axes.set_ylim(0, _LONGEST_SHOWN)
    style.year_ticks(axes)
    axes.set(xlabel="Release of the Chinese record", ylabel="Months late")
    said = Used("published_estimates", {"id": [_PUBLISHED]})
    return Drawing(figure, series, (SCORES, said))


def _draw_published(axes: Axes, published: Published) -> None:
    axes.axhspan(published.low, published.high, color="#EFEFEF", zorder=0)
    axes.axhline(published.value, color=style.REFERENCE_COLOUR, linewidth=1.5, linestyle="--")
    axes.annotate(
        f"Epoch: {published.value:g} ({published.low:g} to {published.high:g})",
        (0.99, (published.high - 0.3) / _LONGEST_SHOWN),
        xycoords="axes fraction",
        ha="right",
        va="top",
        color=GREY,
    )


def _name_records(axes: Axes, series: pd.DataFrame) -> None:
    """Name the longest lag, the shortest and the last."""
    longest, shortest = series["lag_months"].idxmax(), series["lag_months"].idxmin()
    last = series.index[-1]
    # The last one stands at the right edge, with the line to it above.
    offsets = {shortest: (8, -4), last: (6, -16)}
    for row in series.loc[[longest, shortest, last]].itertuples():
        axes.annotate(
            str(row.model),
            (row.date, row.lag_months),
            xytext=offsets.get(row.Index, (0, 8)),
            textcoords="offset points",
            ha={shortest: "left", last: "right"}.get(row.Index, "center"),
            color=COLOURS["CHN"],
        )
