"""What limits the power of both countries' chips, read from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.supply.electric_power import estimate_generation_growth
from models.supply.power_limit import ChipPower, CountryPower, WorldPower
from models.supply.site_plans import add_up_plans, compare_plans, estimate_pace, hold_by_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from models.core.timescale import Moment

TABLES = (
    "electricity",
    "data_centers",
    "data_center_timelines",
    "data_center_plans_2026_01",
    "chips_owned",
    "published_estimates",
    "ai_chips",
)
"""Names of the tables that power is read from."""
PUBLISHED_SYSTEM = ("cloudmatrix-flops", "cloudmatrix-power")
"""Ids of what was published of the Chinese system: its arithmetic and its power."""
_VINTAGE = "vintage"
_KW_PER_MW = 1000


@dataclass(frozen=True)
class PowerJudged:
    """What no data settle about power.

    Attributes
    ----------
    share_usa, share_china : float
        Share of new generation that AI may take.
    share_factor_usa, share_factor_china : float
        90% of the draws of a share lie within this factor.
    coverage_factor : float
        90% of the draws of what known sites cover lie within this factor.
    efficiency_growth : float
        Growth of compute per watt of the chips in use, times a year, in both countries.
    pue : float
        Power of a Chinese data centre over that of its computers; American sites tell theirs.
    utilisation : float
        Mean over full power.
    since : int
        Year since which generation grows as it does; the years before the build-out don't count.
    plan_year : int
        Year to whose end plans of sites are added up.
    """

    share_usa: float = 0.75
    share_china: float = 0.1
    share_factor_usa: float = 1.33
    share_factor_china: float = 2.0
    coverage_factor: float = 1.5
    efficiency_growth: float = 1.25
    pue: float = 1.2
    utilisation: float = 0.7
    since: int = 2023
    plan_year: int = 2028


@dataclass(frozen=True)
class PowerTables:
    """Tables that power is read from; those of sites with their `vintage` in ``attrs``.

    Attributes
    ----------
    electricity : DataFrame
        Columns country, year, generation_twh.
    data_centers, timelines, earlier_plans : DataFrame
        Sites, their dated states and plans, and what was planned before.
    chips_owned : DataFrame
        Columns owner_country, quarter_end, h100e_p50, power_mw_p50.
    published_estimates, ai_chips : DataFrame
        Power and performance of a Chinese system, and of the chip of the unit.
    """

    electricity: pd.DataFrame
    data_centers: pd.DataFrame
    timelines: pd.DataFrame
    earlier_plans: pd.DataFrame
    chips_owned: pd.DataFrame
    published_estimates: pd.DataFrame
    ai_chips: pd.DataFrame

    @classmethod
    def pick(cls, tables: Mapping[str, pd.DataFrame]) -> PowerTables:
        """Pick them from all tables by name."""
        return cls(*(tables[name] for name in TABLES))

    @property
    def seen_on(self) -> str:
        """Day of the file of sites, ISO date: what is dated later is a plan."""
        return _vintage(self.timelines)

    @property
    def planned_on(self) -> str:
        """Day of the earlier file of plans, ISO date."""
        return _vintage(self.earlier_plans)

    def sites_of(self, country: str) -> pd.DataFrame:
        """Dated states of one country's sites."""
        own = self.data_centers.loc[self.data_centers["country"] == country, "site"]
        return self.timelines[self.timelines["site"].isin(own)]


def estimate_world_power(
    tables: PowerTables,
    judged: PowerJudged,
    *,
    day: Moment,
    us_chips: float,
    level: float,
    rng: np.random.Generator,
) -> WorldPower:
    """Estimate what limits the power of both countries' chips.

    Parameters
    ----------
    tables : PowerTables
        The tables.
    judged : PowerJudged
        What is judged.
    day : date
        The start: the last day of a year.
    us_chips : float
        American chips on the day, H100e, those of unnamed owners included.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        For the pace of plans.

    Raises
    ------
    ModelInputError
        If a table lacks its vintage, or as the functions that read them.
    """
    record = compare_plans(
        tables.earlier_plans,
        tables.timelines,
        planned_on=tables.planned_on,
        seen_on=tables.seen_on,
    )
    sites = add_up_plans(
        tables.sites_of("USA"),
        start=day,
        as_of=tables.seen_on,
        last_year=judged.plan_year,
        pace=estimate_pace(record, rng=rng, level=level),
        coverage=estimate_coverage(
            tables, day=day, us_chips=us_chips, factor=judged.coverage_factor
        ),
    )

    def chip(kw: float) -> ChipPower:
        return ChipPower(kw, judged.efficiency_growth, judged.utilisation)

    usa, china = (
        estimate_recent_growth(tables.electricity, code, since=judged.since, level=level)
        for code in ("USA", "CHN")
    )
    usa_chip, china_chip = (
        chip(read_american_kw(tables, day)),
        chip(read_chinese_kw(tables, judged)),
    )
    return WorldPower(
        CountryPower("usa", usa_chip, usa, judged.share_usa, judged.share_factor_usa, sites),
        CountryPower("china", china_chip, china, judged.share_china, judged.share_factor_china),
    )


def estimate_recent_growth(
    electricity: pd.DataFrame, country: str, *, since: int, level: float
) -> Estimate:
    """Mean yearly addition to a country's generation since a year, TWh.

    Raises
    ------
    ModelInputError
        As `models.supply.electric_power.estimate_generation_growth`.
    """
    years = int(electricity.loc[electricity["country"] == country, "year"].max()) - since
    grown = estimate_generation_growth(electricity, country, window_years=years, level=level)
    return grown.added_per_year


def read_american_kw(tables: PowerTables, day: Moment) -> float:
    """Power of known American sites for one H100e on a day, kW."""
    own = tables.sites_of("USA")
    chips = float(hold_by_day(own, day, "h100e").sum())
    if chips <= 0:
        raise ModelInputError(f"needs American sites with chips on {day}, got none")
    return _KW_PER_MW * float(hold_by_day(own, day).sum()) / chips


def read_chinese_kw(tables: PowerTables, judged: PowerJudged) -> float:
    """Power of a site for one H100e in the Chinese system whose power was published, kW."""
    published = tables.published_estimates.set_index("id")["value"]
    flops, power = PUBLISHED_SYSTEM
    h100 = float(tables.ai_chips.set_index("chip")["fp16_flop_per_s"]["NVIDIA H100 SXM5 80GB"])
    h100e = 1e15 * float(published[flops]) / h100
    return judged.pue * float(published[power]) / h100e


def estimate_coverage(
    tables: PowerTables, *, day: Moment, us_chips: float, factor: float
) -> Estimate:
    """Share of the new American power for AI of the year before a day that came at known sites.

    All new power: what the chips of named owners alone took more, times what a site takes over
    what its chips take, times all chips over those of named owners.

    Raises
    ------
    ModelInputError
        If known sites or owned chips added nothing.
    """
    before = pd.Timestamp(day) - pd.DateOffset(years=1)
    own = tables.sites_of("USA")
    seen = float(hold_by_day(own, day).sum() - hold_by_day(own, before).sum())
    usa = tables.chips_owned[tables.chips_owned["owner_country"] == "USA"]
    power, chips = (usa.groupby("quarter_end")[c].sum() for c in ("power_mw_p50", "h100e_p50"))
    now = pd.Timestamp(day)
    alone = float(power[now] - power[before])
    if min(seen, alone) <= 0:
        raise ModelInputError(f"needs power that was added in the year before {day}, got none")
    whole_site = read_american_kw(tables, day) / (_KW_PER_MW * float(power[now] / chips[now]))
    share = seen / (alone * whole_site * us_chips / float(chips[now]))
    return Estimate(
        share, share / factor, share * factor, 0.9, "range", len(own["site"].unique()), units.SHARE
    )


def measure_efficiency_growth(chips_owned: pd.DataFrame, *, day: Moment, years: int) -> float:
    """Growth of compute per watt of the chips that American firms own, times a year."""
    usa = chips_owned[chips_owned["owner_country"] == "USA"].groupby("quarter_end")
    per_watt = usa["h100e_p50"].sum() / usa["power_mw_p50"].sum()
    now, then = pd.Timestamp(day), pd.Timestamp(day) - pd.DateOffset(years=years)
    return float((per_watt[now] / per_watt[then]) ** (1 / years))


def _vintage(frame: pd.DataFrame) -> str:
    if _VINTAGE not in frame.attrs:
        raise ModelInputError("a table of sites needs its vintage in attrs")
    return str(frame.attrs[_VINTAGE])
