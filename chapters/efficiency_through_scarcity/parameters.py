"""The parameters of the chapter `efficiency-through-scarcity`."""

from typing import ClassVar, Literal

from overtake.chapter.parameters import JUDGEMENT, Rule, parameter

from chapters.shared.parameters import CommonParameters


def models_before_the_control(control_date: str, start_year: int) -> str | None:
    """Ask for models on both sides of the control."""
    if int(control_date[:4]) < start_year:
        return f"with {control_date} and {start_year} no model lies before the control"
    return None


class EfficiencyThroughScarcity(CommonParameters):
    """What the chapter assumes, and may be changed."""

    rules: ClassVar[tuple[Rule, ...]] = (models_before_the_control,)

    control_date: Literal["2023-10-17", "2024-12-02", "2025-04-09"] = parameter(
        "2023-10-17",
        unit="ISO date",
        meaning=(
            "Export control before and after which the premium is compared; "
            "the index has no Chinese model before that of October 2022."
        ),
        source="export_controls",
    )
    start_year: int = parameter(
        2023,
        unit="year",
        meaning="First year of release that counts.",
        source="epoch-eci-lag",
        minimum=2023,
        maximum=2024,
    )
    minimum_compute_flop: float = parameter(
        1e21,
        unit="FLOP",
        meaning="Smallest training compute that counts in the comparison at equal compute.",
        source=JUDGEMENT,
        minimum=1e21,
        maximum=1e23,
    )
    weights: Literal["all", "open"] = parameter(
        "all",
        unit="",
        meaning="Models compared at equal compute: all, or those with open weights only.",
        source=JUDGEMENT,
    )
    benchmark_threshold_percent: float = parameter(
        40.0,
        unit="% on GPQA Diamond",
        meaning="Score from which a model counts in the cheapest price of a capability.",
        source=JUDGEMENT,
        minimum=20,
        maximum=55,
    )
    compute_gap: float = parameter(
        10.0,
        unit="ratio",
        meaning="Gap in training compute whose cost in loss is computed.",
        source="article2026",
        minimum=2,
        maximum=100,
    )
    reference_compute_flop: float = parameter(
        1e25,
        unit="FLOP",
        meaning="Training compute of the larger run in that comparison.",
        source=JUDGEMENT,
        minimum=1e21,
        maximum=1e27,
    )
    deepseek_v3_gpu_hours: float = parameter(
        2.788e6,
        unit="H800 hours",
        meaning="Full training of DeepSeek-V3; its pre-training alone took 2.664 million.",
        source="deepseek2024-v3",
        minimum=2.6e6,
        maximum=3e6,
    )
    llama_405b_gpu_hours: float = parameter(
        3.084e7,
        unit="H100 hours",
        meaning="Training of Llama 3.1 405B.",
        source="meta2024-llama31",
        minimum=3e7,
        maximum=3.2e7,
    )

    serving_context_tokens: float = parameter(
        5000.0,
        unit="tokens",
        meaning="Cached tokens of a sequence that is served, on average; the range scales with it.",
        source="serving_conditions",
        minimum=1000,
        maximum=32_000,
    )
    serving_seconds_per_token: float = parameter(
        0.05,
        unit="s",
        meaning="Longest time for an output token.",
        source="deepseek2025-inference",
        minimum=0.05,
        maximum=0.2,
    )
    serving_cache_heads: int = parameter(
        128,
        unit="heads",
        meaning=(
            "Key-value heads of the dense model that co-design starts from: "
            "128 for all heads, 8 for grouped queries."
        ),
        source=JUDGEMENT,
        minimum=8,
        maximum=128,
    )
    box_context_tokens: float = parameter(
        32768.0,
        unit="tokens",
        meaning="Cached tokens of a sequence on a box of eight chips.",
        source=JUDGEMENT,
        minimum=1000,
        maximum=131_072,
    )
    box_sequences: float = parameter(
        8.0,
        unit="sequences",
        meaning="Sequences that a box of eight chips serves at the same time.",
        source=JUDGEMENT,
        minimum=1,
        maximum=64,
    )
