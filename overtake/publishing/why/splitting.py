"""A change split by what was changed: parts that sum to it, whatever could not be run.

A *corner* is the set of inputs that are already those of the later state. The change is told
along an order of the inputs, from the corner of none to that of all; each step is the part of
the input that it adds. A corner that could not be run is passed over, and what would have met
there is one part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

ENVIRONMENT, CODE, DATA, JUDGEMENT = "environment", "code", "data", "judgement"
INPUTS = (ENVIRONMENT, CODE, DATA, JUDGEMENT)
"""What a number depends on, in the order in which a change is told."""

Corner = frozenset[str]
"""The inputs that are those of the later state."""


@dataclass(frozen=True)
class Part:
    """How much of a change belongs to inputs: one, or several that can't be told apart.

    Attributes
    ----------
    inputs : tuple of str
        Of `INPUTS`.
    change : float
        How far they move the number, in its unit.
    low, high : float
        Smallest and largest such change over all orders of the inputs that could be run.
    orders : int
        In how many places of these orders it could be measured.
    run : str
        The run that has these inputs of the later state, and those before them.
    obstacle : str
        Why several inputs could not be told apart; "" for one.
    tables : float or None
        Of data, how far the tables alone move it, without the parameters that are read off
        them; None if there are not both, or that is not known.
    """

    inputs: tuple[str, ...]
    change: float
    low: float
    high: float
    orders: int
    run: str
    obstacle: str = ""
    tables: float | None = None


def orders(differing: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the orders in which a change may be told, the one that is preferred first.

    Those that begin with the environment come before the others: what a package changes has
    no more to do with one part of the book than with another.
    """
    all_orders = list(permutations([each for each in INPUTS if each in differing]))
    return sorted(all_orders, key=lambda order: order[:1] != (ENVIRONMENT,))


def corners(order: Sequence[str]) -> list[Corner]:
    """Return the corners that an order leads past, with both ends."""
    return [frozenset(order[:count]) for count in range(len(order) + 1)]


def split(
    differing: Sequence[str],
    values: Mapping[Corner, float],
    runs: Mapping[Corner, str],
    obstacles: Mapping[Corner, str],
) -> tuple[Part, ...]:
    """Return the parts of the change between the two ends, which must have values.

    Of the orders that pass most corners that could be run, the preferred one counts.

    Parameters
    ----------
    differing : sequence of str
        Inputs in which the ends differ.
    values : mapping
        The number at each corner that could be run.
    runs : mapping
        The run of each corner.
    obstacles : mapping
        Why a corner could not be run.
    """
    paths = [[each for each in corners(order) if each in values] for order in orders(differing)]
    path = max(paths, key=len)
    order = orders(differing)[paths.index(path)]
    parts = list[Part]()
    for before, after in pairwise(path):
        added = tuple(each for each in order if each in after - before)
        steps = {step for each in paths for step in pairwise(each)}
        alike = [values[b] - values[a] for a, b in steps if b - a == after - before]
        missed = [each for each in corners(order) if before < each < after]
        why = "; ".join(dict.fromkeys(obstacles[each] for each in missed if each in obstacles))
        parts.append(
            Part(
                inputs=added,
                change=values[after] - values[before],
                low=min(alike),
                high=max(alike),
                orders=len(alike),
                run=runs.get(after, ""),
                obstacle=why,
            )
        )
    return tuple(parts)
