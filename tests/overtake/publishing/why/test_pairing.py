"""Where a number stood before: under its id, a former one, or in a chapter that lost it."""

from pathlib import Path

import pytest

from overtake.publishing.published import PublishedAddresses
from overtake.publishing.why.pairing import Place, place_before

THEN = [("race", "gap"), ("race", "lag"), ("chips", "gap"), ("power", "share")]


def addresses(*ids: str, **redirects: str) -> PublishedAddresses:
    moved = {old.replace("__", "/"): new for old, new in redirects.items()}
    return PublishedAddresses((*ids, *moved), moved, Path())


@pytest.mark.parametrize(
    ("place", "known", "before"),
    [
        (("race", "gap"), addresses(), ("race", "gap")),
        (("ruler", "lag"), addresses("ruler/lag"), ("race", "lag")),
        (("ruler", "lag"), addresses("ruler/lag", "race/lag"), None),  # race still has its own
        (("ruler", "gap"), addresses("ruler/gap"), None),  # it may be either
        (("ruler", "gap"), addresses("ruler/gap", "race/gap"), ("chips", "gap")),
        (("power", "portion"), addresses(power__share="power/portion"), ("power", "share")),
        (("power", "portion"), addresses(), None),
        (("ruler", "lag"), addresses(race__lag="ruler/lag"), ("race", "lag")),
    ],
)
def test_a_number_is_followed_back_to_where_it_was(
    place: Place, known: PublishedAddresses, before: Place | None
) -> None:
    assert place_before(place, THEN, known) == before
