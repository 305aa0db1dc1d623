"""Facts of a chapter without its notebook: the cells are executed as a script, and draw nothing.

What they publish is what they publish in a run; pictures, outputs and the notebook are left
out. A process may compute one chapter after the other: modules stay imported between them.
"""

import ast
import copy
import errno
import os
import resource
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from overtake.chapter import session
from overtake.core.errors import ChapterError, MemoryLimitError, OvertakeError
from overtake.core.paths import Project
from overtake.runs import chapter_source, store
from overtake.runs.engine import Job, Kept, Limits
from overtake.runs.kept import outline, tracing
from overtake.runs.kept.calls import Calls, LazyCalls, RepeatedCalls
from overtake.runs.kept.entries import Entries, Overlaid
from overtake.runs.kept.foresight import ForeseenCalls, Unknown
from overtake.runs.kept.keys import Keys, ModuleDigests
from overtake.runs.kept.outline import Outlines
from overtake.runs.kept.report import Foreseen, Report, Tell
from overtake.runs.kept.tracing import (
    IgnoredFigures,
    NumbersSink,
    SilentSink,
    SkippedFacts,
    SkippedFigures,
    TracedFigures,
    Tracer,
)
from overtake.runs.kept.values import Lookup

_LIMITED = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
"""The limit on memory: on Linux what is written to, not what is merely mapped."""
_FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


def attempt(job: Job, tell: Tell) -> Report | OvertakeError:
    """Compute the facts of a chapter into the job's folder.

    Returns which calls it made, or what went wrong. It also assists a process that computes
    facts: see `assist`.
    """
    return _attempt(job, tracer_of(job, tell, SkippedFigures))


def attempt_numbers(job: Job, tell: Tell) -> Report | OvertakeError:
    """Compute headline numbers and verdicts alone into the job's folder.

    Otherwise as `attempt`.
    """
    calls = LazyCalls.of(_lookup_of(job), _kept(job).files, tell)
    return _attempt(job, _tracer(job, calls, IgnoredFigures, NumbersSink, SkippedFacts))


def repeat_numbers(job: Job, tell: Tell) -> Report | OvertakeError:
    """Compute headline numbers into the job's folder, some functions anew: see `Kept`.

    Otherwise as `attempt`.
    """
    calls = _repeating(job, tell)
    return _attempt(job, _tracer(job, calls, IgnoredFigures, NumbersSink, SkippedFacts))


def repeat_facts(job: Job, tell: Tell) -> Report | OvertakeError:
    """Compute facts into the job's folder, some functions anew.

    Otherwise as `repeat_numbers`.
    """
    return _attempt(job, _tracer(job, _repeating(job, tell), IgnoredFigures, SilentSink))


def _repeating(job: Job, tell: Tell) -> RepeatedCalls:
    calls = RepeatedCalls.of(_lookup_of(job), _kept(job).files, tell)
    calls.repeated = _kept(job).repeated
    return calls


def assist(job: Job, tell: Tell) -> Report | OvertakeError:
    """Compute what another process computes that executes the same chapter, pictures included.

    They share the work by what is kept; what is written into the job's folder is of no use.
    """
    return _attempt(job, tracer_of(job, tell))


def foresee(job: Job, _: Tell) -> tuple[Foreseen, ...]:
    """Return what a run would find and what it would compute, as far as can be told."""
    calls = ForeseenCalls(_lookup_of(job))
    names = _names_for(_tracer(job, calls, SkippedFigures, SilentSink))
    for _place, source, is_parameters in _cells(job):
        for statement in tracing.transformed(source).body:
            bound = outline.names_bound(statement)
            code = compile(ast.Module([statement], []), "<cell>", "exec", dont_inherit=True)
            try:
                exec(code, names)  # noqa: S102  (the chapter's own)
            except Exception:  # noqa: BLE001  (it needs a value that is not known)
                names |= {name: tracing.stand_in(Unknown(calls.lookup)) for name in bound}
        if is_parameters:
            names |= copy.deepcopy(job.parameters)
    return tuple(calls.foreseen)


def tracer_of(job: Job, tell: Tell, figures: type[TracedFigures] = TracedFigures) -> Tracer:
    """Return what gives the cells of a job their stand-ins."""
    return _tracer(job, Calls(_lookup_of(job), _kept(job).files, tell), figures)


def _tracer(job: Job, calls: Calls, *publishers: Any) -> Tracer:  # noqa: ANN401
    """Return a tracer; for what publishes see `Tracer`."""
    kept = _kept(job)
    return Tracer(calls, Outlines(job.root, kept.modules), kept.tables, *publishers)


def _lookup_of(job: Job) -> Lookup:
    """Return where results of a job's calls are kept, and how they are known."""
    kept = _kept(job)
    entries = Overlaid(kept.folder, Entries(kept.below)) if kept.below else Entries(kept.folder)
    return Lookup(entries, Keys(ModuleDigests(kept.modules, kept.environment)))


def _kept(job: Job) -> Kept:
    assert job.kept is not None
    return job.kept


def limit_memory(limits: Limits) -> None:
    """Let this process use so much memory from now on."""
    if limits.memory_bytes:
        resource.setrlimit(_LIMITED, (limits.memory_bytes, limits.memory_bytes))


def memory_message(job: Job) -> str:
    """Say that a chapter found no more memory."""
    if job.limits.memory_bytes is None:
        return f"chapter {job.chapter} found no more memory on this machine; nothing was stored"
    allowed = f"{job.limits.memory_bytes / 2**30:.3g} GiB"
    return (
        f"chapter {job.chapter} needs more memory than the {allowed} it may use; "
        "nothing was stored. --memory sets the limit"
    )


def _attempt(job: Job, tracer: Tracer) -> Report | OvertakeError:
    os.environ[session.FOLDER_VARIABLE] = str(job.folder)
    try:
        with store.explained(job.folder.parents[1]):
            limit_memory(job.limits)
            _execute(job, tracer)
            tracer.calls.finish()
    except MemoryError:
        return MemoryLimitError(memory_message(job))
    except OvertakeError as error:
        return error
    return tracer.calls.report


def _execute(job: Job, tracer: Tracer) -> None:
    names = _names_for(tracer)
    for place, source, is_parameters in _cells(job):
        try:
            tree = tracing.transformed(source)
            code = compile(tree, f"<cell {place}>", "exec", dont_inherit=True)
            exec(code, names)  # noqa: S102  (the chapter's own)
        except MemoryError:
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _FULL_DISK:
                raise
            raise _explained(job.chapter, place, source, error) from None
        if is_parameters:
            names |= copy.deepcopy(job.parameters)


def _names_for(tracer: Tracer) -> dict[str, Any]:
    """Return what is there before the first cell."""
    return {"__name__": "__main__", "display": _show_nothing, **tracing.names_for(tracer)}


def _cells(job: Job) -> Iterator[tuple[int, str, bool]]:
    """Yield the place of each code cell, its source, and whether it holds the parameters."""
    notebook = chapter_source.read(Project(job.root).chapter(job.chapter))
    for place, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            yield place, cell.source, chapter_source.holds_parameters(cell)


def _show_nothing(*_: Any, **__: Any) -> None:  # noqa: ANN401
    """Leave out what a cell displays: it is seen in its notebook only."""


def _explained(chapter: str, place: int, source: str, error: Exception) -> ChapterError:
    first_line = next(iter(source.strip().splitlines()), "")
    where = f"chapter {chapter}, cell {place} (starting {first_line!r})"
    told = "".join(traceback.format_exception(error))
    return ChapterError(f"{where} raised {type(error).__name__}: {error}\n{told}")
