from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck import chip_stocks
from chapters.hardware_bottleneck.chip_stocks import ChipGaps, ChipParts
from chapters.hardware_bottleneck.parameters import HardwareBottleneck
from chapters.shared.chips import STOCK_DAY, JudgedChips
from models.compute import chip_counts
from models.compute.percentile_gap import Percentiles
from models.race.race_calibration import JUDGED_CHIPS
from overtake.data import tables

from .simulated import published

SURE = JudgedChips(domestic=100.0, smuggled=60.0, rented=40.0, factor=1.0)
CHIPS = pd.DataFrame(
    {
        "chip": ["NVIDIA H100 SXM5 80GB", "Huawei Ascend 910B", "Huawei Ascend 910C"],
        "fp16_flop_per_s": [1000.0, 250.0, 800.0],
    }
)
MADE = published(
    ("ascend-2025-bis", np.nan, np.nan, 200_000), ("ascend-2025-semianalysis", 500_000, 0, 0)
)


def owned() -> pd.DataFrame:
    table = pd.DataFrame(
        [("USA", 6e6), ("USA", 2e6), ("CHN", 2e5), (None, 9e6)],
        columns=["owner_country", "h100e_p50"],
    )
    ends = {"h100e_p5": table["h100e_p50"], "h100e_p95": table["h100e_p50"]}
    now = table.assign(**ends, quarter_end=pd.Timestamp("2025-12-31"))
    return pd.concat([now, now.assign(quarter_end=pd.Timestamp("2025-09-30"))])


SOLD = pd.DataFrame(
    {"quarter_end": pd.to_datetime(["2025-12-31", "2025-09-30"]), "h100e_p50": [1.22e7, 1e9]}
)
IN_CHINA = pd.DataFrame(
    [
        ("made by a Chinese firm", "2025-12-31", 7e5),
        ("made by a Chinese firm", "2025-12-31", 4e4),
        ("made by a Chinese firm", "2025-09-30", 1e9),
        ("smuggled", "2025-12-31", 6.6e5),
    ],
    columns=["route", "quarter_end", "h100e_p50"],
).assign(quarter_end=lambda table: pd.to_datetime(table["quarter_end"]))


@pytest.fixture
def parts() -> ChipParts:
    return chip_stocks.count_chips(owned(), SOLD, IN_CHINA, CHIPS, MADE, SURE)


@pytest.fixture
def gaps(parts: ChipParts) -> ChipGaps:
    known = replace(parts, china_domestic=SURE.spread(SURE.domestic))
    return chip_stocks.compare_stocks(
        known, SURE, usa_share_of_unnamed=0.5, level=0.9, rng=np.random.default_rng(0)
    )


def test_parts_are_those_of_the_last_quarter(parts: ChipParts) -> None:
    assert [part.p50 for part in parts.usa_named] == [6e6, 2e6]
    assert [part.p50 for part in parts.china_legal] == [2e5]
    assert parts.unnamed_thousand == pytest.approx(4000)
    assert (parts.domestic_low, parts.domestic_high) == (50.0, 400.0)
    assert parts.china_domestic == (Percentiles(1e5, 1e5, 1e5),)
    assert [part.p50 for part in parts.china_grey] == [6e4, 4e4]
    assert (parts.counted_domestic, parts.counted_smuggled) == (740, 660)


def test_the_parameters_are_set_to_what_is_counted() -> None:
    counts = tables.load("chips_in_china")
    counts = counts[counts["quarter_end"] == pd.Timestamp("2025-12-31")]
    thousand = counts.groupby("route")["h100e_p50"].sum() / 1000
    defaults = HardwareBottleneck()
    assert defaults.domestic_2025_h100e_thousand == round(thousand["made by a Chinese firm"], -1)
    assert defaults.smuggled_h100e_thousand == round(thousand["smuggled"], -1)


def test_sure_parts_add_up_to_known_gaps(gaps: ChipGaps) -> None:
    factors = {
        name: getattr(gaps, name).independent.factor.value
        for name in ("all_sources", "legal", "without_grey", "without_domestic", "more_chinese")
    }
    assert factors == pytest.approx(
        {
            "all_sources": 10e6 / 4e5,
            "legal": 8e6 / 2e5,
            "without_grey": 10e6 / 3e5,
            "without_domestic": 10e6 / 3e5,
            "more_chinese": 10e6 / 4e5,
        }
    )
    assert gaps.judged_share == pytest.approx(0.5)


def test_judged_amounts_at_their_upper_end_narrow_the_gap(parts: ChipParts) -> None:
    doubled = replace(SURE, factor=2.0)
    found = chip_stocks.compare_stocks(
        parts, doubled, usa_share_of_unnamed=0.0, level=0.9, rng=np.random.default_rng(0)
    )
    more = found.more_chinese.independent.factor.value
    assert more < found.all_sources.independent.factor.value
    assert found.usa.p50 == pytest.approx(8e6)


@pytest.mark.parametrize(
    ("amount", "ends", "expected"),
    [
        (100.0, (None, None), (5e4, 1e5, 2e5)),
        (100.0, (80.0, 400.0), (8e4, 1e5, 4e5)),
        (100.0, (120.0, 90.0), (1e5, 1e5, 1e5)),
    ],
)
def test_a_judged_amount_lies_within_its_factor_or_its_published_ends(
    amount: float,
    ends: tuple[float | None, float | None],
    expected: tuple[float, float, float],
) -> None:
    assert replace(SURE, factor=2.0).spread(amount, *ends) == (Percentiles(*expected),)


def test_an_amount_of_zero_is_no_part() -> None:
    assert SURE.spread(0.0) == ()


def test_the_forecast_counts_the_same_chips() -> None:
    """With one seed and the defaults, to the last digit."""
    chips_owned, chips_sold = tables.load("chips_owned"), tables.load("chips_sold")
    defaults = HardwareBottleneck()
    judged = JudgedChips(
        defaults.domestic_2025_h100e_thousand, defaults.smuggled_h100e_thousand,
        defaults.rented_h100e_thousand, defaults.judgement_factor,
    )  # fmt: skip
    parts = chip_stocks.count_chips(
        chips_owned, chips_sold, tables.load("chips_in_china"), tables.load("ai_chips"),
        tables.load("chip_supply_estimates"), judged,
    )  # fmt: skip
    here = chip_stocks.compare_stocks(
        parts, judged, usa_share_of_unnamed=defaults.us_share_of_unnamed, level=0.9,
        rng=np.random.default_rng(4),
    )  # fmt: skip
    there = chip_counts.count_chips(
        chips_owned, chips_sold, JUDGED_CHIPS, day=STOCK_DAY, rng=np.random.default_rng(4)
    )
    assert (here.usa, here.china) == (there.usa, there.china)
