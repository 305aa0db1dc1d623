"""The parameters of the chapter `infrastructure`."""

from chapters.shared.parameters import CommonParameters
from overtake.chapter.parameters import JUDGEMENT, parameter


class Infrastructure(CommonParameters):
    """What the chapter assumes, and may be changed."""

    plan_year: int = parameter(
        2028,
        unit="year",
        meaning="Last year to whose end plans are added up.",
        source=JUDGEMENT,
        minimum=2026,
        maximum=2030,
    )
    domestic_2025_h100e_thousand: float = parameter(
        300.0,
        unit="thousand H100e",
        meaning="Chips of Chinese make in use in China at the end of 2025.",
        source="chip_supply_estimates",
        minimum=0,
        maximum=2000,
    )
    smuggled_h100e_thousand: float = parameter(
        200.0,
        unit="thousand H100e",
        meaning="Smuggled chips in use in China at the end of 2025.",
        source="cnas2025-smuggling",
        minimum=0,
        maximum=2000,
    )
    judgement_factor: float = parameter(
        2.0,
        unit="times",
        meaning="The true value of a judged quantity lies within this factor of its default "
        "with 90% credence.",
        source=JUDGEMENT,
        minimum=1,
        maximum=10,
    )
