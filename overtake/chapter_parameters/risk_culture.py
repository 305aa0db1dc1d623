"""The parameters of the chapter `risk-culture`."""

from overtake.parameters import JUDGEMENT, ChapterParameters, parameter


class RiskCulture(ChapterParameters):
    """What the chapter assumes, and may be changed."""

    seed: int = parameter(
        20260110,
        unit="",
        meaning="Seed of every random draw.",
        source=JUDGEMENT,
        minimum=0,
        maximum=2**32 - 1,
    )
