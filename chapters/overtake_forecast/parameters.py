"""The parameters of the chapter `overtake-forecast`."""

from typing import Literal

from overtake.chapter.parameters import JUDGEMENT, parameter

from chapters.shared.parameters import DRAWS, AmericanPowerParameters, RaceParameters


class OvertakeForecast(RaceParameters, AmericanPowerParameters):
    """What the chapter assumes, and may be changed."""

    leading_definition: Literal[
        "capability", "largest_run", "compute_stock", "revenue", "valuation"
    ] = parameter(
        "capability",
        unit="",
        meaning="What leading means in the headline numbers.",
        source=JUDGEMENT,
    )
    euv_volume_year: float = parameter(
        2037.0,
        unit="year",
        meaning="First volume production with Chinese EUV tools: the median that the hardware "
        "chapter publishes, of EUV programmes and all lithography in equal parts.",
        source="lithography_milestones",
        minimum=2026,
        maximum=2045,
    )
    us_compute_growth: float = parameter(
        1.6,
        unit="times a year",
        meaning="Growth of the American inflow of compute, mean of 2026 to 2030: as the growth of "
        "sales has come down, so it goes on.",
        source="chips_sold",
        concept="us_inflow_growth",
        minimum=0.8,
        maximum=4,
    )
    china_domestic_growth: float = parameter(
        1.38,
        unit="times a year",
        meaning="Growth of what Chinese wafers hold after 2025, without EUV: wafer starts times "
        "performance per wafer.",
        source=JUDGEMENT,
        minimum=0.8,
        maximum=4,
    )
    memory_growth: float = parameter(
        2.5,
        unit="times a year",
        meaning="Growth of the Chinese compute that high-bandwidth memory can equip.",
        source=JUDGEMENT,
        minimum=0.8,
        maximum=10,
    )
    import_regime: Literal["closed", "as now", "open"] = parameter(
        "as now",
        unit="",
        meaning="Chinese imports of chips after 2025: none, at today's pace, or a quarter of what "
        "the United States adds.",
        source="ifp2025-b30a",
    )
    unseen_h100e_thousand: float = parameter(
        1500.0,
        unit="thousand H100 equivalents",
        meaning="Chinese accelerators outside the data of owners: domestic, smuggled and rented "
        "ones, as the hardware chapter counts them.",
        source="chips_in_china",
        minimum=0,
        maximum=10000,
    )
    delivery_share_china: float = parameter(
        0.33,
        unit="share",
        meaning="Share of Chinese compute that delivery takes from 2028 on: ByteDance's of "
        "mid-2026, as the chapter on delivery reads its tokens.",
        source="token_volumes",
        minimum=0.05,
        maximum=0.95,
    )
    delivery_share_us: float = parameter(
        0.46,
        unit="share",
        meaning="Share of American compute that delivery takes from 2028 on: OpenAI's of the "
        "first half of 2025.",
        source="published_estimates",
        minimum=0.05,
        maximum=0.95,
    )
    efficiency_gain_oom_per_year: float = parameter(
        0.0,
        unit="orders of magnitude a year",
        meaning="Chinese gain of effective compute beyond the past trend.",
        source=JUDGEMENT,
        minimum=-1,
        maximum=1,
    )
    diffusion_lag_years: float = parameter(
        0.57,
        unit="years",
        meaning="Years until the leader's ideas reach a follower; 0.57 is today's lag.",
        source="capability_index",
        minimum=0,
        maximum=3,
    )
    diffusion_rate: float = parameter(
        0.5,
        unit="per year",
        meaning="Share of the distance to the leader's ideas that closes; 0: no diffusion.",
        source=JUDGEMENT,
        minimum=0,
        maximum=2,
    )
    trend_weight: float = parameter(
        0.1,
        unit="share",
        meaning="Share of the past Chinese gain at equal compute that goes on.",
        source=JUDGEMENT,
        minimum=0,
        maximum=1,
    )
    volatility_factor: float = parameter(
        1.0,
        unit="times",
        meaning="Multiplies the lasting shocks that the past shows.",
        source=JUDGEMENT,
        minimum=0.25,
        maximum=4,
    )
    prior_spread: float = parameter(
        1.0,
        unit="times",
        meaning="Multiplies how far the drivers above are drawn off their values, which are the "
        "middles; 0 holds each at its value.",
        source=JUDGEMENT,
        minimum=0,
        maximum=2,
    )
    sales_closing_oom_per_year: float = parameter(
        0.0,
        unit="orders of magnitude a year",
        meaning="Rate at which the gaps in revenue and valuation close; negative if they widen.",
        source=JUDGEMENT,
        minimum=-1,
        maximum=1,
    )
    n_draws: int = parameter(
        DRAWS,
        unit="draws",
        meaning="Draws of what is fitted, each with 50 paths of shocks.",
        source=JUDGEMENT,
        minimum=100,
        maximum=20000,
    )
