"""Why a chapter will or will not run again: what differs from the nearest run in the store."""

from dataclasses import dataclass
from typing import Any, Literal

from overtake.core.paths import Project
from overtake.runs import runs
from overtake.runs.recorded import RunInputs
from overtake.runs.runs import Run

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
class Explanation:
    """Why a chapter will or will not run.

    `id` is the run's identity, `stored` counts the chapter's runs in the store,
    and `changes` tell what differs from the nearest of them.
    """

    chapter: str
    id: str
    stored: int
    nearest: str | None
    changes: tuple[InputChange, ...]

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
    stored = [run for run in runs.all_runs(project) if run.chapter == inputs.chapter]
    nearest = runs.find(project, inputs) or max(
        stored, key=lambda run: _in_common(run, inputs), default=None
    )
    return Explanation(
        chapter=inputs.chapter,
        id=inputs.id,
        stored=len(stored),
        nearest=nearest.id if nearest else None,
        changes=input_changes(nearest.record.inputs, inputs) if nearest else (),
    )


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
