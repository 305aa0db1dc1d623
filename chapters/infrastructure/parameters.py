"""The parameters of the chapter `infrastructure`."""

from overtake.chapter.parameters import JUDGEMENT, parameter

from chapters.shared.parameters import ChipsInChinaParameters, UnnamedChipsParameters


class Infrastructure(ChipsInChinaParameters, UnnamedChipsParameters):
    """What the chapter assumes, and may be changed."""

    plan_year: int = parameter(
        2028,
        unit="year",
        meaning="Last year to whose end plans are added up.",
        source=JUDGEMENT,
        minimum=2026,
        maximum=2030,
    )
