"""What is served, on which chips, and under what conditions."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from models.serving import serving_conditions
from models.serving.codesign import PlainDesign
from models.serving.roofline import Accelerator, compute_ridge_point, read_accelerator
from models.serving.transformer import Architecture, read_architecture
from overtake.data.used import Used

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from models.core.estimates import Estimate
    from models.serving.serving_conditions import Conditions

REFERENCE = "H100"
"""The chip with which the others are compared."""

N_DRAWS = 500
_CODESIGNED, _DENSE = "DeepSeek-V3.2", "Llama 3.1-405B"
_OF_COST = ("server_usd", "lifetime_years", "running_share", "usd_per_kwh", "power_factor")
CODESIGNED = Used("model_architectures", {"model": [_CODESIGNED]})
BOTH_MODELS = Used("model_architectures", {"model": [_CODESIGNED, _DENSE]})
SPEEDS = Used(
    "serving_hardware",
    columns=(
        "flop_per_s_16bit", "flop_per_s_8bit", "memory_bytes", "memory_bytes_per_s",
        "scale_up_bytes_per_s", "scale_up_chips", "scale_out_bytes_per_s",
    ),
)  # fmt: skip
"""What chips can do, whatever they cost."""
OF_SPEED = Used(
    "serving_conditions",
    {
        "condition": [
            field.name for field in fields(serving_conditions.Conditions)
            if field.name not in _OF_COST
        ]
    },
)  # fmt: skip
"""Conditions of serving but those that set what it costs."""
_SAME_AS_REFERENCE = "H200"  # arithmetic and links of the H100
_RANGE_LEVEL = 0.9
_BILLION = 1e9
_CONTEXT = "context_tokens"


@dataclass(frozen=True)
class ServingSetting:
    """Chips, models and drawn conditions, the same for all that is told of serving.

    Attributes
    ----------
    chips : dict of str to Accelerator
        All chips by name.
    models : dict of str to Architecture
        All models by name.
    drawn : Conditions
        Conditions, one number for each draw.
    central : Conditions
        Conditions at the middle of their ranges.
    cache_heads : float
        Key-value heads of the dense model that co-design starts from.
    seconds_per_token : float
        Longest time for an output token.
    level : float
        Share of the drawn serving conditions that an interval holds, 0 to 1.
    n_draws : int
        Draws of the conditions.
    """

    chips: dict[str, Accelerator]
    models: dict[str, Architecture]
    drawn: Conditions
    central: Conditions
    cache_heads: float
    seconds_per_token: float
    level: float
    n_draws: int

    @property
    def codesigned(self) -> Architecture:
        """The model that has all measures of co-design."""
        return self.models[_CODESIGNED]

    @property
    def dense(self) -> Architecture:
        """The dense model with which it is compared."""
        return self.models[_DENSE]

    @property
    def dense_billion(self) -> float:
        """Parameters of the dense model with which co-design is compared, billion."""
        return self.dense.parameters / _BILLION

    @property
    def plain(self) -> PlainDesign:
        """The design without any measure, of the co-designed model's size."""
        return PlainDesign(self.codesigned.parameters, self.cache_heads)

    @property
    def compared(self) -> tuple[Accelerator, ...]:
        """The chips whose savings are compared: all but one that computes as the H100 does."""
        return tuple(chip for name, chip in self.chips.items() if name != _SAME_AS_REFERENCE)

    @property
    def scarce(self) -> tuple[str, ...]:
        """Names of the compared chips that were made for China or in it."""
        return tuple(chip.name for chip in self.compared if chip.group != "unrestricted")

    @property
    def ridge_points(self) -> dict[str, float]:
        """16-bit operations that a chip can do for each byte of memory traffic."""
        return {
            name: float(compute_ridge_point(chip.flop_per_s_16bit, chip.memory_bytes_per_s))
            for name, chip in self.chips.items()
        }

    @property
    def milliseconds_per_token(self) -> float:
        """Longest time for an output token, ms."""
        return 1e3 * self.seconds_per_token


def set_up_serving(
    hardware: pd.DataFrame,
    architectures: pd.DataFrame,
    conditions: pd.DataFrame,
    *,
    context_tokens: float,
    seconds_per_token: float,
    cache_heads: float,
    level: float,
    rng: np.random.Generator,
    n_draws: int = N_DRAWS,
) -> ServingSetting:
    """Read chips and models, and draw the conditions under which they serve.

    Parameters
    ----------
    hardware, architectures, conditions : DataFrame
        The tables `serving_hardware`, `model_architectures` and `serving_conditions`.
    context_tokens : float
        Cached tokens of a sequence; their range is stretched with them.
    seconds_per_token : float
        Longest time for an output token.
    cache_heads : float
        Key-value heads of the dense model that co-design starts from.
    level : float
        Share of the draws that an interval holds.
    n_draws : int
        Draws of the conditions.

    Raises
    ------
    ModelInputError
        If a table lacks a column, or a number is none that a chip, a model or a condition
        can have.
    """
    ranges = serving_conditions.read_condition_ranges(conditions, level=_RANGE_LEVEL)
    ranges[_CONTEXT] = _stretched(ranges[_CONTEXT], context_tokens)
    chips = (read_accelerator(row) for row in hardware.to_dict("records"))
    models = (read_architecture(row) for row in architectures.to_dict("records"))
    return ServingSetting(
        {chip.name: chip for chip in chips},
        {model.name: model for model in models},
        serving_conditions.draw_conditions(ranges, rng, n_draws),
        serving_conditions.take_central_conditions(ranges),
        cache_heads,
        seconds_per_token,
        level,
        n_draws,
    )


def _stretched(estimate: Estimate, value: float) -> Estimate:
    """Move an estimate to another value, its ends in proportion."""
    stretch = value / estimate.value
    return replace(estimate, value=value, low=estimate.low * stretch, high=estimate.high * stretch)
