"""The parameters of the chapter `hardware-bottleneck`."""

from typing import Literal

from overtake.chapter.parameters import JUDGEMENT, parameter

from chapters.shared.parameters import (
    AmericanPowerParameters,
    ChipsOfChinaParameters,
    UnnamedChipsParameters,
)


class HardwareBottleneck(ChipsOfChinaParameters, UnnamedChipsParameters, AmericanPowerParameters):
    """What the chapter assumes, and may be changed."""

    first_year: int = parameter(
        2020,
        unit="year",
        meaning="First year of the growth trends.",
        source=JUDGEMENT,
        concept="first_year_of_compute",
        minimum=2018,
        maximum=2023,
    )
    undisclosed_shift_oom: float = parameter(
        0.5,
        unit="orders of magnitude",
        meaning="By how much undisclosed training runs may differ from disclosed ones of the "
        "same date.",
        source=JUDGEMENT,
        minimum=0,
        maximum=2,
    )
    run_window_years: float = parameter(
        2.0,
        unit="years",
        meaning="Window before 10 January 2026 in which training runs are compared.",
        source=JUDGEMENT,
        minimum=1,
        maximum=5,
    )
    top_runs: int = parameter(
        3,
        unit="runs",
        meaning="Largest runs of each country whose geometric means stand beside the largest run.",
        source=JUDGEMENT,
        minimum=1,
        maximum=5,
    )
    euv_volume_year: int = parameter(
        2037,
        unit="year",
        meaning="First year of volume production with Chinese EUV tools, in the supply scenario: "
        "the median of EUV programmes and all lithography in equal parts, as this chapter "
        "publishes it.",
        source="lithography_milestones",
        minimum=2026,
        maximum=2045,
    )
    euv_multiple: float = parameter(
        4.0,
        unit="times",
        meaning="Domestic output with EUV over that without, once the tools have ramped up.",
        source=JUDGEMENT,
        minimum=1,
        maximum=20,
    )
    euv_ramp_years: float = parameter(
        3.0,
        unit="years",
        meaning="Years from the start of volume production to the full multiple.",
        source=JUDGEMENT,
        minimum=0.5,
        maximum=10,
    )
    follower_speed_up: float = parameter(
        1.0,
        unit="times",
        meaning="How much faster a follower moves than the first to build a kind of tool.",
        source=JUDGEMENT,
        minimum=0.5,
        maximum=5,
    )
    us_inflow_growth: float = parameter(
        1.6,
        unit="times a year",
        meaning="Growth of the American inflow of compute, mean of 2026 to 2030: as the growth of "
        "sales has come down, so it goes on.",
        source="chips_sold",
        minimum=0.8,
        maximum=4,
    )
    die_yield: float = parameter(
        0.4,
        unit="",
        meaning="Share of Chinese dies at advanced nodes that work.",
        source="digitimes2025-yield",
        minimum=0.05,
        maximum=0.95,
    )
    wafer_capacity_growth: float = parameter(
        1.2,
        unit="times a year",
        meaning="Growth of China's wafer starts at advanced nodes to 2035, without EUV.",
        source=JUDGEMENT,
        minimum=0.8,
        maximum=3,
    )
    chip_performance_growth: float = parameter(
        1.15,
        unit="times a year",
        meaning="Growth of performance per Chinese wafer by design and packaging, without EUV.",
        source=JUDGEMENT,
        minimum=0.8,
        maximum=2,
    )
    chip_utilisation: float = parameter(
        0.8,
        unit="",
        meaning="What a Chinese chip delivers in practice of its rated performance, relative to "
        "Nvidia's: software, interconnect, faults.",
        source=JUDGEMENT,
        minimum=0.1,
        maximum=1.2,
    )
    memory_growth: float = parameter(
        2.5,
        unit="times a year",
        meaning="Growth after 2026 of the compute that high-bandwidth memory can equip in China.",
        source=JUDGEMENT,
        minimum=0.8,
        maximum=10,
    )
    import_regime: Literal["as now", "closed", "open"] = parameter(
        "as now",
        unit="",
        meaning="Chinese imports of chips after 2025: as the two numbers below say, none, or a "
        "share of what the United States adds.",
        source=JUDGEMENT,
    )
    open_import_share: float = parameter(
        0.25,
        unit="",
        meaning="Chinese purchases over American additions where imports are open.",
        source=JUDGEMENT,
        minimum=0,
        maximum=2,
    )
    chn_imports_h100e_thousand: float = parameter(
        300.0,
        unit="thousand H100e a year",
        meaning="Chinese imports of 2025, legal and smuggled, and chips rented abroad, for "
        "imports as now.",
        source=JUDGEMENT,
        minimum=0,
        maximum=5000,
    )
    chn_import_growth: float = parameter(
        1.2,
        unit="times a year",
        meaning="Growth of these imports.",
        source=JUDGEMENT,
        minimum=0.5,
        maximum=4,
    )
    growth_factor_spread: float = parameter(
        1.25,
        unit="times",
        meaning="The true growth lies within this factor of its default with 90% credence.",
        source=JUDGEMENT,
        minimum=1,
        maximum=2,
    )
    chip_lifetime_years: float = parameter(
        6.0,
        unit="years",
        meaning="Years that a chip stays in use.",
        source=JUDGEMENT,
        minimum=2,
        maximum=15,
    )
    ai_wafer_share: float = parameter(
        0.25,
        unit="",
        meaning="Share of China's wafers at advanced nodes that goes to AI chips in 2026.",
        source=JUDGEMENT,
        minimum=0.01,
        maximum=1,
    )
    dies_per_wafer: float = parameter(
        80.0,
        unit="dies",
        meaning="Dies of 665 mm² on a wafer of 300 mm.",
        source=JUDGEMENT,
        minimum=20,
        maximum=200,
    )
    memory_limited_chips_thousand: float = parameter(
        300.0,
        unit="thousand chips",
        meaning="Ascend chips of 2026 for which there is high-bandwidth memory.",
        source="semianalysis2025-ascend",
        minimum=10,
        maximum=10000,
    )
    power_window_years: int = parameter(
        10,
        unit="years",
        meaning="Years over which the growth of generation is averaged to compare countries.",
        source=JUDGEMENT,
        minimum=4,
        maximum=20,
    )
    power_share_chn: float = parameter(
        0.1,
        unit="",
        meaning="Share of new Chinese generation that AI chips may take.",
        source=JUDGEMENT,
        minimum=0.01,
        maximum=1,
    )
    power_efficiency_growth: float = parameter(
        1.25,
        unit="times a year",
        meaning="Growth of compute per watt of the chips in use in both countries: what the chips "
        "of American owners showed from 2022 to 2025.",
        source="chips_owned",
        minimum=1,
        maximum=2,
    )
    pue: float = parameter(
        1.2,
        unit="",
        meaning="Power of a Chinese data centre over that of its computers.",
        source=JUDGEMENT,
        minimum=1,
        maximum=2,
    )
    utilisation: float = parameter(
        0.7,
        unit="",
        meaning="Mean over full power of a site in use.",
        source=JUDGEMENT,
        minimum=0.1,
        maximum=1,
    )
    diffusion_months: float = parameter(
        6.0,
        unit="months",
        meaning="Age of the algorithms that Chinese developers use.",
        source=JUDGEMENT,
        minimum=0,
        maximum=36,
    )
