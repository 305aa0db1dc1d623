"""Numbers and verdicts of one state beside those of another, also where they went elsewhere."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from overtake.publishing.published import PublishedAddresses

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


def place_before(place: Place, then: Collection[Place], known: PublishedAddresses) -> Place | None:
    """Return where a number of now stood among those of then; None if none of them was it.

    It may have had another id that leads to it, or it came from a chapter that lost it before
    ids were published.
    """
    chapter, name = place
    former = [_place(each) for each in known.former(f"{chapter}/{name}")]
    for each in (place, *former):
        if each in then:
            return each
    gone = [each for each in then if each[1] == name and "/".join(each) not in known.ids]
    return gone[0] if len(gone) == 1 else None


def _place(id: str) -> Place:
    chapter, _, name = id.partition("/")
    return chapter, name
