"""Shares of peak: what is paired, what is left out, and ratios in closed form."""

import dataclasses
import math

import pandas as pd
import pytest

from chapters.software_ecosystem import peak_shares
from chapters.software_ecosystem.peak_shares import PeakShares
from models.core.errors import ModelInputError
from overtake.data import tables
from tests.chapters.software_ecosystem.examples import training

RUNS = [
    ("Home", "CHN", "2025-02-01", "CHN", 0.3),
    ("Home again", "CHN", "2025-03-01", "CHN", 0.6),
    ("One", "USA", "2025-01-01", "USA", 0.2),
    ("Two", "CHN", "2025-01-02", "USA", 0.4),
    ("Three", "USA", "2025-01-03", "USA", 0.5),
]


def compare(
    *,
    within: float = 2.0,
    year: int = 2024,
    runs: pd.DataFrame | None = None,
    benchmarks: pd.DataFrame | None = None,
) -> PeakShares:
    return peak_shares.compare_shares(
        tables.load("serving_benchmarks") if benchmarks is None else benchmarks,
        tables.load("serving_hardware"),
        tables.load("model_architectures"),
        training(*RUNS) if runs is None else runs,
        alike_within=within,
        first_training_year=year,
        level=0.9,
    )


def test_chips_of_another_balance_and_tasks_of_another_pace_are_not_paired() -> None:
    shares = compare()
    assert {(each.chip, each.task) for each in shares.unlike} == {
        ("H20", "decode"), ("H20", "prefill"), ("Ascend 910C", "decode"),
    }  # fmt: skip
    paces = [each.seconds_per_token for each in shares.unlike if each.is_chinese]
    assert paces == [0.015]
    assert {each.chip for each in shares.serving} == {"H800", "H100", "Ascend 910C"}


def test_everything_is_paired_if_everything_counts_as_alike() -> None:
    assert compare(within=20).unlike == ()


def test_the_ratio_of_prefill_is_that_of_speed_over_peak() -> None:
    # 6,688 tokens a second on 1,504 TFLOP/s against 6,538 on 1,979: 1.346 before attention.
    shares = compare()
    by_name = {(each.name, each.task): each.share for each in shares.serving}
    ratio = by_name["Huawei", "prefill"] / by_name["LMSYS", "prefill"]
    assert ratio == pytest.approx(1.346, rel=0.15)
    assert shares.serving_ratio.low <= ratio <= shares.serving_ratio.high
    assert (shares.serving_ratio.n, shares.serving_ratio.kind) == (6, "range")
    assert shares.peak_ratio == pytest.approx(1504 / 1979)
    assert shares.no_loss_in_serving
    assert (str(shares.served_from), str(shares.served_until)) == ("2025-03-01", "2025-06-15")


def test_writing_is_counted_for_each_unit_of_bandwidth_too() -> None:
    # Bytes for each FLOP: 3.2 over 1,504 on the 910C, 3.36 over 1,979 on an H800.
    shares = compare()
    balance = (3.2 / 1504) / (3.36 / 1979)
    assert shares.bandwidth_ratio == pytest.approx(balance)
    by_name = {(each.name, each.task): each.share for each in shares.serving}
    ratios = [
        by_name["Huawei", "decode"] / by_name[name, "decode"] / each
        for name, each in [
            ("DeepSeek", balance),
            ("Alibaba RTP-LLM", balance),
            ("LMSYS", (3.2 / 1504) / (3.35 / 1979)),
        ]
    ]
    measured = shares.decode_by_bandwidth
    assert (measured.low, measured.high) == pytest.approx((min(ratios), max(ratios)))
    assert measured.value == pytest.approx(math.prod(ratios) ** (1 / 3))
    # 1,943 tokens over 3.2 TB/s against 1,850 over 3.36: 1.10, less as the context is shorter.
    assert ratios[0] == pytest.approx(1.10, rel=0.15)


def test_reading_and_writing_together_are_all_pairs_of_serving() -> None:
    shares = compare()
    parts = (shares.prefill_ratio, shares.decode_ratio)
    assert [part.n for part in parts] == [3, 3]
    both = (parts[0].value * parts[1].value) ** 0.5
    assert shares.serving_ratio.value == pytest.approx(both)
    assert shares.serving_ratio.low == min(part.low for part in parts)
    assert shares.serving_ratio.high == max(part.high for part in parts)
    assert (shares.n_serving_chinese, shares.chinese_publishers) == (2, ("Huawei",))


@pytest.mark.parametrize("measure", ["prefill_ratio", "decode_ratio", "decode_by_bandwidth"])
def test_a_loss_by_one_measure_is_a_loss(measure: str) -> None:
    shares = compare()
    ratio = getattr(shares, measure)
    lower = dataclasses.replace(ratio, value=0.7, low=0.6, high=0.9)
    assert not dataclasses.replace(shares, **{measure: lower}).no_loss_in_serving


@pytest.mark.parametrize("stage", ["prefill", "decode"])
def test_both_stages_of_serving_need_a_pair(stage: str) -> None:
    benchmarks = tables.load("serving_benchmarks")
    chinese = benchmarks["chip"] == "Ascend 910C"
    with pytest.raises(ModelInputError, match="at the same task"):
        compare(benchmarks=benchmarks[~(chinese & (benchmarks["stage"] == stage))])


def test_training_is_compared_with_the_median_on_american_chips() -> None:
    shares = compare()
    assert shares.american_median == 0.4
    assert (shares.training_ratio.low, shares.training_ratio.high) == pytest.approx((0.75, 1.5))
    assert shares.training_ratio.value == pytest.approx((0.75 * 1.5) ** 0.5)
    assert (shares.n_training_american, shares.n_training_between) == (3, 2)


def test_a_second_row_of_the_same_training_is_named_and_not_counted() -> None:
    runs = training(*RUNS, ("Two, updated", "CHN", "2025-06-01", "USA", 0.4))
    runs.loc[5, "training_compute_flop"] = runs.loc[3, "training_compute_flop"]
    shares = compare(runs=runs)
    assert shares.same_run == ("Two, updated",)
    assert len(shares.training) == 5


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("base_model", "Another"),
        ("domain", "Vision"),
        ("domain", None),
        ("chip_countries", "CHN;USA"),
        ("date", pd.Timestamp("2023-12-31")),
        ("flop_utilisation", None),
    ],
)
def test_what_is_no_comparable_run_is_left_out(column: str, value: object) -> None:
    runs = training(*RUNS)
    runs[column] = runs[column].astype(object)
    runs.loc[2, column] = value
    if column == "date":
        runs["date"] = pd.to_datetime(runs["date"])
    assert [each.name for each in compare(runs=runs).training] == [
        "Two", "Three", "Home", "Home again",
    ]  # fmt: skip


@pytest.mark.parametrize("kept", ["USA", "CHN"])
def test_one_kind_of_chip_alone_is_no_comparison(kept: str) -> None:
    runs = training(*RUNS)
    with pytest.raises(ModelInputError, match="Chinese and American chips at the same task"):
        compare(runs=runs[runs["chip_countries"] == kept])


def test_the_figure_has_a_mark_for_each_result() -> None:
    shares = compare()
    drawing = peak_shares.draw_shares(shares)
    (axes,) = drawing.figure.axes
    assert len(axes.get_lines()) == len(drawing.data) == len(shares.serving) + len(shares.training)
