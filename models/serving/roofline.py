"""How fast a chip can go: the roofline of operations and bytes, and the links between chips.

The roofline of Williams, Waterman and Patterson (2009, "Roofline: an insightful
visual performance model for multicore architectures"): a phase takes as long as
the slower of its arithmetic and its memory traffic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.core.arrays import FloatArray, Numbers, require_positive
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_positive_number

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

_RATES = (
    "flop_per_s_16bit",
    "flop_per_s_8bit",
    "memory_bytes",
    "memory_bytes_per_s",
    "scale_up_bytes_per_s",
    "scale_up_chips",
    "scale_out_bytes_per_s",
    "tdp_w",
)
Floats = float | FloatArray
_PRICE_LEVEL = 0.90
_EIGHT_BITS = 1.0


@dataclass(frozen=True)
class Accelerator:
    """A chip with its peak rates and its links, as its maker states them.

    Attributes
    ----------
    name : str
        Short name.
    group : str
        `unrestricted`, `export` (made for China under the controls) or `domestic`.
    flop_per_s_16bit, flop_per_s_8bit : float
        Dense peak of matrix products, FLOP/s (8-bit: floating point or integer).
    memory_bytes, memory_bytes_per_s : float
        Memory and its bandwidth.
    scale_up_bytes_per_s : float
        Bandwidth to the chips of the same fast domain, in one direction.
    scale_up_chips : float
        Chips in that domain.
    scale_out_bytes_per_s : float
        Bandwidth to chips of other domains, in one direction.
    tdp_w : float
        Thermal design power.
    price : Estimate
        US$ for a chip, with the range of published prices.

    Raises
    ------
    ModelInputError
        If a rate is not positive.
    """

    name: str
    group: str
    flop_per_s_16bit: float
    flop_per_s_8bit: float
    memory_bytes: float
    memory_bytes_per_s: float
    scale_up_bytes_per_s: float
    scale_up_chips: float
    scale_out_bytes_per_s: float
    tdp_w: float
    price: Estimate

    def __post_init__(self) -> None:
        """Refuse a chip that could do nothing."""
        for field in _RATES:
            require_positive_number(getattr(self, field), f"{field} of {self.name}")

    def flop_per_s(self, operand_bytes: float) -> float:
        """Peak rate of matrix products whose operands have so many bytes."""
        return self.flop_per_s_8bit if operand_bytes <= _EIGHT_BITS else self.flop_per_s_16bit


def read_accelerator(row: Mapping[Hashable, Any]) -> Accelerator:
    """Read one row of the table `serving_hardware`.

    Raises
    ------
    ModelInputError
        If a needed column is absent, or as `Accelerator` and `Estimate`.
    """
    prices = ("price_usd", "price_low_usd", "price_high_usd")
    needed = {"chip", "group", *_RATES, *prices}
    if absent := sorted(needed - {str(key) for key in row}):
        got = sorted(str(key) for key in row)
        raise ModelInputError(f"a chip needs columns {absent}, got {got}")
    value, low, high = (float(row[name]) for name in prices)
    return Accelerator(
        name=str(row["chip"]),
        group=str(row["group"]),
        price=Estimate(value, low, high, _PRICE_LEVEL, "range", 0, "US$"),
        **{name: float(row[name]) for name in _RATES},
    )


def compute_ridge_point(flop_per_s: Numbers, bytes_per_s: Numbers) -> FloatArray:
    """Operations per byte above which a phase is bound by arithmetic.

    Raises
    ------
    ModelInputError
        If a rate is not positive.
    """
    return require_positive(flop_per_s, "flop_per_s") / require_positive(bytes_per_s, "bytes_per_s")


def compute_roofline_seconds(
    flop: Floats, moved_bytes: Floats, flop_per_s: Floats, bytes_per_s: Floats
) -> FloatArray:
    r"""Seconds of a phase: the slower of its arithmetic and its memory traffic.

    .. math:: t = \max(F / P,\; B / W)

    Parameters
    ----------
    flop, moved_bytes : float or ndarray
        Operations, and bytes read or written.
    flop_per_s, bytes_per_s : float or ndarray
        Rates that the chip reaches.
    """
    return np.asarray(np.maximum(flop / flop_per_s, moved_bytes / bytes_per_s))


def compute_expected_distinct(kinds: Floats, share_per_draw: Floats, draws: Floats) -> FloatArray:
    r"""Kinds met at least once, if each draw meets a given share of them at random.

    For experts, .. math:: E\,(1 - (1 - k/E)^B)

    with E experts, k for each token and B tokens.

    Parameters
    ----------
    kinds : float or ndarray
        Number of kinds, E.
    share_per_draw : float or ndarray
        Share met in one draw, k/E; at most 1.
    draws : float or ndarray
        Number of draws, B.
    """
    share = np.minimum(share_per_draw, 1 - 1e-12)  # log(0) has no use here
    return np.asarray(kinds * (1 - np.exp(draws * np.log1p(-share))))


def compute_all_reduce_seconds(
    payload_bytes: Floats, chips: Floats, chip: Accelerator, link_share: Floats
) -> FloatArray:
    r"""Seconds of a ring all-reduce, within domains first and then between them.

    Inside a domain of s chips each sends 2 (s - 1) / s of the payload; between n
    domains each sends 2 (n - 1) / n of its own part, payload / s (Thakur et al. 2005).

    Parameters
    ----------
    payload_bytes : float or ndarray
        Bytes to be summed over all chips.
    chips : float or ndarray
        Chips that take part.
    link_share : float or ndarray
        Share of the links' peak that is reached.
    """
    inside = np.minimum(chips, chip.scale_up_chips)
    domains = np.maximum(chips / chip.scale_up_chips, 1.0)
    up = 2 * (inside - 1) / inside / chip.scale_up_bytes_per_s
    out = 2 * (domains - 1) / domains / inside / chip.scale_out_bytes_per_s
    return np.asarray(payload_bytes * (up + out) / link_share)


def compute_all_to_all_seconds(
    tokens: Floats, copies: Floats, copy_bytes: Floats, bytes_per_s: Floats
) -> FloatArray:
    """Seconds in which a chip sends copies of its tokens to the chips of their experts.

    Parameters
    ----------
    tokens : float or ndarray
        Tokens of the chip.
    copies : float or ndarray
        Copies of a token that leave it.
    copy_bytes : float or ndarray
        Bytes of a copy, out and back.
    bytes_per_s : float or ndarray
        Bandwidth that is reached.
    """
    return np.asarray(tokens * copies * copy_bytes / bytes_per_s)
