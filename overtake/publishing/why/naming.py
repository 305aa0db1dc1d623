"""Which headline number is meant by a name, and which chapter had it before."""

from typing import TYPE_CHECKING

from overtake.core import prose
from overtake.core.errors import RequestError
from overtake.core.paths import Project
from overtake.publishing import published, releases
from overtake.publishing.why import pairing
from overtake.publishing.why.rerunning import Rebuilt
from overtake.publishing.why.states import Recipe, State
from overtake.runs import runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from overtake.chapter.results import RecordedNumber


def find(project: Project, number: str, state: State) -> pairing.Place:
    """Return chapter and name of a number; a `RequestError` suggests the nearest."""
    chapter, _, name = number.rpartition("/")
    known = _known(project, state, chapter)
    found = [place for place in known if place[1] == name and chapter in {"", place[0]}]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(map("/".join, found))
        raise RequestError(f"{number!r} may be any of {several}")
    names = ["/".join(place) for place in known] if chapter else [place[1] for place in known]
    raise RequestError(f"there is no headline number {number!r}{prose.suggestion(number, names)}")


def _known(project: Project, state: State, chapter: str) -> list[pairing.Place]:
    """Return the headline numbers of a state: of a release, or of the runs that are stored.

    The chapter that is asked for is run if it has no run yet.
    """
    if state.release:
        return list(pairing.flat(state.release.numbers))
    found: dict[str, Mapping[str, RecordedNumber]] = {}
    for each in project.chapter_names():
        if run := runs.find_numbers(project, runs.plan(project, each)):
            found[each] = run.results.numbers
    if chapter in project.chapter_names() and chapter not in found:
        recipe = Recipe(chapter, state.tree, state.tree, state.tree)
        found[chapter] = Rebuilt(project).run(recipe).numbers
    for release in releases.read_all(project):  # of chapters that have no run yet
        for each, numbers in release.numbers.items():
            found.setdefault(each, numbers)
    return list(pairing.flat(found))


def chapter_before(project: Project, then: State, place: pairing.Place) -> str:
    """Return the chapter that had a number then: another, if it went from there."""
    if then.release is None:
        return place[0]
    known = published.read_numbers(project)
    before = pairing.place_before(place, pairing.flat(then.release.numbers), known) or place
    if before[1] != place[1]:
        raise RequestError(
            f"{'/'.join(place)} was called {'/'.join(before)} in {then.name}: why it moved can be "
            "asked only as long as it keeps its name"
        )
    return before[0]
