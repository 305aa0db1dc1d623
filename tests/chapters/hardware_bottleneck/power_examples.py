"""Electricity that grows evenly, beside stocks without chance."""

from dataclasses import replace

import pandas as pd

from chapters.hardware_bottleneck import power_supply
from models.supply.power_data import PowerTables
from tests.chapters.hardware_bottleneck.supply_examples import LEVEL, limits, stocks, world
from tests.models.simulated import world_tables


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


def estimate(usa_added: float = 20.0, china_added: float = 400.0) -> power_supply.Power:
    """Chips take a kW all year in the United States, and two in China."""
    tables = replace(
        PowerTables.pick(world_tables()), electricity=electricity(usa_added, china_added)
    )
    power = limits()
    chinese = replace(power.china, chip=replace(power.china.chip, kw=2.0))
    return power_supply.estimate_power(
        tables, replace(power, china=chinese), stocks(world(power)), window_years=10, level=LEVEL
    )
