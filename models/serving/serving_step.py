"""One step of serving: the time it takes and the memory it needs.

A step of decoding makes one token for each sequence of a batch. It goes through
the weights (linear phase), the cache (attention phase) and the links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from models.core.arrays import FloatArray, Numbers, require_positive
from models.serving.roofline import (
    Accelerator,
    compute_all_reduce_seconds,
    compute_all_to_all_seconds,
    compute_expected_distinct,
    compute_roofline_seconds,
)
from models.serving.serving_conditions import Conditions, Rates, compute_reached_rates

if TYPE_CHECKING:
    from models.serving.transformer import Architecture

_ACTIVATION_BYTES = 2.0
_FLOP_PER_PARAMETER = 2  # of a forward pass
_REDUCES_PER_LAYER = 2  # after attention and after the feed-forward network
_SENDS_PER_LAYER = 2  # to the experts and back
_MICROBATCHES = 2
_DOMAINS_PER_TOKEN = 4  # node-limited routing of DeepSeek-V3, section 2.1.2


@dataclass(frozen=True)
class Layout:
    """How chips share a model; arrays of one layout for each row.

    Attributes
    ----------
    tensor_chips : ndarray, shape (layouts, 1)
        Chips of a group, which cut each layer between them (tensor parallelism).
    groups : ndarray, shape (layouts, 1)
        Groups that share the experts of a mixture (expert parallelism), or hold
        successive layers of a dense model (pipeline); 1 for neither.
    """

    tensor_chips: FloatArray
    groups: FloatArray

    @classmethod
    def of(cls, tensor_chips: Numbers, groups: Numbers) -> Self:
        """Return layouts with so many chips to a group and so many groups.

        Raises
        ------
        ModelInputError
            If a number is not positive.
        """
        columns = (
            require_positive(tensor_chips, "tensor_chips"),
            require_positive(groups, "groups"),
        )
        return cls(*(np.reshape(column, (-1, 1)) for column in columns))

    @property
    def chips(self) -> FloatArray:
        """Chips of all groups."""
        return self.tensor_chips * self.groups


def compute_decode_step_seconds(
    chip: Accelerator,
    model: Architecture,
    conditions: Conditions,
    layout: Layout,
    sequences: Numbers,
) -> FloatArray:
    """Seconds of one step of decoding, before scheduling and unequal load.

    With one group, exchange waits for arithmetic. With several, the better of
    that and two half batches of which one computes while the other exchanges,
    at the price of reading the weights twice (DeepSeek-V3, section 3.4).

    Parameters
    ----------
    sequences : float or array_like
        Sequences of one group in a step.

    Returns
    -------
    ndarray, shape (layouts, draws)
    """
    rates = compute_reached_rates(chip, model, conditions)
    m = np.asarray(sequences, dtype=float)
    attention = _attention_seconds(model, conditions, rates, layout, m)
    attention = attention + m * _activation_seconds(model, conditions, rates, layout)
    exchange = _transfer_seconds(chip, model, rates, layout, m) + _delay_seconds(
        chip, model, conditions, layout
    )
    in_turn = _linear_seconds(model, rates, layout, m, batches=1) + attention + exchange
    computing = _linear_seconds(model, rates, layout, m, batches=_MICROBATCHES) + attention
    overlapped = np.minimum(in_turn, np.maximum(computing, exchange))
    return np.where(layout.groups > 1, overlapped, in_turn)


def compute_prefill_seconds(
    chip: Accelerator, model: Architecture, conditions: Conditions, layout: Layout
) -> FloatArray:
    """Seconds in which a group reads one token of a prompt, before scheduling.

    Bound by arithmetic and links: weights are read once for thousands of tokens.
    With several groups, exchange hides behind arithmetic or the other way round.

    Returns
    -------
    ndarray, shape (layouts, draws)
    """
    rates = compute_reached_rates(chip, model, conditions)
    prompt = conditions.context_tokens
    attended = model.mean_attended_tokens(prompt)
    compute = (
        _FLOP_PER_PARAMETER * model.active_parameters / rates.linear_flop_per_s
        + model.prefill_flop_per_attended_token * attended / rates.attention_flop_per_s
        + model.index_flop_per_cached_token * prompt / 2 / rates.index_flop_per_s
    ) / layout.tensor_chips
    compute = compute + _activation_seconds(model, conditions, rates, layout)
    exchange = _transfer_seconds(chip, model, rates, layout, np.ones(1))
    return np.where(layout.groups > 1, np.maximum(compute, exchange), compute + exchange)


def count_sequences_in_memory(
    chip: Accelerator, model: Architecture, conditions: Conditions, layout: Layout
) -> FloatArray:
    """Sequences for which a group's memory has room beside the weights; 0 if there is none.

    Returns
    -------
    ndarray, shape (layouts, draws)
    """
    shared = model.routed_parameters if model.experts else model.parameters
    held = (model.parameters - shared) / layout.tensor_chips + shared / layout.chips
    room = chip.memory_bytes * conditions.usable_memory_share - model.weight_bytes * held
    # An indexer's keys belong to all heads, as a latent cache does.
    cut = model.cache_bytes_per_token / np.minimum(layout.tensor_chips, model.cache_shards)
    cache = conditions.context_tokens * (cut + model.index_bytes_per_token)
    return np.asarray(np.maximum(room, 0.0) / cache)


def _linear_seconds(
    model: Architecture, rates: Rates, layout: Layout, m: FloatArray, *, batches: int
) -> FloatArray:
    """Products with weights; each of `batches` parts of the batch reads them anew."""
    tokens = m * layout.groups / batches
    read = batches * model.weight_bytes * _parameters_read(model, layout, tokens)
    flop = _FLOP_PER_PARAMETER * model.active_parameters * m / layout.tensor_chips
    return compute_roofline_seconds(flop, read, rates.linear_flop_per_s, rates.memory_bytes_per_s)


def _parameters_read(model: Architecture, layout: Layout, tokens: FloatArray) -> FloatArray:
    """Parameters that a chip reads in a step; of experts only those that some token calls."""
    if model.experts is None:
        # The stages of a pipeline are read one after another.
        return model.parameters / layout.tensor_chips
    share = model.experts.per_token / model.experts.routed
    touched = model.routed_parameters * compute_expected_distinct(1.0, share, tokens)
    return np.asarray(model.resident_parameters / layout.tensor_chips + touched / layout.chips)


def _attention_seconds(
    model: Architecture, conditions: Conditions, rates: Rates, layout: Layout, m: FloatArray
) -> FloatArray:
    t, context = layout.tensor_chips, conditions.context_tokens
    attended = m * model.attended_tokens(context)
    core = compute_roofline_seconds(
        attended * model.decode_flop_per_attended_token / t,
        attended * model.cache_bytes_per_token / np.minimum(t, model.cache_shards),
        rates.attention_flop_per_s,
        rates.memory_bytes_per_s,
    )
    if model.sparse_attention is None:
        return core
    index = compute_roofline_seconds(
        m * context * model.index_flop_per_cached_token / t,
        m * context * model.index_bytes_per_token,
        rates.index_flop_per_s,
        rates.memory_bytes_per_s,
    )
    return np.asarray(core + index)


def _activation_seconds(
    model: Architecture, conditions: Conditions, rates: Rates, layout: Layout
) -> FloatArray:
    """Seconds for each token in which activations go to memory and back."""
    moved = conditions.activation_passes * model.layers * model.hidden_size * _ACTIVATION_BYTES
    return np.asarray(moved / rates.memory_bytes_per_s / layout.tensor_chips)


def _delay_seconds(
    chip: Accelerator, model: Architecture, conditions: Conditions, layout: Layout
) -> FloatArray:
    """Add up the fixed delays of a step, twice as long where domains are crossed."""
    t, g = layout.tensor_chips, layout.groups
    exchanges = _REDUCES_PER_LAYER * model.layers * (t > 1) * (1 + (t > chip.scale_up_chips))
    if model.experts:
        crossing = 1 + (layout.chips > chip.scale_up_chips)
        exchanges = exchanges + _SENDS_PER_LAYER * model.experts.layers * (g > 1) * crossing
    return np.asarray(conditions.collective_seconds * exchanges)


def _transfer_seconds(
    chip: Accelerator, model: Architecture, rates: Rates, layout: Layout, m: FloatArray
) -> FloatArray:
    """Bytes over links: sums over a group's chips, and copies to experts elsewhere."""
    payload = m * model.hidden_size * _ACTIVATION_BYTES
    reduce = compute_all_reduce_seconds(payload, layout.tensor_chips, chip, rates.link_share)
    seconds = _REDUCES_PER_LAYER * model.layers * reduce
    if model.experts:
        exchange = _expert_exchange_seconds(chip, model, rates, layout, m / layout.tensor_chips)
        seconds = seconds + model.experts.layers * (layout.groups > 1) * exchange
    return np.asarray(seconds)


def _expert_exchange_seconds(
    chip: Accelerator, model: Architecture, rates: Rates, layout: Layout, tokens: FloatArray
) -> FloatArray:
    """One layer's way to the experts and back: few copies between domains, more inside."""
    assert model.experts is not None
    per_token = model.experts.per_token
    domains = np.maximum(layout.chips / chip.scale_up_chips, 1.0)
    inside = np.minimum(layout.chips, chip.scale_up_chips)
    met = np.minimum(compute_expected_distinct(domains, 1 / domains, per_token), _DOMAINS_PER_TOKEN)
    copy = model.hidden_size * (model.weight_bytes + _ACTIVATION_BYTES)
    up = chip.scale_up_bytes_per_s * rates.link_share
    out = chip.scale_out_bytes_per_s * rates.link_share
    return np.maximum(
        compute_all_to_all_seconds(tokens, per_token * (1 - 1 / inside), copy, up),
        compute_all_to_all_seconds(tokens, met * (1 - 1 / domains), copy, out),
    )
