"""The chapter's headline numbers and verdicts."""

from chapters.overtake_forecast.frontiers import Standing
from chapters.overtake_forecast.joint_model import LATE, JointForecast
from chapters.overtake_forecast.one_judgement import Swings
from chapters.overtake_forecast.other_methods import Methods
from chapters.overtake_forecast.past_forecasts import PastForecasts
from chapters.overtake_forecast.pooled import Pooled
from models.core.estimates import Estimate, to_percent
from models.race.race_batch import name_chances
from models.race.race_definitions import judge
from models.race.race_parameters import CAPABILITY
from overtake.chapter.results import Judgement, Number

MODEL = "models.race.gap_pool.pool_chances"


def collect_numbers(
    pooled: Pooled,
    methods: Methods,
    standing: Standing,
    past: PastForecasts,
    *,
    closing: Estimate,
    data_until: str,
) -> dict[str, Number]:
    """Return the headline numbers by name, most important first.

    Parameters
    ----------
    pooled, methods, standing, past
        What the sections found.
    closing : Estimate
        Rate at which the gap closed, points a year.
    data_until : str
        Day to which the capability index reaches.
    """
    estimates = {
        **name_chances(pooled.chosen.forecast),
        **{f"{member.name}_2031_lead": to_percent(member.late.held) for member in pooled.members},
        "base_rate_2031_lead": to_percent(methods.base.late),
        "capability_gap_points": standing.gap,
        "capability_lag_months": standing.lag.lag,
        "closing_rate": closing,
        "backtest_crps_ratio": past.ratio,
    }
    return {name: Number(estimate, data_until) for name, estimate in estimates.items()}


def judge_claims(
    joint: JointForecast, pooled: Pooled, swings: Swings, *, likely_from: float
) -> list[Judgement]:
    """Judge Yao's claim by the chosen meaning of leading, and "undecided" by all of them.

    Parameters
    ----------
    joint : JointForecast
        What the joint model says by every meaning of leading.
    pooled : Pooled
        What the pool says by capability.
    swings : Swings
        The chance by capability under other judgements: checks of a verdict by capability.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    chosen = joint.parameters.leading_definition
    checked = swings.chances() if chosen == CAPABILITY else []
    forecasts = {**joint.forecasts, CAPABILITY: pooled.pool.forecast}
    verdicts = judge(forecasts, chosen, date=LATE, likely_from=likely_from, checked=checked)
    figures = {"leading-firm": "forecast-probability", "undecided": "forecast-definitions"}
    return [Judgement(verdicts[claim], figure, MODEL) for claim, figure in figures.items()]
