"""How much of each country's AI computing the known sites hold, and what that does to the gap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
from models.compute.chip_counts import sum_american, sum_chinese
from models.compute.percentile_gap import Percentiles, compute_percentile_gap
from models.core import units
from models.core.estimates import Estimate, rescale

from chapters.infrastructure.site_power import state_by_day
from chapters.shared import countries
from chapters.shared.chips import STOCK_DAY, JudgedChips, standard_clusters

if TYPE_CHECKING:
    import numpy as np

_THOUSAND = 1000
_KW_PER_GW = 1e6
_LEVEL = 0.9


@dataclass(frozen=True)
class CountryCoverage:
    """What the known sites of a country hold of its chips.

    Attributes
    ----------
    sites : int
        Known sites, with power or without.
    seen_h100e : float
        Chips at known sites.
    total_h100e : Estimate
        Chips in the country or of its owners, with their credible interval.
    seen_gw : float
        Power of the known sites.
    clusters : int
        Known GPU clusters, of another file.
    clusters_h100e : float
        Chips in them.
    """

    sites: int
    seen_h100e: float
    total_h100e: Estimate
    seen_gw: float
    clusters: int
    clusters_h100e: float

    @property
    def share(self) -> Estimate:
        """Share of AI chips that stand at known sites."""
        return _share_of(self.seen_h100e, self.total_h100e, self.sites)

    @property
    def clusters_share(self) -> Estimate:
        """Share of AI chips that stand in known GPU clusters."""
        return _share_of(self.clusters_h100e, self.total_h100e, self.clusters)

    @property
    def kw_per_h100e(self) -> float:
        """Power at known sites for one H100e, kW."""
        return self.seen_gw * _KW_PER_GW / self.seen_h100e

    @property
    def total_gw(self) -> Estimate:
        """Power of all AI chips, if each takes what those at known sites take, GW."""
        return rescale(self.total_h100e, self.kw_per_h100e / _KW_PER_GW, unit="GW")


@dataclass(frozen=True)
class Coverage:
    """What the file of sites sees of both countries at the end of 2025.

    Attributes
    ----------
    usa : CountryCoverage
        The United States at the end of 2025.
    china : CountryCoverage
        China at the end of 2025.
    ratio : Estimate
        Chinese over American power for AI, chips at unknown sites included.
    seen_ratio : float
        Chinese over American power for AI at known sites, as a share.
    clusters_until : Timestamp
        Last day on which one of the known clusters opened.
    judged : JudgedChips
        AI chips in China that no record of sales holds.
    """

    usa: CountryCoverage
    china: CountryCoverage
    ratio: Estimate
    seen_ratio: float
    clusters_until: pd.Timestamp
    judged: JudgedChips

    @property
    def as_share(self) -> Estimate:
        """The ratio, as a share of the American power."""
        return replace(self.ratio, unit=units.SHARE)

    @property
    def parity_share(self) -> float:
        """Share of Chinese power for AI that known sites would hold, were both countries equal."""
        return self.china.seen_gw / self.usa.total_gw.value

    @property
    def sees_less_of_china(self) -> bool:
        """Whether the file sees less of China, intervals included."""
        return self.china.share.high < self.usa.share.low

    @property
    def gap_stays(self) -> bool:
        """Whether the United States has more, the interval included."""
        return self.ratio.high < 1


def estimate_coverage(
    data_centers: pd.DataFrame,
    timelines: pd.DataFrame,
    chips_owned: pd.DataFrame,
    gpu_clusters: pd.DataFrame,
    judged: JudgedChips,
    *,
    unnamed_h100e: float,
    rng: np.random.Generator,
) -> Coverage:
    """Set chips at known sites and in known clusters against all chips of each country.

    Parameters
    ----------
    data_centers : DataFrame
        Columns site, country.
    timelines : DataFrame
        Columns site, date, power_mw, h100e.
    chips_owned : DataFrame
        Columns owner_country, quarter_end, h100e_p5, h100e_p50, h100e_p95.
    gpu_clusters : DataFrame
        Known clusters.
    judged : JudgedChips
        Chips in China that no record counts.
    unnamed_h100e : float
        American chips that were sold to no named owner.
    rng : numpy.random.Generator
        For the percentiles of sums.
    """
    clusters = standard_clusters(gpu_clusters[gpu_clusters["country"].isin(countries.PAIR)])
    unnamed = judged.spread(unnamed_h100e / _THOUSAND)
    totals = {
        "USA": sum_american([*_owned(chips_owned, "USA"), *unnamed], rng),
        "CHN": sum_chinese([*_owned(chips_owned, "CHN"), *judged.percentiles_in_china()], rng),
    }
    usa, china = (
        CountryCoverage(
            int((data_centers["country"] == code).sum()),
            _held(data_centers, timelines, "h100e", code),
            _estimate(totals[code]),
            _held(data_centers, timelines, "power_mw", code) / _THOUSAND,
            int((clusters["country"] == code).sum()),
            float(clusters.loc[clusters["country"] == code, "h100e"].sum()),
        )
        for code in countries.PAIR
    )
    powers = [_scaled(totals[c], of.kw_per_h100e) for c, of in (("CHN", china), ("USA", usa))]
    gap = compute_percentile_gap(powers[0], powers[1], correlation=0.0, level=_LEVEL)
    return Coverage(
        usa,
        china,
        replace(gap.factor, n=china.sites),
        china.seen_gw / usa.seen_gw,
        pd.Timestamp(clusters["first_operational_date"].max()),
        judged,
    )


def _held(data_centers: pd.DataFrame, timelines: pd.DataFrame, column: str, code: str) -> float:
    sites = data_centers.loc[data_centers["country"] == code, "site"]
    held = state_by_day(timelines[timelines["site"].isin(sites)], column)
    return float(held.loc[:STOCK_DAY].iloc[-1].sum())


def _owned(chips_owned: pd.DataFrame, code: str) -> list[Percentiles]:
    rows = chips_owned[
        (chips_owned["owner_country"] == code) & (chips_owned["quarter_end"] == STOCK_DAY)
    ].dropna(subset=["h100e_p5", "h100e_p95"])
    columns = rows[["h100e_p5", "h100e_p50", "h100e_p95"]].astype(float)
    return [Percentiles(*map(float, row)) for row in columns.to_numpy() if row[0] > 0]


def _scaled(total: Percentiles, factor: float) -> Percentiles:
    return Percentiles(factor * total.p5, factor * total.p50, factor * total.p95)


def _estimate(total: Percentiles) -> Estimate:
    return Estimate(total.p50, total.p5, total.p95, _LEVEL, "credible", 1, units.H100E)


def _share_of(part: float, total: Estimate, n: int) -> Estimate:
    value, low, high = (part / end for end in (total.value, total.high, total.low))
    return Estimate(value, low, high, total.level, total.kind, n, units.SHARE)
