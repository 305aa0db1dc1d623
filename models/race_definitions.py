"""Three definitions of leading, each made into a contest from the book's tables."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from models.capability import frontier_gap, frontier_trend
from models.errors import ModelInputError
from models.estimates import Estimate
from models.forecast import first_passage_probability
from models.gap import Percentiles, largest_run_gap, percentile_gap, sum_of_percentiles
from models.growth import fit_growth
from models.leading import (
    Contest,
    LeadForecast,
    difference,
    gap_series,
    yearly_volatility,
    years_between,
)
from models.sensitivity import SobolIndices, sobol_indices
from models.timescale import Moment
from models.verdicts import (
    Verdict,
    confidence_level,
    verdict_from_measures,
    verdict_from_probability,
)

CAPABILITY, LARGEST_RUN, COMPUTE_STOCK = "capability", "largest_run", "compute_stock"
DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        CAPABILITY: "Capability index",
        LARGEST_RUN: "Largest training run",
        COMPUTE_STOCK: "Compute owned",
    }
)
BACKTEST_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "origin": "day of the forecast",
        "horizon_months": "months ahead",
        "gap_then": "gap on that day, points",
        "outcome": "gap that came, points",
        **{
            f"{what}_{who}": f"{meaning}, {name}, points"
            for who, name in (
                ("model", "trend in full"),
                ("no_change", "no change"),
                ("linear_trend", "the gap's own trend"),
            )
            for what, meaning in (
                ("mean", "forecast"),
                ("sd", "standard deviation of the forecast"),
                ("crps", "continuous ranked probability score"),
            )
        },
        "inside_50": "whether the outcome lies in the 50% prediction interval of the trend in full",
        "inside_90": "whether the outcome lies in its 90% prediction interval",
    }
)
_COMPUTE = "training_compute_flop"
# Errors of one publisher's estimates for several owners are partly shared; how
# far, no file says. One half lies between the bounds that models.gap shows.
_SHARED_ERROR = 0.5
_LIN = 0.20


def contests(
    index: pd.DataFrame,
    models: pd.DataFrame,
    chips: pd.DataFrame,
    *,
    since: Moment,
    trend_weight: float,
    volatility_factor: float,
    step_quarters: int,
    unseen_h100e: float,
    stock_closing: float,
    level: float,
    rng: np.random.Generator,
) -> dict[str, Contest]:
    """Set up the contest for each definition of leading, by its short name.

    Parameters
    ----------
    index : DataFrame
        Capability index, complete in country and date.
    models : DataFrame
        Table ``ai_models``.
    chips : DataFrame
        Table ``chips_owned``.
    since : date
        First day of the models that growth and volatility are taken from.
    trend_weight : float
        Share of the past difference in growth that goes on.
    volatility_factor : float
        Multiplies the volatility found.
    step_quarters : int
        See `models.leading.yearly_volatility`.
    unseen_h100e : float
        Chinese accelerators outside the table, H100 equivalents.
    stock_closing : float
        Rate at which the gap in compute owned closes, orders of magnitude a year.
    level : float
        Level of all intervals.
    rng : numpy.random.Generator
        Source of the bootstraps' draws.

    Raises
    ------
    ModelInputError
        If a country is missing, or a series is too short.
    """
    made = {
        CAPABILITY: _capability(index, since, step_quarters, level, rng),
        LARGEST_RUN: _largest_run(models, since, step_quarters, level, rng),
    }
    weighted = {name: replace(contest, weight=trend_weight) for name, contest in made.items()}
    stock = _compute_stock(chips, unseen_h100e, stock_closing, step_quarters, level, rng)
    return {
        name: replace(contest, volatility=volatility_factor * contest.volatility)
        for name, contest in {**weighted, COMPUTE_STOCK: stock}.items()
    }


def steps(frontiers: Mapping[str, pd.DataFrame], *, until: Moment) -> pd.DataFrame:
    """Return the frontiers as steps: each country's records, held until a day.

    Raises
    ------
    ModelInputError
        If there is no country.
    """
    if not frontiers:
        raise ModelInputError("needs a frontier, got none")
    parts = []
    for country, frontier in frontiers.items():
        held = frontier[["date", "eci"]].sort_values("date")
        end = pd.DataFrame({"date": [pd.Timestamp(until)], "eci": [held["eci"].iloc[-1]]})
        parts.append(pd.concat([held, end], ignore_index=True).assign(country=country))
    return pd.concat(parts, ignore_index=True)[["country", "date", "eci"]]


def by_definition(forecasts: Mapping[str, LeadForecast], date: str) -> pd.DataFrame:
    """Return the forecasts of one date, a row for each definition."""
    frames = [forecast.to_frame() for forecast in forecasts.values()]
    rows = pd.concat(frames, ignore_index=True)
    return rows[rows["date"] == date].reset_index(drop=True)


def between_claims(probability: Estimate, *, likely_from: float) -> str:
    """Say which of the two statements the interval of a probability allows.

    Lin Junyang said "less than 20%", Yao Shunyu "high likelihood", which is read
    as `likely_from` or more.
    """
    lin, yao = probability.low < _LIN, probability.high >= likely_from
    if lin and yao:
        return "its interval allows both Lin's “less than 20%” and Yao's “high likelihood”"
    if lin:
        return "its interval allows Lin's “less than 20%” and not Yao's “high likelihood”"
    if yao:
        return "its interval allows Yao's “high likelihood” and not Lin's “less than 20%”"
    return "its interval allows neither Lin's “less than 20%” nor Yao's “high likelihood”"


def in_percent(probability: Estimate) -> Estimate:
    """Return a probability in percent."""
    return replace(
        probability,
        value=100 * probability.value,
        low=100 * probability.low,
        high=100 * probability.high,
        unit="%",
    )


def alternatives(contest: Contest) -> dict[str, tuple[Contest, Contest]]:
    """Return a contest with one assumption at a time at its low and its high value."""

    def fixed(estimate: Estimate, value: float) -> Estimate:
        return replace(estimate, value=value, low=value, high=value)

    gap, closing = contest.gap, contest.past_closing
    return {
        "Past trend goes on:\nnot at all / in full": (
            replace(contest, weight=0.0),
            replace(contest, weight=1.0),
        ),
        "Past rate: low / high\nend of its interval": (
            replace(contest, past_closing=fixed(closing, closing.low)),
            replace(contest, past_closing=fixed(closing, closing.high)),
        ),
        "Volatility:\nhalf / double": (
            replace(contest, volatility=contest.volatility / 2),
            replace(contest, volatility=contest.volatility * 2),
        ),
        "Gap today: high / low\nend of its interval": (
            replace(contest, gap=fixed(gap, gap.high)),
            replace(contest, gap=fixed(gap, gap.low)),
        ),
    }


def variance_shares(contest: Contest, date: str, *, seed: int) -> SobolIndices:
    """Sobol indices of the chance to have led by a date.

    The inputs are uniform and independent: gap and past rate over their
    intervals, the share of the past trend that goes on from none to all, and
    the volatility from half to double.

    Raises
    ------
    ModelInputError
        If the contest's gap or rate has no interval.
    """
    years = years_between(contest.as_of, date)
    ranges = {
        "Gap today": (contest.gap.low, contest.gap.high),
        "Past rate": (contest.past_closing.low, contest.past_closing.high),
        "Share of the trend": (0.0, 1.0),
        "Volatility": (contest.volatility / 2, contest.volatility * 2),
    }
    return sobol_indices(
        lambda x: first_passage_probability(x[:, 0], x[:, 1] * x[:, 2], x[:, 3], years),
        ranges,
        seed=seed,
        n_base=4096,
    )


def stacked(shares: Mapping[str, SobolIndices]) -> pd.DataFrame:
    """Return Sobol indices of several dates in one table, the date first."""
    frames = [found.indices.assign(date=date) for date, found in shares.items()]
    table = pd.concat(frames, ignore_index=True)
    return table[["date", *(c for c in table.columns if c != "date")]]


def judge(
    forecasts: Mapping[str, LeadForecast],
    chosen: str,
    *,
    date: str,
    likely_from: float,
    checked: Sequence[float],
    undecided_low: float = 0.05,
    undecided_high: float = 0.95,
) -> dict[str, Verdict]:
    """Judge Yao's claim by the chosen definition, and "undecided" by all of them.

    To *become* the leading firm by a date is to lead on some day up to it: both
    verdicts rest on the first-passage chance. Confidence counts a definition as
    a measure and asks how many put the chance on the same side of `likely_from`.

    Parameters
    ----------
    forecasts : mapping of str to LeadForecast
        By definition.
    chosen : str
        Definition that the verdict on Yao's claim rests on.
    date : str
        Date of the verdict.
    likely_from : float
        Probability from which a chance counts as a high likelihood.
    checked : sequence of float
        The chosen definition's chance under other assumptions, one at a time.
    undecided_low, undecided_high : float
        Chances between them leave the race undecided.
    """
    chances = {DEFINITIONS[name].lower(): f.on(date)[1] for name, f in forecasts.items()}
    picked = forecasts[chosen].on(date)[1]
    agreeing = sum(
        (c.value >= likely_from) == (picked.value >= likely_from) for c in chances.values()
    )
    confidence = confidence_level(
        n=picked.n,
        measures_agreeing=agreeing,
        measures=len(chances),
        checks_flipping=sum((c >= likely_from) != (picked.value >= likely_from) for c in checked),
        checks=len(checked),
    )
    return {
        "leading-firm": verdict_from_probability(
            "leading-firm", picked, likely_from, 1.0, confidence=confidence
        ),
        "undecided": verdict_from_measures(
            "undecided",
            {name: in_percent(chance) for name, chance in chances.items()},
            100 * undecided_low,
            100 * undecided_high,
            confidence="low",
        ),
    }


def _capability(
    index: pd.DataFrame, since: Moment, step: int, level: float, rng: np.random.Generator
) -> Contest:
    day = index["date"].max()
    gap = frontier_gap(index, date=day, rng=rng, level=level)
    trend = frontier_trend(index, since=since, date=day, rng=rng, level=level)
    volatility = yearly_volatility(_gaps(index, since, "eci"), step_quarters=step)
    return Contest(DEFINITIONS[CAPABILITY], gap, trend.closing, 1.0, volatility, day)


def _largest_run(
    models: pd.DataFrame, since: Moment, step: int, level: float, rng: np.random.Generator
) -> Contest:
    known = models[models["language_model"]].dropna(subset=[_COMPUTE, "country"])
    known = known.assign(log10_compute=np.log10(known[_COMPUTE]))
    day = known["date"].max()
    gap = largest_run_gap(known, date=day, rng=rng, level=level).orders_of_magnitude
    recent = known[known["date"] >= pd.Timestamp(since)]
    growth = {
        country: fit_growth(
            recent[recent["country"] == country],
            covariance="cluster",
            cluster="organization",
            level=level,
        ).orders_of_magnitude_per_year
        for country in ("USA", "CHN")
    }
    closing = difference(growth["CHN"], growth["USA"])
    volatility = yearly_volatility(_gaps(known, since, "log10_compute"), step_quarters=step)
    return Contest(DEFINITIONS[LARGEST_RUN], gap, closing, 1.0, volatility, day)


def _compute_stock(
    chips: pd.DataFrame,
    unseen_h100e: float,
    closing: float,
    step: int,
    level: float,
    rng: np.random.Generator,
) -> Contest:
    whole = chips[chips["complete"] & chips["owner_country"].notna()]
    # The last quarter that every maker's estimates reach.
    day = whole.groupby("maker")["quarter_end"].max().min()
    stock = {country: _stock(whole, country, day, rng) for country in ("USA", "CHN")}
    china = _shifted(stock["CHN"], unseen_h100e)
    gap = percentile_gap(stock["USA"], china, correlation=0.0, level=level).orders_of_magnitude
    totals = whole.pivot_table(
        index="quarter_end", columns="owner_country", values="h100e_p50", aggfunc="sum"
    ).loc[:day]
    series = (totals["USA"] / (totals["CHN"] + unseen_h100e)).map(math.log10)
    rate = Estimate(closing, closing, closing, level, "range", 0, "OOM/year")
    volatility = yearly_volatility(series, step_quarters=step)
    return Contest(DEFINITIONS[COMPUTE_STOCK], gap, rate, 1.0, volatility, day)


def _gaps(frame: pd.DataFrame, since: Moment, value: str) -> "pd.Series[float]":
    # In the quarter of its first model the follower enters the race; that is no shock to it.
    first = frame.loc[frame["country"] == "CHN", "date"].min()
    start = max(pd.Timestamp(since), first + pd.offsets.QuarterEnd(2))
    return gap_series(frame, since=start, value=value)["gap"]


def _stock(
    chips: pd.DataFrame, country: str, day: pd.Timestamp, rng: np.random.Generator
) -> Percentiles:
    rows = chips[(chips["owner_country"] == country) & (chips["quarter_end"] == day)]
    parts = [
        Percentiles(*(float(p) for p in row))
        for row in rows[["h100e_p5", "h100e_p50", "h100e_p95"]].to_numpy()
    ]
    return sum_of_percentiles(parts, correlation=_SHARED_ERROR, rng=rng)


def _shifted(percentiles: Percentiles, by: float) -> Percentiles:
    return Percentiles(percentiles.p5 + by, percentiles.p50 + by, percentiles.p95 + by)
