"""Milestones of made-up programmes, and what follows from them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from chapters.hardware_bottleneck import euv_chances, euv_classes
from chapters.hardware_bottleneck.euv_quarters import mix_by_quarter

COLUMNS = [
    "programme", "generation", "increment", "milestone", "date", "censored", "outcome",
]  # fmt: skip
EUV, ARF = "EUV (0.33 NA)", "ArF dry"
# Name, light, years to working chips and to volume, and how it ended.
FEW = (
    ("asml-euv", EUV, 2.0, 18.0, "reached"),
    ("nikon-euv", EUV, 1.0, 3.0, "abandoned"),
    ("nikon-arf-dry", ARF, 1.0, 2.0, "reached"),
    ("svg-arf-dry", ARF, 1.5, 5.0, "abandoned"),
    ("nikon-krf", "KrF", 2.0, 6.0, "open"),
)
INCREMENT = ("asml-arf-immersion", "ArF immersion", 0.5, 1.0, "reached")
RAMPS = pd.DataFrame(
    {
        "risk_production": pd.to_datetime(["2017-04-15", "2018-08-15", "2019-03-15"]),
        "volume_production": pd.to_datetime(["2018-04-15", "2019-05-15", "2020-04-01"]),
    }
)


def milestones(
    programmes: Sequence[tuple[str, str, float, float, str]] = FEW,
) -> pd.DataFrame:
    """One start for all but KrF; the Chinese prototype has made no working chips by 2026."""
    china, seen = pd.Timestamp("2025-01-01"), pd.Timestamp("2026-01-01")
    rows: list[tuple[str, str, bool, str, pd.Timestamp, bool, str]] = [
        (euv_classes.CANDIDATE, EUV, False, euv_classes.PROTOTYPE, china, False, "reached"),
        (euv_classes.CANDIDATE, EUV, False, euv_classes.CHIPS, seen, True, "open"),
        (euv_classes.CANDIDATE, EUV, False, euv_classes.VOLUME, seen, True, "open"),
    ]
    for name, light, to_chips, to_volume, outcome in (*programmes, INCREMENT):
        start = pd.Timestamp("1990-01-01" if light == "KrF" else "2006-08-15")
        of = (name, light, (name, light) == INCREMENT[:2])
        to = _after(start, to_volume)
        rows += [
            (*of, euv_classes.PROTOTYPE, start, False, "reached"),
            (*of, euv_classes.CHIPS, _after(start, to_chips), False, "reached"),
            (*of, euv_classes.VOLUME, to, outcome != "reached", outcome),
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def estimate(table: pd.DataFrame | None = None, speed_up: float = 1.0) -> euv_chances.Euv:
    rows = milestones() if table is None else table
    return euv_chances.estimate_euv(
        rows,
        RAMPS,
        mix_by_quarter(rows, RAMPS, speed_up=speed_up),
        speed_up=speed_up,
        level=0.9,
        rng=np.random.default_rng(1),
    )


def _after(start: pd.Timestamp, years: float) -> pd.Timestamp:
    return start + pd.Timedelta(days=365.25 * years)
