"""How many tokens a day a chip answers, on both sides: no model of serving is needed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from models.core import units
from models.core.estimates import Estimate
from models.core.random_draws import draw_lognormal, summarise
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.delivery_and_cash.chip_base import DOMESTIC, PEAKS_OF_BASE, ChipBase
from chapters.delivery_and_cash.delivery_share import (
    ALL,
    LARGEST,
    Delivery,
    draw_owner_share,
    volumes_used,
)
from chapters.shared import countries
from chapters.shared.chips import STOCK_DAY

GOOGLE = "Google"
_MILLION, _TRILLION = 1e6, 1e12
_PUBLISHED_LEVEL = 0.9  # the table's percentiles are the 5th, the 50th and the 95th
_UNIT = f"million tokens a day for each {units.H100E}"


@dataclass(frozen=True)
class Density:
    """Tokens a day for each unit of computing power at the end of 2025.

    Attributes
    ----------
    china, largest, google : Estimate
        All of China, ByteDance and Google, million tokens a day for each H100e.
    ratio : Estimate
        China's over Google's, times.
    google_date : Timestamp
        Day of Google's volume.
    google_trillion_tokens : float
        Google's tokens, trillion a day, by its last count before the end of 2025.
    google_million_h100e : float
        AI chips that Google owned at the end of 2025, million H100e.
    american_made : float
        Share of China's AI computing power that is of American make, at the median.
    """

    china: Estimate
    largest: Estimate
    google: Estimate
    ratio: Estimate
    google_date: pd.Timestamp
    google_trillion_tokens: float
    google_million_h100e: float
    american_made: float

    @property
    def is_denser_in_china(self) -> bool:
        """Whether computing power in China answers more tokens, the interval included."""
        return self.ratio.low > 1


def estimate_density(
    token_volumes: pd.DataFrame,
    chips_owned: pd.DataFrame,
    base: ChipBase,
    delivery: Delivery,
    *,
    level: float,
    rng: np.random.Generator,
) -> Density:
    """Divide the volumes of the end of 2025 by the chips of the same time.

    Parameters
    ----------
    token_volumes : DataFrame
        Columns holder, date, tokens_per_day, basis.
    chips_owned : DataFrame
        Columns owner, quarter_end, h100e_p5, h100e_p50, h100e_p95.
    base : ChipBase
        China's chips.
    delivery : Delivery
        The Chinese volumes.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        Source of the draws.
    """
    volume = (
        token_volumes[(token_volumes["holder"] == GOOGLE) & (token_volumes["date"] <= STOCK_DAY)]
        .sort_values("date")
        .iloc[-1]
    )
    owned = chips_owned[
        (chips_owned["owner"] == GOOGLE) & (chips_owned["quarter_end"] == STOCK_DAY)
    ][["h100e_p50", "h100e_p5", "h100e_p95"]].sum()  # one publisher: errors are shared
    stock = np.sum(list(base.paths.values()), axis=0)
    share = draw_owner_share(delivery.owner_share, delivery.factor, rng)
    p50, p5, p95 = map(float, owned)
    chips = Estimate(p50, p5, p95, _PUBLISHED_LEVEL, "credible", 1, units.H100E)
    google = volume["tokens_per_day"] / draw_lognormal(chips, rng.standard_normal(len(stock)))
    china = _TRILLION * delivery.china.trillion_tokens / stock
    largest = _TRILLION * delivery.largest.trillion_tokens / (stock * share)
    return Density(
        china=summarise(china / _MILLION, level, "range", 1, _UNIT),
        largest=summarise(largest / _MILLION, level, "range", 1, _UNIT),
        google=summarise(google / _MILLION, level, "range", 1, _UNIT),
        ratio=summarise(china / google, level, "range", 2, units.TIMES),
        google_date=volume["date"],
        google_trillion_tokens=float(volume["tokens_per_day"]) / _TRILLION,
        google_million_h100e=chips.value / _MILLION,
        american_made=float(np.median(1 - base.paths.get(DOMESTIC, 0.0) / stock)),
    )


def draw_density(density: Density, delivery: Delivery) -> Drawing:
    """Draw the three densities, two of them of volumes delivered, as dots with intervals."""
    figure, axes = style.new_figure(2.2)
    shown = {
        LARGEST: (density.largest, "CHN"),
        f"{ALL}, all": (density.china, "CHN"),
        GOOGLE: (density.google, "USA"),
    }
    for place, (each, country) in enumerate(shown.values()):
        colour = countries.COLOURS[country]
        axes.plot([each.low, each.high], [-place, -place], color=colour, lw=3, alpha=0.45)
        axes.plot(each.value, -place, "o", color=colour, ms=7)
    axes.set_xscale("log")
    axes.set_xlim(3, 600)
    axes.set_xticks([3, 10, 30, 100, 300], ["3", "10", "30", "100", "300"])
    axes.set_yticks([-place for place in range(len(shown))], list(shown))
    axes.set_ylim(-len(shown) + 0.4, 0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("Million tokens a day for each H100e")
    table = pd.DataFrame(
        [(name, code, e.value, e.low, e.high) for name, (e, code) in shown.items()],
        columns=["holder", "country", "million_tokens", "low", "high"],
    )
    dates = (delivery.china.date, delivery.largest.date, density.google_date)
    volumes = volumes_used((LARGEST, ALL, GOOGLE), dates)
    return Drawing(figure, table, (volumes, "chips_owned", PEAKS_OF_BASE))
