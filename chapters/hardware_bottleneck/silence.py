"""How far results could move, whatever the compute that nobody told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.compute.silence_bounds import (
    Bounds,
    bound_growth,
    bound_largest_gap,
    bound_trend_gap,
    bound_yearly_means,
    limit_silence,
)
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import marks, samples
from chapters.shared import countries

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_LEAST_REACH_OOM = 1e-6


@dataclass(frozen=True)
class BoundedResults:
    """Bounds of four results under one assumption on the unknown runs.

    Attributes
    ----------
    growth_usa, growth_china : Bounds
        Times a year.
    trend_gap : Bounds
        Trend lines of compute, United States over China, times.
    run_gap : Bounds
        Mean of the few largest runs, United States over China, times.
    """

    growth_usa: Bounds
    growth_china: Bounds
    trend_gap: Bounds
    run_gap: Bounds

    @property
    def order_is_open(self) -> bool:
        """Whether either country could be the faster."""
        usa, china = self.growth_usa, self.growth_china
        return china.low < usa.high and china.high > usa.low


@dataclass(frozen=True)
class YearlyMean:
    """Typical training compute of a country's models of one year.

    Attributes
    ----------
    country : str
        ISO 3166 code.
    year : int
        Of publication.
    low, high : float
        Least and largest geometric mean over all models, FLOP.
    n, n_known : int
        Models, and those with known compute.
    """

    country: str
    year: int
    low: float
    high: float
    n: int
    n_known: int

    @property
    def width(self) -> float:
        """Largest over least mean."""
        return self.high / self.low


@dataclass(frozen=True)
class Silence:
    """What the silence about compute could hide.

    Attributes
    ----------
    any_of_year : BoundedResults
        If unknown runs may be anything known of their year.
    near_trend : BoundedResults
        If unknown runs lie near their country's trend.
    above_trend : BoundedResults
        If unknown runs lie on their country's trend or above.
    reach_factor : float
        How near, times.
    usa, china : YearlyMean
        Of the last full year.
    yearly : DataFrame
        Means by country and year, log10 FLOP.
    """

    any_of_year: BoundedResults
    near_trend: BoundedResults
    above_trend: BoundedResults
    reach_factor: float
    usa: YearlyMean
    china: YearlyMean
    yearly: pd.DataFrame

    @property
    def newest(self) -> tuple[YearlyMean, ...]:
        """Means since the year before the last full one."""
        rows = self.yearly[self.yearly["year"] >= self.usa.year - 1]
        return tuple(_yearly_mean(row) for _, row in rows.iterrows())


def bound_silence(
    ai_models: pd.DataFrame, *, since: int, reach_oom: float, top: int, window_years: float
) -> Silence:
    """Bound growth and gap over all that the unknown runs could be.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    since : int
        First year.
    reach_oom : float
        How near to the trend a run lies, orders of magnitude.
    top : int
        Largest runs that are compared.
    window_years : float
        Years before the claim in which they are.

    Raises
    ------
    ModelInputError
        If a year has no known run, or a country fewer than `top` in the window.
    """
    recent = samples.since_year(samples.language_models(ai_models), since)
    reach = max(reach_oom, _LEAST_REACH_OOM)
    any_of_year, near, above = (
        limit_silence(recent, support=support, reach_oom=reach)
        for support in ("range", "trend", "above")
    )
    yearly = bound_yearly_means(any_of_year)
    last = yearly[yearly["year"] == samples.LAST_FULL_YEAR]
    usa, china = (samples.of_country(last, code).iloc[0] for code in countries.PAIR)
    return Silence(
        any_of_year=_bound_results(any_of_year, top, window_years),
        near_trend=_bound_results(near, top, window_years),
        above_trend=_bound_results(above, top, window_years),
        reach_factor=10**reach_oom,
        usa=_yearly_mean(usa),
        china=_yearly_mean(china),
        yearly=yearly,
    )


def draw_silence(silence: Silence) -> Drawing:
    """Draw between which values silence leaves each year's typical compute."""
    figure, panels = marks.new_panels([countries.NAMES[code] for code in countries.PAIR], 4.8)
    yearly = silence.yearly
    for axes, code in zip(panels, countries.PAIR, strict=True):
        _draw_means(axes, code, samples.of_country(yearly, code))
    panels[0].set_yscale("log")
    panels[0].set_xticks(sorted(yearly["year"].unique()))
    figure.supylabel("Typical training compute (FLOP)", fontsize=10)
    return Drawing(figure, yearly, tables=("ai_models",))


def _bound_results(limits: pd.DataFrame, top: int, window_years: float) -> BoundedResults:
    day = samples.CLAIM_DATE
    return BoundedResults(
        growth_usa=bound_growth(limits, "USA"),
        growth_china=bound_growth(limits, "CHN"),
        trend_gap=bound_trend_gap(limits, date=day),
        run_gap=bound_largest_gap(limits, date=day, top=top, window_years=window_years),
    )


def _yearly_mean(row: pd.Series[float]) -> YearlyMean:
    low, high = (10 ** float(row[end]) for end in ("low", "high"))
    return YearlyMean(
        str(row["country"]), int(row["year"]), low, high, int(row["n"]), int(row["n_known"])
    )


def _draw_means(axes: Axes, code: str, rows: pd.DataFrame) -> None:
    colour = countries.COLOURS[code]
    years = rows["year"]
    axes.vlines(years, 10 ** rows["low"], 10 ** rows["high"], color=colour, lw=7, alpha=0.3)
    axes.plot(years, 10 ** rows["known"], "o", color=colour, ms=5)
