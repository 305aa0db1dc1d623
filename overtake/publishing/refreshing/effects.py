"""What newer data move: headline numbers and verdicts of every chapter that reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overtake.core.errors import OvertakeError, RefreshError
from overtake.core.paths import Project
from overtake.publishing import vintages
from overtake.publishing.refreshing.candidate import Candidate
from overtake.runs import runs
from overtake.runs.compare import ChapterComparison, NumberChange, compare_runs
from overtake.runs.engine import Limits, processes_that_fit
from overtake.runs.runs import NO_LIMITS, Pool, Run, RunInputs

if TYPE_CHECKING:
    from concurrent.futures import Future


@dataclass(frozen=True)
class Effects:
    """Chapters under the present and the newer data.

    Attributes
    ----------
    chapters : tuple of ChapterComparison
        Those that read a changed table.
    failed : mapping of str to str
        Why a chapter has no run under the newer data, by chapter.
    """

    chapters: tuple[ChapterComparison, ...]
    failed: Mapping[str, str]


def of(project: Project, candidate: Candidate, limits: Limits = NO_LIMITS) -> Effects:
    """Run the chapters that read a changed table under both states of the data.

    The runs go to the store: once the newer data are applied, the book's next
    build finds them there.

    Parameters
    ----------
    project : Project
        The checkout.
    candidate : Candidate
        The newer data.
    limits : Limits
        What each run may use.

    Raises
    ------
    ChapterError
        If a chapter fails under the present data.
    """
    before = [runs.plan(project, name) for name in project.chapter_names()]
    with vintages.data_at(candidate.data):
        after = [runs.plan(project, name) for name in project.chapter_names()]
    touched = [pair for pair in zip(before, after, strict=True) if pair[0].id != pair[1].id]
    old = runs.ensure_all(project, [pair[0] for pair in touched], limits=limits)
    with vintages.data_at(candidate.data):
        new, failed = _each(project, [pair[1] for pair in touched], limits)
    return Effects(tuple(compare_runs(old[name], new[name]) for name in old if name in new), failed)


def require_runs(effects: Effects) -> None:
    """Refuse newer data with which a chapter fails.

    Raises
    ------
    RefreshError
        Names the chapters.
    """
    if effects.failed:
        raise RefreshError(
            f"with the newer data {', '.join(effects.failed)} would fail, so nothing was replaced. "
            "Mend the chapter or its models; or, to mend them with the newer data in place, "
            "replace these without a run: --tables-only --apply"
        )


def moved(chapter: ChapterComparison) -> list[NumberChange]:
    """Return the headline numbers that differ in value or interval."""
    return [number for number in chapter.numbers if number.moved]


def _each(
    project: Project, wanted: list[RunInputs], limits: Limits
) -> tuple[dict[str, Run], dict[str, str]]:
    """Return the runs by chapter, and why there is none: newer data may break a chapter."""
    if not wanted:
        return {}, {}
    with Pool(project, min(len(wanted), processes_that_fit(limits)), limits) as pool:
        futures = {inputs.chapter: pool.submit(inputs) for inputs in wanted}
        outcomes = {chapter: _outcome(future) for chapter, future in futures.items()}
    found = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, Run)}
    return found, {name: str(o) for name, o in outcomes.items() if not isinstance(o, Run)}


def _outcome(future: "Future[Run]") -> Run | OvertakeError:
    try:
        return future.result()
    except OvertakeError as error:
        return error
