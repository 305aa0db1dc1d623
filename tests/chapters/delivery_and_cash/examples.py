"""Small tables that the tests of the chapter share; round numbers."""

import numpy as np
import pandas as pd

from chapters.delivery_and_cash.chip_base import (
    DOMESTIC,
    EXPORT,
    FAST,
    ChipBase,
    estimate_base,
)
from chapters.delivery_and_cash.delivery_share import Delivery, Serving, estimate_delivery
from chapters.shared.chips import STOCK_DAY, JudgedChips
from models.serving.delivery_compute import Speeds

JUDGED = JudgedChips(domestic=300.0, smuggled=200.0, rented=100.0, factor=2.0)
SERVING = Serving(0.25, 0.5, 20e9, 1.0, 0.5, factor=1.5)
SPEEDS = {
    FAST: Speeds(4e14, 2e14, 2),
    EXPORT: Speeds(4e14, 2e14, 1),
    DOMESTIC: Speeds(4e14, 2e14, 1),
}
HARDWARE = pd.DataFrame(
    {"chip": ["H100", "H800", "H20", "Ascend 910C"], "flop_per_s_16bit": [1e15, 1e15, 1.5e14, 8e14]}
)


def owned() -> pd.DataFrame:
    rows = [
        ("China", "CHN", "Nvidia", STOCK_DAY, 320e3, 400e3, 500e3, 1_600_000.0),
        ("China", "CHN", "Huawei", STOCK_DAY, 1e6, 2e6, 3e6, 1e6),
        ("China", "CHN", "Nvidia", pd.Timestamp("2025-09-30"), 1.0, 1.0, 1.0, 1.0),
        ("Google", "USA", "Google", STOCK_DAY, 3e6, 4e6, 5e6, 1e6),
        ("Google", "USA", "Nvidia", STOCK_DAY, 0.8e6, 1e6, 1.25e6, 1e6),
    ]
    columns = [
        "owner", "owner_country", "maker", "quarter_end", "h100e_p5", "h100e_p50", "h100e_p95",
        "units_p50",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def volumes(latest: float = 1.2e14) -> pd.DataFrame:
    rows = [
        ("China", "2025-06-30", 3e13, "official"),
        ("China", "2025-12-31", 1e14, "official"),
        ("China", "2026-03-15", 1.4e14, "official"),
        ("ByteDance", "2025-12-18", 5e13, "official"),
        ("ByteDance", "2025-12-31", 6.3e13, "estimate"),
        ("ByteDance", "2026-04-02", latest, "official"),
        ("ByteDance", "2026-09-30", 9e14, "official"),
        ("Google", "2025-10-10", 4e13, "official"),
        ("Google", "2026-05-19", 1e14, "official"),
    ]
    table = pd.DataFrame(rows, columns=["holder", "date", "tokens_per_day", "basis"])
    return table.assign(date=pd.to_datetime(table["date"]))


def base(judged: JudgedChips = JUDGED) -> ChipBase:
    return estimate_base(owned(), HARDWARE, judged, level=0.9, rng=np.random.default_rng(1))


def delivery(latest: float = 1.2e14, serving: Serving = SERVING) -> Delivery:
    return estimate_delivery(
        volumes(latest), base(), SPEEDS, serving,
        owner_share=0.25, level=0.9, rng=np.random.default_rng(2),
    )  # fmt: skip
