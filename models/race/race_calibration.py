"""From the book's tables to the calibration of the joint race, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.capability.compute_efficiency import estimate_premium
from models.capability.frontier_gap import FrontierSides, fit_sides, read_sides
from models.compute.chip_counts import ChipCount, UncountedChips, count_chips, state_count
from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.local_level import LocalLevel, fit_local_level, require_series
from models.race.equal_compute_gain import estimate_equal_compute_gain
from models.race.lead_forecast import Contest, track_gap
from models.race.race_parameters import (
    FIRMS,
    STEPS_PER_YEAR,
    JointCalibration,
    ScoreFit,
    SupplyJudgements,
)
from models.race.relative_compute import estimate_relative_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.arrays import FloatArray
    from models.core.timescale import Moment
    from models.supply.power_limit import WorldPower

_COMPUTE = "training_compute_flop"
_HALF_A_QUARTER = 45  # days
PUBLISHED_SALES = ("revenue-openai-2025", "valuation-openai-2025", "minimax-revenue-2025")
"""Ids of what was published of revenue and valuation."""
LISTED_WORTH = "market_value_first_close_hkd_million"
NORMAL_90 = 1.645
"""Standard deviations from the mean of a normal distribution to either end of its 90% interval."""
JUDGED_CHIPS = UncountedChips(
    SupplyJudgements().unseen_2025_h100e,
    SupplyJudgements().us_share_of_unnamed,
    SupplyJudgements().judgement_factor,
)
"""What is judged of chips that no record of owners holds."""


@dataclass(frozen=True)
class KnownSales:
    """What is published of the best-known firms that only do AI, in billions of US dollars.

    Attributes
    ----------
    openai_revenue : float
        OpenAI's revenue of 2025 as reported, billion US$.
    openai_value : float
        OpenAI's valuation in 2025 as reported, billion US$.
    minimax_revenue : float
        Of 2025, at the pace of its first nine months.
    largest_listing : str
        Of the listed start-ups, the firm that was worth most at its first close.
    listed_value : float
        Worth of the most valuable newly listed start-up at its first close, billion US$.
    """

    openai_revenue: float
    openai_value: float
    minimax_revenue: float
    largest_listing: str
    listed_value: float


def calibrate(
    index: pd.DataFrame,
    models: pd.DataFrame,
    chips: pd.DataFrame,
    *,
    since: Moment,
    sales: Mapping[str, Contest],
    level: float,
    lead_margin: float,
    rng: np.random.Generator,
    counted: ChipCount | None = None,
    power: WorldPower | None = None,
    replications: int = 500,
) -> JointCalibration:
    """Fit what the joint race takes from data.

    Parameters
    ----------
    index : DataFrame
        Capability index, complete in country and date.
    models : DataFrame
        Table ``ai_models``.
    chips : DataFrame
        Table ``chips_owned``.
    since : date
        First day of the models that past growth is fitted on.
    sales : mapping of str to Contest
        Races in revenue and valuation, from `build_sales_contests`; may be empty.
    level : float
        Level of the intervals.
    lead_margin : float
        Points by which a lead on the index must be held to count.
    rng : numpy.random.Generator
        Source of the bootstraps' and the posteriors' draws.
    counted : ChipCount, optional
        Chips of both countries; without it those of named American owners count alone.
    power : WorldPower, optional
        What limits the power of both countries' chips; without it nothing does.
    replications : int
        Of the bootstrap of past growth.

    Raises
    ------
    ModelInputError
        If a country is missing, or a series is too short.
    """
    measured = measure_race(index, models, since=since, level=level)
    drawn = draw_race(measured, level=level, replications=replications, rng=rng)
    return JointCalibration(
        as_of=measured.as_of,
        fit=measured.fit,
        equal_compute_gain=measured.equal_compute_gain,
        relative_points=measured.relative_points,
        records=measured.records,
        sales=sales,
        power=power,
        lead_margin=lead_margin,
        **vars(drawn),
        **vars(measure_supply(chips, counted, rng)),
    )


@dataclass(frozen=True)
class MeasuredRace:
    """What is fitted to the index and the models without a draw.

    Attributes
    ----------
    as_of, fit, equal_compute_gain, relative_points, records
        As `models.race.race_parameters.JointCalibration` has them.
    frontiers : FrontierSides
        Both countries' models, of which the past closing is fitted.
    capability_gaps, run_gaps : ndarray, shape (n,)
        Gaps by quarter, points and factors of 10.
    """

    as_of: str
    fit: ScoreFit
    equal_compute_gain: Estimate
    relative_points: Estimate
    records: tuple[float, float]
    frontiers: FrontierSides
    capability_gaps: FloatArray
    run_gaps: FloatArray


@dataclass(frozen=True)
class DrawnRace:
    """What is drawn from posteriors and bootstraps; as `JointCalibration` has it."""

    closing: Estimate
    capability_gap: LocalLevel
    run_gap: LocalLevel


def measure_race(
    index: pd.DataFrame, models: pd.DataFrame, *, since: Moment, level: float
) -> MeasuredRace:
    """Fit what needs no draws; parameters as `calibrate`.

    Raises
    ------
    ModelInputError
        As `calibrate`, but for chips.
    """
    day = index["date"].max()
    known = select_known_runs(models)
    best = index.groupby("country")["eci"].max()
    return MeasuredRace(
        as_of=f"{day:%Y-%m-%d}",
        fit=fit_score(index),
        equal_compute_gain=estimate_equal_compute_gain(index, level=level),
        relative_points=estimate_relative_points(index, known, level=level),
        records=(float(best["USA"]), float(best["CHN"])),
        frontiers=read_sides(index, since=since, date=day),
        capability_gaps=require_series(list_quarterly_gaps(index, since=since, value="eci")),
        run_gaps=require_series(list_quarterly_gaps(known, since=since, value="log10_compute")),
    )


def draw_race(
    measured: MeasuredRace, *, level: float, replications: int, rng: np.random.Generator
) -> DrawnRace:
    """Draw the past closing and both gaps; parameters as `calibrate`."""
    return DrawnRace(
        closing=fit_sides(
            measured.frontiers, rng=rng, replications=replications, level=level
        ).closing,
        capability_gap=fit_local_level(measured.capability_gaps, rng=rng),
        run_gap=fit_local_level(measured.run_gaps, rng=rng),
    )


def write_first_day(year: int) -> str:
    """ISO date on which the models of a year and later begin."""
    return f"{year}-01-01"


def select_known_scores(index: pd.DataFrame) -> pd.DataFrame:
    """Return the models of the index whose day of release and country are known."""
    return index.dropna(subset=["date", "country"])


def estimate_scores(fit: ScoreFit) -> tuple[Estimate, Estimate, Estimate]:
    """Coefficients of a fit, in its order, with their 90% confidence intervals, in points."""
    compute, year, country = (
        Estimate(value, value - half, value + half, 0.9, "confidence", fit.n, units.POINTS)
        for value, half in zip(
            map(float, fit.coefficients),
            map(float, NORMAL_90 * np.sqrt(fit.covariance.diagonal())),
            strict=True,
        )
    )
    return compute, year, country


def fit_score(index: pd.DataFrame) -> ScoreFit:
    """Regress scores on log10 compute, year and country, clustered by developer.

    Raises
    ------
    ModelInputError
        As `models.capability.compute_efficiency.estimate_premium`.
    """
    complete = index.dropna(subset=[_COMPUTE, "organization"])
    fit = estimate_premium(complete, covariance="cluster").regression
    at = [fit.names.index(name) for name in ("log10_compute", "year", "country")]
    return ScoreFit(fit.coefficients[at], fit.covariance[np.ix_(at, at)], fit.n)


def list_quarterly_gaps(frame: pd.DataFrame, *, since: Moment, value: str) -> list[float]:
    """Gap of two countries' records by quarter, from the quarter after the follower's entry.

    Raises
    ------
    ModelInputError
        As `models.race.lead_forecast.track_gap`.
    """
    entry = frame.loc[frame["country"] == "CHN", "date"].min()
    start = max(pd.Timestamp(since), entry + pd.offsets.QuarterEnd(2))
    series = track_gap(frame, since=start, value=value)
    gaps = [float(gap) for gap in series["gap"]]
    pair = frame[frame["country"].isin(["USA", "CHN"])]
    if (pair["date"].max() - series["date"].iloc[-1]).days > _HALF_A_QUARTER:
        best = pair.groupby("country")[value].max()
        gaps.append(float(best["USA"] - best["CHN"]))
    return gaps


def list_past_leads(
    index: pd.DataFrame, calibration: JointCalibration, *, since: Moment
) -> dict[str, list[tuple[float, float]]]:
    """Return past leads of the follower by measure: decimal year and points, by quarter.

    Only the capability index has a past that is drawn.

    Raises
    ------
    ModelInputError
        As `list_quarterly_gaps`.
    """
    gaps = list_quarterly_gaps(index, since=since, value="eci")
    times = calibration.start - np.arange(len(gaps))[::-1] / STEPS_PER_YEAR
    return {"capability": [(float(t), -gap) for t, gap in zip(times, gaps, strict=True)]}


def select_known_runs(models: pd.DataFrame) -> pd.DataFrame:
    """Return language models of known compute and country, with ``log10_compute``.

    Raises
    ------
    ModelInputError
        If there is none.
    """
    known = models[models["language_model"]].dropna(subset=[_COMPUTE, "country"])
    if known.empty:
        raise ModelInputError("needs language models of known compute, got none")
    return known.assign(log10_compute=np.log10(known[_COMPUTE]))


def build_sales_contests(
    published: pd.DataFrame, listings: pd.DataFrame, *, hkd_per_usd: float, volatility: float
) -> dict[str, Contest]:
    """Races in revenue and valuation between the best-known firms that only do AI.

    The largest Chinese firm by AI revenue is not known: those of Alibaba, Tencent
    and ByteDance do not report it. The gap is that to the listed start-ups, an
    upper bound; the lower end of its range is parity.

    Parameters
    ----------
    published : DataFrame
        Table ``published_estimates``.
    listings : DataFrame
        Table ``listings``.
    hkd_per_usd : float
        Hong Kong dollars for one US dollar.
    volatility : float
        Standard deviation of a year's change of a log10 ratio, a judgement.

    Raises
    ------
    ModelInputError
        If a figure is missing.
    """
    known = read_known_sales(published, listings, hkd_per_usd=hkd_per_usd)
    gaps = {
        "revenue": np.log10(known.openai_revenue / known.minimax_revenue),
        "valuation": np.log10(known.openai_value / known.listed_value),
    }
    return {
        name: Contest(
            name.capitalize(),
            Estimate(float(gap) / 2, 0.0, float(gap), 0.9, "range", 0, units.ORDERS),
            0.0,
            volatility,
        )
        for name, gap in gaps.items()
    }


def read_known_sales(
    published: pd.DataFrame, listings: pd.DataFrame, *, hkd_per_usd: float
) -> KnownSales:
    """Return revenue and valuation of the best-known firms that only do AI.

    Parameters
    ----------
    published, listings, hkd_per_usd
        As `build_sales_contests`.

    Raises
    ------
    ModelInputError
        If a figure is missing.
    """
    value = published.set_index("id")["value"]
    if missing := sorted({*PUBLISHED_SALES} - set(value.index)):
        raise ModelInputError(f"needs published figures {missing}, got {len(value)} others")
    openai_revenue, openai_value, minimax_revenue = (float(value[key]) for key in PUBLISHED_SALES)
    worth = listings.set_index("firm")[LISTED_WORTH] / 1000 / hkd_per_usd
    return KnownSales(
        openai_revenue=openai_revenue,
        openai_value=openai_value,
        minimax_revenue=minimax_revenue / 1000 / 0.75,  # of nine months
        largest_listing=str(worth.idxmax()),
        listed_value=float(worth.max()),
    )


@dataclass(frozen=True)
class MeasuredSupply:
    """Chips and their owners; as `JointCalibration` has them."""

    us_stock: Estimate
    china_stock: Estimate
    china_recorded: float
    us_inflow_share: float
    us_past_growth: float
    firm_shares: tuple[float, ...]
    share_volatility: float


def measure_supply(
    chips: pd.DataFrame, counted: ChipCount | None, rng: np.random.Generator
) -> MeasuredSupply:
    """Measure chips, and how their owners' shares move; parameters as `calibrate`.

    Raises
    ------
    ModelInputError
        If too few American owners are known two years back.
    """
    whole = chips[chips["complete"] & chips["owner_country"].notna()]
    day = find_last_whole_quarter(chips)
    owned = whole[whole["owner_country"] == "USA"].pivot_table(
        index="quarter_end", columns="owner", values="h100e_p50", aggfunc="sum"
    )
    days = [day - pd.DateOffset(years=back) + pd.offsets.MonthEnd(0) for back in (2, 1, 0)]
    if owned.shape[1] < FIRMS or not set(days) <= set(owned.index):
        raise ModelInputError(
            f"needs {FIRMS} American owners two years back from {day:%Y-%m-%d}, "
            f"got {list(owned.columns)} from {owned.index.min():%Y-%m-%d}"
        )
    shares = owned.loc[days].div(owned.loc[days].sum(axis=1), axis=0)
    yearly = np.diff(np.log10(shares.to_numpy()), axis=0)
    count = counted or count_chips(whole, None, JUDGED_CHIPS, day=day, rng=rng)
    return MeasuredSupply(
        us_stock=state_count(count.usa, len(owned.columns)),
        china_stock=state_count(count.china, len(JUDGED_CHIPS.chinese_h100e)),
        china_recorded=count.china_recorded,
        us_inflow_share=count.us_inflow_share,
        us_past_growth=count.us_past_growth,
        firm_shares=tuple(float(x) for x in np.sort(shares.iloc[-1].to_numpy())[::-1]),
        share_volatility=float(np.sqrt(np.mean(yearly**2))),
    )


def find_last_whole_quarter(chips: pd.DataFrame) -> pd.Timestamp:
    """Last quarter that every maker's estimates reach.

    Raises
    ------
    ModelInputError
        If no quarter is complete.
    """
    whole = chips[chips["complete"] & chips["owner_country"].notna()]
    if whole.empty:
        raise ModelInputError("needs complete quarters of owned chips, got none")
    return pd.Timestamp(whole.groupby("maker")["quarter_end"].max().min())
