"""What every chapter may have changed."""

from overtake.parameters import JUDGEMENT, ChapterParameters, parameter


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
