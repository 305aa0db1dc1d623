"""Numbers and verdicts of one state beside those of another, also where they went elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Place = tuple[str, str]  # a chapter, and the name of a number or a claim in it
_Either = TypeVar("_Either")


@dataclass(frozen=True)
class Pair(Generic[_Either]):
    """A number or verdict of then beside that of now; None where one side lacks it."""

    name: str
    chapter: str
    chapter_before: str
    before: _Either | None
    now: _Either | None


def flat(by_chapter: Mapping[str, Mapping[str, _Either]]) -> dict[Place, _Either]:
    """Return what chapters have, by chapter and name."""
    return {
        (chapter, name): each for chapter, of in by_chapter.items() for name, each in of.items()
    }


def pairs(before: Mapping[Place, _Either], now: Mapping[Place, _Either]) -> Iterator[Pair[_Either]]:
    """Yield what either side has beside its counterpart, also where it went to another chapter."""
    gone = [place for place in before if place not in now]
    for place, value in now.items():
        then = place
        if place not in before and (old := [each for each in gone if each[1] == place[1]]):
            then = old[0]
            gone.remove(then)
        yield Pair(place[1], place[0], then[0], before.get(then), value)
    for place in gone:
        yield Pair(place[1], place[0], place[0], before[place], None)


def before_of(
    by_chapter: Mapping[str, Mapping[str, _Either]], chapter: str, name: str
) -> _Either | None:
    """Return what a chapter had of this name, or else another chapter; None if none had."""
    found = [by_chapter.get(chapter, {}), *by_chapter.values()]
    return next((numbers[name] for numbers in found if name in numbers), None)
