"""The parameters of the chapter `forecast-explorer`."""

from overtake.chapter_parameters.common import CommonParameters
from overtake.parameters import JUDGEMENT, parameter


class ForecastExplorer(CommonParameters):
    """How finely the surface is made, and what it shares with the forecast chapter."""

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
    likely_from: float = parameter(
        0.55,
        unit="probability",
        meaning="Probability from which a chance counts as a high likelihood.",
        source="icd203",
        minimum=0.5,
        maximum=0.95,
    )
    n_draws: int = parameter(
        800,
        unit="draws",
        meaning="Draws of what is fitted: with 50 paths each in full runs, 20 at the points that "
        "the surface is fitted to.",
        source=JUDGEMENT,
        minimum=100,
        maximum=5000,
    )
    n_held_out: int = parameter(
        8,
        unit="points",
        meaning="Points for each import regime at which the surface is compared with full runs, "
        "by capability; half as many by the largest run.",
        source=JUDGEMENT,
        minimum=4,
        maximum=256,
    )
