"""What each country generates and adds, and how many chips that could feed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import pandas as pd
from models.core import units
from models.core.estimates import Estimate, subtract_means
from models.supply.electric_power import estimate_generation_growth
from models.supply.power_data import PowerJudged, PowerTables, measure_efficiency_growth
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import paths
from chapters.hardware_bottleneck.stock_projection import MILLION_H100E, Stocks
from chapters.shared import countries
from chapters.shared.chips import STOCK_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from models.supply.power_limit import CountryPower as PowerLimit
    from models.supply.power_limit import WorldPower

ASKED_YEAR = 2030
_EFFICIENCY_YEARS = 3
_LABELLED_YEARS_AGO = 7
_LABEL_SIDES: Mapping[str, Literal["below", "left"]] = {"USA": "below", "CHN": "left"}


@dataclass(frozen=True)
class CountryPower:
    """One country's electricity, and the chips that it feeds.

    Attributes
    ----------
    generation_twh : float
        Electricity generated in the latest year, TWh.
    added_twh : Estimate
        Mean yearly addition to generation over a window of years, TWh.
    limit : PowerLimit
        Limits of power for AI.
    owned : mapping of int to Estimate
        Projected million H100e at hand at the end of each year.
    """

    generation_twh: float
    added_twh: Estimate
    limit: PowerLimit
    owned: Mapping[int, Estimate]

    def needed_twh(self, year: int) -> float:
        """Return the electricity that the chips at hand would take in a year."""
        kw = float(self.limit.chip.kw_after(year - paths.START_YEAR))
        return self.owned[year].value * kw * self.limit.chip.twh_per_gw

    @property
    def fed_by_one_year(self) -> Estimate:
        """Million H100e that all of one usual year's new generation could feed."""
        per_million = self.limit.chip.kw * self.limit.chip.twh_per_gw
        unit = f"{MILLION_H100E} a year"
        return _converted(self.added_twh, lambda twh: twh / per_million, unit)

    @property
    def needed_share(self) -> float:
        """Electricity for all AI chips of 2030, as a share of the latest year's generation."""
        return self.needed_twh(ASKED_YEAR) / self.generation_twh

    @property
    def added_gw_a_year(self) -> float:
        """New power for AI that the judged share of recent additions allows, GW a year."""
        return self.limit.added_twh.value * self.limit.share / self.limit.chip.twh_per_gw

    @property
    def running_gw(self) -> float:
        """Power that AI chips took at the end of 2025, GW."""
        return self.owned[paths.START_YEAR].value * self.limit.chip.kw


@dataclass(frozen=True)
class Power:
    """Electricity of both countries.

    Attributes
    ----------
    generation : DataFrame
        Columns country, year, generation_twh.
    usa : CountryPower
        The United States.
    china : CountryPower
        China.
    efficiency_growth : float
        Growth of compute per watt of the chips that American firms own, times a year.
    efficiency_since : int
        Year from whose end on it is measured.
    additions_since : int
        Year since which the additions count that limit power.
    planned_on, seen_on : Timestamp
        Days of the two files of sites between which plans are followed.
    first_year, latest_year : int
        First and last year of the data.
    level : float
        Of the confidence intervals.
    """

    generation: pd.DataFrame
    usa: CountryPower
    china: CountryPower
    efficiency_growth: float
    efficiency_since: int
    additions_since: int
    planned_on: pd.Timestamp
    seen_on: pd.Timestamp
    first_year: int
    latest_year: int
    level: float

    @property
    def by_country(self) -> dict[str, CountryPower]:
        """Both by country code."""
        return {"USA": self.usa, "CHN": self.china}

    @property
    def generation_ratio(self) -> float:
        """Chinese over American generation of the latest year."""
        return self.china.generation_twh / self.usa.generation_twh

    @property
    def seen_generation_ratio(self) -> Estimate:
        """The same as an estimate: of two published figures, so no interval."""
        ratio = self.generation_ratio
        return Estimate(ratio, ratio, ratio, self.level, "range", 2, units.TIMES)

    @property
    def kw_ratio(self) -> float:
        """Power of a Chinese over an American site for the same computation, times."""
        return self.china.limit.chip.kw / self.usa.limit.chip.kw

    @property
    def one_year_feeds_more_in_china(self) -> bool:
        """Whether a year's new generation feeds more chips in China, the interval included."""
        return self.fed_difference.low > 0

    @property
    def added_difference(self) -> Estimate:
        """Mean yearly addition, Chinese less American, TWh."""
        return subtract_means(self.china.added_twh, self.usa.added_twh)

    @property
    def fed_difference(self) -> Estimate:
        """Chips that a year's addition could feed, Chinese less American, million H100e a year."""
        return subtract_means(self.china.fed_by_one_year, self.usa.fed_by_one_year)


def estimate_power(
    tables: PowerTables,
    limits: WorldPower,
    stocks: Stocks,
    *,
    window_years: int,
    level: float,
) -> Power:
    """Compare what each country generates and adds with what its chips need.

    Parameters
    ----------
    tables : PowerTables
        Tables that power is read from.
    limits : WorldPower
        What limits the power of both countries' chips.
    stocks : Stocks
        Projected chips.
    window_years : int
        Years over which additions are averaged.
    level : float
        Of the confidence intervals.
    """
    electricity = tables.electricity
    generation = electricity[electricity["country"].isin(countries.PAIR)]
    latest = int(electricity["year"].max())
    now = generation[generation["year"] == latest].set_index("country")["generation_twh"]

    def of(code: str, limit: PowerLimit) -> CountryPower:
        grown = estimate_generation_growth(
            electricity, code, window_years=window_years, level=level
        )
        return CountryPower(
            float(now[code]), grown.added_per_year, limit, stocks.million_owned[code]
        )

    usa, china = of("USA", limits.usa), of("CHN", limits.china)
    return Power(
        generation=generation[["country", "year", "generation_twh"]],
        usa=usa,
        china=china,
        efficiency_growth=measure_efficiency_growth(
            tables.chips_owned, day=STOCK_DAY, years=_EFFICIENCY_YEARS
        ),
        efficiency_since=STOCK_DAY.year - _EFFICIENCY_YEARS,
        additions_since=PowerJudged().since,
        planned_on=pd.Timestamp(tables.planned_on),
        seen_on=pd.Timestamp(tables.seen_on),
        first_year=int(generation["year"].min()),
        latest_year=latest,
        level=level,
    )


def draw_generation(power: Power) -> Drawing:
    """Draw generation by year in both countries."""
    figure, axes = style.new_figure(3.2)
    for code in countries.PAIR:
        rows = power.generation[power.generation["country"] == code]
        colour = countries.COLOURS[code]
        axes.plot(rows["year"].astype(int), rows["generation_twh"], color=colour)
        place = rows.iloc[-_LABELLED_YEARS_AGO]
        at = (int(place["year"]), float(place["generation_twh"]))
        style.label_line(axes, at, countries.NAMES[code], colour=colour, side=_LABEL_SIDES[code])
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Electricity generated (TWh a year)")
    axes.set_xlabel("Year")
    return Drawing(figure, power.generation, ("electricity",))


def _converted(of: Estimate, convert: Callable[[float], float], unit: str) -> Estimate:
    value, low, high = (convert(end) for end in (of.value, of.low, of.high))
    return replace(of, value=value, low=low, high=high, unit=unit)
