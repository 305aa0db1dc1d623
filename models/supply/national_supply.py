"""Where each country's compute comes from: one model for every page that tells of stocks.

American supply is an inflow that grows; Chinese supply is counted up from wafers, memory and
imports. What no data settle is a judgement with a spread, drawn from standard normal scores, so
that whoever calls decides which quantities move together, and two callers with the same scores
and judgements get the same stocks to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from models.core.distributions import normal_quantile
from models.core.errors import ModelInputError
from models.supply.compute_stock import (
    StockPaths,
    SupplyAssumptions,
    build_supply_from_fabs,
    project_stock,
)
from models.supply.fab_output import FabAssumptions

if TYPE_CHECKING:
    from models.core.arrays import FloatArray, Numbers

Regime = Literal["as now", "closed", "open"]

NEVER = 2100.0
"""A year of EUV volume that lies beyond every projection."""

SCORES = (
    "usa stock",
    "china stock",
    "world demand",
    "china demand",
    "memory growth",
    "wafer share",
    "die yield",
    "utilisation",
    "memory",
    "imports",
    "usa generation",
    "usa share",
    "usa sites",
    "usa coverage",
    "china generation",
    "china share",
)
"""What is drawn of supply and power, by path: standard normal scores of these names."""

_SCORE_OF_95_PERCENT = float(normal_quantile(0.95))


@dataclass(frozen=True)
class SupplyScores:
    """Standard normal scores of what moves supply and power.

    Attributes
    ----------
    values : ndarray, shape (len(SCORES), n_paths)
        In the order of `SCORES`.
    """

    values: FloatArray

    def __post_init__(self) -> None:
        """Refuse scores that are not one row a name."""
        if self.values.ndim != 2 or len(self.values) != len(SCORES):  # noqa: PLR2004
            raise ModelInputError(f"needs {len(SCORES)} rows of scores, got {self.values.shape}")

    def of(self, name: str) -> FloatArray:
        """Scores of one quantity, shape (n_paths,)."""
        return np.asarray(self.values[SCORES.index(name)])

    @property
    def n_paths(self) -> int:
        """Number of paths."""
        return int(self.values.shape[1])


@dataclass(frozen=True)
class SupplyJudged:
    """Centres and spreads of what no data settle about both countries' supply.

    Attributes
    ----------
    us_inflow_growth : float or ndarray
        Growth factor a year of the American inflow after the start.
    wafer_growth, performance_growth, memory_growth : float or ndarray
        Growth factors a year of Chinese wafer starts, of performance per wafer, and of the
        compute that memory can equip, all without EUV.
    growth_spread : float
        90% of the draws of a growth lie within this factor of its centre.
    shared_growth : float
        Correlation of the two countries' growth, from the world's demand.
    factor : float
        90% of the draws of a judged amount or share lie within this factor.
    wafers_per_month : float or ndarray
        Chinese wafer starts at advanced nodes, in the start year.
    accelerator_share, die_yield, utilisation : float
        Shares: of wafers for accelerators, of dies that work, of rated performance.
    dies_per_wafer, dies_per_chip, h100e_per_chip : float
        Of Chinese accelerators.
    memory_limited_chips : float or ndarray
        Chips that memory can equip in the year after the start.
    imports_h100e, import_growth : float or ndarray
        Chinese imports "as now" in the start year, H100e, and their growth.
    open_import_share : float
        Imports over American additions where they are open.
    regime : {"as now", "closed", "open"}
        The regime that holds.
    lifetime_years : float
        Years that a chip stays in use.
    euv_volume_year : float or ndarray
        Decimal year of volume production with own EUV tools.
    euv_multiple, euv_ramp_years : float
        Output with EUV over that without, and the years until then.
    """

    us_inflow_growth: Numbers
    wafer_growth: Numbers
    performance_growth: Numbers
    memory_growth: Numbers
    growth_spread: float
    shared_growth: float
    factor: float
    wafers_per_month: Numbers
    accelerator_share: float
    die_yield: float
    utilisation: float
    dies_per_wafer: float
    dies_per_chip: float
    h100e_per_chip: float
    memory_limited_chips: Numbers
    imports_h100e: Numbers
    import_growth: Numbers
    open_import_share: float
    regime: Regime
    lifetime_years: float
    euv_volume_year: Numbers
    euv_multiple: float
    euv_ramp_years: float


@dataclass(frozen=True)
class FirstStocks:
    """What both countries have at the start.

    Attributes
    ----------
    usa, china : float or ndarray
        H100e at the end of the start year, by path.
    us_inflow_share : float
        Share of the American stock that came in the start year.
    us_past_growth : float
        American inflow of the start year over that of the year before.
    """

    usa: Numbers
    china: Numbers
    us_inflow_share: float
    us_past_growth: float


@dataclass(frozen=True)
class AmericanSupply:
    """Where American compute comes from.

    Attributes
    ----------
    initial_stock, inflow : ndarray
        H100e at the end of the start year, and those that were added in it.
    inflow_growth : ndarray
        Growth of what is added, times a year, by path.
    past_growth : float
        AI chips that the United States added in the start year over the year before, times.
    lifetime_years : float
        Years that a chip stays in use.
    """

    initial_stock: Numbers
    inflow: Numbers
    inflow_growth: Numbers
    past_growth: float
    lifetime_years: float

    def project(self, start_year: int, end_year: int) -> StockPaths:
        """Return the stock at the end of each year."""
        assumptions = SupplyAssumptions(
            initial_stock=self.initial_stock,
            domestic_output=self.inflow,
            domestic_growth=self.inflow_growth,
            yield_share=1.0,  # chips that work are counted
            imports=0.0,
            import_growth=1.0,
            lifetime_years=self.lifetime_years,
            past_growth=self.past_growth,
        )
        return project_stock(assumptions, start_year=start_year, end_year=end_year)


@dataclass(frozen=True)
class Imports:
    """Chips from abroad: H100e of the start year, and their growth, times a year."""

    h100e: Numbers
    growth: Numbers


@dataclass(frozen=True)
class ChineseSupply:
    """Where Chinese compute comes from; vary it with `dataclasses.replace`.

    Attributes
    ----------
    fab : FabAssumptions
        From wafers to compute, and what memory allows.
    initial_stock : ndarray
        H100e at the end of the start year.
    regimes : dict of str to Imports
        Imports by regime.
    regime : {"as now", "closed", "open"}
        The one that holds.
    lifetime_years, past_growth : float
        As `AmericanSupply`.
    euv_volume_year : float or ndarray
        First year of volume production with own EUV tools.
    euv_multiple, euv_ramp_years : float
        Output with EUV over that without, and the years until then.
    """

    fab: FabAssumptions
    initial_stock: Numbers
    regimes: dict[Regime, Imports]
    regime: Regime
    lifetime_years: float
    past_growth: float
    euv_volume_year: Numbers
    euv_multiple: float
    euv_ramp_years: float

    def project(self, start_year: int, end_year: int) -> StockPaths:
        """Return the stock at the end of each year."""
        imports = self.regimes[self.regime]
        assumptions = build_supply_from_fabs(
            self.fab,
            initial_stock=self.initial_stock,
            imports=imports.h100e,
            import_growth=imports.growth,
            lifetime_years=self.lifetime_years,
            past_growth=self.past_growth,
            euv_volume_year=self.euv_volume_year,
            euv_multiple=self.euv_multiple,
            euv_ramp_years=self.euv_ramp_years,
        )
        return project_stock(assumptions, start_year=start_year, end_year=end_year)

    def with_plentiful_memory(self) -> ChineseSupply:
        """Return the supply with more memory than wafers could ever use."""
        return replace(self, fab=replace(self.fab, memory_limited_chips=1e12, memory_growth=1.0))

    def memory_limit(self, years_after_start: int) -> FloatArray:
        """Return what memory can equip in a year, H100e, path by path."""
        grown = np.asarray(self.fab.memory_growth) ** years_after_start
        chips = np.asarray(self.fab.memory_limited_chips)
        return np.asarray(chips * grown * self.fab.h100e_in_practice)


def draw_scores(rng: np.random.Generator, n_paths: int) -> SupplyScores:
    """Draw scores in pairs of opposite sign, so that medians of what is symmetric are exact.

    Antithetic variates (Hammersley and Morton 1956).

    Raises
    ------
    ModelInputError
        If the number of paths is not even and positive.
    """
    if n_paths < 2 or n_paths % 2:  # noqa: PLR2004
        raise ModelInputError(f"needs an even number of paths, got {n_paths}")
    half = rng.standard_normal((len(SCORES), n_paths // 2))
    return SupplyScores(np.concatenate([half, -half], axis=1))


def spread_by_factor(centre: Numbers, factor: float, scores: FloatArray) -> FloatArray:
    """Spread a judged number: 90% within a factor of its centre, one number a score."""
    middle = np.asarray(centre, dtype=float)
    if factor == 1:  # as any power of one
        return np.array(np.broadcast_to(middle, np.shape(scores)))
    return np.asarray(middle * factor ** (scores / _SCORE_OF_95_PERCENT))


def draw_supply(
    judged: SupplyJudged, first: FirstStocks, scores: SupplyScores
) -> tuple[AmericanSupply, ChineseSupply]:
    """Build both countries' supply, path by path.

    Parameters
    ----------
    judged : SupplyJudged
        Centres and spreads.
    first : FirstStocks
        Stocks at the start.
    scores : SupplyScores
        Standard normal scores.

    Raises
    ------
    ModelInputError
        As `models.supply.compute_stock.SupplyAssumptions`, once projected.
    """
    usa = draw_american_supply(judged, first, scores)
    return usa, draw_chinese_supply(judged, first, scores, usa)


def draw_american_supply(
    judged: SupplyJudged, first: FirstStocks, scores: SupplyScores
) -> AmericanSupply:
    """Build the American supply, as `draw_supply`."""
    inflow = np.asarray(first.usa) * first.us_inflow_share
    growth = spread_by_factor(
        judged.us_inflow_growth, judged.growth_spread, scores.of("world demand")
    )
    return AmericanSupply(first.usa, inflow, growth, first.us_past_growth, judged.lifetime_years)


def draw_chinese_supply(
    judged: SupplyJudged, first: FirstStocks, scores: SupplyScores, usa: AmericanSupply
) -> ChineseSupply:
    """Build the Chinese supply, as `draw_supply`; open imports follow the American."""
    return ChineseSupply(
        fab=draw_fab(judged, scores),
        initial_stock=first.china,
        regimes=_regimes(judged, usa, scores),
        regime=judged.regime,
        lifetime_years=judged.lifetime_years,
        past_growth=first.us_past_growth,
        euv_volume_year=judged.euv_volume_year,
        euv_multiple=judged.euv_multiple,
        euv_ramp_years=judged.euv_ramp_years,
    )


def draw_fab(judged: SupplyJudged, scores: SupplyScores) -> FabAssumptions:
    """Draw how Chinese wafers of the start year become compute."""

    def share(centre: float, name: str) -> FloatArray:
        return np.minimum(spread_by_factor(centre, judged.factor, scores.of(name)), 1.0)

    paces = spread_by_factor(judged.memory_growth, judged.growth_spread, scores.of("memory growth"))
    memory = spread_by_factor(judged.memory_limited_chips, judged.factor, scores.of("memory"))
    # More than a rated chip's performance is taken at its word.
    delivered = (
        judged.utilisation if judged.utilisation >= 1 else share(judged.utilisation, "utilisation")
    )
    return FabAssumptions(
        wafers_per_month=judged.wafers_per_month,
        accelerator_share=share(judged.accelerator_share, "wafer share"),
        dies_per_wafer=judged.dies_per_wafer,
        dies_per_chip=judged.dies_per_chip,
        die_yield=share(judged.die_yield, "die yield"),
        h100e_per_chip=judged.h100e_per_chip,
        utilisation=delivered,
        capacity_growth=spread_by_factor(
            judged.wafer_growth, judged.growth_spread, _chinese_demand(judged, scores)
        ),
        performance_growth=judged.performance_growth,
        memory_limited_chips=memory / paces,
        memory_growth=paces,
    )


def _chinese_demand(judged: SupplyJudged, scores: SupplyScores) -> FloatArray:
    """Scores of Chinese growth, which shares the world's demand."""
    shared = judged.shared_growth
    own = (1 - shared**2) ** 0.5
    return np.asarray(shared * scores.of("world demand") + own * scores.of("china demand"))


def _regimes(
    judged: SupplyJudged, usa: AmericanSupply, scores: SupplyScores
) -> dict[Regime, Imports]:
    bought = spread_by_factor(judged.imports_h100e, judged.factor, scores.of("imports"))
    growth = spread_by_factor(judged.import_growth, judged.growth_spread, scores.of("china demand"))
    followed = judged.open_import_share * np.asarray(usa.inflow)
    return {
        "as now": Imports(bought, growth),
        "closed": Imports(0.0, 1.0),
        "open": Imports(followed, usa.inflow_growth),
    }
