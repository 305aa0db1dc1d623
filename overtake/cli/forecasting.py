"""``overtake forecasts``: forecasts kept as they were made, and scored when their day has come."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from overtake.cli.console import out
from overtake.core.paths import Project

app = typer.Typer(help="Keep the book's forecasts, and score them later.", no_args_is_help=True)


@app.command()
def log(
    chapter: Annotated[
        list[str] | None,
        typer.Argument(help="Chapters that give dated forecasts; all that do if none."),
    ] = None,
) -> None:
    """Add what the chapters' published runs say of days to come; nothing is logged twice."""
    from overtake.publishing import forecast_log

    new = forecast_log.log(Project.find(), chapter or [], _today())
    count = f"{len(new)} forecast{'s' * (len(new) > 1)} added"
    out.print(count if new else "every forecast is in the log already")


@app.command()
def score() -> None:
    """Score the forecasts that the present data settle."""
    from overtake.book.forecast_log_page import summary
    from overtake.publishing import forecast_log

    project = Project.find()
    for forecast, scored in forecast_log.score(project, _today()):
        told = f"{forecast.due}  {scored.rule} {scored.score:.3g}  {forecast.question}"
        out.print(told, soft_wrap=True)
    out.print(summary(forecast_log.read(project)), soft_wrap=True)


def _today() -> date:
    return datetime.now(UTC).date()
