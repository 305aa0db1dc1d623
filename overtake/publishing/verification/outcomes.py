"""What is known of the runs' verification, for the pages: ``_build/verification.json``.

A run's id stands for its inputs, so what came of repeating it holds for as long as its
files are the same; their hash is remembered with it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from overtake.core import atomic, digests
from overtake.core.errors import RecordError
from overtake.core.paths import Project
from overtake.publishing import history, publication
from overtake.publishing.verification.proof import Outcome, Verification, verify
from overtake.publishing.verification.subject import Subject
from overtake.runs import recorded
from overtake.runs.recorded import Recorded
from overtake.runs.runs import Run

VARIABLE = "OVERTAKE_VERIFY"
"""Environment variable that makes a build verify every run that it shows."""


@dataclass(frozen=True)
class Verified:
    """What came of repeating a run whose outputs have this hash, with which engine and when.

    `checked` is the ISO date of the commit, or without git that of the release.
    """

    outcome: Outcome
    checked: str
    commit: str
    engine: str
    outputs: str


def read(project: Project) -> dict[str, Verified]:
    """Return what is known, by run id."""
    if not project.verification.is_file():
        return {}
    try:
        content = recorded.read_json(project.verification)
        return {run: Verified(**entry) for run, entry in content.items()}
    except (AttributeError, TypeError):
        raise RecordError(f"{project.verification} is damaged; remove it") from None


def of_run(known: dict[str, Verified], run: Run) -> Verified | None:
    """Return what is known of a run whose files are still those that were verified."""
    found = known.get(run.id)
    return found if found and found.outputs == _digest(run.record) else None


def sentence(found: Verified | None) -> str:
    """Say it in one sentence, for a page."""
    if found is None:
        return "This run was not repeated and compared in this build."
    words = {
        "reproduced": "Verified: repeated, and every file was the same to the byte",
        "within tolerance": "Verified: repeated, with numbers that differ within tolerance",
        "described otherwise": "Repeated from a crate that says otherwise than this book",
        "not reproduced": "Repeated, and not reproduced",
    }[found.outcome]
    at = f", commit {found.commit[:10]}" if found.commit else ""
    return f"{words} ({found.checked}{at}, {found.engine} process)."


def remember(project: Project, verifications: Iterable[Verification]) -> None:
    """Add what came of verifying runs of the store; replace the file in one step."""
    commit = history.head(project)
    day = commit.day if commit else publication.read(project).released.isoformat()
    known = read(project)
    for v in verifications:
        run, at = v.subject.recorded, commit.id if commit else ""
        if run.folder == project.runs / run.id:
            known[run.id] = Verified(v.outcome, day, at, v.engine, _digest(run))
    plain = {run: asdict(found) for run, found in known.items()}
    text = json.dumps(plain, indent=1, sort_keys=True) + "\n"
    atomic.write(project.verification, text.encode())


def ensure(project: Project, shown: Iterable[Run]) -> list[Verification]:
    """Verify the runs of which nothing is known yet, and remember and return what came of it."""
    known = read(project)
    missing = {run.id: run for run in shown if of_run(known, run) is None}
    subjects = [Subject(run.record) for run in missing.values()]
    done = verify(project, subjects) if subjects else []
    remember(project, done)
    return done


def _digest(run: Recorded) -> str:
    return digests.of(json.dumps(dict(run.outputs), sort_keys=True).encode())
