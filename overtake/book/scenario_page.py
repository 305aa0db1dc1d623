"""What the book's page on scenarios shows: arguments, numbers side by side, a figure.

All of it is computed from the runs that the chapters have under each scenario.
"""

import shlex
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from overtake.book import shown as shown_words
from overtake.chapter import parameters
from overtake.chapter.results import RecordedClaim
from overtake.core import pages, prose
from overtake.core.errors import ResultError
from overtake.core.paths import Project
from overtake.runs import chapter_parameters
from overtake.runs.compare import NOT_JUDGED
from overtake.runs.runs import Run
from overtake.runs.scenarios import Range, Scenario
from overtake.runs.words.told import Figure, Headline

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

_ROW_INCHES = 0.42
_APART = 0.15  # rows: of a number's dot and the line of another
_OTHER_COLOUR = "#6B6B6B"
_CALENDAR_YEAR = "year"
"""Unit of parameters that are a year of the calendar, which reads as one without it."""


@dataclass(frozen=True)
class Outcome:
    """A scenario and the run of each chapter under it, by chapter name."""

    scenario: Scenario
    runs: Mapping[str, Run]

    def number(self, chapter: str, number: str) -> Headline:
        """Return a headline number of a chapter under this scenario."""
        if chapter not in self.runs:
            raise ResultError(f"no chapter {chapter!r}; there are: {', '.join(sorted(self.runs))}")
        numbers = self.runs[chapter].headline
        if number not in numbers:
            raise ResultError(f"no headline number {number!r}; there are: {', '.join(numbers)}")
        return numbers[number]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each part of a claim, by part."""
        found = (run.results.claims for run in self.runs.values())
        return {name: claim.verdict for claims in found for name, claim in claims.items()}

    @property
    def parts(self) -> dict[str, RecordedClaim]:
        """What is judged, by part of a claim."""
        return {
            name: each for run in self.runs.values() for name, each in run.results.claims.items()
        }


@dataclass(frozen=True)
class Extremes:
    """Where a number is lowest and where highest, with the scenarios' titles."""

    low: Headline
    high: Headline
    low_title: str
    high_title: str

    @property
    def differ(self) -> bool:
        """Whether the number depends on the scenario at all."""
        return self.low.estimate.value != self.high.estimate.value

    @property
    def spread(self) -> str:
        """Where the number is lowest and where highest, as the end of a sentence."""
        low, high = (
            prose.shown_value(each.estimate, each.digits) for each in (self.low, self.high)
        )
        if not self.differ:
            return f"is {low} under every scenario"
        return f"runs from {low} ({self.low_title}) to {high} ({self.high_title})"


@dataclass(frozen=True)
class Scenarios:
    """What the words of pages may ask of all scenarios, of which the baseline is the first."""

    outcomes: Sequence[Outcome]

    def extremes(self, chapter: str, number: str) -> Extremes:
        """Return where a headline number of a chapter is lowest and where highest."""
        found = [(o.number(chapter, number), o.scenario.title) for o in self.outcomes]
        found.sort(key=lambda pair: pair[0].estimate.value)
        (low, low_title), (high, high_title) = found[0], found[-1]
        return Extremes(low, high, low_title, high_title)

    @property
    def changing_verdicts(self) -> list[str]:
        """Titles of the scenarios under which a verdict is not the baseline's."""
        baseline, *others = self.outcomes
        return [o.scenario.title for o in others if o.verdicts != baseline.verdicts]

    @property
    def all_change_verdicts(self) -> bool:
        """Whether a verdict differs under every scenario, and there are several."""
        return len(self.changing_verdicts) == len(self.outcomes) - 1 > 1


def number_table(outcomes: Sequence[Outcome], chapter: str, numbers: Sequence[str]) -> str:
    """Return headline numbers of a chapter, a row for each scenario, as a numbered table.

    Without `numbers` it holds those that differ between scenarios.
    """
    shown = list(numbers) or _moving(outcomes, chapter)
    if not shown:
        return "No scenario moves a number of this chapter.\n"
    first = [outcomes[0].number(chapter, name) for name in shown]
    header = ("Scenario", *(pages.escape(number.label) for number in first))
    rows = [
        (_link(outcome.scenario), *(_cell(outcome.number(chapter, name)) for name in shown))
        for outcome in outcomes
    ]
    kinds = dict.fromkeys(f"{prose.interval_name(number.estimate)}s" for number in first)
    caption = f"{_heading(chapter)}: numbers under each scenario, with {' and '.join(kinds)}"
    return pages.numbered_table(
        header, rows, name=f"tab-scenarios-{chapter}", caption=pages.escape(caption)
    )


def verdict_table(outcomes: Sequence[Outcome]) -> str:
    """Return the parts of claims, by what they say, whose verdict depends on the scenario."""
    baseline, *others = outcomes
    rows = []
    parts = baseline.parts
    for claim, verdict in baseline.verdicts.items():
        links = defaultdict[str, list[str]](list)
        for other in others:
            links[other.verdicts.get(claim, NOT_JUDGED)].append(_link(other.scenario))
        moved = [f"{word}: {', '.join(under)}" for word, under in links.items() if word != verdict]
        if moved:
            part = parts[claim]
            stated = f"[{pages.escape(part.says or claim)}](#claim-{part.claim})"
            rows.append((stated, verdict, "; ".join(moved)))
    if not rows:
        count = len(baseline.verdicts)
        return f"Under every scenario the verdict on each of {count} parts of claims is the same.\n"
    header = ("Part of a claim", baseline.scenario.title, "Other verdicts")
    caption = "Parts of claims whose verdict depends on the scenario"
    return pages.numbered_table(header, rows, name="tab-scenarios-verdicts", caption=caption)


def cards(outcomes: Sequence[Outcome]) -> str:
    """Return each scenario's argument, what it changes, and the commands that run it."""
    return "\n".join(_card(outcome.scenario) for outcome in outcomes)


def figure(
    project: Project, outcomes: Sequence[Outcome], chapter: str, number: str, interval_of: str
) -> str:
    """Draw a number under each scenario, with its interval or another number's, for the page."""
    from overtake.chapter import figures

    numbers = [outcome.number(chapter, number) for outcome in outcomes]
    others = [outcome.number(chapter, interval_of) for outcome in outcomes]
    frame = _frame(outcomes, numbers, others)
    tables = tuple(sorted(outcomes[0].runs[chapter].record.inputs.tables))
    drawn = (
        _dots(frame, numbers[0].label)
        if number == interval_of
        else _pairs(frame, numbers[0], others[0])
    )
    id = f"scenarios-{number.replace('_', '-')}"  # noqa: A001  (the field's word)
    record = figures.save(id, figures.Drawing(drawn, frame, tables), project.scenario_figures)
    shown = Figure(
        id=id,
        title=f"{numbers[0].label} {Scenarios(outcomes).extremes(chapter, number).spread}",
        caption=f"{pages.escape(numbers[0].definition)} {_marks_told(numbers[0], others[0])}; "
        "scenarios differ only in judgements, which no interval covers. Dashed: the baseline.",
        alt=_told(outcomes, numbers, others),
        sources=record.sources,
        columns={name: meaning for name, meaning in _COLUMNS.items() if name in frame.columns},
        rows=record.rows,
        files=record.files,
        folder=project.scenario_figures,
    )
    return shown_words.figure(shown, project.root)


_COLUMNS = {
    "scenario": "name of the scenario",
    "value": "estimate, in `unit`",
    "centre": "estimate of the number whose interval is drawn, in `unit`",
    "low": "lower end of the interval",
    "high": "upper end of the interval",
    "level": "level of the interval",
    "unit": "unit of the numbers",
    "n": "number of independent observations",
}


def _frame(
    outcomes: Sequence[Outcome], numbers: Sequence[Headline], others: Sequence[Headline]
) -> "pd.DataFrame":
    """Return what is drawn: a row for each scenario."""
    import pandas as pd

    frame = pd.DataFrame([asdict(each.estimate) for each in others])
    frame = frame.rename(columns={"value": "centre"})
    frame.insert(0, "value", [each.estimate.value for each in numbers])
    frame.insert(0, "scenario", [outcome.scenario.title for outcome in outcomes])
    frame = frame[list(_COLUMNS)]
    return frame.drop(columns="centre") if numbers[0].name == others[0].name else frame


def _marks_told(number: Headline, other: Headline) -> str:
    """Say what dots and lines are."""
    kind = prose.interval_name(other.estimate)
    if number.name == other.name:
        return f"Dots are estimates, lines {kind}s within the scenario"
    name = pages.escape(other.label)
    return f"Dots are estimates; lines are {kind}s of “{name}”, ticks its estimates"


def _told(
    outcomes: Sequence[Outcome], numbers: Sequence[Headline], others: Sequence[Headline]
) -> str:
    """Tell the figure's numbers to those who can't see it."""
    kind = prose.interval_name(others[0].estimate)
    if numbers[0].name == others[0].name:
        told = [prose.short(each.estimate, each.digits) for each in numbers]
        first = f"A dot for each scenario, with its {kind}."
    else:
        told = [
            "; ".join([prose.shown_value(a.estimate, a.digits), prose.short(b.estimate, b.digits)])
            for a, b in zip(numbers, others, strict=True)
        ]
        first = f"A dot for each scenario, and a line, the {kind} of “{others[0].label}”."
    rows = zip(outcomes, told, strict=True)
    return " ".join([first, *(f"{outcome.scenario.title}: {words}." for outcome, words in rows)])


def _dots(frame: "pd.DataFrame", label: str) -> "Canvas":
    """Draw each estimate with its interval."""
    drawing, axes = _rows(frame, label)
    places = range(len(frame))
    axes.hlines(places, frame["low"], frame["high"], color=_colours(frame), linewidth=2)
    axes.scatter(frame["value"], places, color=_colours(frame), zorder=3, s=45)
    axes.set_xlim(left=min(0, frame["low"].min()))
    return drawing


def _pairs(frame: "pd.DataFrame", number: Headline, other: Headline) -> "Canvas":
    """Draw each estimate as a dot, and below it the other number with its interval."""
    from overtake.chapter import style

    drawing, axes = _rows(frame, number.label)
    above, below = ([at + apart for at in range(len(frame))] for apart in (-_APART, _APART))
    dots = axes.scatter(frame["value"], above, color=_colours(frame), zorder=3, s=45)
    lines = axes.hlines(
        below, frame["low"], frame["high"], color=style.REFERENCE_COLOUR, linewidth=2
    )
    axes.plot(frame["centre"], below, "|", color=style.REFERENCE_COLOUR, markersize=9, mew=2)
    axes.set_xlim(left=min(0, frame["low"].min()))
    drawing.legend(
        [dots, lines], [number.label, other.label], loc="outside upper left", frameon=False,
        handlelength=1, borderpad=0,
    )  # fmt: skip
    return drawing


def _rows(frame: "pd.DataFrame", label: str) -> tuple["Canvas", "Axes"]:
    """Return a drawing with a row for each scenario, and a line at the baseline's estimate."""
    from overtake.chapter import style

    drawing, axes = style.new_figure(1.0 + _ROW_INCHES * len(frame))
    baseline = frame["value"].iloc[0]
    axes.axvline(baseline, color=style.REFERENCE_COLOUR, linestyle="--", linewidth=1, zorder=1)
    axes.set_yticks(range(len(frame)), frame["scenario"])
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"{label} ({frame['unit'].iloc[0]})")
    axes.set_ylim(len(frame) - 0.5, -0.5)
    return drawing, axes


def _colours(frame: "pd.DataFrame") -> list[str]:
    """Return black for the baseline, which comes first, and grey for the others."""
    from overtake.chapter import style

    return [style.TEXT_COLOUR, *[_OTHER_COLOUR] * (len(frame) - 1)]


def _moving(outcomes: Sequence[Outcome], chapter: str) -> list[str]:
    """Return the numbers that are not the same under every scenario, where all have them."""
    found = [outcome.runs[chapter].results.numbers for outcome in outcomes]
    everywhere = [name for name in found[0] if all(name in numbers for numbers in found)]
    return [
        name for name in everywhere if len({numbers[name].estimate.value for numbers in found}) > 1
    ]


def _card(scenario: Scenario) -> str:
    changes = [_change(scenario, *each) for each in scenario.changes]
    command = f"$ .venv/bin/overtake build --scenario {shlex.quote(scenario.name)}"
    head = f"(scenario-{scenario.name})=\n**{pages.escape(scenario.title)}**"
    argument = f": {' '.join(scenario.argument.split())}"
    return "\n\n".join([head, argument, "\n".join(changes), pages.code_block(command, "console")])


def _change(scenario: Scenario, chapter: str, name: str, value: object) -> str:
    taken = scenario.of_chapter(chapter)[name]
    of = f", the middle of {pages.escape(str(value))}," if isinstance(value, Range) else ""
    described = parameters.describe(chapter_parameters.of_chapter(chapter))
    (changed,) = (each for each in described if each.name == name)
    unit = "" if changed.unit in {"", _CALENDAR_YEAR} else f" {pages.escape(changed.unit)}"
    return (
        f"- {_heading(chapter)}: `{name}` {pages.code(taken)}{of} instead of "
        f"{pages.code(changed.default)}{unit}"
    )


def _link(scenario: Scenario) -> str:
    return f"[{pages.escape(scenario.title)}](#scenario-{scenario.name})"


def _heading(chapter: str) -> str:
    return chapter.replace("-", " ").capitalize()


def _cell(number: Headline) -> str:
    return pages.escape(prose.short(number.estimate, number.digits))
