"""What the gap is worth in time, and why capability trails by less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd
from models.compute.compute_lag import find_follower_lags
from models.compute.gap_in_time import LagDecomposition, convert_gap_to_lag, decompose_lag
from models.core import units
from models.core.estimates import Estimate
from models.core.timescale import count_months_between
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import samples
from chapters.hardware_bottleneck.marks import (
    LABEL_COLOUR,
    draw_interval,
    name_groups,
    write_values,
)
from chapters.shared.capability import estimate_lag_now, estimate_progress
from chapters.shared.countries import COLOURS

if TYPE_CHECKING:
    import numpy as np

_FIRST_YEAR = 2020
_UNEXPLAINED = "Unexplained"


@dataclass(frozen=True)
class Record:
    """China's newest largest run with an American one as large.

    Attributes
    ----------
    model : str
        The Chinese model.
    date : Timestamp
        Its publication.
    leader_model : str
        First American model of at least its compute.
    leader_date : Timestamp
        Its publication.
    lag_months : float
        Months after the first American run as large.
    """

    model: str
    date: pd.Timestamp
    leader_model: str
    leader_date: pd.Timestamp
    lag_months: float

    @property
    def pending_months(self) -> float:
        """Months that it had stood by the day of the claim, 10 January 2026."""
        return count_months_between(self.date, samples.CLAIM_DATE)

    @property
    def running_lag_months(self) -> float:
        """Months from the first American run as large to the day of the claim, 10 January 2026."""
        return count_months_between(self.leader_date, samples.CLAIM_DATE)

    @property
    def had_stood(self) -> bool:
        """Whether the record was older than the claim."""
        return self.pending_months > 0


@dataclass(frozen=True)
class Lag:
    """The gap in months, implied, measured and observed in capability.

    Attributes
    ----------
    implied : Estimate
        What the gap in runs is worth at the pace of the American frontier.
    record : Record
        China's newest record in training compute.
    records : DataFrame
        All Chinese records since 2020 with their lags.
    shared : LagDecomposition
        If algorithms spread with some delay.
    at_once : LagDecomposition
        If algorithms spread at once.
    capability : Estimate
        China's lag on the capability index: months since the United States had what it has now.
    algorithms : Estimate
        Progress of algorithms: times the compute that it is worth each year, on the capability
        index.
    """

    implied: Estimate
    record: Record
    records: pd.DataFrame
    shared: LagDecomposition
    at_once: LagDecomposition
    capability: Estimate
    algorithms: Estimate

    @property
    def matched(self) -> pd.DataFrame:
        """Records for which there was an American run as large."""
        return self.records.dropna(subset=["lag_months"])

    @property
    def n_records(self) -> int:
        """Records for which there was an American run as large."""
        return len(self.matched)

    @property
    def shortest_months(self) -> float:
        """Shortest lag of a Chinese record since 2020 behind an American run as large, months."""
        return float(self.matched["lag_months"].min())

    @property
    def longest_months(self) -> float:
        """Longest lag of a Chinese record since 2020 behind an American run as large, months."""
        return float(self.matched["lag_months"].max())

    @property
    def running_lag(self) -> Literal["fits", "longer", "shorter"]:
        """How the running lag compares with what the gap is worth in compute."""
        running = self.record.running_lag_months
        if self.implied.low <= running <= self.implied.high:
            return "fits"
        return "longer" if running > self.implied.high else "shorter"

    @property
    def capability_is_shorter(self) -> bool:
        """Whether capability trails by less than the gap is worth."""
        return self.capability.value < self.implied.value

    @property
    def capability_overlaps(self) -> bool:
        """Whether the lag in capability overlaps with what the gap is worth in compute."""
        return self.implied.low <= self.capability.high and self.capability.low <= self.implied.high

    @property
    def nothing_may_remain(self) -> bool:
        """Whether the interval of the unexplained factor holds 1."""
        factor = self.shared.unexplained_factor
        return factor.low <= 1 <= factor.high

    @property
    def share_explained(self) -> float:
        """Share of the difference of lags in compute and in capability that algorithms explain."""
        whole = self.shared.compute_only.value - self.capability.value
        return (self.shared.compute_only.value - self.shared.with_shared_progress.value) / whole

    @property
    def steps(self) -> dict[str, Estimate]:
        """From the worth of the gap to what is left, by the name that the figure shows."""
        running = self.record.running_lag_months
        on_the_day = Estimate(running, running, running, 0.9, "range", 0, units.MONTHS)
        return {
            "What the gap is worth": self.implied,
            "Age of a US run as large": on_the_day,
            "What it is worth": self.shared.with_shared_progress,
            "Lag observed": self.capability,
            _UNEXPLAINED: self.shared.unexplained_months,
        }


def estimate_lag(
    ai_models: pd.DataFrame,
    capability_index: pd.DataFrame,
    *,
    gap: Estimate,
    frontier_growth: Estimate,
    diffusion_months: float,
    level: float,
    rng: np.random.Generator,
    lag_rng: np.random.Generator,
) -> Lag:
    """Turn the gap into months, measure it on the records, and compare with capability.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    capability_index : DataFrame
        Table ``capability_index``: lag of capability, progress of algorithms.
    gap : Estimate
        Of the largest run, times.
    frontier_growth : Estimate
        Growth of the American frontier, times a year.
    diffusion_months : float
        Age of the algorithms that the follower uses.
    level : float
        Of the intervals of lag and progress.
    rng, lag_rng : numpy.random.Generator
        For the draws of the decomposition, and for the lag's interval.

    Raises
    ------
    ModelInputError
        If growth may be absent over its interval.
    """
    records = _records(ai_models)
    capability = estimate_lag_now(capability_index, level=level, rng=lag_rng).lag
    algorithms = estimate_progress(capability_index, level=level).annual_factor

    def split(age_months: float) -> LagDecomposition:
        return decompose_lag(
            gap, frontier_growth, algorithms, capability, rng=rng, diffusion_months=age_months
        )

    return Lag(
        implied=convert_gap_to_lag(gap, frontier_growth),
        record=_newest_record(records),
        records=records,
        shared=split(diffusion_months),
        at_once=split(0.0),
        capability=capability,
        algorithms=algorithms,
    )


def draw_lags(lag: Lag) -> Drawing:
    """Draw the measured lag of each record beside what the gap is worth."""
    figure, axes = style.new_figure(3.3)
    axes.axhspan(lag.implied.low, lag.implied.high, color=style.REFERENCE_COLOUR, alpha=0.18, lw=0)
    axes.axhline(lag.implied.value, color=style.REFERENCE_COLOUR, lw=1.2)
    dates, months = lag.matched["date"], lag.matched["lag_months"]
    axes.plot(dates, months, "o-", color=COLOURS["CHN"], lw=1.2, ms=5)
    worth = (pd.Timestamp("2022-09-01"), lag.implied.value)
    style.label_line(axes, worth, "worth of the gap", colour=LABEL_COLOUR, side="above")  # type: ignore[arg-type]
    newest = (lag.record.date, lag.record.lag_months)
    style.label_line(axes, newest, "measured", colour=COLOURS["CHN"])  # type: ignore[arg-type]
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Lag in compute (months)")
    axes.set_xlabel("Largest Chinese training run to date")
    axes.margins(x=0.18)
    return Drawing(figure, lag.records, tables=("ai_models",))


def draw_steps(lag: Lag) -> Drawing:
    """Draw the months from the worth of the gap to what is left to explain."""
    figure, axes = style.new_figure(3.3)
    names = list(lag.steps)
    heights = name_groups(axes, {"In compute": names[:2], "In capability": names[2:]})
    for height, (name, months) in zip(heights, lag.steps.items(), strict=True):
        colour = style.CATEGORY_COLOURS[1] if name == _UNEXPLAINED else style.TEXT_COLOUR
        draw_interval(axes, months, height, colour, "ours")
    write_values(axes, (f"{each.value:.0f}" for each in lag.steps.values()), heights)
    axes.axvline(0, color=style.REFERENCE_COLOUR, lw=1)
    axes.set_xlabel("Months")
    table = pd.DataFrame(
        [(name, e.value, e.low, e.high) for name, e in lag.steps.items()],
        columns=["step", "months", "low", "high"],
    )
    return Drawing(figure, table, tables=("ai_models", "capability_index"))


def _records(ai_models: pd.DataFrame) -> pd.DataFrame:
    known = samples.known_runs(samples.language_models(ai_models))
    return samples.since_year(find_follower_lags(known), _FIRST_YEAR).reset_index(drop=True)


def _newest_record(records: pd.DataFrame) -> Record:
    newest = records.dropna(subset=["lag_months"]).iloc[-1]
    return Record(
        str(newest["model"]),
        pd.Timestamp(newest["date"]),
        str(newest["leader_model"]),
        pd.Timestamp(newest["leader_date"]),
        float(newest["lag_months"]),
    )
