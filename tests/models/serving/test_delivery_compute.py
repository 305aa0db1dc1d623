from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.random_draws import summarise
from models.serving.delivery_compute import (
    Speeds,
    Work,
    WorkRange,
    compute_busy_share,
    draw_work,
    measure_speeds,
)

DAY = 86_400.0
WORK = Work(
    tokens_per_day=1e12,
    written_share=0.25,
    computed_share=0.5,
    active_parameters=1e9,
    speed=1.0,
    load=0.5,
)
SPEEDS = {"fast": Speeds(4e14, 1e14, 2), "slow": Speeds(2e14, 5e13, 1)}


def benchmarks() -> pd.DataFrame:
    rows = [
        ("A", "m", "prefill", 4000.0),
        ("A", "m", "decode", 1000.0),
        ("B", "m", "decode", 4000.0),
        ("C", "m", "decode", 9.0),
    ]
    return pd.DataFrame(rows, columns=["chip", "model", "stage", "tokens_per_s"])


def test_the_busy_share_is_the_closed_form() -> None:
    """Read: 2e9 x 1e12 x 0.75 x 0.5 = 7.5e20 operations; written: 5e20."""
    chip_seconds = 7.5e20 / 4e14 + 5e20 / 1e14
    share = compute_busy_share(WORK, {"fast": 1000.0}, SPEEDS)
    assert float(share) == pytest.approx(chip_seconds / (DAY * 0.5 * 1000))


def test_two_kinds_do_the_work_of_their_capacities_together() -> None:
    """A slow chip does half the work of a fast one: 1,000 and 500 of them are as 1,250."""
    alone = compute_busy_share(WORK, {"fast": 1250.0}, SPEEDS)
    both = compute_busy_share(WORK, {"fast": 1000.0, "slow": 500.0}, SPEEDS)
    assert float(both) == pytest.approx(float(alone))


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({"tokens_per_day": 2e12}, 2.0),
        ({"active_parameters": 3e9}, 3.0),
        ({"speed": 0.5}, 2.0),
        ({"load": 1.0}, 0.5),
    ],
)
def test_the_share_goes_with_what_is_asked(change: dict[str, float], factor: float) -> None:
    before = float(compute_busy_share(WORK, {"fast": 1e3}, SPEEDS))
    after = float(compute_busy_share(replace(WORK, **change), {"fast": 1e3}, SPEEDS))
    assert after == pytest.approx(factor * before)


def test_a_day_of_deepseek_takes_the_nodes_that_it_took() -> None:
    """608 billion tokens read, 342 of them from the cache, 168 written: 227 nodes of eight H800.

    The speeds of that day, 73.7 thousand tokens a node and second read with and 32.2 without
    the cache, and 14.8 thousand written, are those of the nodes in use, so that load is 1.
    """
    tokens = (608 + 168) * 1e9
    work = Work(tokens, 168 / 776, 266 / 608, 37e9, 1.0, 1.0)
    per_chip = Speeds(2 * 37e9 * 4025, 2 * 37e9 * 1850, 2)
    chips = 1816.0
    share = float(compute_busy_share(work, {"H800": chips}, {"H800": per_chip}))
    assert share * chips / 8 == pytest.approx(226.75, rel=0.02)


def test_speeds_are_geometric_means_for_each_unit_of_power() -> None:
    found = measure_speeds(benchmarks(), {"A": "x", "B": "x"}, {"m": 1e9}, {"A": 1.0, "B": 2.0})
    assert found["x"].read_flop_per_s == pytest.approx(2e9 * 4000)
    assert found["x"].written_flop_per_s == pytest.approx(2e9 * (1000 * 4000 / 2) ** 0.5)
    assert found["x"].n == 3


def test_a_kind_without_a_speed_is_named() -> None:
    with pytest.raises(ModelInputError, match="prefill"):
        measure_speeds(benchmarks(), {"C": "y"}, {"m": 1e9}, {"C": 1.0})
    with pytest.raises(ModelInputError, match="TPU"):
        compute_busy_share(WORK, {"TPU": 1.0}, SPEEDS)


@pytest.mark.parametrize(
    "change", [{"written_share": 1.2}, {"tokens_per_day": 0.0}, {"load": -0.1}]
)
def test_impossible_work_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(ModelInputError):
        replace(WORK, **change)


def between(low: float, value: float, high: float) -> Estimate:
    return Estimate(value, low, high, 0.9, "range", 0)


def test_the_range_of_one_judged_input_comes_back(rng: np.random.Generator) -> None:
    fixed = {name: between(v, v, v) for name, v in vars(WORK).items()}
    ranges = WorkRange(**{**fixed, "speed": between(0.5, 1.0, 2.0)})
    work = draw_work(ranges, rng, 20_000)
    centre = 100 * float(compute_busy_share(WORK, {"fast": 1e3}, SPEEDS))
    drawn = 100 * compute_busy_share(work, {"fast": 1e3}, SPEEDS)
    share = summarise(drawn, 0.9, "range", 1, units.PERCENT)
    assert share.value == pytest.approx(centre, rel=0.02)
    assert share.low == pytest.approx(centre / 2, rel=0.03)
    assert share.high == pytest.approx(centre * 2, rel=0.03)
    assert (share.unit, share.kind) == ("%", "range")


def test_a_drawn_share_is_never_more_than_all(rng: np.random.Generator) -> None:
    fixed = {name: between(v, v, v) for name, v in vars(WORK).items()}
    ranges = WorkRange(**{**fixed, "load": between(0.5, 0.8, 1.0)})
    assert np.max(draw_work(ranges, rng, 5000).load) <= 1.0
