"""Why a chapter will or will not run again: what differs from the nearest run in the store."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from overtake.core.paths import Project
from overtake.runs import digested, runs, store
from overtake.runs.engine import Job
from overtake.runs.facts_process import FactsProcesses
from overtake.runs.kept.report import Foreseen, Made, State, tell_nobody
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run

_Call = TypeVar("_Call", Made, Foreseen)
_GRAVEST_FIRST: tuple[State, ...] = ("computed", "open", "kept")
Kind = Literal["parameter", "table", "module", "lock", "source", "python"]


@dataclass(frozen=True)
class InputChange:
    """One input that differs between two runs; None where it is no input.

    A parameter is told by its value, anything else by its SHA-256.
    """

    kind: Kind
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class SectionForecast:
    """What a run will do about one section, by its module's name.

    `state` is ``kept``, ``computed``, or ``open``: it depends on what will be computed. `seconds`
    are those that it took last, None if that is not known; `because` names what differs from
    then, if that is known.
    """

    section: str
    state: State
    seconds: float | None
    because: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """Why a chapter will or will not run.

    `id` is the run's identity, `stored` counts the chapter's runs in the store,
    `changes` tell what differs from the nearest of them, and `sections` what a run will do.
    """

    chapter: str
    id: str
    stored: int
    nearest: str | None
    changes: tuple[InputChange, ...]
    sections: tuple[SectionForecast, ...] = ()

    @property
    def will_run(self) -> bool:
        """Whether the store lacks this run."""
        return self.id != self.nearest

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        if not self.will_run:
            return f"{self.chapter} will not run: run {self.id} has the same inputs"
        if self.nearest is None:
            return f"{self.chapter} will run: the store holds no run of it"
        of = f"the nearest of {self.stored} stored" if self.stored > 1 else "the only one stored"
        return f"{self.chapter} will run: it differs from run {self.nearest}, {of}, by"


def explain(project: Project, inputs: RunInputs) -> Explanation:
    """Compare the inputs of a run with those of the nearest one in the store."""
    found = runs.find_facts(project, inputs)
    # A run of a sweep has numbers alone: one with these inputs is no answer to what will run.
    stored = [
        run
        for run in runs.all_runs(project)
        if run.chapter == inputs.chapter and (found or run.id != inputs.id)
    ]
    nearest = found or max(stored, key=lambda run: _in_common(run, inputs), default=None)
    return Explanation(
        chapter=inputs.chapter,
        id=inputs.id,
        stored=len(stored),
        nearest=nearest.id if nearest else None,
        changes=input_changes(nearest.record.inputs, inputs) if nearest else (),
    )


def with_sections(project: Project, inputs: RunInputs, explanation: Explanation) -> Explanation:
    """Return an explanation that says what the run will do about each section, if it will run.

    They are in the order in which the chapter first calls them.
    """
    if not explanation.will_run:
        return explanation
    nearest = runs.stored(project, explanation.nearest) if explanation.nearest else None
    kept = digested.describe_kept(project, inputs)
    folder = store.staging(project.runs)  # nothing is written there
    job = Job(project.root, inputs.chapter, inputs.parameters, folder, kept=kept)
    with closing(FactsProcesses(project.root)) as processes:
        foreseen: tuple[Foreseen, ...] = processes.do("foresee", job, tell_nobody)
    before = _by_section(nearest.report.made if nearest else ())
    found = _by_section(foreseen).items()
    sections = (_section(name, calls, before.get(name, [])) for name, calls in found)
    return replace(explanation, sections=tuple(sections))


def _by_section(calls: Sequence[_Call]) -> dict[str, list[_Call]]:
    found: dict[str, list[_Call]] = {}
    for each in calls:
        if each.is_of_a_section:
            found.setdefault(each.section, []).append(each)
    return found


def _section(name: str, calls: Sequence[Foreseen], before: Sequence[Made]) -> SectionForecast:
    """Sum up the calls of a section: it will run if one of them will."""
    states = {each.state for each in calls}
    state: State = next((one for one in _GRAVEST_FIRST if one in states), "kept")
    last = [made for made in before if made.seconds]
    moved = [part for each in calls for part in _moved(each, before)]
    return SectionForecast(
        name,
        state,
        round(sum(made.seconds for made in last), 3) if last else None,
        tuple(dict.fromkeys(moved)),
    )


def _moved(call: Foreseen, before: Sequence[Made]) -> list[str]:
    """Name the arguments of a call that will be computed which no call before it had."""
    if call.state != "computed":
        return []
    same = [made.inputs for made in before if made.function == call.function]
    if not same:
        return []
    had = [[part for part in call.inputs if made.get(part) != call.inputs[part]] for made in same]
    return [part or "its code" for part in min(had, key=len)]


def input_changes(before: RunInputs, after: RunInputs) -> tuple[InputChange, ...]:
    """Return what differs between the inputs of two runs, parameters first."""
    first, second = _flat(before), _flat(after)
    keys = list(dict.fromkeys([*second, *first]))
    return tuple(
        InputChange(kind, name, first.get((kind, name)), second.get((kind, name)))
        for kind, name in keys
        if not _same(first.get((kind, name)), second.get((kind, name)))
    )


def _in_common(run: Run, wanted: RunInputs) -> tuple[int, int]:
    """Count the inputs that agree, then those that don't, so that fewer are nearer."""
    have, want = _flat(run.record.inputs), _flat(wanted)
    agreeing = sum(_same(have.get(key), value) for key, value in want.items())
    return agreeing, -len(have)


def _flat(inputs: RunInputs) -> dict[tuple[Kind, str], Any]:
    """Return every input by kind and name."""
    return {
        **{("parameter", name): value for name, value in inputs.parameters.items()},
        **{("table", name): digest for name, digest in inputs.tables.items()},
        **{("module", name): digest for name, digest in inputs.modules.items()},
        ("source", "source"): inputs.source,
        ("lock", "lock"): inputs.lock,
        ("python", "python"): inputs.python,
    }


def _same(before: object, after: object) -> bool:
    """Compare as the run's id does, for which 2 and 2.0 are not the same text."""
    return type(before) is type(after) and before == after
