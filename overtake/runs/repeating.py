"""Numbers of a run computed anew, by some of its sections; the others are kept.

Nothing is written into the store: what is computed is kept in a folder of its own, over what
the store keeps.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from overtake.chapter import facts, results
from overtake.core.paths import Project
from overtake.runs import chapter_source, digested
from overtake.runs.engine import Job, Limits
from overtake.runs.facts_process import FactsProcesses, Task
from overtake.runs.kept.report import Report, tell_nobody
from overtake.runs.recorded import RunInputs
from overtake.runs.words import facts as run_facts

_PUBLISH, _NUMBERS = "results.publish", "numbers"
_WRITTEN = f"{facts.text_of.__module__}.{facts.text_of.__qualname__}"
"""What writes facts: kept like any other result, it would give those of the run on record."""


@dataclass(frozen=True)
class Repetition:
    """What came out, and which calls were made for it: those computed, and those kept.

    Attributes
    ----------
    found : mapping
        What words may call: `numbers` if headline numbers were repeated, else facts by name.
    report : Report
        The calls.
    """

    found: Mapping[str, Any]
    report: Report


def repeat_numbers(
    project: Project, inputs: RunInputs, sections: Collection[str], limits: Limits
) -> Repetition:
    """Compute the headline numbers of a run with these sections anew.

    Parameters
    ----------
    project, inputs
        The run.
    sections : collection of str
        Dotted names of the functions that a cell calls; all, if there are none.
    limits : Limits
        What the process may use.
    """
    also = _collecting(project, inputs.chapter)
    with _job(project, inputs, sections, also, limits) as job:
        report = _do("repeat_numbers", job)
        return Repetition(vars(results.read(job.folder / results.FILE_NAME)), report)


def repeat_facts(
    project: Project, inputs: RunInputs, sections: Collection[str], limits: Limits
) -> Repetition:
    """Compute the facts of a run with these sections anew; as `repeat_numbers`."""
    with _job(project, inputs, sections, [_WRITTEN], limits) as job:
        report = _do("repeat_facts", job)
        return Repetition(run_facts.read(job.folder), report)


@contextmanager
def _job(
    project: Project, inputs: RunInputs, sections: Collection[str], also: Iterable[str],
    limits: Limits,
) -> Iterator[Job]:  # fmt: skip
    """Yield what is to be done in a folder of its own, with the sections and also these anew."""
    with TemporaryDirectory(prefix="overtake-repeat-") as name:
        folder = Path(name) / "runs" / inputs.id
        folder.mkdir(parents=True)
        kept = digested.describe_kept(project, inputs)
        here = replace(
            kept,
            folder=Path(name) / "kept",
            below=kept.folder if sections else None,
            repeated=frozenset({*sections, *also}),
        )
        yield Job(project.root, inputs.chapter, inputs.parameters, folder, limits, here)


def _do(task: Task, job: Job) -> Report:
    processes = FactsProcesses(job.root)
    try:
        report: Report = processes.do(task, job, tell_nobody)
    finally:
        processes.close()
    return report


def _collecting(project: Project, chapter: str) -> Iterator[str]:
    """Yield the functions that a chapter calls where it publishes its headline numbers."""
    imported: dict[str, str] = {}
    for cell in chapter_source.code_cells(chapter_source.read(project.chapter(chapter))):
        for node in ast.walk(ast.parse(cell.source)):
            match node:
                case ast.ImportFrom(module=str() as module, names=names):
                    imported |= {
                        each.asname or each.name: f"{module}.{each.name}" for each in names
                    }
                case ast.Call(func=function) if ast.unparse(function) == _PUBLISH:
                    given = [each.value for each in node.keywords if each.arg == _NUMBERS]
                    for numbers in (*node.args[:1], *given):
                        yield from _called_in(numbers, imported)


def _called_in(expression: ast.expr, imported: Mapping[str, str]) -> Iterator[str]:
    """Yield the dotted names of the functions that an expression calls."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Call):
            name, _, rest = ast.unparse(node.func).partition(".")
            if name in imported:
                yield f"{imported[name]}.{rest}".rstrip(".")
