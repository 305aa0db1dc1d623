from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.serving.roofline import Accelerator, read_accelerator
from models.serving.serving_conditions import (
    Conditions,
    compute_chip_hour_usd,
    draw_conditions,
    read_condition_ranges,
    set_context,
    take_central_conditions,
)
from models.serving.serving_cost import (
    compute_chip_hours,
    compute_decode_throughput,
    compute_prefill_throughput,
    find_largest_parameters,
)
from models.serving.serving_step import (
    Layout,
    compute_decode_step_seconds,
    compute_prefill_seconds,
    count_sequences_in_memory,
)
from models.serving.transformer import Architecture, read_architecture
from overtake.data import tables
from tests.models.serving.examples import (
    B200,
    DENSE,
    H20,
    H800,
    ORDINARY,
    PERFECT,
    V3,
    V32,
    ordinary,
    perfect,
    ranges_of,
)

ONE_CHIP = Layout.of(1.0, 1.0)


def test_a_step_of_one_sequence_reads_the_weights_once() -> None:
    """Closed form: at batch 1 decoding is bound by memory; weights plus cache over bandwidth."""
    seconds = compute_decode_step_seconds(H800, DENSE, perfect(), ONE_CHIP, 1.0)
    moved = 2e10 + 1000 * DENSE.cache_bytes_per_token
    assert seconds.item() == pytest.approx(moved / 3.35e12, rel=1e-6)


def test_a_step_of_a_large_batch_is_bound_by_arithmetic() -> None:
    conditions = perfect(context_tokens=1.0)
    seconds = compute_decode_step_seconds(H800, DENSE, conditions, ONE_CHIP, 10_000.0)
    linear = 10_000 * 2 * 1e10 / 989e12
    cache = 10_000 * DENSE.cache_bytes_per_token / 3.35e12
    assert seconds.item() == pytest.approx(linear + cache, rel=1e-6)


def test_a_mixture_reads_only_the_experts_it_meets() -> None:
    conditions = perfect(context_tokens=1.0)
    seconds = compute_decode_step_seconds(H800, V3, conditions, ONE_CHIP, 1.0)
    assert seconds.item() == pytest.approx(V3.active_parameters / 3.35e12, rel=1e-3)


def test_memory_holds_what_is_left_beside_the_weights() -> None:
    room = count_sequences_in_memory(H800, DENSE, perfect(), ONE_CHIP)
    assert room.item() == pytest.approx((80e9 - 2e10) / (1000 * DENSE.cache_bytes_per_token))
    assert count_sequences_in_memory(H800, V3, perfect(), ONE_CHIP).item() == 0


def test_deepseek_v3_fits_a_box_of_h20_and_not_one_of_h800() -> None:
    box = Layout.of(8.0, 1.0)
    conditions = ordinary(usable_memory_share=0.95)
    assert count_sequences_in_memory(H20, V3, conditions, box).item() > 1
    assert count_sequences_in_memory(H800, V3, conditions, box).item() == 0


def test_tensor_parallelism_copies_a_latent_cache_and_cuts_heads() -> None:
    heads = replace(V3, latent=None)
    conditions = perfect()
    layout = Layout.of(8.0, 2.0)
    whole = V3.cache_bytes_per_token * 1000
    room = H20.memory_bytes - V3.resident_parameters / 8 - V3.routed_parameters / 16
    assert count_sequences_in_memory(H20, V3, conditions, layout) == pytest.approx(room / whole)
    eighth = heads.cache_bytes_per_token * 1000 / 8
    assert count_sequences_in_memory(H20, heads, conditions, layout) == pytest.approx(room / eighth)


def test_prefill_is_bound_by_arithmetic() -> None:
    conditions = perfect(context_tokens=2.0)
    seconds = compute_prefill_seconds(H800, DENSE, conditions, ONE_CHIP)
    assert seconds.item() == pytest.approx(2 * 1e10 / 989e12, rel=1e-4)


def test_cost_of_an_hour_is_capital_running_and_power() -> None:
    usd = compute_chip_hour_usd(H800, perfect(), 30_000)
    assert usd.item() == pytest.approx(40_000 * (1 / 4 + 0.15) / 8760 + 0.7 * 1.5 * 0.1)


def test_hours_are_those_of_output_and_input() -> None:
    conditions = ordinary(load_share=0.5)
    hours = compute_chip_hours(B200, V3, conditions, seconds_per_token=0.05, spares_links=True)
    decode = compute_decode_throughput(
        B200, V3, conditions, seconds_per_token=0.05, spares_links=True
    ).tokens_per_s
    prefill = compute_prefill_throughput(B200, V3, conditions, spares_links=True)
    assert hours == pytest.approx(1e6 / 3600 * (1 / decode + 1 / prefill) / 0.5)


@settings(deadline=None, max_examples=25)
@given(
    name=st.sampled_from(
        ["memory_bytes", "memory_bytes_per_s", "scale_up_bytes_per_s", "scale_out_bytes_per_s"]
    ),
    more=st.floats(1, 3),
)
def test_a_better_chip_is_never_slower(name: str, more: float) -> None:
    better = replace(H800, **{name: more * getattr(H800, name)})
    slower, faster = (
        compute_decode_throughput(
            chip, V32, ordinary(), seconds_per_token=0.05, spares_links=True
        ).tokens_per_s.item()
        for chip in (H800, better)
    )
    assert faster >= slower * (1 - 1e-3)


@settings(deadline=None, max_examples=25)
@given(context=st.floats(500, 50_000), more=st.floats(1, 5))
def test_longer_contexts_are_never_faster(context: float, more: float) -> None:
    speeds = compute_decode_throughput(
        B200,
        V3,
        set_context(ordinary(), [context, context * more]),
        seconds_per_token=0.05,
        spares_links=True,
    ).tokens_per_s
    assert speeds[1] <= speeds[0] * (1 + 1e-3)


@settings(deadline=None, max_examples=25)
@given(seconds=st.floats(0.02, 0.2), more=st.floats(1, 3))
def test_more_time_for_a_token_and_more_layouts_never_cost_speed(
    seconds: float, more: float
) -> None:
    def speed(limit: float, *, links: bool) -> float:
        found = compute_decode_throughput(
            B200, V3, ordinary(), seconds_per_token=limit, spares_links=links
        )
        return float(found.tokens_per_s.item())

    assert speed(seconds * more, links=True) >= speed(seconds, links=True) * (1 - 1e-3)
    assert speed(seconds, links=True) >= speed(seconds, links=False) * (1 - 1e-3)


def test_the_batch_found_is_the_largest_in_time() -> None:
    """A batch one percent larger takes longer than allowed, or has no room."""
    for chip in (H800, H20, B200):
        found = compute_decode_throughput(
            chip, V3, ordinary(), seconds_per_token=0.05, spares_links=True
        )
        for t in (1.0, 8.0):
            layout = Layout.of(t, found.chips / t)
            m = found.sequences_per_chip * t * 1.01
            step = compute_decode_step_seconds(chip, V3, ordinary(), layout, m) / 0.75
            room = count_sequences_in_memory(chip, V3, ordinary(), layout)
            assert step.item() > 0.05 or room.item() < m.item()


def test_largest_model_is_bound_by_the_memory_of_the_box() -> None:
    conditions = perfect(context_tokens=1.0)
    largest = find_largest_parameters(
        H20, DENSE, conditions, chips=8, sequences=1, seconds_per_token=10
    )
    assert largest == pytest.approx(8 * 96e9 / 2, rel=1e-3)
    fast = find_largest_parameters(
        H20, DENSE, conditions, chips=8, sequences=1, seconds_per_token=0.005
    )
    assert fast == pytest.approx(8 * 4e12 * 0.005 / 2, rel=1e-2)


def test_eight_bits_double_the_largest_model() -> None:
    conditions = perfect(context_tokens=1.0)
    halved = replace(DENSE, weight_bytes=1.0)
    sizes = [
        find_largest_parameters(H20, m, conditions, chips=8, sequences=1, seconds_per_token=10)
        for m in (DENSE, halved)
    ]
    assert sizes[1] / sizes[0] == pytest.approx(2, rel=1e-3)


@pytest.fixture(scope="module")
def drawn() -> Conditions:
    ranges = read_condition_ranges(tables.load("serving_conditions"), level=0.9)
    return draw_conditions(ranges, np.random.default_rng(1), 400)


def chip(name: str) -> Accelerator:
    frame = tables.load("serving_hardware").set_index("chip", drop=False)
    return read_accelerator(frame.loc[name].to_dict())


def model(name: str) -> Architecture:
    frame = tables.load("model_architectures").set_index("model", drop=False)
    return read_architecture(frame.loc[name].to_dict())


@pytest.mark.parametrize("row", ["deepseek-h800-decode", "rtp-h800-decode", "huawei-910c-decode"])
def test_published_speeds_of_decoding_lie_within_the_draws(drawn: Conditions, row: str) -> None:
    published = tables.load("serving_benchmarks").set_index("id").loc[row]
    found = compute_decode_throughput(
        chip(published["chip"]),
        model(published["model"]),
        set_context(drawn, published["context_tokens"]),
        seconds_per_token=published["seconds_per_token"],
        spares_links=True,
    ).tokens_per_s
    low, middle, high = np.quantile(found, [0.05, 0.5, 0.95])
    assert low < published["tokens_per_s"] < high
    assert middle == pytest.approx(published["tokens_per_s"], rel=0.25)


@pytest.mark.parametrize("row", ["rtp-h800-prefill", "lmsys-h100-prefill"])
def test_published_speeds_of_prefill_lie_within_the_draws(drawn: Conditions, row: str) -> None:
    published = tables.load("serving_benchmarks").set_index("id").loc[row]
    found = compute_prefill_throughput(
        chip(published["chip"]),
        model(published["model"]),
        set_context(drawn, published["context_tokens"]),
        spares_links=True,
    )
    low, high = np.quantile(found, [0.05, 0.95])
    assert low < published["tokens_per_s"] < high


def test_draws_keep_their_ranges() -> None:
    ranges = read_condition_ranges(tables.load("serving_conditions"), level=0.9)
    conditions = draw_conditions(ranges, np.random.default_rng(2), 20_000)
    assert conditions.compute_share.min() >= 0.5
    assert conditions.compute_share.max() <= 0.8
    low, middle, high = np.quantile(conditions.context_tokens, [0.05, 0.5, 0.95])
    assert (low, middle, high) == pytest.approx((2500, 5000, 20000), rel=0.05)


def test_same_seed_same_draws() -> None:
    ranges = ranges_of(ORDINARY)
    first, second = (draw_conditions(ranges, np.random.default_rng(3), 5) for _ in range(2))
    assert first.context_tokens.tolist() == second.context_tokens.tolist()


def test_impossible_input_is_refused() -> None:
    with pytest.raises(ModelInputError, match="needs conditions"):
        take_central_conditions({"context_tokens": Estimate(1, 1, 1, 0.9, "range", 0)})
    with pytest.raises(ModelInputError, match="load_share must be positive"):
        take_central_conditions(
            ranges_of(PERFECT) | {"load_share": Estimate(0, 0, 1, 0.9, "range", 0)}
        )
    with pytest.raises(ModelInputError, match="seconds_per_token"):
        compute_decode_throughput(H800, V3, ordinary(), seconds_per_token=0, spares_links=True)
    with pytest.raises(ModelInputError, match="price_usd"):
        compute_chip_hour_usd(H800, ordinary(), -1)
    with pytest.raises(ModelInputError, match="context_tokens"):
        set_context(ordinary(), [1.0, -1.0])
    with pytest.raises(ModelInputError, match="sequences must be"):
        find_largest_parameters(H20, V3, ordinary(), chips=8, sequences=0, seconds_per_token=1)
    with pytest.raises(ModelInputError, match="tensor_chips"):
        Layout.of(0.0, 1.0)
    frame = tables.load("serving_conditions")
    with pytest.raises(ModelInputError, match="must be complete"):
        read_condition_ranges(frame.assign(low=np.nan), level=0.9)
    with pytest.raises(ModelInputError, match="needs at least 1 path"):
        draw_conditions(ranges_of(PERFECT), np.random.default_rng(1), 0)


def test_a_model_that_no_layout_serves_in_time_is_named() -> None:
    with pytest.raises(ModelInputError, match=r"DeepSeek-V3 on H800: in 100\.0% of the draws"):
        compute_chip_hours(H800, V3, ordinary(), seconds_per_token=1e-4, spares_links=True)
