"""The chapter's headline numbers and verdicts."""

from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.frontiers import Standing
from chapters.overtake_forecast.joint_model import LATE, JointForecast
from chapters.overtake_forecast.one_judgement import Swings
from chapters.overtake_forecast.other_methods import Methods
from chapters.overtake_forecast.past_forecasts import PastForecasts
from models.core.estimates import to_percent
from models.race.race_batch import name_chances
from models.race.race_definitions import CAPABILITY, judge
from overtake.chapter.results import Judgement, Number

MODEL = "models.race.race_forecasts.forecast_overtake"


def collect_numbers(
    joint: JointForecast,
    benchmark: Benchmark,
    methods: Methods,
    standing: Standing,
    past: PastForecasts,
    *,
    data_until: str,
) -> dict[str, Number]:
    """Return the headline numbers by name, most important first.

    Parameters
    ----------
    joint, benchmark, methods, standing, past
        What the sections found.
    data_until : str
        Day to which the capability index reaches.
    """
    estimates = {
        **name_chances(joint.chosen.forecast),
        "random_walk_2031_ever": to_percent(benchmark.late),
        "base_rate_2031_ever": to_percent(methods.late.index),
        "capability_gap_points": standing.gap,
        "capability_lag_months": standing.lag.lag,
        "closing_rate": joint.calibration.closing,
        "backtest_crps_ratio": past.ratio,
    }
    digits = {"capability_lag_months": standing.lag.digits}
    return {
        name: Number(estimate, data_until, digits.get(name, 2))
        for name, estimate in estimates.items()
    }


def judge_claims(joint: JointForecast, swings: Swings, *, likely_from: float) -> list[Judgement]:
    """Judge Yao's claim by the chosen meaning of leading, and "undecided" by all of them.

    Parameters
    ----------
    joint : JointForecast
        What the joint model says.
    swings : Swings
        The chance by capability under other judgements: checks of a verdict by capability.
    likely_from : float
        Probability from which a chance is a high likelihood.
    """
    chosen = joint.parameters.leading_definition
    checked = swings.chances() if chosen == CAPABILITY else []
    verdicts = judge(joint.forecasts, chosen, date=LATE, likely_from=likely_from, checked=checked)
    figures = {"leading-firm": "forecast-probability", "undecided": "forecast-definitions"}
    return [Judgement(verdicts[claim], figure, MODEL) for claim, figure in figures.items()]
