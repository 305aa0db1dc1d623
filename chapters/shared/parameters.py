"""What every chapter may have changed."""

from overtake.chapter.parameters import JUDGEMENT, ChapterParameters, parameter

DRAWS = 4000
"""Draws of what is fitted that the published forecast has, and the sliders where they start."""


class CommonParameters(ChapterParameters):
    """Seed and level of intervals, the same in every chapter."""

    seed: int = parameter(
        20260110,
        unit="",
        meaning="Seed of every random draw.",
        source=JUDGEMENT,
        minimum=0,
        maximum=2**32 - 1,
    )
    interval_level: float = parameter(
        0.9,
        unit="share",
        meaning="Level of every interval of the chapter.",
        source=JUDGEMENT,
        minimum=0.5,
        maximum=0.99,
    )


class ChipsInChinaParameters(CommonParameters):
    """Chips in China that no record of sales holds, the same wherever they are counted."""

    domestic_2025_h100e_thousand: float = parameter(
        740.0,
        unit="thousand H100e",
        meaning="Chips of Chinese make in use in China at the end of 2025, as Epoch AI counts "
        "Huawei's and Cambricon's.",
        source="chips_in_china",
        minimum=0,
        maximum=2000,
    )
    smuggled_h100e_thousand: float = parameter(
        660.0,
        unit="thousand H100e",
        meaning="Smuggled chips in use in China at the end of 2025, as Epoch AI counts them.",
        source="chips_in_china",
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


class ChipsOfChinaParameters(ChipsInChinaParameters):
    """The same, and the chips abroad that work for Chinese firms."""

    rented_h100e_thousand: float = parameter(
        100.0,
        unit="thousand H100e",
        meaning="Chips abroad that Chinese firms rent or own, at the end of 2025.",
        source=JUDGEMENT,
        minimum=0,
        maximum=2000,
    )


class UnnamedChipsParameters(CommonParameters):
    """Whose the chips without a named owner are, the same wherever stocks are counted."""

    us_share_of_unnamed: float = parameter(
        0.5,
        unit="",
        meaning="Share of the United States in the chips that the data give to no named owner.",
        source=JUDGEMENT,
        minimum=0,
        maximum=1,
    )


class AmericanPowerParameters(CommonParameters):
    """How much of new American generation AI may take, the same wherever stocks are projected."""

    power_share_usa: float = parameter(
        0.75,
        unit="share",
        meaning="Share of new American generation that AI chips may take.",
        source=JUDGEMENT,
        minimum=0.01,
        maximum=1,
    )


class RaceParameters(CommonParameters):
    """What the forecast shares with the surface that stands for it."""

    trend_start_year: int = parameter(
        2023,
        unit="year",
        meaning="First year of the models that growth is fitted on.",
        source=JUDGEMENT,
        minimum=2023,
        maximum=2024,
    )
    sales_volatility: float = parameter(
        0.3,
        unit="orders of magnitude",
        meaning="Standard deviation of a year's change of the gaps in revenue and valuation.",
        source=JUDGEMENT,
        minimum=0.05,
        maximum=1,
    )
    lead_margin_errors: float = parameter(
        1.0,
        unit="times the ruler's error",
        meaning="Margin by which a lead on the index must be held, in standard deviations of the "
        "index's own error for the difference of two models.",
        source=JUDGEMENT,
        minimum=0,
        maximum=5,
    )
    likely_from: float = parameter(
        0.55,
        unit="probability",
        meaning="Probability from which a chance counts as a high likelihood.",
        source="icd203",
        minimum=0.5,
        maximum=0.95,
    )
