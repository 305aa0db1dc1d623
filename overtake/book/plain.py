"""The words of plain pages, rendered from the facts of all chapters."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from overtake.book.scenario_page import Outcome, Scenarios
from overtake.core.paths import Project
from overtake.runs import chapter_parameters
from overtake.runs.runs import Run
from overtake.runs.words import coverage, expressions
from overtake.runs.words.facts import Facts


class PlainNames:
    """What the words of a plain page may call.

    Each chapter stands under its name, with underscores: its facts, and `numbers`, `claims`,
    `tests` and `figures` with their words. Besides there are the `scenarios`, and the measured
    `coverage` of intervals.

    Parameters
    ----------
    project : Project
        The checkout.
    runs : mapping of str to Run
        The run of each chapter that the book shows.
    outcomes : sequence of Outcome
        Every scenario with its runs.
    """

    def __init__(
        self, project: Project, runs: Mapping[str, Run], outcomes: Sequence[Outcome]
    ) -> None:
        self._project = project
        self._runs = runs
        self._outcomes = outcomes

    def render(self, text: str, place: str) -> str:
        """Render a page.

        Raises
        ------
        WordsError
            If an expression calls what is not there; names page, line and the nearest name.
        """
        return expressions.render(text, self.names, place)

    @cached_property
    def names(self) -> dict[str, Any]:
        """Everything by name."""
        chapters = {
            chapter_parameters.package_of(name): of_chapter(run) for name, run in self._runs.items()
        }
        others = {
            "scenarios": Scenarios(self._outcomes),
            "coverage": coverage.read(self._project.root),
        }
        return {**chapters, **others}


def of_chapter(run: Run) -> Facts:
    """Return what other pages may call of a chapter: its facts, and its results with words."""
    told = {
        "numbers": run.headline,
        "claims": run.claims,
        "tests": run.tests,
        "figures": run.figures,
    }
    return Facts(run.chapter, {**run.facts, **told})
