"""Used share of peak: in closed form, and the published one of a paper."""

from dataclasses import replace

import pytest

from models.core.errors import ModelInputError
from models.serving.realised_share import compute_used_share
from tests.models.serving.examples import DENSE, H800, V3

ROUND = replace(H800, flop_per_s_16bit=1e14, flop_per_s_8bit=2e14)


def test_a_dense_model_without_context_uses_two_operations_a_parameter() -> None:
    used = compute_used_share(ROUND, DENSE, stage="decode", tokens_per_s=5000, tokens=1e-9)
    assert used == pytest.approx(5000 * 2 * 1e10 / 2e14)


@pytest.mark.parametrize(("stage", "attended"), [("decode", 1000), ("prefill", 500)])
def test_attention_counts_against_the_peak_of_16_bits(stage: str, attended: float) -> None:
    # 2 operations a pair of numbers, 40 layers of 40 heads of width 125, keys and values.
    attention = 2 * 40 * 40 * 2 * 125 * attended
    used = compute_used_share(
        ROUND, DENSE, stage="prefill" if stage == "prefill" else "decode",
        tokens_per_s=1000, tokens=1000,
    )  # fmt: skip
    assert used == pytest.approx(1000 * (2e10 / 2e14 + attention / 1e14))


def test_a_sparse_model_counts_what_works_on_a_token() -> None:
    # DeepSeek-V3: 37 billion parameters work on a token. 4,000 of its tokens in a second are
    # 3.0e14 operations, 15% of the H800's 8-bit peak; attention comes on top.
    used = compute_used_share(H800, V3, stage="prefill", tokens_per_s=4000, tokens=1e-9)
    assert used == pytest.approx(0.15, abs=0.005)


def test_twice_the_speed_or_half_the_peak_is_twice_the_share() -> None:
    once = compute_used_share(ROUND, V3, stage="decode", tokens_per_s=900, tokens=4000)
    half = replace(ROUND, flop_per_s_16bit=5e13, flop_per_s_8bit=1e14)
    assert compute_used_share(
        ROUND, V3, stage="decode", tokens_per_s=1800, tokens=4000
    ) == pytest.approx(2 * once)
    assert compute_used_share(
        half, V3, stage="decode", tokens_per_s=900, tokens=4000
    ) == pytest.approx(2 * once)


@pytest.mark.parametrize(("speed", "tokens"), [(0, 4000), (900, 0)])
def test_no_speed_and_no_tokens_are_refused(speed: float, tokens: float) -> None:
    with pytest.raises(ModelInputError):
        compute_used_share(ROUND, V3, stage="decode", tokens_per_s=speed, tokens=tokens)
