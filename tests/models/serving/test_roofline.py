from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.serving.roofline import (
    compute_all_reduce_seconds,
    compute_all_to_all_seconds,
    compute_expected_distinct,
    compute_ridge_point,
    compute_roofline_seconds,
    read_accelerator,
)
from overtake.data import tables
from tests.models.serving.examples import H20, H800

amounts = st.floats(1, 1e15)


@pytest.mark.parametrize(
    ("chip", "ridge"), [("H100", 295.3), ("H20", 37.0), ("B200", 292.2), ("Ascend 910C", 235.0)]
)
def test_ridge_points_of_the_chips(chip: str, ridge: float) -> None:
    row = tables.load("serving_hardware").set_index("chip").loc[chip]
    found = compute_ridge_point(row["flop_per_s_16bit"], row["memory_bytes_per_s"])
    assert found == pytest.approx(ridge, rel=1e-3)


@given(flop=amounts, moved=amounts, rate=amounts, bandwidth=amounts)
def test_a_phase_turns_from_memory_to_arithmetic_at_the_ridge(
    flop: float, moved: float, rate: float, bandwidth: float
) -> None:
    seconds = compute_roofline_seconds(flop, moved, rate, bandwidth)
    bound_by_arithmetic = flop / moved >= compute_ridge_point(rate, bandwidth)
    assert seconds == pytest.approx(flop / rate if bound_by_arithmetic else moved / bandwidth)


def test_experts_met_by_a_batch() -> None:
    # 256 (1 - (1 - 8/256)^B); one token meets its 8.
    assert compute_expected_distinct(256, 8 / 256, 1) == pytest.approx(8)
    assert compute_expected_distinct(256, 8 / 256, 32) == pytest.approx(256 * (1 - (31 / 32) ** 32))
    assert compute_expected_distinct(1, 1.0, 5) == pytest.approx(1)


def test_experts_met_are_those_of_a_simulation(rng: np.random.Generator) -> None:
    kinds, per_draw, draws = 64, 4, 20
    met = [
        len({k for _ in range(draws) for k in rng.choice(kinds, per_draw, replace=False)})
        for _ in range(400)
    ]
    error = 3 * np.std(met) / np.sqrt(len(met))
    expected = float(compute_expected_distinct(kinds, per_draw / kinds, draws))
    assert np.mean(met) == pytest.approx(expected, abs=error)


@given(share=st.floats(0.001, 1), tokens=st.floats(1, 1e4), more=st.floats(1, 10))
def test_more_tokens_never_meet_fewer_experts_nor_more_than_there_are(
    share: float, tokens: float, more: float
) -> None:
    few, many = (
        compute_expected_distinct(256, share, [tokens, tokens * more][0]),
        compute_expected_distinct(256, share, tokens * more),
    )
    assert 0 < few <= many * (1 + 1e-12)
    assert many <= 256


def test_exchange_of_experts_is_as_deepseek_computes_it() -> None:
    """Zhao et al. 2025, section 2.3.2: 120.96 µs a layer and 14.76 ms a token."""
    # 32 tokens of 7K numbers to 9 experts, out in one byte and back in two, at 50 GB/s.
    seconds = compute_all_to_all_seconds(32, 9, 7_000 * (1 + 2), 50e9)
    assert seconds == pytest.approx(120.96e-6)
    assert 2 * 61 * seconds == pytest.approx(14.76e-3, rel=1e-3)


def test_all_reduce_of_a_box_and_of_two() -> None:
    assert compute_all_reduce_seconds(1e9, 1, H800, 1.0) == 0
    assert compute_all_reduce_seconds(1e9, 8, H800, 1.0) == pytest.approx(2 * 7 / 8 / 200)
    two = 2 * 7 / 8 / 200 + 2 * 1 / 2 / 8 / 50
    assert compute_all_reduce_seconds(1e9, 16, H800, 1.0) == pytest.approx(two)
    assert compute_all_reduce_seconds(1e9, 16, H800, 0.5) == pytest.approx(2 * two)


def test_one_large_domain_spares_the_way_out() -> None:
    supernode = replace(H800, scale_up_chips=384)
    assert compute_all_reduce_seconds(1e9, 16, supernode, 1.0) < compute_all_reduce_seconds(
        1e9, 16, H800, 1.0
    )


def test_precision_chooses_the_peak() -> None:
    assert H20.flop_per_s(2.0) == 148e12
    assert H20.flop_per_s(1.0) == 296e12


def test_what_is_no_chip_is_refused() -> None:
    with pytest.raises(ModelInputError, match="memory_bytes of H20"):
        replace(H20, memory_bytes=0)
    with pytest.raises(ModelInputError, match="bytes_per_s must be positive"):
        compute_ridge_point(1e12, 0)
    row = tables.load("serving_hardware").iloc[0].to_dict()
    assert read_accelerator(row).price.value == 26268
    with pytest.raises(ModelInputError, match=r"needs columns \['tdp_w'\]"):
        read_accelerator({k: v for k, v in row.items() if k != "tdp_w"})
