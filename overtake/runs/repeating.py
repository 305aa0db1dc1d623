"""Numbers of a run computed anew, by some of its sections; the others are kept.

Nothing is written into the store: what is computed is kept in a folder of its own, over what
the store keeps.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
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
    repeated = (*sections, *_collecting(project, inputs.chapter))
    with _folder_of(inputs) as folder:
        report = _repeat("repeat_numbers", project, inputs, folder, (sections, repeated), limits)
        return Repetition(vars(results.read(folder / results.FILE_NAME)), report)


def repeat_facts(
    project: Project, inputs: RunInputs, sections: Collection[str], limits: Limits
) -> Repetition:
    """Compute the facts of a run with these sections anew; as `repeat_numbers`."""
    with _folder_of(inputs) as folder:
        report = _repeat(
            "repeat_facts", project, inputs, folder, (sections, (*sections, _WRITTEN)), limits
        )
        return Repetition(run_facts.read(folder), report)


@contextmanager
def _folder_of(inputs: RunInputs) -> Iterator[Path]:
    with TemporaryDirectory(prefix="overtake-repeat-") as name:
        folder = Path(name) / "runs" / inputs.id
        folder.mkdir(parents=True)
        yield folder


def _repeat(
    task: Task, project: Project, inputs: RunInputs, folder: Path,
    repeated: tuple[Collection[str], Collection[str]], limits: Limits,
) -> Report:  # fmt: skip
    """Do it in a process; `repeated` has the sections, and with them all that is done anew."""
    sections, every = repeated
    kept = digested.describe_kept(project, inputs)
    here = replace(
        kept,
        folder=folder.parents[1] / "kept",
        below=kept.folder if sections else None,
        repeated=frozenset(every),
    )
    job = Job(project.root, inputs.chapter, inputs.parameters, folder, limits, here)
    processes = FactsProcesses(project.root)
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
