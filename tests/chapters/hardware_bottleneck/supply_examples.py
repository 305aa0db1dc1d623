"""Supply without chance: every path is the same, so that answers are counted by hand."""

from typing import Any

import numpy as np
import pandas as pd

from chapters.hardware_bottleneck import (
    chip_production,
    chip_stocks,
    paths,
    stock_projection,
    supply,
)
from chapters.shared.chips import JudgedChips
from models.core.estimates import Estimate
from models.supply.power_limit import ChipPower, CountryPower, WorldPower

LEVEL = 0.9
_MADE = ("ascend-2025-bis", "ascend-2025-semianalysis")
PUBLISHED = pd.DataFrame(
    [
        ("smic-advanced-capacity-2025", 40_000.0, np.nan, np.nan),
        ("smic-advanced-capacity-2026", 60_000.0, np.nan, np.nan),
        ("smic-advanced-capacity-2027", 90_000.0, np.nan, np.nan),
        ("yield-910c-2024", 20.0, np.nan, np.nan),
        ("yield-910c-2025", 40.0, np.nan, np.nan),
        ("acquired-2026", 100_000.0, 50_000.0, 200_000.0),
    ],
    columns=["id", "value", "low", "high"],
)
CHIPS_OWNED = pd.DataFrame(
    [
        ("USA", "2023-12-31", 2e6, 1600.0),
        ("USA", "2024-12-31", 5e6, 4000.0),
        ("USA", "2025-12-31", 10e6, 8000.0),
        ("CHN", "2025-12-31", 5e5, 400.0),
    ],
    columns=["owner_country", "quarter_end", "h100e_p50", "power_mw_p50"],
).assign(
    quarter_end=lambda table: pd.to_datetime(table["quarter_end"]),
    h100e_p5=lambda table: table["h100e_p50"],
    h100e_p95=lambda table: table["h100e_p50"],
)
AI_CHIPS = pd.DataFrame(
    {
        "chip": [chip_stocks.H100, chip_stocks.ASCEND_910B, chip_stocks.ASCEND_910C],
        "fp16_flop_per_s": [1000.0, 250.0, 800.0],
    }
)
SURE = {
    "us_inflow_growth": 1.5, "wafer_capacity_growth": 1.2, "chip_performance_growth": 1.0,
    "memory_growth": 2.0, "growth_factor_spread": 1.0, "judgement_factor": 1.0,
    "ai_wafer_share": 0.5, "die_yield": 0.5, "chip_utilisation": 1.0, "dies_per_wafer": 100.0,
    "memory_limited_chips_thousand": 300.0, "chn_imports_h100e_thousand": 250.0,
    "chn_import_growth": 1.0, "open_import_share": 0.1, "import_regime": "as now",
    "chip_lifetime_years": 50.0, "euv_volume_year": 2030, "euv_multiple": 4.0,
    "euv_ramp_years": 1.0,
}  # fmt: skip


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def production(
    *, memory_thousand: float = 300.0, die_yield: float = 0.5, utilisation: float = 1.0
) -> chip_production.Production:
    """60,000 wafers a month, half of them for AI, 100 dies each, two dies a chip."""
    return chip_production.estimate_production(
        PUBLISHED,
        ai_wafer_share=0.5,
        dies_per_wafer=100.0,
        die_yield=die_yield,
        chip_utilisation=utilisation,
        h100e_per_chip=0.8,
        wafer_growth=1.2,
        performance_growth=1.0,
        memory_limited_chips_thousand=memory_thousand,
        judgement_factor=1.0,
        level=LEVEL,
        rng=rng(),
    )


def chips() -> chip_stocks.ChipGaps:
    """Ten million American chips and 1.1 million Chinese ones, all known."""
    judged = JudgedChips(domestic=300.0, smuggled=200.0, rented=100.0, factor=1.0)
    sold = CHIPS_OWNED.groupby("quarter_end", as_index=False)["h100e_p50"].sum()
    made = PUBLISHED.set_index("id").reindex([*PUBLISHED["id"], *_MADE]).reset_index()
    made.loc[made["id"].isin(_MADE), ["value", "high"]] = 1.0
    counted = pd.DataFrame({"route": [], "quarter_end": [], "h100e_p50": []})
    parts = chip_stocks.count_chips(CHIPS_OWNED, sold, counted, AI_CHIPS, made, judged)
    return chip_stocks.compare_stocks(
        parts, judged, usa_share_of_unnamed=0.0, level=LEVEL, rng=rng()
    )


def limits() -> WorldPower:
    """A chip takes a kW all year; the United States adds ten GW a year, China without end."""
    chip = ChipPower(kw=1.0, efficiency_growth=1.0, utilisation=1.0)
    added = [Estimate(twh, twh, twh, LEVEL, "confidence", 2, "TWh") for twh in (87.6, 1e9)]
    return WorldPower(
        CountryPower("usa", chip, added[0], 1.0, 1.0),
        CountryPower("china", chip, added[1], 1.0, 1.0),
    )


def world(power: WorldPower | None = None, **changes: Any) -> supply.World:
    """Return a world without chance, and without a limit of power unless it is given."""
    judged = supply.judge_supply({**SURE, **changes}, PUBLISHED, AI_CHIPS)
    return supply.draw_world(judged, power, chips(), CHIPS_OWNED, rng=rng())


def stocks(of: supply.World | None = None) -> stock_projection.Stocks:
    return stock_projection.estimate_stocks(
        of or world(),
        PUBLISHED,
        drawn_volume_years=np.full(paths.N_PATHS, 2032.0),
        h100e_per_b300=5.0,
        level=LEVEL,
    )


def bound_by_wafers(power: WorldPower | None = None) -> supply.World:
    return world(power, memory_limited_chips_thousand=1e9)
