"""The parameters of the chapter `overtake-forecast`."""

from typing import Literal

from overtake.chapter_parameters.common import CommonParameters
from overtake.parameters import JUDGEMENT, parameter


class OvertakeForecast(CommonParameters):
    """What the chapter assumes, and may be changed."""

    leading_definition: Literal["capability", "largest_run", "compute_stock"] = parameter(
        "capability",
        unit="",
        meaning="What leading means in the headline numbers.",
        source=JUDGEMENT,
    )
    trend_weight: float = parameter(
        0.1,
        unit="share",
        meaning="Share of the past difference in growth that goes on; 0: both grow alike.",
        source=JUDGEMENT,
        minimum=0,
        maximum=1,
    )
    trend_start_year: int = parameter(
        2023,
        unit="year",
        meaning="First year of the models that growth is fitted on.",
        source=JUDGEMENT,
        minimum=2023,
        maximum=2025,
    )
    volatility_factor: float = parameter(
        1.0,
        unit="times",
        meaning="Multiplies the volatility of the gap that the past shows.",
        source=JUDGEMENT,
        minimum=0.25,
        maximum=4,
    )
    volatility_step_quarters: int = parameter(
        4,
        unit="quarters",
        meaning="Length of the past changes of the gap that volatility is estimated from.",
        source=JUDGEMENT,
        minimum=1,
        maximum=4,
    )
    unseen_h100e_thousand: float = parameter(
        800.0,
        unit="thousand H100 equivalents",
        meaning="Chinese accelerators outside the data: domestic, smuggled and rented ones.",
        source="chip_supply_estimates",
        minimum=0,
        maximum=10000,
    )
    stock_closing_oom_per_year: float = parameter(
        0.0,
        unit="orders of magnitude a year",
        meaning="Rate at which the gap in compute owned closes; negative if it widens.",
        source=JUDGEMENT,
        minimum=-1,
        maximum=1,
    )
    likely_from: float = parameter(
        0.55,
        unit="probability",
        meaning="Probability from which a chance counts as a high likelihood.",
        source="icd203",
        minimum=0.5,
        maximum=0.95,
    )
    n_draws: int = parameter(
        20000,
        unit="draws",
        meaning="Draws of what is estimated; more draws, smaller Monte Carlo error.",
        source=JUDGEMENT,
        minimum=1000,
        maximum=1000000,
    )
