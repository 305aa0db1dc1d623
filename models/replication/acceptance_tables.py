"""Published stocks and counts, read again from the book's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core import units
from models.core.errors import ModelInputError
from models.core.input_checks import select_countries
from models.replication.acceptance import AcceptanceCheck, check_within

if TYPE_CHECKING:
    import pandas as pd


def check_top500(systems: pd.DataFrame) -> AcceptanceCheck:
    """Compare counts and shares of listed supercomputers with the list of June 2025.

    Parameters
    ----------
    systems : DataFrame
        Columns country, systems and rmax_tflop_s.
    """
    pair = select_countries(
        systems, ("USA", "CHN"), complete=["systems", "rmax_tflop_s"], minimum=1
    ).set_index("country")
    counts = pair["systems"].to_dict()
    shares = (100 * pair["rmax_tflop_s"] / systems["rmax_tflop_s"].sum()).to_dict()
    return AcceptanceCheck(
        "top500",
        "Systems on the TOP500 list of June 2025 and their share of performance",
        (
            check_within("usa_systems", 175, counts["USA"], 0.5, "systems"),
            check_within("usa_share", 48.41, shares["USA"], 0.01, units.PERCENT),
            check_within("chn_systems", 47, counts["CHN"], 0.5, "systems"),
            check_within("chn_share", 2.03, shares["CHN"], 0.01, units.PERCENT),
        ),
        "top500-2025-06",
        "models.replication.acceptance_tables.check_top500",
    )


def check_electricity(electricity: pd.DataFrame) -> AcceptanceCheck:
    """Compare generation in 2025, and the year in which China's passed that of the US.

    Parameters
    ----------
    electricity : DataFrame
        Columns country, year and generation_twh.
    """
    rows = select_countries(electricity, ("CHN", "USA"), complete=["year", "generation_twh"])
    wide = rows.pivot_table(index="year", columns="country", values="generation_twh")
    last = wide.loc[2025].to_dict()
    ahead = wide.index[wide["CHN"] > wide["USA"]]
    return AcceptanceCheck(
        "electricity",
        "Electricity generation in 2025",
        (
            check_within("chn_2025", 10583.36, last["CHN"], 0.01, "TWh"),
            check_within("usa_2025", 4519.79, last["USA"], 0.01, "TWh"),
            check_within("crossover", 2010, int(ahead.min()), 0.5, "year"),
        ),
        "owid-electricity",
        "models.replication.acceptance_tables.check_electricity",
    )


def check_nvidia(owned: pd.DataFrame, sold: pd.DataFrame) -> AcceptanceCheck:
    """Compare China's stock of Nvidia chips, and its share, with Epoch AI's estimate.

    Parameters
    ----------
    owned : DataFrame
        Columns owner, maker, quarter_end and h100e_p5, h100e_p50, h100e_p95.
    sold : DataFrame
        Columns maker, quarter_end, h100e_p50 and units_p50.
    """
    china = _at_year_end(owned[owned["owner"] == "China"])
    total = _at_year_end(sold)
    share = 100 * china["h100e_p50"] / total["h100e_p50"]
    mixed = 100 * china["h100e_p50"] / total["units_p50"]
    return AcceptanceCheck(
        "nvidia-china",
        "China's stock of Nvidia chips at the end of 2025",
        (
            check_within("chn_stock", 401_698, china["h100e_p50"], 0.5, units.H100E),
            check_within("chn_stock_p5", 324_871, china["h100e_p5"], 0.5, units.H100E),
            check_within("chn_stock_p95", 496_849, china["h100e_p95"], 0.5, units.H100E),
            check_within("world_stock", 10.48, total["h100e_p50"] / 1e6, 0.005, "million H100e"),
            check_within("chn_share", 3.83, share, 0.005, units.PERCENT),
        ),
        "epoch-ai-chip-counts",
        "models.replication.acceptance_tables.check_nvidia",
        (
            f"The 10.48 million are chips, not H100 equivalents: the same file has "
            f"{total['units_p50'] / 1e6:.2f} million chips, worth {total['h100e_p50'] / 1e6:.2f} "
            f"million H100e. Dividing China's H100e by chips gives {mixed:.2f}%; in one unit the "
            f"share is {share:.2f}%."
        ),
    )


def _at_year_end(stocks: pd.DataFrame) -> dict[str, float]:
    """Return the row of Nvidia at the end of 2025."""
    rows = stocks[(stocks["maker"] == "Nvidia") & (stocks["quarter_end"] == "2025-12-31")]
    if len(rows) != 1:
        raise ModelInputError(f"needs one row of Nvidia at the end of 2025, got {len(rows)}")
    return {str(name): value for name, value in rows.iloc[0].to_dict().items()}
