"""Tables with known parameters, in the shape of the project's own."""

import numpy as np
import pandas as pd

START = pd.Timestamp("2018-01-01")
DAYS = 365.25


def compute_table(
    rng: np.random.Generator,
    *,
    n: int = 80,
    developers: int = 10,
    growth: float = 4.0,
    sd: float = 0.5,
    developer_sd: float = 0.0,
    country: str = "USA",
    level: float = 22.0,
    years: float = 6.0,
    kink: float | None = None,
    growth_after: float = 4.0,
) -> pd.DataFrame:
    """Models whose log10 compute grows linearly, with developer effects on level."""
    t = np.sort(rng.uniform(0, years, n))
    developer = np.arange(n) % developers
    logs = level + np.log10(growth) * t + rng.normal(0, sd, n)
    logs = logs + rng.normal(0, 1, developers)[developer] * developer_sd
    if kink is not None:
        logs = logs + (np.log10(growth_after) - np.log10(growth)) * np.maximum(t - kink, 0)
    return pd.DataFrame(
        {
            "model": [f"{country}-{i}" for i in range(n)],
            "organization": [f"{country}-lab-{d}" for d in developer],
            "country": country,
            "date": START + pd.to_timedelta((t * DAYS).round(), unit="D"),
            "training_compute_flop": 10**logs,
        }
    )


def capability_table(
    rng: np.random.Generator,
    *,
    n: int = 150,
    premium: float = 0.0,
    per_order: float = 10.0,
    per_year: float = 12.0,
    sd: float = 3.0,
    developers: int = 24,
) -> pd.DataFrame:
    """Scores that follow compute, time and a country premium."""
    t = rng.uniform(0, 3, n)
    developer = rng.integers(developers, size=n)
    chinese = developer % 3 == 0
    logs = 24 + 0.5 * t + rng.normal(0, 0.8, n)
    score = 100 + per_order * (logs - 24) + per_year * t + premium * chinese + rng.normal(0, sd, n)
    return pd.DataFrame(
        {
            "model": [f"m{i}" for i in range(n)],
            "organization": [f"lab-{d}" for d in developer],
            "country": np.where(chinese, "CHN", "USA"),
            "date": pd.Timestamp("2022-01-01") + pd.to_timedelta((t * DAYS).round(), unit="D"),
            "eci": score,
            "training_compute_flop": 10**logs,
        }
    )


def trail(country: str, dates: list[str], scores: list[float]) -> pd.DataFrame:
    """A country's models with given dates and scores."""
    return pd.DataFrame(
        {
            "model": [f"{country}-{i}" for i in range(len(dates))],
            "organization": [f"{country}-lab-{i}" for i in range(len(dates))],
            "country": country,
            "date": pd.to_datetime(dates),
            "eci": scores,
        }
    )


def staircase(rng: np.random.Generator, *, lag_months: float, n: int = 40) -> pd.DataFrame:
    """Two frontiers on one line of 15 points a year, the second so many months late."""
    sides = []
    for country, late in (("USA", 0.0), ("CHN", lag_months / 12)):
        t = np.sort(rng.uniform(0, 3, n))
        below = rng.exponential(4.0, n) * (rng.random(n) < 0.5)
        side = trail(country, ["2023-01-01"] * n, list(100 + 15 * (t - late) - below))
        dates = pd.Timestamp("2023-01-01") + pd.to_timedelta((t * DAYS).round(), unit="D")
        labs = [f"{country}-lab-{i % 8}" for i in range(n)]
        sides.append(side.assign(date=dates, organization=labs))
    return pd.concat(sides, ignore_index=True)


def race_tables(
    behind: float = 6.0, per_order: float = 10.0, per_year: float = 12.0
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Index, models and chips of two countries on parallel lines, with a wobble.

    The follower's models are as good as the leader's at equal compute, and have
    behind / per_order factors of 10 less of it. American owners grow by 20% a
    quarter, China's chips by 10%.
    """
    days = pd.date_range("2022-01-01", "2026-03-01", freq="20D")
    years = np.arange(len(days)) * 20 / DAYS
    rng = np.random.default_rng(8)
    frames = []
    for code, less in (("USA", 0.0), ("CHN", behind / per_order)):
        logs = 24 + 0.5 * years - less + rng.normal(0, 0.1, len(days))
        noise = rng.normal(0, 0.1, len(days))
        frames.append(
            pd.DataFrame(
                {
                    "model": [f"{code} {i}" for i in range(len(days))],
                    "organization": [f"{code} lab {i % 5}" for i in range(len(days))],
                    "country": code,
                    "date": days,
                    "language_model": True,
                    "training_compute_flop": 10**logs,
                    "eci": 100 + per_order * (logs - 24) + per_year * years + noise,
                }
            )
        )
    models = pd.concat(frames, ignore_index=True)
    quarters = pd.date_range("2022-03-31", "2025-12-31", freq="QE")
    owners = [(f"US {i}", "USA", 100e3 * (i + 1), 0.2 + 0.002 * i) for i in range(5)]
    rows = [
        {
            "owner": owner, "owner_country": code, "maker": "Nvidia", "quarter_end": day,
            "h100e_p5": 0.8 * amount * (1 + rate) ** i,
            "h100e_p50": amount * (1 + rate) ** i,
            "h100e_p95": 1.25 * amount * (1 + rate) ** i,
            "complete": True,
        }
        for owner, code, amount, rate in [*owners, ("China", "CHN", 100e3, 0.1)]
        for i, day in enumerate(quarters)
    ]  # fmt: skip
    return models, models, pd.DataFrame(rows)


def world_tables() -> dict[str, pd.DataFrame]:
    """Tables of sold chips and of power beside `race_tables`, so plain that answers are counted.

    The chips that were sold are those that are owned. Six American sites of 100 MW and 100,000
    H100e at the end of 2025 double by the day of the file, 1 July 2026, half as much as the file
    of January had planned, and plan 200 MW more for each year to 2028.
    """
    _, _, chips = race_tables()
    sold = chips.groupby("quarter_end", as_index=False)["h100e_p50"].sum()
    sold = sold.assign(maker="Nvidia", complete=True)
    sites = [f"site {i}" for i in range(6)]
    states = [("2024-06-30", 50.0), ("2025-06-30", 100.0), ("2026-06-30", 200.0)]
    plans = [(f"{year}-12-01", 200.0 * (year - 2024)) for year in (2026, 2027, 2028)]
    timelines = _states(sites, states + plans).assign(h100e=lambda table: 1000 * table["power_mw"])
    earlier = _states(sites, [states[1], ("2026-06-30", 300.0)])
    timelines.attrs["vintage"], earlier.attrs["vintage"] = "2026-07-01", "2026-01-15"
    years = np.arange(2013, 2026)
    grown = [("USA", 4000.0, 100.0), ("CHN", 9000.0, 400.0)]
    return {
        "chips_sold": sold,
        "electricity": pd.DataFrame(
            [
                {"country": code, "year": year, "generation_twh": first + added * (year - 2013)}
                for code, first, added in grown
                for year in years
            ]
        ),
        "data_centers": pd.DataFrame({"site": sites, "country": "USA"}),
        "data_center_timelines": timelines,
        "data_center_plans_2026_01": earlier,
        "chips_owned": chips.assign(power_mw_p50=chips["h100e_p50"] / 2000),
        "ai_chips": pd.DataFrame({"chip": ["NVIDIA H100 SXM5 80GB"], "fp16_flop_per_s": [1e15]}),
        "published_estimates": pd.DataFrame(
            {"id": ["cloudmatrix-power", "cloudmatrix-flops"], "value": [600.0, 300.0]}
        ),
    }


def _states(sites: list[str], states: list[tuple[str, float]]) -> pd.DataFrame:
    rows = [(site, pd.Timestamp(day), power) for site in sites for day, power in states]
    return pd.DataFrame(rows, columns=["site", "date", "power_mw"])


def chips_sold(*, factors: tuple[float, ...] = (4.0, 3.0, 2.5, 2.2)) -> pd.DataFrame:
    """Cumulative sales of one maker whose yearly inflow grows by these factors from 2022 on."""
    inflow = np.repeat(1e5 * np.cumprod([1.0, *factors]), 4)
    days = pd.date_range("2022-03-31", periods=inflow.size, freq="QE")
    return pd.DataFrame(
        {"maker": "Nvidia", "quarter_end": days, "h100e_p50": inflow.cumsum(), "complete": True}
    )
