"""Past forecasts of the capability gap, made again and scored against what happened.

The index is today's: a model's score was partly estimated from benchmarks that
came after it. So this is a pseudo-out-of-sample test, kinder than a real one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from models.capability.frontier_gap import fit_frontier_trend, trace_frontier
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.scoring_rules import compute_crps_normal, compute_crps_sample
from models.core.timescale import MONTHS_PER_YEAR, Moment
from models.race.race_calibration import calibrate
from models.race.race_parameters import JointCalibration, JointParameters
from models.race.race_simulation import simulate_capability_lead

FloatArray = npt.NDArray[np.float64]
FORECASTERS = ("model", "no_change", "linear_trend")
# A lasting change of compute is told from a quarter's noise over a year.
_TRAILING = pd.DateOffset(years=1)
_COVERED = {"inside_50": 0.50, "inside_90": 0.90}


@dataclass(frozen=True)
class BacktestSummary:
    """How the forecasts did, over all origins and horizons.

    Attributes
    ----------
    n_forecasts : int
        Forecasts scored; they overlap, so they are fewer independent ones.
    n_origins : int
        Dates from which forecasts were made.
    crps : dict of str to float
        Mean continuous ranked probability score in points, by forecaster;
        smaller is better.
    ratio_to_no_change : dict of str to Estimate
        Mean score of each forecaster over that of "no change"; below 1 is better.
        Range over all fits that leave out one origin.
    coverage_50, coverage_90 : dict of str to float
        Share of outcomes inside the 50% and 90% prediction intervals.
    """

    n_forecasts: int
    n_origins: int
    crps: dict[str, float]
    ratio_to_no_change: dict[str, Estimate]
    coverage_50: dict[str, float]
    coverage_90: dict[str, float]


def backtest_gap(
    frame: pd.DataFrame,
    *,
    origins: Sequence[Moment],
    horizons_months: Sequence[int],
    window_years: float,
    shock_sd: float,
    rng: np.random.Generator,
    leader: str = "USA",
    follower: str = "CHN",
    score: str = "eci",
) -> pd.DataFrame:
    """Forecast the gap from each origin with what was released by then, and score it.

    The model lets the gap of the day shrink by the two frontiers' difference in
    growth over the window before; "no change" keeps it; "linear trend" carries
    the gap's own change over the last year on. All three have the same spread
    from shocks; the model adds the error of its growth rates.

    Parameters
    ----------
    frame : DataFrame
        Columns model, organization, country, date and `score`.
    origins : sequence of date
        Days on which a forecast is made.
    horizons_months : sequence of int
        How far ahead.
    window_years : float
        Years of data before an origin that the growth rates are fitted on.
    shock_sd : float
        Standard deviation of a year's change of the gap that trends do not explain, points.
    rng : numpy.random.Generator
        Source of the bootstrap's draws.

    Returns
    -------
    DataFrame
        One row a forecast: origin, horizon_months, gap_then, outcome, and for
        each forecaster its mean, sd and crps; inside_50 and inside_90 for the model.

    Raises
    ------
    ModelInputError
        If no origin has enough models before it and an outcome after it.
    """
    frontiers = {
        code: trace_frontier(frame, country=code, score=score) for code in (leader, follower)
    }
    last = pd.Timestamp(frame["date"].max())
    rows = []
    for origin in map(pd.Timestamp, origins):
        inputs = _inputs(frame, origin, window_years, rng, (leader, follower), score)
        if inputs is None:
            continue
        closing, closing_sd = inputs
        now = _gap(frontiers, origin, leader, follower, score)
        year_ago = _gap(frontiers, origin - pd.DateOffset(years=1), leader, follower, score)
        for months in horizons_months:
            target = origin + pd.DateOffset(months=months)
            if target > last:
                continue
            years = months / MONTHS_PER_YEAR
            spread = shock_sd * np.sqrt(years)
            means = {
                "model": now - closing * years,
                "no_change": now,
                "linear_trend": now + (now - year_ago) * years,
            }
            sds = {"model": float(np.hypot(spread, closing_sd * years))}
            outcome = _gap(frontiers, target, leader, follower, score)
            rows.append(_scored_row(origin, months, now, outcome, means, sds, spread))
    if not rows:
        raise ModelInputError(
            "needs an origin with three frontier models of each country in its window and an "
            f"outcome by {last:%Y-%m-%d}, got origins {list(map(pd.Timestamp, origins))}"
        )
    return pd.DataFrame(rows)


def score_joint_race(
    index: pd.DataFrame,
    models: pd.DataFrame,
    chips: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    compute_growth: Callable[[pd.Timestamp], tuple[float, float]],
    parameters: JointParameters,
    since: Moment,
    seed: int,
    n_draws: int = 200,
    paths_per_draw: int = 25,
) -> pd.DataFrame:
    """Make the forecasts of `backtest_gap` again with the joint race's capability part.

    At each origin everything is fitted anew on what was released by then. The
    owners' shares are today's: they hardly matter here.

    Parameters
    ----------
    index, models, chips : DataFrame
        As `models.race.race_calibration.calibrate`.
    scores : DataFrame
        From `backtest_gap`.
    compute_growth : callable
        Growth of American and Chinese compute, factors of 10 a year, as seen on
        the day of a forecast; `measure_trailing_growth` is one.
    parameters : JointParameters
        What is judged; by a judgement of today.
    since : date
        First day of the models that past growth is fitted on.
    seed : int
        Seed of all draws.

    Returns
    -------
    DataFrame
        The rows of `scores` whose origin the joint race could be fitted at, with
        mean_joint, sd_joint, crps_joint, inside_50_joint and inside_90_joint.

    Raises
    ------
    ModelInputError
        If it could be fitted at none.
    """
    rows: list[dict[Any, Any]] = []
    for origin in pd.DatetimeIndex(scores["origin"].unique()):
        group = scores[scores["origin"] == origin]
        calibration = _calibrated_then(index, models, chips, origin, since, seed)
        if calibration is None:
            continue
        growth = compute_growth(origin)
        for row in group.to_dict("records"):
            paths = simulate_capability_lead(
                calibration,
                parameters,
                compute_growth=growth,
                years=row["horizon_months"] / MONTHS_PER_YEAR,
                seed=seed,
                n_draws=n_draws,
                paths_per_draw=paths_per_draw,
            )
            gaps = -paths.lead[:, :, -1].ravel()
            rows.append(row | _sample_score(gaps, row["outcome"]))
    if not rows:
        raise ModelInputError("needs an origin at which the joint race can be fitted, got none")
    return pd.DataFrame(rows)


def measure_trailing_growth(chips: pd.DataFrame, origin: Moment) -> tuple[float, float]:
    """Growth of the chips owned over the year before, American and Chinese, factors of 10 a year.

    Raises
    ------
    ModelInputError
        If the table does not reach a year back.
    """
    known = chips[chips["owner_country"].notna() & (chips["quarter_end"] <= pd.Timestamp(origin))]
    totals = known.pivot_table(
        index="quarter_end", columns="owner_country", values="h100e_p50", aggfunc="sum"
    )
    if totals.empty or totals.index[-1] - _TRAILING < totals.index[0] - pd.Timedelta(days=5):
        raise ModelInputError(f"needs chips a year before {origin}, got {len(totals)} quarters")
    before = totals[totals.index <= totals.index[-1] - _TRAILING + pd.Timedelta(days=5)].iloc[-1]
    growth = np.log10(totals.iloc[-1] / before)
    return float(growth["USA"]), float(growth["CHN"])


def summarise_backtest(
    scores: pd.DataFrame, forecasters: Sequence[str] = FORECASTERS, *, level: float = 0.90
) -> BacktestSummary:
    """Average the scores of `backtest_gap` and `score_joint_race`.

    Parameters
    ----------
    scores : DataFrame
        A column crps_NAME for each forecaster; inside_50_NAME and inside_90_NAME
        for those whose intervals are judged (inside_50 and inside_90 for "model").
    forecasters : sequence of str
        Names.

    Raises
    ------
    ModelInputError
        If there are fewer than two origins: leaving one out needs another.
    """
    origins = scores["origin"].unique()
    if len(origins) < 2:  # noqa: PLR2004
        raise ModelInputError(f"needs two origins or more, got {len(origins)}")
    return BacktestSummary(
        n_forecasts=len(scores),
        n_origins=len(origins),
        crps={name: float(scores[f"crps_{name}"].mean()) for name in forecasters},
        ratio_to_no_change={name: _ratio_range(scores, name, level) for name in forecasters},
        coverage_50=_coverage(scores, "inside_50", forecasters),
        coverage_90=_coverage(scores, "inside_90", forecasters),
    )


def _inputs(
    frame: pd.DataFrame,
    origin: pd.Timestamp,
    window_years: float,
    rng: np.random.Generator,
    countries: tuple[str, str],
    score: str,
) -> tuple[float, float] | None:
    """Return the closing rate and its standard error as known at the origin."""
    known = frame[frame["date"] <= origin]
    since = origin - pd.DateOffset(days=round(window_years * 365.25))
    try:
        trend = fit_frontier_trend(
            known, since=since, date=origin, rng=rng, leader=countries[0], follower=countries[1],
            score=score, replications=200, level=0.90,
        )  # fmt: skip
    except ModelInputError:
        return None
    half_width = (trend.closing.high - trend.closing.low) / 2
    return trend.closing.value, half_width / float(stats.norm.ppf(0.95))


def _gap(
    frontiers: dict[str, pd.DataFrame], day: pd.Timestamp, leader: str, follower: str, score: str
) -> float:
    best = [_best(frontiers[code], day, score) for code in (leader, follower)]
    return best[0] - best[1]


def _best(frontier: pd.DataFrame, day: pd.Timestamp, score: str) -> float:
    """Return the best score by a day; the first one before there was any."""
    known = frontier.loc[frontier["date"] <= day, score]
    return float(known.max() if len(known) else frontier[score].iloc[0])


def _scored_row(
    origin: pd.Timestamp,
    months: int,
    now: float,
    outcome: float,
    means: dict[str, float],
    sds: dict[str, float],
    spread: float,
) -> dict[str, object]:
    row: dict[str, object] = {
        "origin": origin,
        "horizon_months": months,
        "gap_then": now,
        "outcome": outcome,
    }
    for name in FORECASTERS:
        sd = sds.get(name, spread)
        row |= {f"mean_{name}": means[name], f"sd_{name}": sd}
        row[f"crps_{name}"] = float(compute_crps_normal(means[name], sd, outcome))
    for name, level in _COVERED.items():
        reach = float(stats.norm.ppf(0.5 + level / 2)) * sds["model"]
        row[name] = abs(outcome - means["model"]) <= reach
    return row


def _ratio_range(scores: pd.DataFrame, name: str, level: float) -> Estimate:
    origins = scores["origin"].unique()
    ratios = [_ratio(scores[scores["origin"] != origin], name) for origin in origins]
    value = _ratio(scores, name)
    return Estimate(value, min(*ratios, value), max(*ratios, value), level, "range", len(origins))


def _ratio(scores: pd.DataFrame, name: str) -> float:
    return float(scores[f"crps_{name}"].mean() / scores["crps_no_change"].mean())


def _coverage(scores: pd.DataFrame, prefix: str, names: Sequence[str]) -> dict[str, float]:
    columns = {name: prefix if name == "model" else f"{prefix}_{name}" for name in names}
    return {name: float(scores[c].mean()) for name, c in columns.items() if c in scores}


def _calibrated_then(
    index: pd.DataFrame,
    models: pd.DataFrame,
    chips: pd.DataFrame,
    origin: pd.Timestamp,
    since: Moment,
    seed: int,
) -> JointCalibration | None:
    """Calibration from what was released by the origin; None where that is too little."""
    try:
        return calibrate(
            index[index["date"] <= origin],
            models[models["date"] <= origin],
            chips,
            since=since,
            sales={},
            level=0.90,
            rng=np.random.default_rng(seed),
        )
    except ModelInputError:
        return None


def _sample_score(gaps: FloatArray, outcome: float) -> dict[str, float | bool]:
    ends = {name: np.quantile(gaps, [0.5 - c / 2, 0.5 + c / 2]) for name, c in _COVERED.items()}
    return {
        "mean_joint": float(gaps.mean()),
        "sd_joint": float(gaps.std()),
        "crps_joint": compute_crps_sample(gaps, outcome),
        **{f"{name}_joint": bool(low <= outcome <= high) for name, (low, high) in ends.items()},
    }
