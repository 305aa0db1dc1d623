"""A few invented sites, and measures made from them, for the tests of the chapter."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from chapters.infrastructure.coverage import CountryCoverage, Coverage
from chapters.infrastructure.site_power import SitePower, estimate_power
from chapters.infrastructure.time_to_power import TimeToPower, estimate_times
from chapters.shared.chips import JudgedChips
from models.core.estimates import Estimate

AS_OF = "2026-07-18"
SAID = pd.DataFrame(
    {
        "id": [
            "data-centre-months-us", "data-centre-twh-us-2024", "data-centre-twh-china-2024",
            "data-centre-twh-us-2030", "data-centre-twh-china-2030", "data-centre-capacity-us",
            "data-centre-capacity-china", "data-centre-spare-power-china", "data-centre-idle-china",
        ],
        "value": [36.0, 200.0, 100.0, 400.0, 250.0, 40.0, 20.0, 400.0, np.nan],
        "high": [np.nan] * 8 + [80.0],
        "date": [pd.Timestamp("2025-04-10")] * 9,
    }
)  # fmt: skip


def centers(**countries: str) -> pd.DataFrame:
    """Return sites by name and the country of each."""
    return pd.DataFrame({"site": list(countries), "country": list(countries.values())})


def path(site: str, begins: str | None, *states: tuple[str, float]) -> pd.DataFrame:
    """Return a site's power by day, MW, and the half of it as computers, a chip a kW."""
    return pd.DataFrame(
        {
            "site": site,
            "date": pd.to_datetime([day for day, _ in states]),
            "begins": [begins, *[None] * (len(states) - 1)],
            "power_mw": [mw for _, mw in states],
            "h100e": [500 * mw for _, mw in states],
        }
    )


SITES = centers(A="USA", B="USA", C="USA", D="USA", E="CHN", F="CHN", G="ARE")
PATHS = pd.concat(
    [
        path("A", "ground broken", ("2023-01-01", 0), ("2025-01-01", 100), ("2028-06-01", 900)),
        path("B", "ground broken", ("2023-07-01", 0), ("2026-01-01", 300)),
        path("C", "ground broken", ("2024-01-01", 0), ("2025-03-01", 200)),
        path("D", "ground broken", ("2025-01-01", 0), ("2027-01-01", 500)),
        path("E", "ground broken", ("2024-03-01", 0), ("2025-06-01", 40), ("2027-01-01", 90)),
        path("F", "fitted out", ("2024-06-01", 0), ("2025-06-01", 60)),
        path("G", None, ("2025-05-01", 20)),
        path("Nowhere", None, ("2026-01-01", 70)),
    ],
    ignore_index=True,
)


@cache
def power() -> SitePower:
    """Return the power of these sites."""
    return estimate_power(SITES, PATHS, as_of=AS_OF, plan_year=2028)


@cache
def times() -> TimeToPower:
    """Return how long these sites took."""
    return estimate_times(SITES, PATHS, SAID, as_of=AS_OF, level=0.9)


def times_with(
    ratio: tuple[float, float, float], anyhow: tuple[float, float, float]
) -> TimeToPower:
    """Return the same with other ratios: value, low, high."""
    made = [Estimate(*each, 0.9, "confidence", 2, "times") for each in (ratio, anyhow)]
    return replace(times(), ratio=made[0], ratio_if_any=made[1])


def seen_with(low: float, value: float, high: float) -> Coverage:
    """Return a coverage with this ratio of Chinese over American power."""
    total = Estimate(1e6, 8e5, 1.25e6, 0.9, "credible", 1, "H100e")
    country = CountryCoverage(3, 2e5, total, 0.4, 10, 1e5)
    ratio = Estimate(value, low, high, 0.9, "credible", 3, "times")
    opened = pd.Timestamp("2025-07-01")
    return Coverage(country, country, ratio, 0.1, opened, JudgedChips(300, 200, 0, 2))
