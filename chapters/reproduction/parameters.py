"""The parameters of the chapter `reproduction`."""

from overtake.chapter.parameters import JUDGEMENT, parameter

from chapters.shared.parameters import CommonParameters


class Reproduction(CommonParameters):
    """What the chapter assumes, and may be changed."""

    huber_delta: float = parameter(
        1e-3,
        unit="log loss",
        meaning="Where the loss of the scaling-law fit turns from quadratic to linear.",
        source="besiroglu2024",
        minimum=1e-5,
        maximum=1.0,
    )
    drop_highest: int = parameter(
        5,
        unit="runs",
        meaning="Training runs of the highest loss that the scaling law leaves out.",
        source="besiroglu2024",
        minimum=0,
        maximum=20,
    )
    bootstrap_replications: int = parameter(
        4000,
        unit="resamples",
        meaning="Resamples behind the standard errors of the scaling law.",
        source=JUDGEMENT,
        minimum=100,
        maximum=20000,
    )
    frontier_top: int = parameter(
        10,
        unit="models",
        meaning="Models of most training compute at release that count as the frontier.",
        source="epoch-china-trends-2025",
        minimum=3,
        maximum=50,
    )
    first_cost_year: int = parameter(
        2016,
        unit="year",
        meaning="First year of the models whose training costs are compared.",
        source="cottier2024",
        minimum=2015,
        maximum=2019,
    )
    last_cost_year: int = parameter(
        2023,
        unit="year",
        meaning="Last year of the models whose training costs are compared.",
        source="cottier2024",
        minimum=2021,
        maximum=2025,
    )
    first_language_year: int = parameter(
        2018,
        unit="year",
        meaning="First year of the Chinese and other language models that are compared.",
        source="epoch-china-trends-2025",
        minimum=2012,
        maximum=2020,
    )
    sobol_base: int = parameter(
        4096,
        unit="samples",
        meaning="Base sample of the Sobol indices; a power of two.",
        source=JUDGEMENT,
        minimum=256,
        maximum=65536,
    )
