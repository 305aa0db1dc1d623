"""``overtake why`` and ``record-why``: why a headline number moved."""

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from overtake.cli import AsJson, out, progress, write_json
from overtake.core.errors import RequestError
from overtake.core.paths import Project
from overtake.publishing.why.defaults import NOW, OTHER_SEEDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from overtake.publishing.why.answers import Answer, ChapterAnswer
    from overtake.publishing.why.rerunning import Rebuilt
    from overtake.publishing.why.states import Recipe, State

app = typer.Typer()

_Since = Annotated[
    str | None,
    typer.Argument(metavar="FROM", help="A release, a day of the forecast log, or a commit; "
                   "the last release by default.", show_default=False),
]  # fmt: skip
_Seeds = Annotated[
    int, typer.Option("--seeds", min=0, max=50, help="Other seeds to run both ends with.")
]
_MOST = 12


@app.command()
def why(
    number: Annotated[
        str, typer.Argument(help="A headline number, as CHAPTER/NAME, or its name alone.")
    ],
    since: _Since = None,
    until: Annotated[str, typer.Argument(metavar="TO", help="The same, or now.")] = NOW,
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
    from overtake.publishing.why import naming, states
    from overtake.publishing.why.answers import Question

    project = Project.find()
    then = states.find(project, since or states.last_release(project))
    now = states.find(project, until)
    chapter, name = naming.find(project, number, now)
    before = naming.chapter_before(project, then, (chapter, name))
    with _machine(project, then, now) as machine:
        question = Question(project, machine, then, now, chapter, before, frozenset({name}), seeds)
        told = question.answer()
    answer = told.answer(name)
    if answer is None:
        raise RequestError(f"{chapter}/{name} is a number of {now.name}, and not of {then.name}")
    if as_json:
        write_json({"from": then.name, "to": now.name, **asdict(told)})
        return
    _print(told, answer, then.name, now.name)


@app.command()
def record_why(
    since: _Since = None,
    until: Annotated[
        str, typer.Argument(metavar="TO", help="now, or a later day of the forecast log.")
    ] = NOW,
    seeds: _Seeds = OTHER_SEEDS,
) -> None:
    """Put on record, for the pages, why all headline numbers moved since a release.

    Of two days of the forecast log, why the forecasts moved that were logged on both. It runs
    what ``overtake why`` runs, for every chapter, and writes into releases/why/.
    """
    from overtake.publishing.why import record, states
    from overtake.publishing.why.rerunning import Rebuilt

    project = Project.find()
    then, now = [
        states.find(project, each) for each in (since or states.last_release(project), until)
    ]
    machine = Rebuilt(project)
    if then.release and until == NOW:
        names = record.numbers_of_both(project, machine, then.release, now)
    elif not (names := record.forecasts_of_both(project, then.name, now.name)):
        raise RequestError(
            f"pages tell what moved from a release to now, or between two days of the forecast "
            f"log, and not from {then.name} to {now.name}"
        )
    gathered = record.gather(project, machine, (then, now), names, seeds)
    answers = record.collect(then.name, now.name, _reported(gathered))
    out.print(f"{record.write(project, answers)}")


@contextmanager
def _machine(project: Project, *ends: "State") -> "Iterator[Rebuilt]":
    """Yield what runs the states between two ends, and show on a terminal what it runs."""
    from overtake.publishing.why.rerunning import Rebuilt

    names = {state.tree: state.name for state in ends}
    with progress.of_steps("reading both states") as tell:
        yield Rebuilt(project, lambda recipe: tell(_sentence(recipe, names)))


def _sentence(recipe: "Recipe", names: "Mapping[str, str]") -> str:
    code, lock, data = (names[tree] for tree in (recipe.code, recipe.lock, recipe.data))
    others = "".join(f", other {name}" for name, _ in recipe.parameters)
    return (
        f"running {recipe.chapter}: code of {code}, environment of {lock}, data of {data}{others}"
    )


def _reported(
    gathered: "Iterator[ChapterAnswer | tuple[str, str]]",
) -> "Iterator[ChapterAnswer | tuple[str, str]]":
    """Say of each chapter what came of it, as soon as it is known."""
    from overtake.publishing.why.answers import ChapterAnswer

    for each in gathered:
        if isinstance(each, ChapterAnswer):
            split = [answer for answer in each.answers if answer.parts]
            out.print(f"{each.chapter}: {len(split)} of {len(each.answers)} numbers are split")
        else:
            out.print(f"{each[0]}: {each[1]}")
        yield each


def _print(told: "ChapterAnswer", answer: "Answer", then: str, now: str) -> None:
    from overtake.publishing.why import words

    ends = f"{answer.shown_before} in {then} to {answer.shown_now} {_in(now)}"
    out.print(f"{told.chapter}/{answer.name}: {ends}, {answer.shown(answer.change)}")
    if not answer.parts:
        out.print(words.unsplit(told, answer))
        return
    table = Table("Part", "Change", "In other orders", Column("Run", no_wrap=True), "Counted to it")
    for part in answer.parts:
        span = f"{answer.shown(part.low)} to {answer.shown(part.high)}"
        table.add_row(
            words.of_part(part), answer.shown(part.change), span if part.orders > 1 else "",
            part.run, words.counted(told, part, most=_MOST),
        )  # fmt: skip
    table.add_row("sum", answer.shown(answer.sum))
    out.print(table, soft_wrap=False)
    within = [f"Of the data: {said}." for part in answer.parts
              if (said := words.within_data(answer, part))]  # fmt: skip
    for sentence in (*within, words.chance(told, answer), *words.obstacles(told)):
        if sentence:
            out.print(sentence)


def _in(state: str) -> str:
    return state if state == NOW else f"in {state}"
