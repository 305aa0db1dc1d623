"""What the book's page on scenarios shows: arguments, numbers side by side, a figure.

All of it is computed from the runs that the chapters have under each scenario.
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from overtake import chapter_parameters, pages, prose
from overtake.compare import NOT_JUDGED
from overtake.errors import ResultError
from overtake.paths import Project
from overtake.results import RecordedEstimate
from overtake.runs import Run
from overtake.scenarios import Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_ROW_INCHES = 0.42
_CALENDAR_YEAR = "year"
"""Unit of parameters that are a year of the calendar, which reads as one without it."""


@dataclass(frozen=True)
class Outcome:
    """A scenario and the run of each chapter under it.

    Attributes
    ----------
    scenario : Scenario
        The scenario.
    runs : mapping of str to Run
        Runs by chapter name.
    """

    scenario: Scenario
    runs: Mapping[str, Run]

    def row(self, chapter: str, number: str) -> dict[str, Any]:
        """Return a headline number of a chapter under this scenario.

        Raises
        ------
        ResultError
            If there is no such number; the message lists those there are.
        """
        if chapter not in self.runs:
            raise ResultError(f"no chapter {chapter!r}; there are: {', '.join(sorted(self.runs))}")
        rows: dict[str, dict[str, Any]] = {
            row["name"]: row for row in self.runs[chapter].results["headline"]
        }
        if number not in rows:
            raise ResultError(f"no headline number {number!r}; there are: {', '.join(rows)}")
        return rows[number]


def number_table(outcomes: Sequence[Outcome], chapter: str, numbers: Sequence[str]) -> str:
    """Return headline numbers of a chapter, a row for each scenario, as a numbered table.

    Parameters
    ----------
    outcomes : sequence of Outcome
        The scenarios, in the order of the rows.
    chapter : str
        The chapter's name.
    numbers : sequence of str
        Names of headline numbers; those that differ between scenarios if empty.
    """
    shown = list(numbers) or _moving(outcomes, chapter)
    if not shown:
        return "No scenario moves a number of this chapter.\n"
    first = [outcomes[0].row(chapter, name) for name in shown]
    header = ("Scenario", *(pages.escape(_titled(row)) for row in first))
    rows = [
        (_link(outcome.scenario), *(_cell(outcome.row(chapter, name)) for name in shown))
        for outcome in outcomes
    ]
    level = RecordedEstimate.of(first[0])
    caption = f"{_heading(chapter)}: numbers under each scenario, with {level.level:.0%} intervals"
    return pages.numbered_table(
        header, rows, name=f"tab-scenarios-{chapter}", caption=pages.escape(caption)
    )


def verdict_table(outcomes: Sequence[Outcome], statement: Callable[[str], str]) -> str:
    """Return the claims whose verdict is not the same under every scenario.

    Parameters
    ----------
    outcomes : sequence of Outcome
        The scenarios, the baseline first.
    statement : callable
        What was claimed, from the claim's name.
    """
    baseline, others = _verdicts(outcomes[0]), outcomes[1:]
    rows = [
        (f"[{pages.escape(statement(claim))}](#claim-{claim})", verdict, moved)
        for claim, verdict in baseline.items()
        if (moved := "; ".join(_moved(others, claim, verdict)))
    ]
    if not rows:
        count = len(baseline)
        return f"Under every scenario the verdict on each of the {count} claims is the same.\n"
    header = ("Claim", outcomes[0].scenario.title, "Other verdicts")
    caption = "Claims whose verdict depends on the scenario"
    return pages.numbered_table(header, rows, name="tab-scenarios-verdicts", caption=caption)


def verdict_finding(outcomes: Sequence[Outcome]) -> str:
    """Return which scenarios change a verdict, as a sentence without its full stop."""
    baseline, others = _verdicts(outcomes[0]), outcomes[1:]
    changing = [o.scenario.title for o in others if _verdicts(o) != baseline]
    if not changing:
        return "No scenario changes a verdict"
    if len(changing) == len(others) > 1:
        return "Every scenario changes a verdict"
    *most, last = (f"“{title}”" for title in changing)
    named = f"{', '.join(most)} and {last}" if most else last
    return f"{named} {'change' if most else 'changes'} a verdict"


def cards(outcomes: Sequence[Outcome]) -> str:
    """Return each scenario's argument, what it changes, and the commands that run it."""
    return "\n".join(_card(outcome.scenario) for outcome in outcomes)


def spread(outcomes: Sequence[Outcome], chapter: str, number: str) -> str:
    """Return where a number is lowest and where highest, as the end of a sentence."""
    rows = [(outcome.row(chapter, number), outcome.scenario.title) for outcome in outcomes]
    (low, low_title), (high, high_title) = _extremes(rows)
    if low["value"] == high["value"]:
        return f"is {_quantity(low)} under every scenario"
    return f"runs from {_quantity(low)} ({low_title}) to {_quantity(high)} ({high_title})"


def extent(outcomes: Sequence[Outcome], chapter: str, number: str) -> str:
    """Return a number's lowest and highest estimate of all scenarios: ``11% to 75%``."""
    rows = [(outcome.row(chapter, number), outcome.scenario.title) for outcome in outcomes]
    (low, _), (high, _) = _extremes(rows)
    if low["value"] == high["value"]:
        return _quantity(low)
    lowest = _quantity(low if low["unit"] == "%" else {**low, "unit": ""})
    return f"{lowest} to {_quantity(high)}"


def figure(project: Project, outcomes: Sequence[Outcome], chapter: str, number: str) -> str:
    """Draw a number under each scenario with its interval, and return it for the page."""
    import pandas as pd

    from overtake import figures

    rows = [outcome.row(chapter, number) for outcome in outcomes]
    frame = pd.DataFrame(rows)[["value", "low", "high", "level", "unit", "n"]]
    frame.insert(0, "scenario", [outcome.scenario.title for outcome in outcomes])
    estimate = RecordedEstimate.of(rows[0])
    record = figures.save(
        _dots(frame, rows[0]["label"]),
        frame,
        folder=project.scenario_figures,
        id=f"scenarios-{number.replace('_', '-')}",
        title=f"{rows[0]['label']} {spread(outcomes, chapter, number)}",
        caption=f"{pages.escape(rows[0]['definition'])} Dots are estimates, lines "
        f"{prose.interval_name(estimate)}s within the scenario; scenarios differ only in "
        "judgements, which no interval covers. Dashed: the baseline.",
        alt=f"A dot for each scenario, with its {prose.interval_name(estimate)}. "
        + " ".join(f"{o.scenario.title}: {_told(o.row(chapter, number))}." for o in outcomes),
        tables=sorted(outcomes[0].runs[chapter].record["inputs"]["tables"]),
        columns=_COLUMNS,
    )
    address = project.scenario_figures.relative_to(project.root).as_posix()
    return figures.markdown(record, f"/{address}")


_COLUMNS = {
    "scenario": "name of the scenario",
    "value": "estimate, in `unit`",
    "low": "lower end of the interval",
    "high": "upper end of the interval",
    "level": "level of the interval",
    "unit": "unit of the numbers",
    "n": "number of independent observations",
}


def _dots(frame: "pd.DataFrame", label: str) -> "Figure":
    from overtake import style

    drawing, axes = style.new_figure(1.0 + _ROW_INCHES * len(frame))
    places = range(len(frame))
    colours = [style.TEXT_COLOUR, *[style.CATEGORY_COLOURS[3]] * (len(frame) - 1)]
    axes.hlines(places, frame["low"], frame["high"], color=colours, linewidth=2)
    axes.scatter(frame["value"], places, color=colours, zorder=3, s=45)
    baseline = frame["value"].iloc[0]
    axes.axvline(baseline, color=style.REFERENCE_COLOUR, linestyle="--", linewidth=1, zorder=1)
    axes.set_yticks(places, frame["scenario"])
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"{label} ({frame['unit'].iloc[0]})")
    axes.set_xlim(left=min(0, frame["low"].min()))
    axes.invert_yaxis()
    return drawing


def _moving(outcomes: Sequence[Outcome], chapter: str) -> list[str]:
    """Return the numbers that are not the same under every scenario, where all have them."""
    tables = [
        {row["name"]: row for row in outcome.runs[chapter].results["headline"]}
        for outcome in outcomes
    ]
    everywhere = [name for name in tables[0] if all(name in rows for rows in tables)]
    return [name for name in everywhere if len({rows[name]["value"] for rows in tables}) > 1]


def _verdicts(outcome: Outcome) -> dict[str, str]:
    claims = [claim for run in outcome.runs.values() for claim in run.results["claims"]]
    return {claim["claim"]: claim["verdict"] for claim in claims}


def _moved(outcomes: Sequence[Outcome], claim: str, baseline: str) -> list[str]:
    """Return each verdict on a claim other than the baseline's, and the scenarios that give it."""
    links: dict[str, list[str]] = {}
    for outcome in outcomes:
        verdict = _verdicts(outcome).get(claim, NOT_JUDGED)
        links.setdefault(verdict, []).append(_link(outcome.scenario))
    return [f"{word}: {', '.join(under)}" for word, under in links.items() if word != baseline]


def _card(scenario: Scenario) -> str:
    changes = [
        _change(chapter, name, value)
        for chapter, values in scenario.parameters.items()
        for name, value in values.items()
    ]
    lines = [
        f"(scenario-{scenario.name})=",
        f"**{pages.escape(scenario.title)}**",
        "",
        f": {' '.join(scenario.argument.split())}",
        "",
        *changes,
        "",
        "```console",
        f"$ .venv/bin/overtake build --scenario {shlex.quote(scenario.name)}",
        "```",
        "",
    ]
    return "\n".join(lines)


def _change(chapter: str, name: str, value: object) -> str:
    field = chapter_parameters.of_chapter(chapter).model_fields[name]
    extra = field.json_schema_extra
    named = str(extra["unit"]) if isinstance(extra, dict) else ""
    unit = "" if named == _CALENDAR_YEAR else f" {pages.escape(named)}"
    return (
        f"- {_heading(chapter)}: `{name}` {pages.code(value)} instead of "
        f"{pages.code(field.default)}{unit.rstrip()}"
    )


def _link(scenario: Scenario) -> str:
    return f"[{pages.escape(scenario.title)}](#scenario-{scenario.name})"


def _heading(chapter: str) -> str:
    return chapter.replace("-", " ").capitalize()


def _titled(row: Mapping[str, Any]) -> str:
    return f"{row['label']} ({row['unit']})" if row["unit"] else str(row["label"])


def _cell(row: Mapping[str, Any]) -> str:
    estimate = RecordedEstimate.of(row)
    value = prose.number(estimate.value, row["digits"])
    if estimate.low == estimate.high:
        return value
    return f"{value} ({prose.span(estimate, row['digits'])})"


def _quantity(row: Mapping[str, Any]) -> str:
    return prose.quantity(row["value"], row["unit"], row["digits"])


def _told(row: Mapping[str, Any]) -> str:
    return f"{_quantity(row)} ({prose.span(RecordedEstimate.of(row), row['digits'])})"


def _extremes(
    rows: Sequence[tuple[dict[str, Any], str]],
) -> tuple[tuple[dict[str, Any], str], tuple[dict[str, Any], str]]:
    ordered = sorted(rows, key=lambda pair: pair[0]["value"])
    return ordered[0], ordered[-1]
