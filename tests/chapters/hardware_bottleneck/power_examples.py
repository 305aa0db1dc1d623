"""Electricity that grows evenly, beside stocks without chance."""

import pandas as pd

from chapters.hardware_bottleneck import power_supply
from tests.chapters.hardware_bottleneck.supply_examples import CHIPS_OWNED, LEVEL, stocks

H100 = 1e15
PUBLISHED = pd.DataFrame(
    {"id": ["cloudmatrix-power", "cloudmatrix-flops"], "value": [600.0, 300.0]}
)
DATA_CENTRES = power_supply.DataCentres(pue=1.25, utilisation=0.8, efficiency_growth=1.0)


def electricity(usa_added: float = 20.0, china_added: float = 400.0) -> pd.DataFrame:
    """2000 to 2023, from 4,000 and 2,000 TWh."""
    return pd.DataFrame(
        [
            (code, year, first + added * (year - 2000))
            for code, first, added in (("USA", 4000.0, usa_added), ("CHN", 2000.0, china_added))
            for year in range(2000, 2024)
        ],
        columns=["country", "year", "generation_twh"],
    )


def estimate(
    usa_added: float = 20.0, china_added: float = 400.0, us_share: float = 0.5
) -> power_supply.Power:
    return power_supply.estimate_power(
        electricity(usa_added, china_added),
        CHIPS_OWNED,
        PUBLISHED,
        stocks(),
        h100_flop_per_s=H100,
        shares={"USA": us_share, "CHN": 0.1},
        data_centres=DATA_CENTRES,
        window_years=10,
        level=LEVEL,
    )
