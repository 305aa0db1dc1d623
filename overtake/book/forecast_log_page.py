"""The book's page of forecasts: what was said, what happened, and the score."""

from collections.abc import Sequence

import numpy as np

from overtake.core import pages, prose
from overtake.publishing.forecast_log import ForecastLog, Logged, Score
from overtake.publishing.why import words
from overtake.publishing.why.forecasts import as_number, name_of
from overtake.publishing.why.record import Answers

_FINEST_CHANCE = 0.00005
"""Chances are logged to four places: 0 and 1 are nearer than this, and never sure."""


def markdown(log: ForecastLog, answers: Sequence[Answers] = ()) -> str:
    """Return the page's computed part; `answers` say why forecasts moved between days."""
    parts = [f"**{summary(log)}**"]
    if log.settled:
        parts.append(_settled_table(log))
    if log.pending:
        parts.append(_pending_table(log))
    parts += [table for each in answers if (table := _moved_table(log, each))]
    return "\n\n".join(parts)


def summary(log: ForecastLog) -> str:
    """Say in a sentence or two how the forecasts did so far."""
    if not log.forecasts:
        return "No forecast is logged yet."
    if not log.settled:
        return (
            f"No forecast is due yet: {len(log.forecasts)} are logged, and the first are due on "
            f"{log.pending[0].due}."
        )
    told = [_mean(log, rule) for rule in ("Brier", "CRPS")]
    waiting = f"{len(log.pending)} are to come"
    if log.pending:
        waiting += f", the first due on {log.pending[0].due}"
    return f"{' '.join(sentence for sentence in told if sentence)} {waiting}."


def _mean(log: ForecastLog, rule: str) -> str:
    scored = [(f, s) for f, s in log.settled if s.rule == rule]
    if not scored:
        return ""
    what = "chances" if rule == "Brier" else "distributions"
    by_unit: dict[str, list[float]] = {}
    for forecast, score in scored:
        by_unit.setdefault("" if rule == "Brier" else forecast.unit, []).append(score.score)
    means = ", ".join(
        f"{prose.number(sum(scores) / len(scores))}{f' {unit}' if unit else ''} (n = {len(scores)})"
        for unit, scores in by_unit.items()
    )
    coin = "; always saying 50% scores 0.25" if rule == "Brier" else ""
    return f"Mean {rule} score of the {what} settled so far: {means}{coin}."


def said(forecast: Logged) -> str:
    """Return a forecast in words: the chance, or the median with the central 90%."""
    if forecast.probability is not None:
        return prose.percent(min(max(forecast.probability, _FINEST_CHANCE), 1 - _FINEST_CHANCE))
    # Hazen's rule: the quantiles that are logged lie in the middle of equal steps.
    low, middle, high = np.quantile(forecast.quantiles, [0.05, 0.5, 0.95], method="hazen")
    span = f"{prose.number(low)} to {prose.number(high)}"
    return f"{prose.number(middle)} ({span}) {forecast.unit}"


def _happened(forecast: Logged, score: Score) -> str:
    measured = f"{prose.number(score.outcome)} {forecast.unit}".strip()
    if score.happened is None:
        return measured
    return f"{'yes' if score.happened else 'no'} ({measured})"


def _settled_table(log: ForecastLog) -> str:
    rows = [
        (*_told(f), pages.escape(_happened(f, s)), f"{s.rule} {prose.number(s.score)}")
        for f, s in log.settled
    ]
    header = (
        "Question", "What we said", "Due", "Said on", "Data until", "What happened", "Score"
    )  # fmt: skip
    return pages.numbered_table(
        header, rows, name="tab-forecasts-settled", caption="Forecasts that were settled"
    )


def _pending_table(log: ForecastLog) -> str:
    rows = [(*_told(f), f"`{f.vintage}`, run `{f.run}`") for f in log.pending]
    header = ("Question", "Chance, or median and 90%", "Due", "Said on", "Data until", "From")
    return pages.numbered_table(
        header, rows, name="tab-forecasts-pending", caption="Forecasts that are to come"
    )


def _moved_table(log: ForecastLog, answers: Answers) -> str:
    """Tell what moved the forecasts that were said on two days, otherwise on the second."""
    then, now = (
        {(f.chapter, name_of(f)): f for f in log.forecasts if f.made == day}
        for day in (answers.since, answers.until)
    )
    rows = list[tuple[str, ...]]()
    for (chapter, name), forecast in now.items():
        before = then.get((chapter, name))
        if before is None or said(before) == said(forecast):
            continue
        found = answers.told(chapter, as_number(before), as_number(forecast))
        if found and found[1].parts:
            cells = (forecast.question, said(before), said(forecast), words.parts(found[1]))
            rows.append(tuple(map(pages.escape, cells)))
    if not rows:
        return ""
    header = ("Question", f"Said on {answers.since}", f"Said on {answers.until}", "Moved by")
    return pages.numbered_table(
        header, rows, name=f"tab-forecasts-moved-{answers.until}",
        caption=f"Why forecasts moved from {answers.since} to {answers.until}",
    )  # fmt: skip


def _told(forecast: Logged) -> tuple[str, ...]:
    """Return the cells that both tables begin with; no date breaks in a narrow column."""
    days = (forecast.due, forecast.made, forecast.knows_until)
    unbroken = [day.replace("-", "\N{NON-BREAKING HYPHEN}") for day in days]
    return (pages.escape(forecast.question), pages.escape(said(forecast)), *unbroken)
