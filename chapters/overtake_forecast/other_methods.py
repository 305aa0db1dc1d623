"""The joint model beside random walks, base rates, and what two experts said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.joint_model import EARLY, LATE, JointForecast
from chapters.shared import countries
from chapters.shared.race import TABLES
from models.core.estimates import Estimate
from models.race.base_rates import LeadChanges, estimate_chance_of_new_leader, find_lead_changes
from models.race.lead_forecast import count_years_between, forecast_lead
from models.race.race_definitions import LIN
from models.race.race_parameters import list_forecast_dates
from overtake.chapter import style
from overtake.chapter.figures import Drawing

CLAIMED_ON = "2026-01-10"
RUNS_SINCE = "2010-01-01"
"""First day of the record of training runs."""


@dataclass(frozen=True)
class Source:
    """Who gives a chance to have led by January 2031.

    Attributes
    ----------
    name : str
        As the figure has it.
    low, high : float
        Ends of the interval, or of the range that a speaker named; shares of 1.
    chance : float or None
        The chance; None where only a range was named.
    """

    name: str
    low: float
    high: float
    chance: float | None = None


@dataclass(frozen=True)
class Year:
    """Chances to have led by capability, by January of one year.

    Attributes
    ----------
    year : int
        The year.
    joint, walk, index, runs : Estimate
        By the joint model, the random walk, and the two base rates.
    was_named : bool
        Whether the speakers' three to five years include it.
    """

    year: int
    joint: Estimate
    walk: Estimate
    index: Estimate
    runs: Estimate
    was_named: bool


@dataclass(frozen=True)
class Methods:
    """The chance by every method.

    Attributes
    ----------
    years : tuple of Year
        By year.
    full_trend : Estimate
        By January 2031, by a random walk whose past trend goes on in full.
    index_changes, run_changes : LeadChanges
        How often the lead passed to another firm, on the index and in training compute.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """

    years: tuple[Year, ...]
    full_trend: Estimate
    index_changes: LeadChanges
    run_changes: LeadChanges
    likely_from: float

    @property
    def late(self) -> Year:
        """By January 2031."""
        return self.years[-1]

    @property
    def computed(self) -> dict[str, Estimate]:
        """The chances by January 2031, by method; a line break where the figure has one."""
        return {
            "Joint model, capability": self.late.joint,
            "Random walk": self.late.walk,
            "Random walk,\ntrend in full": self.full_trend,
            "Base rate: index": self.late.index,
            "Base rate: training runs": self.late.runs,
        }

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every method and both speakers, as the figure shows them."""
        return (
            *(
                Source(name.replace("\n", " "), e.low, e.high, e.value)
                for name, e in self.computed.items()
            ),
            Source("Lin: less than 20%", 0.0, LIN),
            Source("Yao: high likelihood", self.likely_from, 1.0),
        )

    @property
    def lowest_of_others(self) -> float:
        """Lowest chance of a method other than the joint model."""
        return min(self._others())

    @property
    def highest_of_others(self) -> float:
        """Highest chance of a method other than the joint model."""
        return max(self._others())

    def _others(self) -> list[float]:
        return [estimate.value for estimate in list(self.computed.values())[1:]]


def compare_methods(
    joint: JointForecast,
    benchmark: Benchmark,
    index: pd.DataFrame,
    ai_models: pd.DataFrame,
    *,
    likely_from: float,
    level: float,
    rng: np.random.Generator,
) -> Methods:
    """Compute the chance by every method.

    Parameters
    ----------
    joint : JointForecast
        What the joint model says.
    benchmark : Benchmark
        What the random walk says.
    index, ai_models : DataFrame
        Models of known day and country on the capability index; table ``ai_models``.
    likely_from : float
        Probability from which a chance is a high likelihood.
    level : float
        Level of the credible intervals.
    rng : Generator
        Source of the draws.

    Raises
    ------
    ModelInputError
        If no record was set.
    """
    changes = {"index": _changes_on_index(index), "runs": _changes_of_runs(ai_models)}
    based = {name: _chances(past, level, rng) for name, past in changes.items()}
    full = replace(benchmark.capability, weight=1.0)
    in_full = forecast_lead(full, list_forecast_dates(), rng=rng, level=level)
    return Methods(
        years=_years(joint, benchmark, based),
        full_trend=in_full.on(LATE)[1],
        index_changes=changes["index"],
        run_changes=changes["runs"],
        likely_from=likely_from,
    )


def draw_methods(methods: Methods) -> Drawing:
    """Draw a dot with its interval for each method, and a bar for each range that was named."""
    labels = [*methods.computed, "Lin: “less than 20%”", "Yao: “high likelihood”"]
    tints = [countries.COLOURS["CHN"], *[style.TEXT_COLOUR] * 2, *[style.REFERENCE_COLOUR] * 2,
             *[style.CATEGORY_COLOURS[3]] * 2]  # fmt: skip
    figure, axes = style.new_figure(3.3)
    for y, (source, tint) in enumerate(zip(methods.sources, tints, strict=True)):
        _draw_source(axes, y, source, tint)
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="Chance to have led by January 2031, %", xlim=(0, 100))
    axes.invert_yaxis()
    columns = ["source", "chance", "low", "high"]
    rows = [(s.name, s.chance, s.low, s.high) for s in methods.sources]
    drawn = pd.DataFrame(rows, columns=columns).astype({"chance": float})
    return Drawing(figure, drawn, tables=(*TABLES, "published_estimates"))


def _draw_source(axes: Axes, y: int, source: Source, tint: str) -> None:
    named = source.chance is None
    axes.plot([100 * source.low, 100 * source.high], [y, y], color=tint,
              linewidth=7 if named else 2.2, alpha=0.6 if named else 1,
              solid_capstyle="butt")  # fmt: skip
    if source.chance is not None:
        axes.plot(100 * source.chance, y, "o", color=tint)


def _changes_on_index(index: pd.DataFrame) -> LeadChanges:
    return find_lead_changes(index, value="eci", country="CHN", until=index["date"].max())


def _changes_of_runs(ai_models: pd.DataFrame) -> LeadChanges:
    known = ai_models.dropna(subset=["training_compute_flop", "organization"])
    return find_lead_changes(
        known, value="training_compute_flop", country="CHN", since=RUNS_SINCE,
        until=known["date"].max(),
    )  # fmt: skip


def _chances(past: LeadChanges, level: float, rng: np.random.Generator) -> list[Estimate]:
    """Chances by the base rate, by day of the forecast."""
    return [
        estimate_chance_of_new_leader(
            past, count_years_between(CLAIMED_ON, day), rng=rng, level=level
        )
        for day in list_forecast_dates()
    ]


def _years(
    joint: JointForecast, benchmark: Benchmark, based: Mapping[str, Sequence[Estimate]]
) -> tuple[Year, ...]:
    return tuple(
        Year(
            year=chance.year,
            joint=chance.by_then,
            walk=benchmark.forecast.on(chance.day)[1],
            index=index,
            runs=runs,
            was_named=chance.day >= EARLY,
        )
        for chance, index, runs in zip(
            joint.capability.chances, based["index"], based["runs"], strict=True
        )
    )
