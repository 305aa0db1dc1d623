"""Repeat runs, and say whether the same came out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from overtake.core import locked
from overtake.core.paths import Project
from overtake.publishing import vintages
from overtake.publishing.verification import inputs
from overtake.publishing.verification.comparison import FileDifference, changed_span, compare
from overtake.publishing.verification.subject import Subject
from overtake.publishing.vintages import Vintage
from overtake.runs.engine import Limits
from overtake.runs.recorded import Recorded
from overtake.runs.runs import NO_LIMITS, Pool, Run

Outcome = Literal["reproduced", "within tolerance", "not reproduced"]

TOLERANCE = 1e-9
"""By how much a number may deviate, as a share of the largest in its column."""


@dataclass(frozen=True)
class Verification:
    """What came of repeating a run.

    Attributes
    ----------
    subject : Subject
        What was to be proved.
    outcome : {"reproduced", "within tolerance", "not reproduced"}
        Whether the repetition's files have the recorded hashes; or differ only in
        numbers by no more than the tolerance; or differ otherwise.
    differences : tuple of FileDifference
        The files that differ.
    damaged : tuple of str
        Files of the store that are not what the record says, with the bytes.
    engine : str
        Engine that repeated it.
    environment : tuple of str
        Packages that are not of the locked version; looked for if something differs.
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

    Nothing that was computed before is used: the store in which they are
    repeated is new, and is removed afterwards. A run made from data that newer
    ones have replaced is repeated with its own vintage.

    Parameters
    ----------
    project : Project
        The checkout.
    subjects : sequence of Subject
        What to prove.
    tolerance : float
        By how much numbers may deviate; see `comparison.Deviation.relative`.
    limits : Limits
        What each run may use.

    Raises
    ------
    InputsNotAtHandError
        If a run was made from other inputs than are here; nothing is executed.
    ChapterError
        If a chapter raises.
    """
    groups = _by_vintage(project, subjects)
    for vintage, group in groups:
        with vintages.in_use(project, vintage):
            for subject in group:
                inputs.require(project, subject.recorded)
    done: list[Verification] = []
    for vintage, group in groups:
        with vintages.in_use(project, vintage):
            done += _verify(project, group, tolerance, limits)
    return done


def _by_vintage(
    project: Project, subjects: Sequence[Subject]
) -> list[tuple[Vintage, list[Subject]]]:
    """Group neighbours by the state of the data that they were made from."""
    present = vintages.current(project)
    found = [vintages.holding(project, s.recorded.inputs.tables) or present for s in subjects]
    pairs = groupby(zip(found, subjects, strict=True), key=lambda pair: pair[0].id)
    groups = [list(group) for _, group in pairs]
    return [(group[0][0], [subject for _, subject in group]) for group in groups]


def _verify(
    project: Project, subjects: Sequence[Subject], tolerance: float, limits: Limits
) -> list[Verification]:
    """Repeat runs that were made from the state of the data in use."""
    planned = [inputs.require(project, subject.recorded) for subject in subjects]
    wanted = {here.id: here for here in planned}
    with TemporaryDirectory(prefix="overtake-verify-") as folder:
        staging = Project(project.root, Path(folder) / "runs")
        with Pool(staging, limits=limits) as pool:
            futures = {run: pool.submit(here) for run, here in wanted.items()}
            repeated = {run: future.result() for run, future in futures.items()}
        return [
            _verification(project, subject, repeated[subject.recorded.id], pool.engine, tolerance)
            for subject in subjects
        ]


def _verification(
    project: Project, subject: Subject, repeated: Run, engine: str, tolerance: float
) -> Verification:
    differences = (*compare(subject.recorded, repeated.folder), *_unlike(subject, repeated))
    damaged = _damage(subject.recorded, repeated.folder)
    environment = locked.deviations(project) if differences else ()
    outcome = _outcome(differences, tolerance)
    return Verification(subject, outcome, differences, damaged, engine, environment)


def _unlike(subject: Subject, repeated: Run) -> tuple[FileDifference, ...]:
    """Return the loose picture that was to be proved, if the repetition draws another."""
    if subject.picture is None or subject.picture.is_of(repeated.folder):
        return ()
    what = "with title and source line it is another picture; the recorded file is not at hand"
    return (FileDifference(subject.picture.file, what),)


def _outcome(differences: Sequence[FileDifference], tolerance: float) -> Outcome:
    if not differences:
        return "reproduced"
    near = all(difference.within(tolerance) for difference in differences)
    return "within tolerance" if near else "not reproduced"


def _damage(recorded: Recorded, repeated: Path) -> tuple[str, ...]:
    return tuple(_told(recorded, repeated, name) for name in recorded.damaged_files())


def _told(recorded: Recorded, repeated: Path, name: str) -> str:
    assert recorded.folder is not None
    kept, again = recorded.folder / name, repeated / name
    if not kept.is_file():
        return f"{kept} is missing"
    if not again.is_file():
        return f"{kept} is not what the record says"
    before, after = kept.read_bytes(), again.read_bytes()
    where = "" if before == after else f": {changed_span(before, after)} differ from the repetition"
    return f"{kept} is not what the record says{where}"
