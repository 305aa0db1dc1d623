"""How past forecasts of this kind did, against naive ones."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.shared import countries
from chapters.shared.race import TABLES
from models.core.estimates import Estimate
from models.core.timescale import Moment
from models.race.backtest import (
    BacktestSummary,
    backtest_gap,
    measure_trailing_growth,
    score_joint_race,
    summarise_backtest,
)
from models.race.race_calibration import NORMAL_90
from overtake.chapter import style
from overtake.chapter.figures import Drawing

FORECASTERS = ("joint", "model", "no_change", "linear_trend")
"""The joint model; a random walk whose past trend goes on in full; no change; the gap's trend."""
HORIZONS_MONTHS = (6, 12, 18)
ORIGINS = tuple(f"{year}-{month}-01" for year in (2024, 2025) for month in ("01", "04", "07", "10"))
WINDOW_YEARS = 2.0
_DAYS_PER_MONTH = 30.44
_Growth = Callable[[pd.Timestamp], tuple[float, float]]


@dataclass(frozen=True)
class Score:
    """How one forecaster did.

    Attributes
    ----------
    forecaster : str
        One of `FORECASTERS`.
    crps : float
        Mean continuous ranked probability score, points.
    ratio : Estimate
        The same over that of no change, with its range when one day is left out.
    half_years_ratio : float
        The ratio for forecasts from the start of half-years alone.
    inside_50, inside_90 : float or None
        Share of outcomes inside these prediction intervals, where they are judged.
    """

    forecaster: str
    crps: float
    ratio: Estimate
    half_years_ratio: float
    inside_50: float | None
    inside_90: float | None


@dataclass(frozen=True)
class PastForecasts:
    """Scores of past forecasts.

    Attributes
    ----------
    scores : DataFrame
        A row for each forecast.
    summary, half_years : BacktestSummary
        Over all of them, and over those from the start of half-years.
    alike_ratio : Estimate
        The joint model's ratio to no change with compute growing alike in both countries.
    """

    scores: pd.DataFrame
    summary: BacktestSummary
    half_years: BacktestSummary
    alike_ratio: Estimate

    @property
    def by_forecaster(self) -> tuple[Score, ...]:
        """The scores of each forecaster."""
        found, halves = self.summary, self.half_years
        return tuple(
            Score(
                name,
                found.crps[name],
                found.ratio_to_no_change[name],
                halves.ratio_to_no_change[name].value,
                found.coverage_50.get(name),
                found.coverage_90.get(name),
            )
            for name in FORECASTERS
        )

    @property
    def ratio(self) -> Estimate:
        """The joint model's error over that of no change."""
        return self.summary.ratio_to_no_change["joint"]

    @property
    def is_worse(self) -> bool:
        """Whether the joint model did worse than no change."""
        return self.ratio.value > 1

    @property
    def beats_trends(self) -> bool:
        """Whether the joint model did better than either trend."""
        trends = (self.summary.ratio_to_no_change[name] for name in ("model", "linear_trend"))
        return all(self.ratio.value < trend.value for trend in trends)

    @property
    def compute_is_at_fault(self) -> bool:
        """Whether it does better if compute grows alike in both countries."""
        return self.alike_ratio.value < self.ratio.value

    @property
    def months_spanned(self) -> int:
        """Months from the first forecast to the last outcome."""
        origins, horizons = self.scores["origin"], self.scores["horizon_months"]
        last = max(
            origin + pd.DateOffset(months=months)
            for origin, months in zip(origins, horizons, strict=True)
        )
        return round(int((last - origins.min()).days) / _DAYS_PER_MONTH)

    @property
    def half_years_spanned(self) -> int:
        """Spans of six months that fit into them side by side."""
        return self.months_spanned // HORIZONS_MONTHS[0]


def score_past_forecasts(
    joint: JointForecast,
    benchmark: Benchmark,
    index: pd.DataFrame,
    ai_models: pd.DataFrame,
    chips: pd.DataFrame,
    *,
    since: Moment,
    level: float,
    rng: np.random.Generator,
) -> PastForecasts:
    """Make past forecasts again with what was released by then, and score them.

    Parameters
    ----------
    joint : JointForecast
        With the judgements in use.
    benchmark : Benchmark
        With the volatility that the naive forecasts have.
    index, ai_models, chips : DataFrame
        Models of known day and country on the capability index; tables ``ai_models`` and
        ``chips_owned``.
    since : date
        First day of the models that past growth is fitted on.
    level : float
        Level that ranges over days left out are labelled with.
    rng : Generator
        Source of the bootstrap's draws.

    Raises
    ------
    ModelInputError
        If no day has enough models before it and an outcome after it.
    """
    naive = backtest_gap(
        index,
        origins=ORIGINS,
        horizons_months=HORIZONS_MONTHS,
        window_years=WINDOW_YEARS,
        shock_sd=benchmark.capability.volatility / joint.parameters.volatility_factor,
        rng=rng,
    )

    def scored(compute_growth: _Growth) -> pd.DataFrame:
        return score_joint_race(
            index, ai_models, chips, naive, compute_growth=compute_growth,
            parameters=joint.by_capability, since=since, seed=joint.seed,
        )  # fmt: skip

    scores = scored(lambda day: measure_trailing_growth(chips, day))
    alike = scored(lambda day: (measure_trailing_growth(chips, day)[0],) * 2)
    return summarise_scores(scores, alike, level=level)


def summarise_scores(scores: pd.DataFrame, alike: pd.DataFrame, *, level: float) -> PastForecasts:
    """Average the scores over all days, over half-years, and with compute growing alike.

    Parameters
    ----------
    scores, alike : DataFrame
        From `models.race.backtest.score_joint_race`, with past and with equal growth of compute.
    level : float
        Level that ranges over days left out are labelled with.

    Raises
    ------
    ModelInputError
        If there are fewer than two days, or two half-years.
    """
    half_years = scores[scores["origin"].dt.month.isin([1, 7])]
    return PastForecasts(
        scores,
        summarise_backtest(scores, FORECASTERS, level=level),
        summarise_backtest(half_years, FORECASTERS),
        summarise_backtest(alike, ("joint", "no_change")).ratio_to_no_change["joint"],
    )


def draw_past_forecasts(past: PastForecasts) -> Drawing:
    """Draw each forecast against its outcome: joint model with its interval, and no change."""
    scores = past.scores
    figure, axes = style.new_figure(3.8)
    _draw_diagonal(axes, scores)
    colour = countries.COLOURS["CHN"]
    reach = NORMAL_90 * scores["sd_joint"]
    axes.vlines(scores["outcome"], scores["mean_joint"] - reach, scores["mean_joint"] + reach,
                color=colour, alpha=0.25, linewidth=2)  # fmt: skip
    axes.plot(scores["outcome"], scores["mean_joint"], "o", color=colour, markersize=6)
    highest = int(scores["mean_joint"].to_numpy().argmax())
    _label(axes, scores.iloc[highest], "mean_joint", ("joint model", colour))
    green = style.CATEGORY_COLOURS[0]
    axes.plot(scores["outcome"], scores["mean_no_change"], "x", color=green, markersize=6)
    lowest = int(scores["mean_no_change"].to_numpy().argmin())
    _label(axes, scores.iloc[lowest], "mean_no_change", ("no change", green))
    axes.set(xlabel="Gap that came, points", ylabel="Gap that was forecast, points")
    axes.margins(x=0.22, y=0.05)
    return Drawing(figure, scores, tables=TABLES)


def _draw_diagonal(axes: Axes, scores: pd.DataFrame) -> None:
    ends = (scores["outcome"].min() - 1, scores["outcome"].max() + 1)
    axes.plot(ends, ends, color=style.REFERENCE_COLOUR, linewidth=1)
    axes.annotate("forecast = outcome", (ends[1], ends[1]), ha="center", va="bottom",
                  xytext=(-4, 4), textcoords="offset points", color="#5A5A5A")  # fmt: skip


def _label(axes: Axes, row: "pd.Series[float]", column: str, label: tuple[str, str]) -> None:
    place = (row["outcome"], row[column])
    style.label_line(axes, place, label[0], colour=label[1], side="right")
