"""What the stocks of compute of both countries are made of, path by path."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from chapters.hardware_bottleneck import paths
from chapters.hardware_bottleneck.chip_production import Production
from chapters.shared.chips import JudgedChips
from models.compute.percentile_gap import Percentiles
from models.core.arrays import FloatArray, Numbers
from models.core.estimates import Estimate
from models.core.random_draws import draw_lognormal
from models.supply import compute_stock
from models.supply.compute_stock import StockPaths, SupplyAssumptions
from models.supply.fab_output import FabAssumptions

Regime = Literal["as now", "closed", "open"]

NEVER = 2100.0
"""A year of EUV volume that lies beyond every projection."""

_PERCENTILES_LEVEL = 0.9
_DEMAND_WEIGHT = 0.5  # correlation of both countries' growth


@dataclass(frozen=True)
class Demand:
    """What moves the growth of supply, as standard normal scores.

    Attributes
    ----------
    world : ndarray, shape (n_paths,)
        Demand of the world: moves the growth of both countries.
    china : ndarray, shape (n_paths,)
        What is China's own.
    """

    world: FloatArray
    china: FloatArray

    @property
    def in_china(self) -> FloatArray:
        """Scores of Chinese growth, which shares the world's demand."""
        own = (1 - _DEMAND_WEIGHT**2) ** 0.5
        return np.asarray(_DEMAND_WEIGHT * self.world + own * self.china)


@dataclass(frozen=True)
class AmericanSupply:
    """Where American compute comes from.

    Attributes
    ----------
    initial_stock, inflow : ndarray, shape (n_paths,)
        H100e at the end of 2025, and those that were added in that year.
    inflow_growth : float
        Judged growth of what is added, times a year.
    growth_spread : float
        90% of the draws of it lie within this factor.
    demand : ndarray, shape (n_paths,)
        Standard normal scores of the growth.
    past_growth : float
        What was added in 2025 over what was added in 2024.
    lifetime_years : float
        Years that a chip stays in use.
    """

    initial_stock: FloatArray
    inflow: FloatArray
    inflow_growth: float
    growth_spread: float
    demand: FloatArray
    past_growth: float
    lifetime_years: float

    @property
    def inflow_growth_paths(self) -> FloatArray:
        """Growth of what is added on each path, times a year."""
        return paths.judged_growth(self.inflow_growth, self.growth_spread, self.demand)

    def project(self) -> StockPaths:
        """Return the stock at the end of each year."""
        assumptions = SupplyAssumptions(
            initial_stock=self.initial_stock,
            domestic_output=self.inflow,
            domestic_growth=self.inflow_growth_paths,
            yield_share=1.0,  # chips that work are counted
            imports=0.0,
            import_growth=1.0,
            lifetime_years=self.lifetime_years,
            past_growth=self.past_growth,
        )
        return _project(assumptions)


@dataclass(frozen=True)
class Imports:
    """Chips from abroad.

    Attributes
    ----------
    h100e : float or ndarray
        H100e of 2025.
    growth : float or ndarray
        Times a year.
    """

    h100e: Numbers
    growth: Numbers


@dataclass(frozen=True)
class ChineseSupply:
    """Where Chinese compute comes from; vary it with `dataclasses.replace`.

    Attributes
    ----------
    fab : FabAssumptions
        From wafers to compute, and what memory allows.
    initial_stock : ndarray, shape (n_paths,)
        H100e at the end of 2025.
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
    initial_stock: FloatArray
    regimes: dict[Regime, Imports]
    regime: Regime
    lifetime_years: float
    past_growth: float
    euv_volume_year: Numbers
    euv_multiple: float
    euv_ramp_years: float

    def project(self) -> StockPaths:
        """Return the stock at the end of each year."""
        imports = self.regimes[self.regime]
        assumptions = compute_stock.build_supply_from_fabs(
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
        return _project(assumptions)

    def without_euv(self) -> "ChineseSupply":
        """Return the supply without own EUV tools."""
        return replace(self, euv_volume_year=NEVER)

    def with_plentiful_memory(self) -> "ChineseSupply":
        """Return the supply with more memory than wafers could ever use."""
        return replace(self, fab=replace(self.fab, memory_limited_chips=1e12, memory_growth=1.0))

    def memory_limit(self, year: int) -> FloatArray:
        """Return what memory can equip in a year, H100e, path by path."""
        grown = np.asarray(self.fab.memory_growth) ** (year - paths.START_YEAR)
        chips = np.asarray(self.fab.memory_limited_chips)
        return np.asarray(chips * grown * self.fab.h100e_in_practice)


def draw_demand(rng: np.random.Generator) -> Demand:
    """Draw what moves growth, on each path."""
    return Demand(rng.standard_normal(paths.N_PATHS), rng.standard_normal(paths.N_PATHS))


def estimate_american_supply(
    chips_owned: pd.DataFrame,
    us_stock: Percentiles,
    demand: Demand,
    *,
    inflow_growth: float,
    growth_spread: float,
    lifetime_years: float,
    rng: np.random.Generator,
) -> AmericanSupply:
    """Estimate American supply from the chips that American firms own.

    Parameters
    ----------
    chips_owned : DataFrame
        Columns owner_country, quarter_end, h100e_p50.
    us_stock : Percentiles
        H100e at the end of 2025, 5th, 50th and 95th percentile.
    demand : Demand
        Scores of growth.
    inflow_growth : float
        Times a year.
    growth_spread : float
        90% of the draws of growth lie within this factor.
    lifetime_years : float
        Years that a chip stays in use.
    rng : numpy.random.Generator
        Source of the draws.
    """
    before, last, now = (
        _owned(chips_owned, "USA", year)
        for year in range(paths.START_YEAR - 2, paths.START_YEAR + 1)
    )
    stated = Estimate(
        us_stock.p50, us_stock.p5, us_stock.p95, _PERCENTILES_LEVEL, "credible", 0, "H100e"
    )
    initial_stock = draw_lognormal(stated, rng.standard_normal(paths.N_PATHS))
    return AmericanSupply(
        initial_stock=initial_stock,
        inflow=initial_stock * (1 - last / now),
        inflow_growth=inflow_growth,
        growth_spread=growth_spread,
        demand=demand.world,
        past_growth=(now - last) / (last - before),
        lifetime_years=lifetime_years,
    )


def estimate_chinese_supply(
    production: Production,
    usa: AmericanSupply,
    demand: Demand,
    *,
    legal_h100e: float,
    judgement: JudgedChips,
    imports_h100e_thousand: float,
    import_growth: float,
    open_import_share: float,
    regime: Regime,
    wafer_growth: float,
    memory_growth: float,
    growth_spread: float,
    lifetime_years: float,
    euv_volume_year: float,
    euv_multiple: float,
    euv_ramp_years: float,
    rng: np.random.Generator,
) -> ChineseSupply:
    """Count up Chinese supply from wafers, memory and imports.

    Parameters
    ----------
    production : Production
        What China can make in 2026.
    usa : AmericanSupply
        For imports that follow American additions, and the age of the first stock.
    demand : Demand
        Scores of growth.
    legal_h100e : float
        H100e legally sold to Chinese owners by the end of 2025.
    judgement : JudgedChips
        What is judged of Chinese chips at the end of 2025.
    imports_h100e_thousand, import_growth : float
        Imports "as now": thousand H100e of 2025, times a year.
    open_import_share : float
        Imports over American additions where they are open.
    regime : {"as now", "closed", "open"}
        The regime that holds.
    wafer_growth, memory_growth : float
        Times a year.
    growth_spread : float
        90% of the draws of growth lie within this factor.
    lifetime_years, euv_volume_year, euv_multiple, euv_ramp_years : float
        As `ChineseSupply`.
    rng : numpy.random.Generator
        Source of the draws.
    """

    def amount(thousand: float) -> FloatArray:
        return 1000 * paths.judged_amount(thousand, judgement.factor, rng)

    def growth(centre: float, scores: FloatArray) -> FloatArray:
        return paths.judged_growth(centre, growth_spread, scores)

    memory_paces = growth(memory_growth, rng.standard_normal(paths.N_PATHS))
    fab = replace(
        production.fab,
        capacity_growth=growth(wafer_growth, demand.in_china),
        memory_limited_chips=production.memory_limited_chips / memory_paces,
        memory_growth=memory_paces,
    )
    regimes: dict[Regime, Imports] = {
        "as now": Imports(amount(imports_h100e_thousand), growth(import_growth, demand.china)),
        "closed": Imports(0.0, 1.0),
        "open": Imports(open_import_share * usa.inflow, usa.inflow_growth_paths),
    }
    judged = (judgement.domestic, judgement.smuggled, judgement.rented)
    return ChineseSupply(
        fab=fab,
        initial_stock=np.asarray(sum(amount(thousand) for thousand in judged) + legal_h100e),
        regimes=regimes,
        regime=regime,
        lifetime_years=lifetime_years,
        past_growth=usa.past_growth,
        euv_volume_year=float(euv_volume_year),
        euv_multiple=euv_multiple,
        euv_ramp_years=euv_ramp_years,
    )


def _owned(chips_owned: pd.DataFrame, country: str, year: int) -> float:
    """H100e that a country's firms own at the end of a year."""
    own = chips_owned[chips_owned["owner_country"] == country]
    return float(own.loc[own["quarter_end"] == f"{year}-12-31", "h100e_p50"].sum())


def _project(assumptions: SupplyAssumptions) -> StockPaths:
    return compute_stock.project_stock(
        assumptions, start_year=paths.START_YEAR, end_year=paths.END_YEAR
    )
