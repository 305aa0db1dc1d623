"""The parameters of the chapter `published-lags`."""

from overtake.chapter.parameters import JUDGEMENT, parameter

from chapters.shared.parameters import CommonParameters


class PublishedLags(CommonParameters):
    """What the chapter assumes, and may be changed."""

    first_lag_year: int = parameter(
        2023,
        unit="year",
        meaning="First year of the days over which a lag is averaged.",
        source="epoch-eci-lag",
        minimum=2023,
        maximum=2025,
    )
    first_line_year: int = parameter(
        2024,
        unit="year",
        meaning="First year of the US records that a line is laid through.",
        source=JUDGEMENT,
        minimum=2023,
        maximum=2025,
    )
    fewest_results: int = parameter(
        3,
        unit="results",
        meaning="Fewest results by which a model is placed on an evaluator's scale.",
        source=JUDGEMENT,
        minimum=2,
        maximum=4,
    )
