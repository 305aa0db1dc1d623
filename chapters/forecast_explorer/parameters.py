"""The parameters of the chapter `forecast-explorer`."""

from overtake.chapter.parameters import JUDGEMENT, parameter

from chapters.shared.parameters import RaceParameters


class ForecastExplorer(RaceParameters):
    """How finely the surface is made, and what it shares with the forecast chapter."""

    n_draws: int = parameter(
        800,
        unit="draws",
        meaning="Draws of what is fitted: with 50 paths each in full runs, 20 at the points that "
        "the surface is fitted to.",
        source=JUDGEMENT,
        minimum=100,
        maximum=5000,
        concept="draws_of_the_surface",
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
