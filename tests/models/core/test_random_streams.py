"""Streams of random numbers: one for each section."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.core.random_streams import stream

SEEDS = st.integers(0, 2**32)


@given(SEEDS, st.text(max_size=30))
def test_the_same_seed_and_name_give_the_same_numbers(seed: int, name: str) -> None:
    np.testing.assert_array_equal(stream(seed, name).random(5), stream(seed, name).random(5))


@given(SEEDS)
def test_another_name_or_seed_gives_other_numbers(seed: int) -> None:
    first = stream(seed, "growth").random(5)
    assert not np.isin(stream(seed, "gap").random(5), first).any()
    assert not np.isin(stream(seed + 1, "growth").random(5), first).any()


def test_a_new_section_or_more_draws_in_another_change_nothing() -> None:
    alone = stream(7, "gap").random(5)
    stream(7, "new-section").random(1000)
    stream(7, "growth").normal(size=3)
    np.testing.assert_array_equal(stream(7, "gap").random(5), alone)


def test_the_numbers_are_those_that_the_book_was_published_with() -> None:
    """The name's checksum is part of every published number: it must not change."""
    assert stream(20261124, "growth").integers(0, 1000, 3).tolist() == PUBLISHED


PUBLISHED = [270, 765, 251]
