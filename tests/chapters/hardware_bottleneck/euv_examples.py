"""Milestones of made-up programmes, and what follows from them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from chapters.hardware_bottleneck import euv_chances

COLUMNS = ["programme", "milestone", "date", "censored", "outcome"]
# Name, years to the first tool and to volume, and how it ended.
FEW = (
    ("asml-euv", 9.0, 18.0, "reached"),
    ("asml-arf-immersion", 2.0, 4.0, "reached"),
    ("nikon-arf-dry", 1.0, 2.0, "reached"),
    ("asml-157nm", 1.5, 5.0, "abandoned"),
    ("canon-arf-immersion", 1.0, 3.0, "open"),
)


def milestones(programmes: Sequence[tuple[str, float, float, str]] = FEW) -> pd.DataFrame:
    """Prototypes of 2000; the Chinese one of 2025, not in volume by 2026."""
    start = pd.Timestamp("2000-01-01")
    rows = [
        (euv_chances.CANDIDATE, euv_chances.PROTOTYPE, pd.Timestamp("2025-01-01"), False, "open"),
        (euv_chances.CANDIDATE, euv_chances.VOLUME, pd.Timestamp("2026-01-01"), True, "open"),
    ]
    for name, to_tool, to_volume, outcome in programmes:
        rows += [
            (name, euv_chances.PROTOTYPE, start, False, "reached"),
            (name, euv_chances.FIRST_TOOL, _after(start, to_tool), False, "reached"),
            (name, euv_chances.VOLUME, _after(start, to_volume), outcome != "reached", outcome),
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def estimate(table: pd.DataFrame | None = None, speed_up: float = 1.0) -> euv_chances.Euv:
    return euv_chances.estimate_euv(
        milestones() if table is None else table,
        speed_up=speed_up,
        level=0.9,
        rng=np.random.default_rng(1),
    )


def _after(start: pd.Timestamp, years: float) -> pd.Timestamp:
    return start + pd.Timedelta(days=365.25 * years)
