"""What each of several choices does to a number, so that the parts sum to the whole."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_CHOICES = 10


def attribute_difference(
    value: Callable[[frozenset[str]], float], choices: Sequence[str]
) -> dict[str, float]:
    """Split the effect of several changes among them, whatever their order.

    The Shapley value (Shapley 1953, "A value for n-person games"): what a change does to
    the number, averaged over all orders in which the changes can be made. A change that
    never matters gets 0, two that do the same get the same, and the parts sum to the
    difference between all changes and none.

    Parameters
    ----------
    value : callable
        The number when these choices are changed and all others are not.
    choices : sequence of str
        At most `MOST_CHOICES`, all different: every subset is computed.

    Returns
    -------
    dict of str to float
        The part of each choice, in the unit of the number.

    Raises
    ------
    ModelInputError
        If choices repeat, there are too many of them, or a value is not finite.
    """
    if len(set(choices)) < len(choices) or len(choices) > MOST_CHOICES:
        raise ModelInputError(f"needs at most {MOST_CHOICES} different choices, got {choices}")
    known = {subset: value(subset) for subset in _subsets(choices)}
    for subset, found in known.items():
        if not math.isfinite(found):
            raise ModelInputError(f"needs a finite number for {sorted(subset)}")
    return {choice: _part(choice, choices, known) for choice in choices}


def _part(choice: str, choices: Sequence[str], known: dict[frozenset[str], float]) -> float:
    others = [other for other in choices if other != choice]
    n = len(choices)
    return math.fsum(
        math.factorial(len(before))
        * math.factorial(n - len(before) - 1)
        / math.factorial(n)
        * (known[before | {choice}] - known[before])
        for before in _subsets(others)
    )


def _subsets(choices: Sequence[str]) -> list[frozenset[str]]:
    return [
        frozenset(taken)
        for size in range(len(choices) + 1)
        for taken in itertools.combinations(choices, size)
    ]
