"""The gap in chips owned: what records count, and what has to be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.compute.chip_counts import sum_american, sum_chinese
from models.compute.percentile_gap import CorrelationBounds, Percentiles, bound_percentile_gap
from models.supply import world_stocks

from chapters.hardware_bottleneck.published_figures import published_value
from chapters.shared.chips import STOCK_DAY, JudgedChips

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

H100, B300 = "NVIDIA H100 SXM5 80GB", "NVIDIA B300 (Blackwell Ultra)"
STREAM = world_stocks.CHIPS_STREAM
"""Random numbers of the count: with one seed all pages show the same one."""
ASCEND_910B, ASCEND_910C = "Huawei Ascend 910B", "Huawei Ascend 910C"
_THOUSAND = 1000


@dataclass(frozen=True)
class ChipParts:
    """What the stocks of both countries are made of, H100e.

    Attributes
    ----------
    usa_named : tuple of Percentiles
        Chips of named American owners.
    unnamed_thousand : float
        Chips sold to no named owner, thousand H100e.
    china_legal : tuple of Percentiles
        Chips legally sold to Chinese owners.
    china_domestic, china_grey : tuple of Percentiles
        Chips of Chinese make, and those smuggled or rented.
    domestic_low : float
        Lower end of what published figures leave for Chinese chips made in 2025, thousand H100e.
    domestic_high : float
        Upper end of what published figures leave for Chinese chips made in 2025, thousand H100e.
    counted_domestic : float
        Chips by Huawei and Cambricon at the end of 2025, as Epoch AI counts them, thousand H100e.
    counted_smuggled : float
        Smuggled chips in China at the end of 2025, as Epoch AI counts them, thousand H100e.
    """

    usa_named: tuple[Percentiles, ...]
    unnamed_thousand: float
    china_legal: tuple[Percentiles, ...]
    china_domestic: tuple[Percentiles, ...]
    china_grey: tuple[Percentiles, ...]
    domestic_low: float
    domestic_high: float
    counted_domestic: float
    counted_smuggled: float


@dataclass(frozen=True)
class ChipGaps:
    """Stocks of chips and the gaps between them, by what is counted.

    Attributes
    ----------
    parts : ChipParts
        Stocks of AI chips.
    judgement : JudgedChips
        Chinese AI chips that no record of sales holds.
    usa, china : Percentiles
        Stocks, H100e.
    all_sources : CorrelationBounds
        American over Chinese AI chips, all sources counted.
    legal : CorrelationBounds
        AI chips of named American firms over those legally sold to Chinese owners.
    without_grey : CorrelationBounds
        American over Chinese AI chips, smuggled and rented ones left out.
    without_domestic : CorrelationBounds
        American over Chinese AI chips, those of Chinese make left out.
    more_chinese : CorrelationBounds
        American over Chinese AI chips, all judged Chinese amounts at their upper end.
    """

    parts: ChipParts
    judgement: JudgedChips
    usa: Percentiles
    china: Percentiles
    all_sources: CorrelationBounds
    legal: CorrelationBounds
    without_grey: CorrelationBounds
    without_domestic: CorrelationBounds
    more_chinese: CorrelationBounds

    @property
    def judged_share(self) -> float:
        """Share of Chinese AI chips that is judged: Chinese-made, smuggled and rented ones."""
        return _THOUSAND * self.judgement.total / self.china.p50


def count_chips(
    chips_owned: pd.DataFrame,
    chips_sold: pd.DataFrame,
    chips_in_china: pd.DataFrame,
    ai_chips: pd.DataFrame,
    chip_supply_estimates: pd.DataFrame,
    judgement: JudgedChips,
) -> ChipParts:
    """Collect what the stocks at the end of 2025 are made of.

    Parameters
    ----------
    chips_owned, chips_sold : DataFrame
        Chips by owner, and all chips, by quarter.
    chips_in_china : DataFrame
        Chips of Chinese make and smuggled ones, by quarter.
    ai_chips : DataFrame
        Throughput of chips.
    chip_supply_estimates : DataFrame
        Published figures of Chinese chips.
    judgement : JudgedChips
        What is judged.
    """
    owned = chips_owned[chips_owned["quarter_end"] == STOCK_DAY]
    sold = chips_sold.loc[chips_sold["quarter_end"] == STOCK_DAY, "h100e_p50"].sum()
    named = owned.loc[owned["owner_country"].notna(), "h100e_p50"].sum()
    low = published_value(chip_supply_estimates, "ascend-2025-bis") * h100e_of(
        ai_chips, ASCEND_910B
    )
    high = published_value(chip_supply_estimates, "ascend-2025-semianalysis") * h100e_of(
        ai_chips, ASCEND_910C
    )
    domestic_low, domestic_high = low / _THOUSAND, high / _THOUSAND
    return ChipParts(
        usa_named=_percentiles(owned, "USA"),
        unnamed_thousand=(sold - named) / _THOUSAND,
        china_legal=_percentiles(owned, "CHN"),
        china_domestic=judgement.spread(judgement.domestic),
        china_grey=judgement.spread(judgement.smuggled) + judgement.spread(judgement.rented),
        domestic_low=domestic_low,
        domestic_high=domestic_high,
        counted_domestic=_counted(chips_in_china, "made by a Chinese firm"),
        counted_smuggled=_counted(chips_in_china, "smuggled"),
    )


def compare_stocks(
    parts: ChipParts,
    judgement: JudgedChips,
    *,
    usa_share_of_unnamed: float,
    level: float,
    rng: np.random.Generator,
) -> ChipGaps:
    """Add up the stocks and compare them, with and without what is judged.

    Parameters
    ----------
    parts : ChipParts
        What the stocks are made of.
    judgement : JudgedChips
        What is judged.
    usa_share_of_unnamed : float
        Share of the United States in chips of no named owner, 0 to 1.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        For the sums.

    Raises
    ------
    ModelInputError
        If a country is left without chips.
    """
    legal, domestic, grey = parts.china_legal, parts.china_domestic, parts.china_grey

    def gap(ahead: Percentiles, behind: Percentiles) -> CorrelationBounds:
        return bound_percentile_gap(ahead, behind, level=level)

    usa = american_stock(parts, judgement, usa_share_of_unnamed, rng)
    china = chinese_stock(legal + domestic + grey, rng)
    named = sum_american(parts.usa_named, rng)
    return ChipGaps(
        parts,
        judgement,
        usa,
        china,
        all_sources=gap(usa, china),
        legal=gap(named, sum_american(legal, rng)),
        without_grey=gap(usa, chinese_stock(legal + domestic, rng)),
        without_domestic=gap(usa, chinese_stock(legal + grey, rng)),
        more_chinese=gap(
            usa, chinese_stock(legal + _scaled(domestic + grey, judgement.factor), rng)
        ),
    )


def american_stock(
    parts: ChipParts, judgement: JudgedChips, share_of_unnamed: float, rng: np.random.Generator
) -> Percentiles:
    """Add up American chips, a share of those without a named owner among them."""
    unnamed = judgement.spread(share_of_unnamed * parts.unnamed_thousand)
    return sum_american(parts.usa_named + unnamed, rng)


def chinese_stock(parts: Sequence[Percentiles], rng: np.random.Generator) -> Percentiles:
    """Add up Chinese chips."""
    return sum_chinese(parts, rng)


def flop_per_s_of(ai_chips: pd.DataFrame, chip: str) -> float:
    """Return a chip's 16-bit throughput, FLOP/s."""
    return float(ai_chips.set_index("chip")["fp16_flop_per_s"][chip])


def h100e_of(ai_chips: pd.DataFrame, chip: str) -> float:
    """Return how many H100 one chip is worth, by 16-bit throughput."""
    return flop_per_s_of(ai_chips, chip) / flop_per_s_of(ai_chips, H100)


def _counted(chips_in_china: pd.DataFrame, route: str) -> float:
    """Return the sum of the medians at the end of the year, thousand H100e."""
    at_end = chips_in_china["quarter_end"] == STOCK_DAY
    rows = chips_in_china[at_end & (chips_in_china["route"] == route)]
    return float(rows["h100e_p50"].sum()) / _THOUSAND


def _percentiles(owned: pd.DataFrame, country: str) -> tuple[Percentiles, ...]:
    rows = owned.loc[owned["owner_country"] == country, ["h100e_p5", "h100e_p50", "h100e_p95"]]
    return tuple(Percentiles(*map(float, row)) for row in rows.to_numpy())


def _scaled(parts: Sequence[Percentiles], factor: float) -> tuple[Percentiles, ...]:
    return tuple(Percentiles(factor * p.p5, factor * p.p50, factor * p.p95) for p in parts)
