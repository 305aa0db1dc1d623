"""What a country's own wafers hold, and which input limits it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.core.arrays import FloatArray, Numbers, require_bounded, require_positive
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

MONTHS_OF_PRODUCTION = 12.0


@dataclass(frozen=True)
class FabAssumptions:
    """How a country's own wafers become compute. Numbers, or one number per path.

    Attributes
    ----------
    wafers_per_month : float or ndarray
        Wafer starts a month, in the start year, at nodes that accelerators can use.
    accelerator_share : float or ndarray
        Share of them that goes to accelerators, 0 to 1.
    dies_per_wafer, dies_per_chip : float or ndarray
        Whole dies on a wafer, and dies in one accelerator.
    die_yield : float or ndarray
        Share of dies that work, above 0 and at most 1.
    h100e_per_chip : float or ndarray
        Rated performance of one accelerator of the start year, in H100-equivalents.
    utilisation : float or ndarray
        What a chip delivers in practice of its rated performance, relative to the
        chips of the unit: software, interconnect and faults. Above 0.
    capacity_growth, performance_growth : float or ndarray
        Growth factors a year of wafer starts and of performance per wafer, without EUV.
    memory_limited_chips : float or ndarray
        Accelerators a year that the high-bandwidth memory at hand can equip in the
        start year.
    memory_growth : float or ndarray
        Growth factor a year of the compute that the memory can equip.
    """

    wafers_per_month: Numbers
    accelerator_share: Numbers
    dies_per_wafer: Numbers
    dies_per_chip: Numbers
    die_yield: Numbers
    h100e_per_chip: Numbers
    utilisation: Numbers
    capacity_growth: Numbers
    performance_growth: Numbers
    memory_limited_chips: Numbers = 1e12
    memory_growth: Numbers = 1.0

    def __post_init__(self) -> None:
        """Refuse numbers that no factory can have."""
        require_bounded(self.accelerator_share, "accelerator_share", low=0, high=1)
        require_bounded(require_positive(self.die_yield, "die_yield"), "die_yield", high=1)
        for name in ("wafers_per_month", "dies_per_wafer", "memory_limited_chips"):
            require_bounded(getattr(self, name), name, low=0)
        for name in ("dies_per_chip", "h100e_per_chip", "utilisation"):
            require_positive(getattr(self, name), name)
        for name in ("capacity_growth", "performance_growth", "memory_growth"):
            require_positive(getattr(self, name), name)

    @property
    def chips_if_every_die_worked(self) -> FloatArray:
        """Accelerators a year from the start year's wafers at a yield of one."""
        wafers = MONTHS_OF_PRODUCTION * _array(self.wafers_per_month)
        dies = wafers * _array(self.accelerator_share) * _array(self.dies_per_wafer)
        return np.asarray(dies / _array(self.dies_per_chip))

    @property
    def h100e_in_practice(self) -> FloatArray:
        """What one accelerator of the start year delivers."""
        return np.asarray(_array(self.h100e_per_chip) * _array(self.utilisation))

    @property
    def growth(self) -> FloatArray:
        """Growth factor a year of what the wafers hold."""
        return _array(self.capacity_growth) * _array(self.performance_growth)

    @property
    def memory_limit(self) -> FloatArray:
        """H100-equivalents a year that the memory can equip in the start year."""
        return _array(self.memory_limited_chips) * self.h100e_in_practice


def find_limiting_input(outputs: Mapping[str, FloatArray]) -> pd.DataFrame:
    """How often each input is the tightest limit of an output that needs them all.

    Parameters
    ----------
    outputs : mapping of str to ndarray, shape (n_paths,)
        What could be made if only the named input were scarce, path by path.

    Returns
    -------
    DataFrame
        input, share_binding (adds up to 1; ties go to the first named), median
        of the output that the input allows.

    Raises
    ------
    ModelInputError
        If fewer than two inputs are named, lengths differ, or an output is negative.
    """
    if len(outputs) < 2:  # noqa: PLR2004
        raise ModelInputError(f"needs at least two inputs, got {list(outputs)}")
    if len({np.size(values) for values in outputs.values()}) > 1:
        raise ModelInputError("needs one number of paths for all inputs")
    table = np.vstack(
        [require_bounded(values, name, low=0).ravel() for name, values in outputs.items()]
    )
    tightest = np.bincount(table.argmin(axis=0), minlength=len(outputs))
    return pd.DataFrame(
        {
            "input": list(outputs),
            "share_binding": tightest / table.shape[1],
            "median": np.median(table, axis=1),
        }
    )


def _array(value: Numbers) -> FloatArray:
    return np.asarray(value, dtype=float)
