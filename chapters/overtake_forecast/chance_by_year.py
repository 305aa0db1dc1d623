"""The chance year by year, beside a random walk that knows neither chips nor firms."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from chapters.overtake_forecast import statements
from chapters.overtake_forecast.joint_model import LATE, JointForecast, Outlook
from chapters.shared import countries
from chapters.shared.race import TABLES
from models.core.estimates import Estimate
from models.core.timescale import Moment
from models.race.lead_forecast import Contest, LeadForecast, forecast_lead
from models.race.race_definitions import CAPABILITY, LIN, set_up_random_walks
from models.race.race_parameters import LeadingDefinition, list_forecast_dates
from overtake.chapter import style
from overtake.chapter.figures import Drawing

_LABEL_DISTANCE = 9  # percentage points between two labels
_LOWEST_LABEL = -10.0


@dataclass(frozen=True)
class Benchmark:
    """A random walk with drift on the capability index.

    Attributes
    ----------
    walks : dict of str to Contest
        Gap, closing and volatility, by meaning of leading.
    forecast : LeadForecast
        Its chances by capability.
    """

    walks: Mapping[LeadingDefinition, Contest]
    forecast: LeadForecast

    @property
    def capability(self) -> Contest:
        """The walk on the capability index."""
        return self.walks[CAPABILITY]

    @property
    def late(self) -> Estimate:
        """Chance to have led five years after the claim."""
        return self.forecast.on(LATE)[1]


@dataclass(frozen=True)
class ChanceByYear:
    """The joint model's chances by the chosen meaning of leading, beside the benchmark's.

    Attributes
    ----------
    joint : Outlook
        What the joint model says.
    benchmark : Benchmark
        What the random walk says.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """

    joint: Outlook
    benchmark: Benchmark
    likely_from: float

    @property
    def allows_lin(self) -> bool:
        """Whether the interval of the late chance reaches below a fifth."""
        return statements.allows_lin(self.joint.late.by_then)

    @property
    def allows_yao(self) -> bool:
        """Whether the interval of the late chance reaches a high likelihood."""
        return statements.allows_yao(self.joint.late.by_then, self.likely_from)


def walk_randomly(
    index: pd.DataFrame,
    ai_models: pd.DataFrame,
    *,
    since: Moment,
    trend_weight: float,
    volatility_factor: float,
    level: float,
    rng: np.random.Generator,
) -> Benchmark:
    """Set up the benchmark and compute its chances.

    Parameters
    ----------
    index, ai_models : DataFrame
        Models of known day and country on the capability index; table ``ai_models``.
    since : date
        First day of the models that growth and volatility are taken from.
    trend_weight : float
        Share of the past difference in growth that goes on.
    volatility_factor : float
        Multiplies the volatility found.
    level : float
        Level of all intervals.
    rng : Generator
        Source of all draws.

    Raises
    ------
    ModelInputError
        If a country is missing, or a series is too short.
    """
    walks = set_up_random_walks(
        index,
        ai_models,
        since=since,
        trend_weight=trend_weight,
        volatility_factor=volatility_factor,
        level=level,
        rng=rng,
    )
    forecast = forecast_lead(walks[CAPABILITY], list_forecast_dates(), rng=rng, level=level)
    return Benchmark(walks, forecast)


def compare_with_benchmark(
    joint: JointForecast, benchmark: Benchmark, *, likely_from: float
) -> ChanceByYear:
    """Put the chosen meaning of leading beside the benchmark.

    Parameters
    ----------
    joint : JointForecast
        What the joint model says.
    benchmark : Benchmark
        What the random walk says.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    return ChanceByYear(joint.chosen, benchmark, likely_from)


def draw_chances(chances: ChanceByYear) -> Drawing:
    """Draw both chances of the joint model, and the benchmark's, by year."""
    joint, walk = chances.joint.forecast.to_frame(), chances.benchmark.forecast.to_frame()
    years = [chance.year for chance in chances.joint.chances]
    figure, axes = style.new_figure(3.8)
    statements.shade(axes.axhspan, chances.likely_from)
    _draw_joint(axes, years, joint)
    axes.plot(years, 100 * walk["ever"], color=style.TEXT_COLOUR, linewidth=1.2)
    _label_ends(axes, years[-1], joint.iloc[-1], walk.iloc[-1])
    axes.text(years[0], 97, 'Yao: "high likelihood"', va="top", color=style.TEXT_COLOUR)
    below_lin = 100 * LIN - 1.5
    axes.text(years[0], below_lin, 'Lin: "less\nthan 20%"', va="top", color=style.TEXT_COLOUR)
    axes.set(xlabel="10 January of the year", ylabel="Chance, %", ylim=(0, 100), xticks=years)
    axes.set_xlim(years[0] - 0.2, years[-1] + 1.7)
    drawn = [joint.assign(model="joint"), walk.assign(model="random walk")]
    return Drawing(figure, pd.concat(drawn, ignore_index=True), tables=TABLES)


def _draw_joint(axes: Axes, years: list[int], joint: pd.DataFrame) -> None:
    colour = countries.COLOURS["CHN"]
    low, high = 100 * joint["ever_low"], 100 * joint["ever_high"]
    axes.fill_between(years, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(years, 100 * joint["ever"], color=colour, marker="o")
    axes.plot(
        years,
        100 * joint["terminal"],
        color=colour,
        linestyle="--",
        marker="o",
        fillstyle="none",
    )


def _label_ends(axes: Axes, year: int, joint: "pd.Series[float]", walk: "pd.Series[float]") -> None:
    """Label the three lines at their ends, none on top of another."""
    colour = countries.COLOURS["CHN"]
    labels = [
        (100 * joint["terminal"], "leads that day", colour),
        (100 * joint["ever"], "has led by then", colour),
        (100 * walk["ever"], "random walk,\nhas led by then", style.TEXT_COLOUR),
    ]
    height = _LOWEST_LABEL
    for end, words, tint in sorted(labels, key=lambda label: label[0]):
        height = max(end, height + _LABEL_DISTANCE)
        style.label_line(axes, (year, height), words, colour=tint)
