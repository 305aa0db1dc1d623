"""The parameters of the chapter on bread."""

from overtake.chapter.parameters import ChapterParameters, parameter


class BreadPrices(ChapterParameters):
    """What the chapter assumes, and may be changed."""

    pounds: float = parameter(
        4.0,
        unit="pounds",
        meaning="Weight of the loaf whose price is told.",
        source="ledger2026",
        minimum=1,
        maximum=8,
    )
