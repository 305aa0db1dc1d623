"""The chapter's headline numbers."""

from chapters.overtake_forecast.chance_by_year import Benchmark
from chapters.overtake_forecast.frontiers import Standing
from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.other_methods import Methods
from chapters.overtake_forecast.past_forecasts import PastForecasts
from models.core.estimates import to_percent
from models.race.race_batch import name_chances
from overtake.chapter.results import Number


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
    return {name: Number(estimate, data_until) for name, estimate in estimates.items()}
