"""What it costs to serve a language model: throughput by roofline, memory and links.

The batch is as large as memory and the time allowed for a token let it be. The
layout, how many chips hold one copy and how they share the work, is the fastest
of a fixed set, as an operator would choose it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.core.errors import ModelInputError
from models.core.input_checks import require_positive_number
from models.serving.serving_step import (
    Layout,
    compute_decode_step_seconds,
    compute_prefill_seconds,
    count_sequences_in_memory,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.core.arrays import FloatArray
    from models.serving.roofline import Accelerator
    from models.serving.serving_conditions import Conditions
    from models.serving.transformer import Architecture

BOX = 8
_SECONDS_PER_HOUR = 3600.0
_TOKENS = 1e6
_BISECTIONS = 12
_LARGEST_MODEL_BISECTIONS = 50
# Whole copies on one group of chips; and groups of 1 or a box that share experts or layers.
_TENSOR_LAYOUTS = tuple((2.0**k, 1.0) for k in range(9))
_SHARED_LAYOUTS = tuple((t, n / t) for t in (1.0, BOX) for n in (BOX, 32.0, 144.0) if n > t)


@dataclass(frozen=True)
class Throughput:
    """Tokens per second of one chip in the best layout.

    Attributes
    ----------
    tokens_per_s : ndarray
        Output tokens per chip and second, one for each draw; 0 where no layout
        holds the model or makes a token in time.
    chips : ndarray
        Chips of the best layout.
    sequences_per_chip : ndarray
        Sequences that a chip has in hand.
    """

    tokens_per_s: FloatArray
    chips: FloatArray
    sequences_per_chip: FloatArray


def compute_decode_throughput(
    chip: Accelerator,
    model: Architecture,
    conditions: Conditions,
    *,
    seconds_per_token: float,
    spares_links: bool,
) -> Throughput:
    """Output tokens per second of a chip, in the best of the layouts allowed.

    Parameters
    ----------
    seconds_per_token : float
        Longest time for an output token.
    spares_links : bool
        Whether layouts with several groups are allowed. Without them every layer
        is cut over all chips of a copy, and each of them waits for the exchange.

    Raises
    ------
    ModelInputError
        If `seconds_per_token` is not positive.
    """
    require_positive_number(seconds_per_token, "seconds_per_token")
    layouts = _layouts_with_room(chip, model, conditions, spares_links)
    allowed = seconds_per_token * conditions.service_share

    def step(sequences: FloatArray) -> FloatArray:
        return compute_decode_step_seconds(chip, model, conditions, layouts, sequences)

    sequences = _largest_batch(
        step, count_sequences_in_memory(chip, model, conditions, layouts), allowed
    )
    # Where memory binds, a step takes less than the time allowed.
    seconds = step(np.maximum(sequences, 1.0)) / conditions.service_share
    per_chip = sequences / layouts.tensor_chips
    tokens_per_s = per_chip / seconds
    best = (np.argmax(tokens_per_s, axis=0), np.arange(tokens_per_s.shape[1]))
    chips = np.broadcast_to(layouts.chips, per_chip.shape)
    return Throughput(tokens_per_s[best], chips[best], per_chip[best])


def compute_prefill_throughput(
    chip: Accelerator, model: Architecture, conditions: Conditions, *, spares_links: bool
) -> FloatArray:
    """Input tokens per second of a chip: bound by arithmetic and links, as batches are large.

    A prompt's token attends to half of the prompt on average. Weights are read
    once for thousands of tokens, so that their reading does not count.

    Returns
    -------
    ndarray
        One for each draw; 0 where no layout holds the model.
    """
    layouts = _layouts_with_room(chip, model, conditions, spares_links)
    seconds = compute_prefill_seconds(chip, model, conditions, layouts)
    per_chip = conditions.service_share / (layouts.tensor_chips * seconds)
    fits = count_sequences_in_memory(chip, model, conditions, layouts) >= 1
    return np.asarray(np.where(fits, per_chip, 0.0).max(axis=0))


def compute_chip_hours(
    chip: Accelerator,
    model: Architecture,
    conditions: Conditions,
    *,
    seconds_per_token: float,
    spares_links: bool,
) -> FloatArray:
    """Hours of a chip for a million output tokens and the input that goes with them.

    Times `compute_chip_hour_usd` this is their cost. Of two designs on one chip the ratio
    of costs is the ratio of hours: no price enters.

    Parameters
    ----------
    seconds_per_token, spares_links
        As in `compute_decode_throughput`.

    Returns
    -------
    ndarray
        One for each draw.

    Raises
    ------
    ModelInputError
        If under some draw no layout serves the model in time; or as the parts.
    """
    decode = compute_decode_throughput(
        chip, model, conditions, seconds_per_token=seconds_per_token, spares_links=spares_links
    ).tokens_per_s
    if not (decode > 0).all():
        raise ModelInputError(
            f"{model.name} on {chip.name}: in {np.mean(decode <= 0):.1%} of the draws no layout "
            f"of up to {int(_TENSOR_LAYOUTS[-1][0])} chips makes a token in {seconds_per_token} s"
        )
    prefill = compute_prefill_throughput(chip, model, conditions, spares_links=spares_links)
    seconds = 1 / decode + conditions.input_per_output / prefill
    return np.asarray(_TOKENS / _SECONDS_PER_HOUR * seconds / conditions.load_share)


def find_largest_parameters(
    chip: Accelerator,
    model: Architecture,
    conditions: Conditions,
    *,
    chips: float,
    sequences: float,
    seconds_per_token: float,
) -> float:
    """Parameters of the largest model of given proportions that so many chips serve.

    It must leave memory for the cache of `sequences` sequences and make a token
    for each of them in time, in a layout that uses all chips: layers cut over
    them, or over groups of them that share the experts.

    Parameters
    ----------
    conditions : Conditions
        One number each.
    chips : float
        Chips of the box.
    sequences : float
        Sequences that are served at the same time.

    Raises
    ------
    ModelInputError
        If a number is not positive.
    """
    for value, what in ((chips, "chips"), (sequences, "sequences")):
        require_positive_number(value, what)
    smallest, largest = 1e8, 1e14

    group_sizes = [chips, chips / 2, chips / 4, chips / 8] if model.experts else [chips]
    boxes = [Layout.of(t, chips / t) for t in group_sizes]

    def served(parameters: float) -> bool:
        grown = model.scaled_to(parameters)
        return any(
            _serves(chip, grown, conditions, box, sequences, seconds_per_token) for box in boxes
        )

    for _ in range(_LARGEST_MODEL_BISECTIONS):
        middle = float(np.sqrt(smallest * largest))
        smallest, largest = (middle, largest) if served(middle) else (smallest, middle)
    return smallest


def _layouts_with_room(
    chip: Accelerator,
    model: Architecture,
    conditions: Conditions,
    spares_links: bool,  # noqa: FBT001
) -> Layout:
    """Layouts that hold the model in some draw; the largest of all, if none does."""
    pairs = np.array(_TENSOR_LAYOUTS + (_SHARED_LAYOUTS if spares_links else ()))
    layouts = Layout(pairs[:, :1], pairs[:, 1:])
    room = (count_sequences_in_memory(chip, model, conditions, layouts) >= 1).any(axis=1)
    kept = pairs[room] if room.any() else pairs[-1:]
    return Layout(kept[:, :1], kept[:, 1:])


def _serves(
    chip: Accelerator,
    model: Architecture,
    conditions: Conditions,
    layout: Layout,
    sequences: float,
    seconds_per_token: float,
) -> bool:
    in_group = sequences / layout.groups
    room = count_sequences_in_memory(chip, model, conditions, layout)
    step = compute_decode_step_seconds(chip, model, conditions, layout, in_group)
    allowed = seconds_per_token * conditions.service_share
    return bool((room >= in_group).all() and (step <= allowed).all())


def _largest_batch(
    step: Callable[[FloatArray], FloatArray], limit: FloatArray, allowed: FloatArray
) -> FloatArray:
    """Sequences of the largest batch in memory and in time; 0 if not even one is."""
    possible = (limit >= 1) & (step(np.ones_like(limit)) <= allowed)
    high = np.where(possible, limit, 1.0)
    low = np.where(step(high) <= allowed, high, 1.0)
    for _ in range(_BISECTIONS):
        middle = np.sqrt(low * high)
        fits = step(middle) <= allowed
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return np.where(possible, low, 0.0)
