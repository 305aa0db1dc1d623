"""Past forecasts of the capability gap, scored with what was known: the pool and each member.

Makes the forecasts of the chapter `overtake-forecast` again, with its parameters, writes
``benchmarks/results/backtest.json`` and prints a table.
"""

import json

from rich.console import Console
from rich.table import Table

from chapters.overtake_forecast.parameters import OvertakeForecast
from chapters.overtake_forecast.past_forecasts import (
    OF_IDEAS,
    TABLES,
    PastForecasts,
    know_past,
    measure_past,
    score_pool,
    summarise_scores,
)
from models.race.backtest_summary import MemberScore, write_backtest
from models.race.race_calibration import (
    list_quarterly_gaps,
    select_known_scores,
    write_first_day,
)
from overtake.core.paths import Project
from overtake.data import tables


def main() -> None:
    """Score, print and write."""
    past = _score()
    path = Project.find().root / "benchmarks" / "results" / "backtest.json"
    path.parent.mkdir(exist_ok=True)
    written = write_backtest(past.summary, _describe(past))
    path.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    table = Table("Forecast", "CRPS", "Log score", "50%", "90%", "n")
    for member in (past.summary.pool, *past.summary.members.values()):
        table.add_row(*_row(member))
    Console().print(table)


def _score() -> PastForecasts:
    defaults = OvertakeForecast()
    loaded = {name: tables.load(name) for name in TABLES}
    loaded["capability_index"] = select_known_scores(loaded["capability_index"])
    since = write_first_day(defaults.trend_start_year)
    index = loaded["capability_index"]
    known = know_past(loaded["index_vintages"], loaded["index_scores"], index)
    days = measure_past(
        known, index, loaded["ai_models"], loaded["chips_owned"], loaded["chips_in_china"],
        since=since,
    )  # fmt: skip
    ideas = {name: getattr(defaults, name) for name in OF_IDEAS}
    gaps = list_quarterly_gaps(index, since=since, value="eci")
    return summarise_scores(
        score_pool(days, ideas, seed=defaults.seed),
        known.first_scores,
        gaps,
        level=defaults.interval_level,
    )


def _describe(past: PastForecasts) -> dict[str, str]:
    """Say what the forecasts rest on."""
    delay, revision = past.first_scores.delay.value, past.first_scores.revision.value
    files = past.summary.n_from_files
    return {
        "index": f"the file of the day for {files} origins (from July 2025 on); for the others "
        "the index fitted again to models and benchmarks then out, less the models of the last "
        f"{delay:.0f} days, with the newest Chinese score moved up and down by {revision:.2f} "
        "points, as new scores are revised later",
        "compute": "chips and training compute as estimated today, of quarters and models then out",
        "outcome": "gap between the best models by the newest index",
        "unit": "points of the capability index; log_score is the negative logarithm of density",
        "failed": "; ".join(f"{each.member}: {each.reason}" for each in past.failed) or "none",
    }


def _row(member: MemberScore) -> tuple[str, ...]:
    found = member.overall
    return (
        member.member,
        f"{found.crps:.2f}",
        f"{found.log_score:.2f}",
        f"{found.coverage_50:.0%}",
        f"{found.coverage_90:.0%}",
        str(found.n),
    )


if __name__ == "__main__":
    main()
