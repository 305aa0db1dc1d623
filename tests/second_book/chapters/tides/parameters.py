"""The parameters of the chapter on tides."""

from overtake.chapter.parameters import JUDGEMENT, ChapterParameters, parameter


class Tides(ChapterParameters):
    """What the chapter assumes, and may be changed."""

    surge: float = parameter(
        0.0,
        unit="cm",
        meaning="What wind adds to each level.",
        source=JUDGEMENT,
        minimum=0,
        maximum=100,
    )
    first_year: int = parameter(
        2021,
        unit="year",
        meaning="First year that counts.",
        source="sea_levels",
        minimum=2021,
        maximum=2023,
    )
