"""How much of a chip's peak arithmetic a published speed of serving uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from models.core.input_checks import require_positive_number

if TYPE_CHECKING:
    from models.serving.roofline import Accelerator
    from models.serving.transformer import Architecture

Stage = Literal["prefill", "decode"]
_FLOP_PER_PARAMETER = 2


def compute_used_share(
    chip: Accelerator, model: Architecture, *, stage: Stage, tokens_per_s: float, tokens: float
) -> float:
    """Time that the arithmetic would take at the chip's peak, over the time that it took.

    Products with weights count at the 8-bit peak, attention at the 16-bit peak. In decoding,
    memory and not arithmetic is often the limit: a share is then compared only between
    chips that have alike memory for their arithmetic.

    Parameters
    ----------
    chip : Accelerator
        With its peaks.
    model : Architecture
        What is served.
    stage : {"prefill", "decode"}
        Reading a prompt, or writing.
    tokens_per_s : float
        Published speed of one chip.
    tokens : float
        Length of a prompt, or cached tokens.

    Raises
    ------
    ModelInputError
        If a number is not positive.
    """
    require_positive_number(tokens_per_s, "tokens_per_s")
    require_positive_number(tokens, "tokens")
    linear = _FLOP_PER_PARAMETER * model.active_parameters / chip.flop_per_s_8bit
    if stage == "prefill":
        attention = model.prefill_flop_per_attended_token * model.mean_attended_tokens(tokens)
    else:
        attention = model.decode_flop_per_attended_token * model.attended_tokens(tokens)
    return float(tokens_per_s * (linear + attention / chip.flop_per_s_16bit))
