"""Repeat runs from what this checkout has, and say whether the same came out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from overtake.core import locked
from overtake.core.errors import InputsNotAtHandError, ParameterError, ProjectError
from overtake.core.paths import Project
from overtake.publishing import history, vintages
from overtake.publishing.verification.comparison import FileDifference, changed_span, compare
from overtake.publishing.verification.subject import Subject, drawing_of, is_drawn_in
from overtake.runs import runs
from overtake.runs.engine import Limits
from overtake.runs.explain import InputChange, input_changes
from overtake.runs.recorded import Recorded
from overtake.runs.runs import NO_LIMITS, Pool, Run, RunInputs

Outcome = Literal["reproduced", "within tolerance", "not reproduced"]
"""Whether the repetition's files have the recorded hashes; or differ only in numbers by no more
than the tolerance; or differ otherwise."""

TOLERANCE = 1e-9
"""By how much a number may deviate, as a share of the largest in its column."""

_PARTS = {"module": "code", "source": "code", "table": "data", "lock": "environment",
          "python": "environment", "parameter": "parameters"}  # fmt: skip
_NAMES = {"source": "the chapter's notebook", "lock": "uv.lock"}


@dataclass(frozen=True)
class Verification:
    """What came of repeating a run.

    `damaged` are files of the store that are not what the record says, with the bytes;
    `environment` packages that are not of the locked version, if something differs.
    """

    subject: Subject
    outcome: Outcome
    differences: tuple[FileDifference, ...]
    damaged: tuple[str, ...]
    engine: str
    environment: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the run came out again and the store holds what it did."""
        return self.outcome != "not reproduced" and not self.damaged


def verify(
    project: Project,
    subjects: Sequence[Subject],
    tolerance: float = TOLERANCE,
    limits: Limits = NO_LIMITS,
) -> list[Verification]:
    """Repeat runs from their recorded inputs in a store of their own, and compare.

    Nothing that was computed before is used. A run made from data that newer ones have
    replaced is repeated with its own vintage. If a run was made from other inputs than
    are here, an `InputsNotAtHandError` says so before anything is executed.
    """
    present = vintages.current(project)
    found = [(vintages.holding(project, s.recorded.inputs.tables) or present, s) for s in subjects]
    groups = [list(pairs) for _, pairs in groupby(found, key=lambda pair: pair[0].id)]
    for group in groups:
        with vintages.in_use(project, group[0][0]):
            for _, subject in group:
                require_inputs(project, subject.recorded)
    done: list[Verification] = []
    for group in groups:
        with vintages.in_use(project, group[0][0]):
            done += _repeated(project, [subject for _, subject in group], tolerance, limits)
    return done


def _repeated(
    project: Project, subjects: Sequence[Subject], tolerance: float, limits: Limits
) -> Iterator[Verification]:
    """Repeat runs that were made from the state of the data in use."""
    planned = [require_inputs(project, subject.recorded) for subject in subjects]
    with TemporaryDirectory(prefix="overtake-verify-") as folder:
        with Pool(Project(project.root, Path(folder) / "runs"), limits=limits) as pool:
            futures = {here.id: pool.submit(here) for here in planned}
            repeated = {run: future.result() for run, future in futures.items()}
        for subject in subjects:
            run, recorded = repeated[subject.recorded.id], subject.recorded
            differences = tuple(compare(recorded, run.folder))
            if subject.picture and not is_drawn_in(subject.picture, run.folder):
                what = "with title and source line it is another picture; the recorded file is not "
                differences += (FileDifference(drawing_of(subject.picture), what + "at hand"),)
            yield Verification(
                subject,
                _outcome(differences, tolerance),
                differences,
                tuple(_damage(recorded, run, name) for name in recorded.damaged_files()),
                pool.engine,
                locked.deviations(project) if differences else (),
            )


def _outcome(differences: Sequence[FileDifference], tolerance: float) -> Outcome:
    if not differences:
        return "reproduced"
    near = all(difference.within(tolerance) for difference in differences)
    return "within tolerance" if near else "not reproduced"


def _damage(recorded: Recorded, repeated: Run, name: str) -> str:
    assert recorded.folder is not None
    kept, again = recorded.folder / name, repeated.folder / name
    if not kept.is_file():
        return f"{kept} is missing"
    what = f"{kept} is not what the record says"
    if not again.is_file() or kept.read_bytes() == again.read_bytes():
        return what
    span = changed_span(kept.read_bytes(), again.read_bytes())
    return f"{what}: {span} differ from the repetition"


def require_inputs(project: Project, recorded: Recorded) -> RunInputs:
    """Return the inputs of a run as this checkout has them; say which differ, and who has them.

    The parameters are in the order in which the chapter declares and the notebook
    gets them; a record has them sorted.
    """
    inputs = recorded.inputs
    try:
        here = runs.plan(project, inputs.chapter, inputs.parameters)
    except (ParameterError, ProjectError) as error:
        raise InputsNotAtHandError(
            f"run {inputs.id} can't be repeated with what is here: {error}. "
            f"{_how_to_get(project, inputs)}"
        ) from None
    parts: dict[str, list[str]] = {}
    for change in input_changes(inputs, here):
        parts.setdefault(_PARTS[change.kind], []).append(_named(change, inputs, here))
    if parts:
        told = "; ".join(f"{part}: {', '.join(names)}" for part, names in parts.items())
        raise InputsNotAtHandError(
            f"run {inputs.id} of {inputs.chapter} was made from other inputs than are here: "
            f"{told}. {_how_to_get(project, inputs)}"
        )
    return here


def _named(change: InputChange, inputs: RunInputs, here: RunInputs) -> str:
    if change.kind == "python":
        return f"Python {inputs.python}, here {here.python}"
    if change.kind == "parameter":
        return f"{change.name} = {change.before!r}, here {change.after!r}"
    name = _NAMES.get(change.kind, f"{change.kind} {change.name}")
    if change.after is None:
        return f"{name}, which is no input here"
    return name if change.before is not None else f"{name}, which was no input then"


def _how_to_get(project: Project, inputs: RunInputs) -> str:
    """Name the commit to check out."""
    if history.head(project) is None:
        return "This is no git repository, so no earlier state can be looked for"
    commit = history.commit_with(project, inputs)
    if commit is None:
        return (
            "No commit of this repository has them: they were never committed, or are in "
            "a commit that was not fetched (`git fetch --all --tags`)"
        )
    return (
        f"Commit {commit.short} of {commit.day} has them: `git checkout {commit.short}`, then "
        f"`make environment PYTHON=python{inputs.python}` and the same command again; the store "
        "of runs stays as it is"
    )
