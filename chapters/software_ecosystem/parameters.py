"""The parameters of the chapter `software-ecosystem`."""

from overtake.chapter.parameters import JUDGEMENT, parameter

from chapters.shared.parameters import CommonParameters


class SoftwareEcosystem(CommonParameters):
    """What the chapter assumes, and may be changed."""

    first_release_year: int = parameter(
        2023,
        unit="year",
        meaning="First year of the releases of PyTorch and vLLM whose ports are timed.",
        source=JUDGEMENT,
        minimum=2021,
        maximum=2025,
    )
    alike_within: float = parameter(
        2.0,
        unit="times",
        meaning="Chips count as alike, and speeds for a user as the same task, within this factor.",
        source=JUDGEMENT,
        minimum=1.5,
        maximum=20,
    )
    first_training_year: int = parameter(
        2024,
        unit="year",
        meaning="First year of the language models whose training is compared.",
        source=JUDGEMENT,
        minimum=2020,
        maximum=2025,
    )
