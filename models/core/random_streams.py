"""Streams of random numbers, one for each section, all from the chapter's one seed."""

from __future__ import annotations

import zlib
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of a section.

    Its numbers depend on the seed and the name alone: a new section, or more draws in
    another one, change nothing here.

    Parameters
    ----------
    seed : int
        The chapter's seed, 0 or more.
    name : str
        The section's name.
    """
    return np.random.default_rng(np.random.SeedSequence((seed, zlib.crc32(name.encode()))))


def seed_streams(seed: int) -> Callable[[str], np.random.Generator]:
    """Return a function that gives the generator of each section by its name.

    Parameters
    ----------
    seed : int
        The chapter's seed, 0 or more.
    """
    return partial(stream, seed)
