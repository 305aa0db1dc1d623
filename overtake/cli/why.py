"""``overtake why`` and ``record-why``: why a headline number moved."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from overtake.cli import AsJson, out, write_json
from overtake.core.errors import RequestError
from overtake.core.paths import Project
from overtake.publishing import releases
from overtake.publishing.why import pairing, record, states
from overtake.publishing.why.answers import OTHER_SEEDS, Answer, ChapterAnswer, Question
from overtake.publishing.why.rerunning import Rebuilt
from overtake.publishing.why.splitting import CODE
from overtake.publishing.why.states import State
from overtake.runs import runs
from overtake.runs.words.expressions import suggestion

if TYPE_CHECKING:
    from overtake.chapter.results import RecordedNumber

app = typer.Typer()

_Since = Annotated[
    str | None,
    typer.Argument(metavar="FROM", help="A release, a day of the forecast log, or a commit; "
                   "the last release by default.", show_default=False),
]  # fmt: skip
_Seeds = Annotated[
    int, typer.Option("--seeds", min=0, max=50, help="Other seeds to run both ends with.")
]
_LONGEST = 12


@app.command()
def why(
    number: Annotated[
        str, typer.Argument(help="A headline number, as CHAPTER/NAME, or its name alone.")
    ],
    since: _Since = None,
    until: Annotated[str, typer.Argument(metavar="TO", help="The same, or now.")] = states.NOW,
    seeds: _Seeds = OTHER_SEEDS,
    *,
    as_json: AsJson = False,
) -> None:
    """Say why a number moved: how far environment, code, data and judgement moved it.

    The states in between are run, each in a folder and an environment of its own under
    _build/why, so the first answer for a chapter takes minutes and the next one none. The
    parts sum to the change. Where a combination can't be run, two parts stand as one.

    Ends with 2 if there is no such number or state, 7 if an end can't be run any more and
    is not on record.
    """
    project = Project.find()
    then = states.find(project, since or states.last_release(project))
    now = states.find(project, until)
    chapter, name = _place(project, number, now)
    chapter_before = _chapter_before(then, chapter, name)
    question = Question(
        project, Rebuilt(project), then, now, chapter, chapter_before, frozenset({name}), seeds
    )
    told = question.answer()
    answer = told.answer(name)
    if answer is None:
        raise RequestError(f"{chapter}/{name} is a number of {now.name}, and not of {then.name}")
    if as_json:
        write_json({"from": then.name, "to": now.name, **asdict(told)})
        return
    _print(told, answer, then.name, now.name)


@app.command()
def record_why(since: _Since = None, seeds: _Seeds = OTHER_SEEDS) -> None:
    """Put on record, for the pages, why all headline numbers moved since a release.

    It runs what ``overtake why`` runs, for every chapter, and writes releases/why/FROM.json.
    """
    project = Project.find()
    then = states.find(project, since or states.last_release(project))
    if then.release is None:
        raise RequestError(f"{then.name} is no release; pages tell what moved since one")
    now = states.find(project, states.NOW)
    gathered = record.gather(project, Rebuilt(project), then, now, seeds)
    answers = record.collect(then.name, _reported(gathered))
    out.print(f"{record.write(project, answers)}")


def _reported(
    gathered: Iterator[ChapterAnswer | tuple[str, str]],
) -> Iterator[ChapterAnswer | tuple[str, str]]:
    """Say of each chapter what came of it, as soon as it is known."""
    for each in gathered:
        if isinstance(each, ChapterAnswer):
            split = [answer for answer in each.answers if answer.parts]
            out.print(f"{each.chapter}: {len(split)} of {len(each.answers)} numbers are split")
        else:
            out.print(f"{each[0]}: {each[1]}")
        yield each


def _place(project: Project, number: str, state: State) -> tuple[str, str]:
    """Return chapter and name of a number; a `RequestError` suggests the nearest."""
    known = _known(project, state)
    chapter, _, name = number.rpartition("/")
    found = [place for place in known if place[1] == name and chapter in {"", place[0]}]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(map("/".join, found))
        raise RequestError(f"{number!r} may be any of {several}")
    names = ["/".join(place) for place in known] if chapter else [place[1] for place in known]
    raise RequestError(f"there is no headline number {number!r}{suggestion(number, names)}")


def _known(project: Project, state: State) -> list[pairing.Place]:
    """Return the headline numbers of a state: of a release, or of the runs that are stored."""
    if state.release:
        return list(pairing.flat(state.release.numbers))
    found: dict[str, Mapping[str, RecordedNumber]] = {}
    for chapter in project.chapter_names():
        run = runs.find_numbers(project, runs.plan(project, chapter))
        if run:
            found[chapter] = run.results.numbers
    for release in releases.read_all(project):  # of chapters that have no run yet
        for chapter, numbers in release.numbers.items():
            found.setdefault(chapter, numbers)
    return list(pairing.flat(found))


def _chapter_before(then: State, chapter: str, name: str) -> str:
    """Return the chapter that had a number then: another, if it went from there."""
    if then.release is None or name in then.release.numbers.get(chapter, {}):
        return chapter
    others = [each for each, numbers in then.release.numbers.items() if name in numbers]
    return others[0] if others else chapter


def _print(told: ChapterAnswer, answer: Answer, then: str, now: str) -> None:
    ends = f"{answer.shown_before} in {then} to {answer.shown_now} {_in(now)}"
    out.print(f"{told.chapter}/{answer.name}: {ends}, {answer.shown(answer.change)}")
    if not answer.parts:
        out.print(_not_split(told, answer))
        return
    table = Table("Part", "Change", "In other orders", "Run", "Counted to it")
    for part in answer.parts:
        counted = [each for name in part.inputs for each in told.counted.get(name, ())]
        span = f"{answer.shown(part.low)} to {answer.shown(part.high)}"
        table.add_row(
            " and ".join(part.inputs), answer.shown(part.change),
            span if part.orders > 1 else "", part.run, _listed(counted),
        )  # fmt: skip
    table.add_row("sum", answer.shown(sum(part.change for part in answer.parts)), "", "", "")
    out.print(table)
    if answer.chance is not None:
        out.print(
            f"By chance alone, over {told.seeds} other seeds at both ends, the change has a "
            f"standard deviation of {answer.shown(answer.chance).removeprefix('+')}."
        )
    if told.counted.get(CODE):
        out.print("Tables and parameters that the code of now needs and the other state lacks, or "
                  "has in a form that it can't read, count to the code.")  # fmt: skip
    for combined, reason in told.obstacles.items():
        what = f"with {combined} of {now} alone" if combined else f"{then} itself"
        out.print(f"Can't be run: {what}: {reason}")


def _not_split(told: ChapterAnswer, answer: Answer) -> str:
    if not answer.is_of_one_unit:
        before, now = answer.before.estimate.unit, answer.now.estimate.unit
        return f"It was in {before or 'no unit'!r} and is in {now!r}: there is no change to split."
    if told.run_before == told.run_now:
        return "Both ends are the same run."
    return "Nothing that it is made from differs."


def _in(state: str) -> str:
    return state if state == states.NOW else f"in {state}"


def _listed(names: list[str]) -> str:
    more = len(names) - _LONGEST
    return ", ".join(names[:_LONGEST]) + (f" and {more} more" if more > 0 else "")
