"""The chips of China at the end of 2025, by kind: what the tokens are worked on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from models.core import units
from models.core.estimates import Estimate
from models.core.random_draws import draw_lognormal, draw_within_factor, summarise
from overtake.data.used import Used

from chapters.shared.chips import STOCK_DAY, JudgedChips

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from models.core.arrays import FloatArray

N_PATHS = 20_000
MILLION_H100E = f"million {units.H100E}"
FAST, EXPORT, DOMESTIC = "H100 and H800", "H20", "Ascend"
KINDS: Mapping[str, str] = {
    "H100": FAST,
    "H800": FAST,
    "H20": EXPORT,
    "Ascend 910C": DOMESTIC,
}
"""Kind of each chip that has published speeds of serving."""
_PEAK = "flop_per_s_16bit"
_H100, _H20 = "H100", "H20"
PEAKS_OF_BASE, PEAKS_OF_KINDS = (
    Used("serving_hardware", {"chip": chips}, columns=(_PEAK,))
    for chips in ((_H100, _H20), tuple(KINDS))
)
"""Peak arithmetic by which chips are counted, and of all with published speeds of serving."""
_FOREIGN_MAKERS = ("Nvidia", "AMD")
_PUBLISHED_LEVEL = 0.9  # the table's percentiles are the 5th, the 50th and the 95th
_THOUSAND, _MILLION = 1e3, 1e6


@dataclass(frozen=True)
class ChipBase:
    """China's chips at the end of 2025.

    Attributes
    ----------
    stock : Estimate
        All AI chips of China at the end of 2025, million H100e.
    legal : float
        Chinese chips bought from abroad by the export rules, at the median, million H100e.
    h20_share : float
        Share, by computing power, of China's chips bought by the export rules that we take to be
        H20.
    paths : mapping of str to ndarray
        Drawn stocks by kind, H100e.
    """

    stock: Estimate
    legal: float
    h20_share: float
    paths: Mapping[str, FloatArray]


def power_of(serving_hardware: pd.DataFrame) -> dict[str, float]:
    """Return the computing power of each chip, H100e."""
    peak = serving_hardware.set_index("chip")[_PEAK]
    return {str(chip): float(value) for chip, value in (peak / peak[_H100]).items()}


def estimate_base(
    chips_owned: pd.DataFrame,
    serving_hardware: pd.DataFrame,
    judged: JudgedChips,
    *,
    level: float,
    rng: np.random.Generator,
) -> ChipBase:
    """Add up what China had, by kind of chip.

    Smuggled and rented chips are taken to be of the kind of an H100. Those bought by the
    rules are H20 or of the kind of an H800, mixed so that their number and their computing
    power agree with the table.

    Parameters
    ----------
    chips_owned : DataFrame
        Columns owner_country, maker, quarter_end, h100e_p5, h100e_p50, h100e_p95, units_p50.
    serving_hardware : DataFrame
        Columns chip, flop_per_s_16bit.
    judged : JudgedChips
        The rest.
    level : float
        Of the interval of the stock.
    rng : numpy.random.Generator
        Source of the draws.
    """
    rows = chips_owned[
        (chips_owned["owner_country"] == "CHN")
        & (chips_owned["quarter_end"] == STOCK_DAY)
        & chips_owned["maker"].isin(_FOREIGN_MAKERS)
    ]
    legal, bought = float(rows["h100e_p50"].sum()), float(rows["units_p50"].sum())
    h20_share = _share_of_h20(legal / bought, power_of(serving_hardware)[_H20])
    drawn = np.sum([_draw_published(row, rng) for _, row in rows.iterrows()], axis=0)
    others = {
        name: _THOUSAND * draw_within_factor(amount, judged.factor, rng, n_paths=N_PATHS)
        for name, amount in (
            (DOMESTIC, judged.domestic),
            ("smuggled", judged.smuggled),
            ("rented", judged.rented),
        )
    }
    paths = {
        FAST: (1 - h20_share) * drawn + others["smuggled"] + others["rented"],
        EXPORT: h20_share * drawn,
        DOMESTIC: others[DOMESTIC],
    }
    total = np.sum(list(paths.values()), axis=0) / _MILLION
    return ChipBase(
        stock=summarise(total, level, "range", len(rows), MILLION_H100E),
        legal=legal / _MILLION,
        h20_share=h20_share,
        paths={kind: path for kind, path in paths.items() if path.min() > 0},
    )


def _share_of_h20(mean_power: float, h20: float) -> float:
    """Return H20's share of computing power in a mix of H20 and H800 of this mean power."""
    fast_units = min(max((mean_power - h20) / (1 - h20), 0.0), 1.0)
    return 1 - fast_units / mean_power


def _draw_published(row: pd.Series[float], rng: np.random.Generator) -> FloatArray:
    p5, p50, p95 = (float(row[name]) for name in ("h100e_p5", "h100e_p50", "h100e_p95"))
    published = Estimate(p50, p5, p95, _PUBLISHED_LEVEL, "credible", 1, units.H100E)
    return draw_lognormal(published, rng.standard_normal(N_PATHS))
