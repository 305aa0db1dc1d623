r"""What a whole's share says of a part of it, when nobody counted the part.

With a share p of the whole and a part of weight w, the shares of the part and of
the rest satisfy :math:`p = w p_1 + (1 - w) p_0`, and both lie in [0, 1]. That
alone bounds the part (Duncan and Davis 1953, *American Sociological Review* 18).
To say more, one has to assume how the part and the rest differ: here by their
ratio :math:`r = p_1 / p_0`, so that :math:`p_1 = p\,r / (w r + 1 - w)`.
"""

from dataclasses import dataclass

from models.core import units
from models.core.arrays import require_bounded
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_level, require_positive_number

_PERCENT = 100.0
_DIGITS = 12


@dataclass(frozen=True)
class Whole:
    """A survey share, and how large the part of interest is.

    Attributes
    ----------
    share : float
        Share of the whole that answers yes, 0 to 1.
    weight : float
        The part's share of the population, strictly between 0 and 1.

    Raises
    ------
    ModelInputError
        If a number is out of its range.
    """

    share: float
    weight: float

    def __post_init__(self) -> None:
        """Refuse shares and weights that no population has."""
        require_bounded(self.share, "share", low=0, high=1)
        if not 0 < self.weight < 1:
            raise ModelInputError(f"weight must lie strictly between 0 and 1, got {self.weight}")

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest share that the part can have, whatever the rest says."""
        lowest = max((self.share - (1 - self.weight)) / self.weight, 0.0)
        return lowest, min(self.share / self.weight, 1.0)

    def part(self, ratio: float) -> float:
        """Share of the part if it is `ratio` times that of the rest, at most what is possible."""
        require_positive_number(ratio, "ratio")
        share = self.share * ratio / (self.weight * ratio + 1 - self.weight)
        lowest, highest = self.bounds
        return min(max(share, lowest), highest)


@dataclass(frozen=True)
class PartChange:
    """How a part may have changed while the whole did as observed.

    All are stated ranges. The ratio is the part's share over that of the rest. The one to break
    even is for a part that had the middle (geometric mean) of the assumed range in the first year;
    it is None if no ratio can do it.

    Attributes
    ----------
    whole : float
        Change of the whole, percentage points.
    logical : Estimate
        Change of the part without any assumption, percentage points.
    free_ratio : Estimate
        Change of the part with ratios to the rest within the assumed range, percentage points.
    constant_ratio : Estimate
        Change of the part with one assumed ratio to the rest in both years, percentage points.
    ageing : Estimate
        Change of the whole by the part's change of weight alone, percentage points.
    break_even_ratio : float or None
        Last year's ratio of part to rest from which the part has not fallen.
    """

    whole: float
    logical: Estimate
    free_ratio: Estimate
    constant_ratio: Estimate
    ageing: Estimate
    break_even_ratio: float | None


def bound_change_of_part(
    first: Whole, last: Whole, *, lowest_ratio: float, highest_ratio: float, level: float = 0.9
) -> PartChange:
    """Bound the change of a part from that of the whole.

    Parameters
    ----------
    first, last : Whole
        The whole in the first and in the last year.
    lowest_ratio, highest_ratio : float
        Assumed range of the part's share over the rest's, > 0.
    level : float
        Carried by the stated ranges; they have no sampling theory.

    Raises
    ------
    ModelInputError
        If the ratios are not positive or out of order.
    """
    require_level(level)
    require_positive_number(lowest_ratio, "lowest_ratio")
    if highest_ratio < lowest_ratio:
        raise ModelInputError(f"ratios out of order: {lowest_ratio} > {highest_ratio}")
    ratios = (lowest_ratio, highest_ratio)
    middle = (lowest_ratio * highest_ratio) ** 0.5
    started = [first.part(r) for r in ratios]
    ended = [last.part(r) for r in ratios]
    (low_first, high_first), (low_last, high_last) = first.bounds, last.bounds
    ageing = [_ageing(first, last, r) for r in (middle, *ratios)]

    def range_of(value: float, *ends: float) -> Estimate:
        centre, low, high = (_PERCENT * end for end in (value, min(ends), max(ends)))
        return Estimate(centre, low, high, level, "range", 0, units.PERCENTAGE_POINTS)

    same = last.part(middle) - first.part(middle)
    differences = [last.part(r) - first.part(r) for r in ratios]
    return PartChange(
        whole=_PERCENT * (last.share - first.share),
        logical=range_of(same, low_last - high_first, high_last - low_first),
        free_ratio=range_of(same, ended[0] - started[1], ended[1] - started[0]),
        constant_ratio=range_of(same, *differences, same),
        ageing=range_of(ageing[0], *ageing),
        break_even_ratio=_ratio_for(last, first.part(middle)),
    )


def _ageing(first: Whole, last: Whole, ratio: float) -> float:
    part = first.part(ratio)
    rest = (first.share - first.weight * part) / (1 - first.weight)
    # At a ratio of 1 part and rest are equal up to rounding: zero, and not 1e-16.
    return round((last.weight - first.weight) * (part - rest), _DIGITS)


def _ratio_for(whole: Whole, part: float) -> float | None:
    rest = (whole.share - whole.weight * part) / (1 - whole.weight)
    return part / rest if rest > 0 else None
