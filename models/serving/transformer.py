"""What a transformer asks of the machine that serves it: bytes to hold and operations to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from models.core.arrays import FloatArray, Numbers, require_bounded
from models.core.errors import ModelInputError
from models.core.input_checks import require_positive_number

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

CACHE_BYTES_PER_ELEMENT = 2.0  # keys and values stay in 16 bits, as DeepSeek reports them
_MATRICES_PER_EXPERT = 3  # gate, up and down of a SwiGLU network
_FLOP_PER_MULTIPLY_ADD = 2
_COUNTS = ("layers", "hidden_size", "attention_heads", "key_value_heads", "head_dim")


@dataclass(frozen=True)
class LatentAttention:
    """Multi-head latent attention (DeepSeek-V2): one compressed cache for all heads.

    Attributes
    ----------
    latent_dim : float
        Width of the compressed keys and values.
    rope_dim : float
        Width of the part that carries the position, cached beside them.
    """

    latent_dim: float
    rope_dim: float


@dataclass(frozen=True)
class Experts:
    """The routed experts of a mixture.

    Attributes
    ----------
    layers : float
        Layers that have experts.
    routed : float
        Routed experts in such a layer.
    per_token : float
        Routed experts that work on a token.
    intermediate_size : float
        Inner width of an expert.
    """

    layers: float
    routed: float
    per_token: float
    intermediate_size: float


@dataclass(frozen=True)
class SparseAttention:
    """Attention to the cached tokens that a light indexer picks (DeepSeek-V3.2).

    Attributes
    ----------
    top_k : float
        Cached tokens that a new token attends to, at most.
    index_heads, index_dim : float
        Heads and head width of the indexer, which scores every cached token in 8 bits.
    """

    top_k: float
    index_heads: float
    index_dim: float


@dataclass(frozen=True)
class Architecture:
    """A decoder-only transformer, as far as its cost of serving depends on it.

    Attributes
    ----------
    name : str
        Name of the model.
    parameters : float
        All parameters.
    layers, hidden_size, attention_heads, key_value_heads, head_dim : float
        Shape; whole numbers for a real model.
    weight_bytes : float
        Bytes of a weight in memory, and of an operand of its matrix products.
    latent : LatentAttention or None
        In place of cached keys and values for each head.
    experts : Experts or None
        None for a dense model, in which all parameters work on each token.
    sparse_attention : SparseAttention or None
        None if a new token attends to all cached ones.

    Raises
    ------
    ModelInputError
        If a number is not positive, or the experts hold more than all parameters.
    """

    name: str
    parameters: float
    layers: float
    hidden_size: float
    attention_heads: float
    key_value_heads: float
    head_dim: float
    weight_bytes: float = 2.0
    latent: LatentAttention | None = None
    experts: Experts | None = None
    sparse_attention: SparseAttention | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that no model can have."""
        for field in ("parameters", "weight_bytes", *_COUNTS):
            require_positive_number(getattr(self, field), f"{field} of {self.name}")
        if self.routed_parameters >= self.parameters:
            raise ModelInputError(
                f"{self.name}: {self.routed_parameters:.3g} parameters in experts, "
                f"of {self.parameters:.3g} in all"
            )

    @property
    def routed_parameters(self) -> float:
        """Parameters in routed experts."""
        if self.experts is None:
            return 0.0
        return self.experts.layers * self.experts.routed * self._parameters_per_expert(self.experts)

    @property
    def resident_parameters(self) -> float:
        """Parameters that work on every token: attention, shared experts, embeddings."""
        return self.parameters - self.routed_parameters

    @property
    def active_parameters(self) -> float:
        """Parameters that work on one token."""
        if self.experts is None:
            return self.parameters
        share = self.experts.per_token / self.experts.routed
        return self.resident_parameters + share * self.routed_parameters

    @property
    def cache_shards(self) -> float:
        """Chips over which the cache of a sequence can be cut by heads without copies.

        A latent cache belongs to all heads: tensor parallelism copies it to every chip.
        """
        return 1.0 if self.latent else self.key_value_heads

    @property
    def cache_elements_per_layer(self) -> float:
        """Numbers cached for a token in a layer."""
        if self.latent:
            return self.latent.latent_dim + self.latent.rope_dim
        return 2 * self.key_value_heads * self.head_dim

    @property
    def cache_bytes_per_token(self) -> float:
        """Bytes of keys and values cached for a token, without an indexer's keys."""
        return self.layers * self.cache_elements_per_layer * CACHE_BYTES_PER_ELEMENT

    @property
    def index_bytes_per_token(self) -> float:
        """Bytes of an indexer's 8-bit keys cached for a token; 0 without one."""
        return self.layers * self.sparse_attention.index_dim if self.sparse_attention else 0.0

    @property
    def decode_flop_per_attended_token(self) -> float:
        """Operations of attention for each cached token that a new one attends to.

        A latent cache is read as it is, with the projections absorbed into the
        query: fewer bytes, more operations (DeepSeek-V2, appendix C).
        """
        width = (
            2 * self.latent.latent_dim + self.latent.rope_dim if self.latent else 2 * self.head_dim
        )
        return _FLOP_PER_MULTIPLY_ADD * self.layers * self.attention_heads * width

    @property
    def prefill_flop_per_attended_token(self) -> float:
        """Operations of attention for each earlier token of a prompt; nothing is absorbed."""
        rope = self.latent.rope_dim if self.latent else 0.0
        width = 2 * self.head_dim + rope
        return _FLOP_PER_MULTIPLY_ADD * self.layers * self.attention_heads * width

    @property
    def index_flop_per_cached_token(self) -> float:
        """Operations of an indexer for each cached token; 0 without one."""
        if self.sparse_attention is None:
            return 0.0
        width = self.sparse_attention.index_heads * self.sparse_attention.index_dim
        return _FLOP_PER_MULTIPLY_ADD * self.layers * width

    def attended_tokens(self, context: Numbers) -> FloatArray:
        """Count the cached tokens that a new one attends to, of a context of so many.

        Raises
        ------
        ModelInputError
            If a context is negative or not finite.
        """
        tokens = require_bounded(context, "context", low=0)
        return np.minimum(tokens, self.sparse_attention.top_k) if self.sparse_attention else tokens

    def mean_attended_tokens(self, prompt: Numbers) -> FloatArray:
        """Average over a prompt's tokens the number of earlier ones that each attends to.

        Raises
        ------
        ModelInputError
            If a prompt is negative or not finite.
        """
        tokens = require_bounded(prompt, "prompt", low=0)
        if self.sparse_attention is None:
            return tokens / 2
        limit = np.minimum(tokens, self.sparse_attention.top_k)
        return np.asarray(limit * (1 - limit / (2 * np.maximum(tokens, 1.0))))

    def training_flop_per_token(self, sequence: float) -> float:
        """Operations to train on a token: three times the forward pass, causal attention.

        Parameters
        ----------
        sequence : float
            Tokens of a training sequence; a token attends to half of it on average.

        Raises
        ------
        ModelInputError
            If `sequence` is not positive.
        """
        require_positive_number(sequence, "sequence")
        attention = self.prefill_flop_per_attended_token * sequence / 2
        return 3 * (_FLOP_PER_MULTIPLY_ADD * self.active_parameters + attention)

    def scaled_to(self, parameters: float) -> Architecture:
        """Return the model of the same proportions with so many parameters.

        Layers, hidden size and the inner width of experts grow with the cube root
        of the parameters; heads grow with the hidden size, and so do key and value
        heads in proportion; a latent cache keeps its width.

        Raises
        ------
        ModelInputError
            If `parameters` is not positive.
        """
        require_positive_number(parameters, "parameters")
        ratio = (parameters / self.parameters) ** (1 / 3)
        grown = {name: getattr(self, name) * ratio for name in _COUNTS if name != "head_dim"}
        experts = self.experts and replace(
            self.experts,
            layers=self.experts.layers * ratio,
            intermediate_size=self.experts.intermediate_size * ratio,
        )
        return replace(self, parameters=parameters, experts=experts, **grown)

    def _parameters_per_expert(self, experts: Experts) -> float:
        return _MATRICES_PER_EXPERT * self.hidden_size * experts.intermediate_size


def read_architecture(row: Mapping[Hashable, Any]) -> Architecture:
    """Read one row of the table `model_architectures`.

    Raises
    ------
    ModelInputError
        If a needed column is absent or a number is missing, or as `Architecture`.
    """
    needed = {"model", "parameters", "weight_bits", *_COUNTS}
    if absent := sorted(needed - {str(key) for key in row}):
        raise ModelInputError(
            f"an architecture needs columns {absent}, got {sorted(map(str, row))}"
        )
    latent = _complete(row, ("latent_dim", "rope_dim"))
    experts = _complete(
        row, ("expert_layers", "routed_experts", "experts_per_token", "expert_intermediate_size")
    )
    sparse = _complete(row, ("attention_top_k", "index_heads", "index_dim"))
    return Architecture(
        name=str(row["model"]),
        parameters=float(row["parameters"]),
        weight_bytes=float(row["weight_bits"]) / 8,
        latent=LatentAttention(*latent) if latent else None,
        experts=Experts(*experts) if experts else None,
        sparse_attention=SparseAttention(*sparse) if sparse else None,
        **{name: float(row[name]) for name in _COUNTS},
    )


def _complete(row: Mapping[Hashable, Any], columns: tuple[str, ...]) -> list[float]:
    values = [row.get(column) for column in columns]
    present = [float(value) for value in values if value is not None and not pd.isna(value)]
    if present and len(present) < len(columns):
        raise ModelInputError(f"{row['model']}: needs all or none of {columns}, got {values}")
    return present
