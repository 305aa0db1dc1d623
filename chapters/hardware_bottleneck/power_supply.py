"""How many chips each country's new electricity could feed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from chapters.hardware_bottleneck import paths
from chapters.hardware_bottleneck.stock_projection import MILLION_H100E, Stocks
from chapters.shared import countries
from chapters.shared.chips import STOCK_DAY
from models.core.estimates import Estimate, subtract_means
from models.supply.electric_power import (
    AcceleratorPower,
    compute_electricity_needed,
    count_accelerators_fed,
    estimate_generation_growth,
)
from overtake.chapter import style
from overtake.chapter.figures import Drawing

ASKED_YEAR = 2030
_LABELLED_YEARS_AGO = 7
_LABEL_SIDES: Mapping[str, Literal["below", "left"]] = {"USA": "below", "CHN": "left"}


@dataclass(frozen=True)
class DataCentres:
    """What a chip takes from the grid beyond its own power, in both countries.

    Attributes
    ----------
    pue : float
        Power of a data centre over that of its computers.
    utilisation : float
        Mean over full power of a chip in use.
    efficiency_growth : float
        Growth of compute per watt of new chips, times a year.
    """

    pue: float
    utilisation: float
    efficiency_growth: float


@dataclass(frozen=True)
class CountryPower:
    """One country's electricity, and the chips that it feeds.

    Attributes
    ----------
    generation_twh : float
        Generated in the latest year, TWh.
    added_twh : Estimate
        Mean yearly addition, TWh.
    watts : float
        Power of one H100e of 2025 with its share of the server, W.
    share : float
        Judged share of new generation that AI chips may take.
    data_centres : DataCentres
        The same in both countries.
    stock : mapping of int to Estimate
        Projected million H100e at the end of each year.
    """

    generation_twh: float
    added_twh: Estimate
    watts: float
    share: float
    data_centres: DataCentres
    stock: Mapping[int, Estimate]

    def accelerator(self, year: int) -> AcceleratorPower:
        """Return the mean chip in use, taken to be one year old."""
        age = max(year - paths.START_YEAR - 1, 0)
        gain = float(np.power(self.data_centres.efficiency_growth, age))
        return AcceleratorPower(
            self.watts / gain, self.data_centres.pue, self.data_centres.utilisation
        )

    def needed_twh(self, year: int) -> float:
        """Return the electricity that the projected stock takes in a year."""
        chips = 1e6 * self.stock[year].value
        return float(compute_electricity_needed(chips, self.accelerator(year)))

    @property
    def fed(self) -> dict[int, Estimate]:
        """Million H100e that what runs in 2025 and the share of additions feed, by year."""
        running = self.needed_twh(paths.START_YEAR)  # what runs at the end of 2025 is fed
        return {year: self._fed(year, running) for year in paths.YEARS}

    @property
    def fed_by_one_year(self) -> Estimate:
        """Million H100e that all of one year's new generation could feed."""
        per_chip = self.accelerator(paths.START_YEAR).twh_per_year
        unit = f"{MILLION_H100E} a year"
        return _converted(self.added_twh, lambda twh: twh / per_chip / 1e6, unit)

    @property
    def needed_share(self) -> float:
        """What the projected stock of 2030 takes over the latest year's generation."""
        return self.needed_twh(ASKED_YEAR) / self.generation_twh

    @property
    def bound_from(self) -> int | None:
        """First year in which more chips are projected than are fed; None if there is none."""
        fed = self.fed
        bound = (year for year in paths.YEARS[1:] if self.stock[year].value > fed[year].value)
        return next(bound, None)

    @property
    def bound_in_2030(self) -> bool:
        """Whether electricity, not chips, is then the tighter limit."""
        return self.stock[ASKED_YEAR].value > self.fed[ASKED_YEAR].value

    def _fed(self, year: int, running_twh: float) -> Estimate:
        share, accelerator = self.share * (year - paths.START_YEAR), self.accelerator(year)

        def million(twh: float) -> float:
            usable = running_twh + max(share * twh, 0.0)
            return float(count_accelerators_fed(usable, accelerator)) / 1e6

        return _converted(self.added_twh, million, MILLION_H100E)


@dataclass(frozen=True)
class Power:
    """Electricity of both countries.

    Attributes
    ----------
    generation : DataFrame
        Columns country, year, generation_twh.
    usa, china : CountryPower
        Each country's.
    first_year, latest_year : int
        First and last year of the data.
    level : float
        Of the confidence intervals.
    """

    generation: pd.DataFrame
    usa: CountryPower
    china: CountryPower
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
    def watts_ratio(self) -> float:
        """Power of a Chinese system over that of an American one for the same computation."""
        return self.china.watts / self.usa.watts

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
    electricity: pd.DataFrame,
    chips_owned: pd.DataFrame,
    published_estimates: pd.DataFrame,
    stocks: Stocks,
    *,
    h100_flop_per_s: float,
    shares: Mapping[str, float],
    data_centres: DataCentres,
    window_years: int,
    level: float,
) -> Power:
    """Compare what new generation feeds with the projected stocks.

    Parameters
    ----------
    electricity : DataFrame
        Columns country, year, generation_twh.
    chips_owned : DataFrame
        Columns owner_country, quarter_end, h100e_p50, power_mw_p50.
    published_estimates : DataFrame
        Power and performance of the Chinese system: columns id and value.
    stocks : Stocks
        Projected stocks.
    h100_flop_per_s : float
        Performance of one H100e.
    shares : mapping of str to float
        Judged share of new generation for AI chips by country code.
    data_centres : DataCentres
        What a chip takes from the grid.
    window_years : int
        Years over which additions are averaged.
    level : float
        Of the confidence intervals.
    """
    generation = electricity[electricity["country"].isin(countries.PAIR)]
    latest = int(electricity["year"].max())
    now = generation[generation["year"] == latest].set_index("country")["generation_twh"]
    watts = {
        "USA": _american_watts(chips_owned),
        "CHN": _chinese_watts(published_estimates, h100_flop_per_s),
    }

    def of(code: str) -> CountryPower:
        grown = estimate_generation_growth(
            electricity, code, window_years=window_years, level=level
        )
        return CountryPower(
            float(now[code]), grown.added_per_year, watts[code], shares[code], data_centres,
            stocks.million_h100e[code],
        )  # fmt: skip

    usa, china = of("USA"), of("CHN")
    return Power(
        generation=generation[["country", "year", "generation_twh"]],
        usa=usa,
        china=china,
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


def _american_watts(chips_owned: pd.DataFrame) -> float:
    owned = chips_owned[
        (chips_owned["quarter_end"] == STOCK_DAY) & (chips_owned["owner_country"] == "USA")
    ]
    return float(1e6 * owned["power_mw_p50"].sum() / owned["h100e_p50"].sum())


def _chinese_watts(published_estimates: pd.DataFrame, h100_flop_per_s: float) -> float:
    published = published_estimates.set_index("id")["value"]
    h100e = 1e15 * published["cloudmatrix-flops"] / h100_flop_per_s
    return float(1e3 * published["cloudmatrix-power"] / h100e)
