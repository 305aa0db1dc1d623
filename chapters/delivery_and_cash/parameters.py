"""The parameters of the chapter `delivery-and-cash`."""

from overtake.chapter.parameters import JUDGEMENT, parameter

from chapters.shared.parameters import ChipsOfChinaParameters


class DeliveryAndCash(ChipsOfChinaParameters):
    """What the chapter assumes, and may be changed."""

    written_share: float = parameter(
        0.15,
        unit="share",
        meaning="Share of the published tokens that models write; the rest they read. DeepSeek "
        "had 0.22 in February 2025, and agents read more.",
        source="deepseek2025-inference",
        minimum=0.02,
        maximum=0.6,
    )
    computed_share: float = parameter(
        0.6,
        unit="share",
        meaning="Share of the tokens read that are not found in a cache, and so are computed. "
        "DeepSeek had 0.44 in February 2025, and not everybody has such a cache.",
        source="deepseek2025-inference",
        minimum=0.1,
        maximum=1,
    )
    active_parameters_billion: float = parameter(
        23.0,
        unit="billion parameters",
        meaning="Parameters that work on a token, on average over all that is served; Doubao 1.6 "
        "has 23, DeepSeek-V3 37, light models less.",
        source="bytedance2025-seed16",
        minimum=1,
        maximum=200,
    )
    everyday_speed: float = parameter(
        1.0,
        unit="times",
        meaning="Speed of serving in everyday use over the published speeds.",
        source=JUDGEMENT,
        minimum=0.2,
        maximum=3,
    )
    load_share: float = parameter(
        0.66,
        unit="share",
        meaning="Share of the time for which chips kept for users are full.",
        source="serving_conditions",
        minimum=0.2,
        maximum=1,
    )
    input_factor: float = parameter(
        1.5,
        unit="times",
        meaning="Tokens written, computed and everyday speed, load and active parameters lie "
        "each within this factor of their value with 90% credence.",
        source=JUDGEMENT,
        minimum=1,
        maximum=4,
    )
    largest_owner_share: float = parameter(
        0.25,
        unit="share",
        meaning="ByteDance's share of all Chinese chips: it bought about 230,000 of roughly a "
        "million Nvidia chips for China in 2024.",
        source="omdia2024-hopper",
        minimum=0.05,
        maximum=0.9,
    )
    burn_factor: float = parameter(
        1.3,
        unit="times",
        meaning="By how much a start-up's outflow may be above or below that of its last accounts.",
        source=JUDGEMENT,
        minimum=1,
        maximum=4,
    )
    hkd_per_usd: float = parameter(
        7.8,
        unit="HKD per USD",
        meaning="Exchange rate; the Hong Kong dollar is kept between 7.75 and 7.85.",
        source=JUDGEMENT,
        minimum=7.75,
        maximum=7.85,
    )
