from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.serving.transformer import Architecture, LatentAttention, read_architecture
from overtake.data import tables
from tests.models.serving.examples import DENSE, LLAMA, V3, V32


def model(name: str) -> Architecture:
    frame = tables.load("model_architectures").set_index("model", drop=False)
    return read_architecture(frame.loc[name].to_dict())


@pytest.mark.parametrize(
    ("name", "bytes_per_token"),
    # Zhao et al. 2025, table 1.
    [("DeepSeek-V3", 70_272), ("Qwen2.5-72B", 327_680), ("Llama 3.1-405B", 516_096)],
)
def test_cache_of_a_token_is_as_published(name: str, bytes_per_token: float) -> None:
    assert model(name).cache_bytes_per_token == bytes_per_token


@pytest.mark.parametrize(
    ("name", "billion", "relative"),
    # Technical reports and model cards.
    [
        ("DeepSeek-V3", 37, 0.02),
        ("DeepSeek-V2", 21, 0.04),
        ("Qwen3-235B-A22B", 22, 0.02),
        ("Llama 3.1-405B", 405, 0.01),
    ],
)
def test_active_parameters_are_as_published(name: str, billion: float, relative: float) -> None:
    assert model(name).active_parameters / 1e9 == pytest.approx(billion, rel=relative)


@pytest.mark.parametrize(
    ("name", "gigaflop"),
    # Zhao et al. 2025, table 2, sequences of 4096 tokens. They leave out embeddings.
    [("DeepSeek-V3", 250), ("DeepSeek-V2", 155), ("Llama 3.1-405B", 2448)],
)
def test_training_operations_are_as_published(name: str, gigaflop: float) -> None:
    flop = model(name).training_flop_per_token(4096)
    assert flop / 1e9 == pytest.approx(gigaflop, rel=0.04)


def test_a_latent_cache_is_576_numbers_of_32768() -> None:
    plain = replace(V3, latent=None)
    assert plain.cache_bytes_per_token == 2 * 128 * 128 * 61 * 2
    assert V3.cache_bytes_per_token / plain.cache_bytes_per_token == pytest.approx(576 / 32768)


def test_a_latent_cache_is_paid_for_with_operations() -> None:
    plain = replace(V3, latent=None)
    ratio = V3.decode_flop_per_attended_token / plain.decode_flop_per_attended_token
    assert ratio == pytest.approx((2 * 512 + 64) / (2 * 128))
    # Per byte read it does 242 times the work: the intensity of 128 heads on one cache.
    intensity = V3.decode_flop_per_attended_token / V3.cache_bytes_per_token
    assert intensity == pytest.approx(2 * 128 * 1088 / (2 * 576))
    assert plain.decode_flop_per_attended_token / plain.cache_bytes_per_token == 1.0


def test_sparse_attention_reads_no_more_than_it_picks() -> None:
    assert V32.attended_tokens([100.0, 2048.0, 1e5]).tolist() == [100, 2048, 2048]
    assert V3.attended_tokens(1e5) == 1e5
    assert V32.index_bytes_per_token == 61 * 128
    assert V3.index_bytes_per_token == 0 == V3.index_flop_per_cached_token


@given(prompt=st.integers(1, 20_000))
def test_mean_of_attended_tokens_is_the_mean_over_positions(prompt: int) -> None:
    positions = np.arange(prompt) + 0.5
    exact = np.minimum(positions, 2048).mean()
    assert V32.mean_attended_tokens(prompt) == pytest.approx(exact, rel=1e-3)
    assert V3.mean_attended_tokens(prompt) == pytest.approx(positions.mean())


@given(factor=st.floats(0.01, 100))
def test_a_scaled_model_keeps_its_proportions(factor: float) -> None:
    scaled = V3.scaled_to(factor * V3.parameters)
    share = V3.active_parameters / V3.parameters
    assert scaled.active_parameters / scaled.parameters == pytest.approx(share)
    assert scaled.cache_bytes_per_token == pytest.approx(
        V3.cache_bytes_per_token * factor ** (1 / 3)
    )
    dense = DENSE.scaled_to(factor * DENSE.parameters)
    assert dense.cache_bytes_per_token == pytest.approx(
        DENSE.cache_bytes_per_token * factor ** (2 / 3)
    )


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ModelInputError, match="layers of dense must be a positive"):
        replace(DENSE, layers=0)
    with pytest.raises(ModelInputError, match="in experts"):
        replace(V3, parameters=6e11)
    with pytest.raises(ModelInputError, match="parameters must be"):
        V3.scaled_to(-1)
    with pytest.raises(ModelInputError, match="context"):
        V3.attended_tokens(-1)
    with pytest.raises(ModelInputError, match="sequence"):
        V3.training_flop_per_token(0)


def test_a_row_must_be_whole() -> None:
    row = tables.load("model_architectures").iloc[0].to_dict()
    assert row["model"] == "DeepSeek-V3.2"
    assert read_architecture(row) == V32
    with pytest.raises(ModelInputError, match="all or none of"):
        read_architecture(row | {"rope_dim": float("nan")})
    with pytest.raises(ModelInputError, match=r"needs columns \['layers'\]"):
        read_architecture({k: v for k, v in row.items() if k != "layers"})


def test_dense_models_have_no_experts_or_latent() -> None:
    assert model("Llama 3.1-405B") == LLAMA
    assert LLAMA.active_parameters == LLAMA.parameters == LLAMA.resident_parameters
    assert LLAMA.cache_shards == 8
    assert replace(LLAMA, latent=LatentAttention(512, 64)).cache_shards == 1
