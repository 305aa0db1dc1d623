"""Execute the runs of a sweep wherever they may, and gather what they found."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.runs import runs
from overtake.runs.runs import Run, RunInputs
from overtake.runs.sweeps.designs import PlannedRun

if TYPE_CHECKING:
    import pandas as pd

_NUMBER_COLUMNS = ("name", "value", "low", "high", "level", "kind", "n", "unit")


class Executor(Protocol):
    """Executes runs in the future: `overtake.runs.runs.Pool`, or a cluster."""

    def submit(self, inputs: RunInputs) -> "Future[Run]":
        """Return the run of these inputs in the future."""


@dataclass(frozen=True)
class Outcome:
    """What has become of a sweep's runs.

    Attributes
    ----------
    executed : int
        Runs that were executed now.
    reused : int
        Runs that the store had already.
    failures : dict of str to str
        What went wrong, by run id, after all tries.
    """

    executed: int
    reused: int
    failures: dict[str, str]


def missing(project: Project, planned: Sequence[PlannedRun]) -> dict[str, RunInputs]:
    """Return the different runs that the store lacks, by id."""
    wanted = {p.inputs.id: p.inputs for p in planned}
    return {key: inputs for key, inputs in wanted.items() if runs.find(project, inputs) is None}


def execute(
    project: Project,
    planned: Sequence[PlannedRun],
    executor: Executor,
    *,
    tries: int,
    tell: Callable[[int, int], None],
) -> Outcome:
    """Execute what the store lacks, each run once, and try again what fails up to `tries` times.

    Several points may ask for the same run. After every run, `tell` hears how
    many there are in the store, and how many have failed.
    """
    waiting = missing(project, planned)
    reused = len({p.inputs.id for p in planned}) - len(waiting)
    executed, failures = 0, dict[str, str]()
    for _ in range(tries):
        failures.clear()
        futures = {executor.submit(inputs): key for key, inputs in waiting.items()}
        for future in as_completed(futures):
            if problem := _problem(future):
                failures[futures[future]] = problem
            else:
                executed += 1
            tell(reused + executed, len(failures))
        waiting = {key: waiting[key] for key in failures}
    return Outcome(executed, reused, failures)


def tidy(project: Project, planned: Sequence[PlannedRun]) -> "pd.DataFrame":
    """Return the headline numbers of the sweep's finished runs, one row for each.

    Returns
    -------
    pandas.DataFrame
        Columns `point`, `chapter`, `run`, each varied parameter, then `name`,
        `value`, `low`, `high`, `level`, `kind`, `n`, `unit` of the number.
        A point whose run failed has no row.
    """
    different = {p.inputs.id: runs.find(project, p.inputs) for p in planned}
    numbers = {key: run.results.numbers.values() for key, run in different.items() if run}
    rows = {
        key: [{"name": number.name, **asdict(number.estimate)} for number in of_run]
        for key, of_run in numbers.items()
    }
    return table(planned, rows)


def table(
    planned: Sequence[PlannedRun], found: Mapping[str, Sequence[Mapping[str, object]]]
) -> "pd.DataFrame":
    """Return numbers that are given by run id as `tidy` does."""
    import pandas as pd

    varied = list(dict.fromkeys(name for p in planned for name in p.assigned))
    rows = []
    for p in planned:
        key = p.inputs.id
        shared = {"point": p.point, "chapter": p.inputs.chapter, "run": key, **p.assigned}
        rows += [{**shared, **{c: n[c] for c in _NUMBER_COLUMNS}} for n in found.get(key, ())]
    return pd.DataFrame(rows, columns=["point", "chapter", "run", *varied, *_NUMBER_COLUMNS])


def _problem(future: "Future[Run]") -> str | None:
    error = future.exception()
    if error is not None and not isinstance(error, OvertakeError):
        raise error
    return None if error is None else str(error)
