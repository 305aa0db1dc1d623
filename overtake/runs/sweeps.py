"""The points of a sweep, executed as runs wherever they may; `models_only` computes them."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.runs import runs
from overtake.runs.designs import PlannedRun
from overtake.runs.recorded import RunInputs
from overtake.runs.sweep_table import tabulate

if TYPE_CHECKING:
    import pandas as pd

    from overtake.runs.runs import Run


class Executor(Protocol):
    """Executes runs in the future: `overtake.runs.pools.Pool`, or a cluster."""

    def submit(self, inputs: RunInputs) -> "Future[Run]":
        """Return the run of these inputs in the future."""


@dataclass(frozen=True)
class Outcome:
    """How many runs were executed now, how many the store had, and what failed, by run id."""

    executed: int
    reused: int
    failures: dict[str, str]


def missing(project: Project, planned: Sequence[PlannedRun]) -> dict[str, RunInputs]:
    """Return the different runs that the store lacks, by id."""
    wanted = {p.inputs.id: p.inputs for p in planned}
    return {
        key: inputs for key, inputs in wanted.items() if runs.find_numbers(project, inputs) is None
    }


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
            error = future.exception()
            if error is None:
                executed += 1
            elif isinstance(error, OvertakeError):
                failures[futures[future]] = str(error)
            else:
                raise error
            tell(reused + executed, len(failures))
        waiting = {key: waiting[key] for key in failures}
    return Outcome(executed, reused, failures)


def tidy(project: Project, planned: Sequence[PlannedRun]) -> "pd.DataFrame":
    """Return the headline numbers of the sweep's finished runs, one row for each.

    Columns are `point`, `chapter`, `run`, each varied parameter, and what is known of the
    number. A point whose run failed has no row.
    """
    different = {p.inputs.id: runs.find_numbers(project, p.inputs) for p in planned}
    rows = {
        key: [{"name": n.name, **asdict(n.estimate)} for n in run.results.numbers.values()]
        for key, run in different.items()
        if run
    }
    return tabulate(planned, rows)
